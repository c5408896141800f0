"""The database's tables. Times are RFC 3339 text, so that both databases sort them alike.

`rooms` repeats what lists and the scheduler ask for; it is written with the entries it is derived
from.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

rooms = Table(
    "rooms",
    metadata,
    Column("room", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("deadline", Text, nullable=False),
    Column("published", Boolean, nullable=False),
    Column("line", Text, nullable=False),  # JSON: what lists show
    Column("next_at", Text),  # the next instant at which time alone changes the room
    Index(None, "deadline"),
    Index(None, "next_at"),
)

seats = Table(
    "seats",
    metadata,
    Column("room", Text, ForeignKey("rooms.room"), nullable=False),
    Column("person", Text, nullable=False),
    Column("role", Text, nullable=False),
    PrimaryKeyConstraint("room", "person"),
    Index(None, "person"),
)
"""What people are in a room, for their own lists: seats of the terms, and bidders who accepted."""

entries = Table(
    "entries",
    metadata,
    Column("room", Text, ForeignKey("rooms.room"), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("entry", Text, nullable=False),  # canonical JSON, the bytes of the leaf
    PrimaryKeyConstraint("room", "seq"),  # the arbiter between servers
)

heads = Table(
    "heads",
    metadata,
    Column("room", Text, ForeignKey("rooms.room"), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("head", Text, nullable=False),
    PrimaryKeyConstraint("room", "size"),
)

answers = Table(
    "answers",
    metadata,
    Column("room", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("command", Text, nullable=False),  # digest, so that a key isn't used for something else
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    PrimaryKeyConstraint("room", "person", "key"),
)
"""Idempotency keys: which entries a command led to."""

people = Table(
    "people",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("room", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("payload", Text, nullable=False),  # JSON {"salt", "value"}
    Index(None, "room"),
)
"""Personal data behind salted digests; a row may be erased, the log stays checkable."""

traces = Table(
    "traces",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("room", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("payload", Text, nullable=False),  # JSON {"address", "device", "salt"}
    Index(None, "room"),
)

receipts = Table(
    "receipts",
    metadata,
    Column("room", Text, ForeignKey("rooms.room"), nullable=False),
    Column("bid", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("bidder", Text, nullable=False),
    Column("receipt", Text, nullable=False),
    PrimaryKeyConstraint("room", "bid", "action"),
)

files = Table(
    "files",
    metadata,
    Column("room", Text, ForeignKey("rooms.room"), nullable=False),
    Column("name", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    PrimaryKeyConstraint("room", "name"),
)
"""Names of blobs in a room: documents/…, bids/…, minutes.pdf, archive.zip."""

uploads = Table(
    "uploads",
    metadata,
    Column("upload", Text, primary_key=True),
    Column("room", Text, ForeignKey("rooms.room"), nullable=False),
    Column("bid", Text, nullable=False),
    Column("envelope", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("state", Text, nullable=False),  # open | whole | stored | ended
    Column("code", Text),
    Index(None, "room", "person"),
    Index(None, "state"),
)

rehearsals = Table(
    "rehearsals",
    metadata,
    Column("room", Text, ForeignKey("rooms.room"), nullable=False),
    Column("person", Text, nullable=False),
    Column("key", Text, nullable=False),  # of the card it was sealed to
    Column("ciphertext", Text, nullable=False),
    Column("nonce_digest", Text, nullable=False),
    PrimaryKeyConstraint("room", "person", "key"),
)

accounts = Table(
    "accounts",
    metadata,
    Column("person", Text, primary_key=True),
    Column("login", Text, unique=True),  # null: enters by link only
    Column("password", Text),
    Column("name", Text, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("roles", Text, nullable=False),  # JSON list
    Column("room", Text),  # a guest of this one room
    Column("created_at", Text, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token", LargeBinary, primary_key=True),  # SHA-256 of what the client holds
    Column("person", Text, ForeignKey("accounts.person"), nullable=False),
    Column("created_at", Text, nullable=False),
    Column("expires_at", Text, nullable=False),
    Index(None, "expires_at"),
)

links = Table(
    "links",
    metadata,
    Column("token", LargeBinary, primary_key=True),
    Column("person", Text, ForeignKey("accounts.person"), nullable=False),
    Column("path", Text, nullable=False),
    Column("expires_at", Text, nullable=False),
)

heartbeat = Table(
    "heartbeat",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Text, nullable=False),
)
"""One row that says when a server was last alive."""

session_facts = Table(
    "session_facts",
    metadata,
    Column("room", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),  # of the entry it is up to
    Column("number", Text, nullable=False),  # of the ticket
    Column("hall", Text, nullable=False),
    Column("far_hall", Text, nullable=False),
    Column("near_region", Text, nullable=False),
    Column("far_region", Text, nullable=False),
    Column("items", Text, nullable=False),  # codes, separated by spaces
    Column("mode", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("day", Text, nullable=False),  # of the visit, as the calendar on the wall says
    Column("window", Text, nullable=False),
    Column("clerk", Text, nullable=False),
    Column("far_clerk", Text, nullable=False),
    Column("booked_at", Text),
    Column("ticket_at", Text),
    Column("called_at", Text),
    Column("connected_at", Text),
    Column("ended_at", Text),
    Column("waited", Integer),  # seconds from ticket to call
    Column("lasted", Integer),  # seconds from connection to end
    Column("outcome", Text),  # the least favourable of its items
    Column("visits", Integer, nullable=False),  # this one and those it continues
    Column("visits_saved", Integer, nullable=False),
    Column("kilometres", Integer, nullable=False),  # saved
    Column("lapses", Integer, nullable=False),  # calls nobody answered
    Column("due_at", Text),  # what was promised and is not done yet
    Column("escalated", Boolean, nullable=False),
    Column("rating", Integer),
    Column("case_due_at", Text),
    Column("case_answered_at", Text),
    Index(None, "phase", "hall"),
    Index(None, "due_at"),
    Index(None, "case_due_at"),
    # Holds all that the figures of a span of days need, so that no row is read for them.
    Index(
        "ix_session_facts_figures",
        "day",
        "hall",
        "phase",
        "outcome",
        "waited",
        "lasted",
        "visits",
        "visits_saved",
        "kilometres",
        "lapses",
        "rating",
    ),
)
"""One row a session, for the board; made from its entries, and again when it is behind them."""

samples = Table(
    "samples",
    metadata,
    Column("sample", Text, primary_key=True),
    Column("made_at", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("by_name", Text, nullable=False),
    Column("record", Text, nullable=False),  # JSON: what was drawn from, the seed, what was drawn
    Index(None, "made_at"),
)
"""Draws of sessions and inspectors, each with what it takes to draw it again."""

tickets = Table(
    "tickets",
    metadata,
    Column("room", Text, ForeignKey("rooms.room"), primary_key=True),
    Column("hall", Text, nullable=False),
    Column("far_hall", Text, nullable=False),
    Column("near_region", Text, nullable=False),
    Column("day", Text, nullable=False),  # of the visit, where the hall is
    Column("number", Text, nullable=False),
    Column("code", Text, nullable=False),  # keyed digest of the six digits
    Column("items", Text, nullable=False),  # codes, separated by spaces
    Column("priority", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    Column("expires_at", Text, nullable=False),
    Column("starts_at", Text),  # of a booked time
    Column("ends_at", Text),
    UniqueConstraint("hall", "day", "number"),
    Index(None, "far_hall", "day"),
)
"""One row a session: by which number and code its applicant comes in. Whether it waits is the
room's phase, written with the log."""

