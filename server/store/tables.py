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