turns = Table(
    "turns",
    metadata,
    Column("room", Text, ForeignKey("rooms.room"), nullable=False),
    Column("turn", Integer, nullable=False),  # 0 with the ticket, one more each time it went back
    Column("place", Text, nullable=False),
    Column("since", Text, nullable=False),
    PrimaryKeyConstraint("room", "turn"),
)
"""Places in the line; the last one of a room counts."""

ticket_counters = Table(
    "ticket_counters",
    metadata,
    Column("hall", Text, nullable=False),
    Column("day", Text, nullable=False),
    Column("letter", Text, nullable=False),
    Column("last", Integer, nullable=False),
    PrimaryKeyConstraint("hall", "day", "letter"),
)
"""The running numbers, which servers draw one after the other."""

ticket_claims = Table(
    "ticket_claims",
    metadata,
    Column("identity", Text, nullable=False),  # keyed digest of the identity number
    Column("item", Text, nullable=False),
    Column("room", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    Column("until", Text, nullable=False),
    PrimaryKeyConstraint("identity", "item"),
    Index(None, "room"),
)
"""Who comes for what: a person has one booking or ticket for an item at a time."""

slot_places = Table(
    "slot_places",
    metadata,
    Column("hall", Text, nullable=False),
    Column("starts_at", Text, nullable=False),
    Column("place", Integer, nullable=False),
    Column("room", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    PrimaryKeyConstraint("hall", "starts_at", "place"),  # the arbiter between servers
    Index(None, "room"),
)
"""What is booked of a hall's slots; a booking takes a place at both sites."""

open_windows = Table(
    "open_windows",
    metadata,
    Column("window", Text, primary_key=True),
    Column("hall", Text, nullable=False),
    Column("clerk", Text, nullable=False, unique=True),  # nobody sits at two
    Column("clerk_name", Text, nullable=False),
    Column("opened_at", Text, nullable=False),
    Column("seen_at", Text, nullable=False),
    Index(None, "hall"),
)
"""Windows with a clerk at them."""
