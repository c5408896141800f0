"""What an opening is after its entries so far: immutable, and nothing in it that the log does not
hold."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from crypto.header import EnvelopeHeader
from crypto.manifest import Manifest
from crypto.shares import Share, context
from rooms.chat import ChatMode
from rooms.facts import Revision as Revision
from rooms.ids import BidId, Digest, EnvelopeId, ObjectionId, PersonId, RecordingId, RoomId
from rooms.opening.events import (
    CountedBid,
    Fault,
    FormValue,
    Sealed,
)
from rooms.opening.phases import Phase
from rooms.opening.terms import Policy, Role, Seat, Terms
from rooms.recording import NOTHING as NOTHING
from rooms.recording import Recording as Recording


class Standing(StrEnum):
    """Whether a bid is its bidder's current one."""

    LIVE = "live"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class Confirmation(StrEnum):
    """What a bidder said about its announced row."""

    NONE = "none"  # 未确认
    CONFIRMED = "confirmed"  # 已确认
    DISPUTED = "disputed"  # 有异议
    LAPSED = "lapsed"  # 逾期未确认
    DEEMED = "deemed"  # 视同认可: absent in government procurement


@dataclass(frozen=True, slots=True)
class Published:
    """One published version of the tender."""

    version: int
    terms: Terms
    sealed: Sealed
    manifest: Manifest
    digest: Digest


@dataclass(frozen=True, slots=True)
class SignedIn:
    representative: Digest
    late: bool
    emergency: bool


@dataclass(frozen=True, slots=True)
class Bidder:
    """A bidder who accepted the tender. `key` is the point of its signing key, `live` the bid that
    counts now."""

    person: PersonId
    name: str
    key: bytes
    version: int
    deposit: str
    signed_in: SignedIn | None = None
    live: BidId | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    by: str
    key: str
    form: Mapping[str, FormValue]
    files: tuple[Mapping[str, object], ...]


@dataclass(frozen=True, slots=True)
class Void:
    code: str
    step: int
    fault: Fault


@dataclass(frozen=True, slots=True)
class Part:
    """One envelope of a bid: what its header says and what became of it."""

    header: EnvelopeHeader
    stored: bool = False
    bytes_refused: tuple[str, ...] = ()
    key: str | None = None  # what the bidder released: K, or its half
    keys_refused: tuple[str, ...] = ()
    shares: Mapping[int, Share] = field(default_factory=dict)
    problems: Mapping[int, str] = field(
        default_factory=dict
    )  # trustee's index: what it says hinders it
    opened: Opened | None = None
    void: Void | None = None

    @property
    def final(self) -> bool:
        return self.opened is not None or self.void is not None


@dataclass(frozen=True, slots=True)
class Bid:
    """A bid that was received. `manifest` is the digest of the manifest it is sealed under."""

    id: BidId
    bidder: PersonId
    manifest: Digest
    previous: Digest | None
    header: Sealed
    digest: Digest
    key: bytes
    outers: Mapping[EnvelopeId, str]
    received_at: datetime
    parts: Mapping[EnvelopeId, Part]
    standing: Standing = Standing.LIVE
    row: Mapping[str, FormValue] | None = None
    over_limit: bool = False
    announced: EnvelopeId | None = None  # the envelope after which it was announced last
    confirmation: Confirmation = Confirmation.NONE
    dispute: str = ""
    ruled: Fault | None = None
    ruling: str = ""

    def context(self, envelope: EnvelopeId) -> bytes:
        """`ctx` of docs/formats/seal.md, 3."""
        return context(bytes.fromhex(self.manifest), self.bidder, self.id, envelope)

    @property
    def stored(self) -> bool:
        return all(part.stored for part in self.parts.values())

    @property
    def void(self) -> Void | None:
        """Why the bid did not open, if any of its envelopes is void."""
        return next((part.void for part in self.parts.values() if part.void), None)

    @property
    def fault(self) -> Fault | None:
        """Whose fault it is that the bid did not open; the host's ruling where the evidence proves
        nothing."""
        return None if self.void is None else self.ruled or self.void.fault


@dataclass(frozen=True, slots=True)
class Objection:
    id: ObjectionId
    by: PersonId
    text: str
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class Drawing:
    """The public draw. Mappings keep the order of commitment."""

    commitments: Mapping[PersonId, Digest] = field(default_factory=dict)
    seeds: Mapping[PersonId, str] = field(default_factory=dict)
    value: int | None = None


@dataclass(frozen=True, slots=True)
class Interruption:
    since: datetime
    back: datetime


@dataclass(frozen=True, slots=True)
class State:
    """An opening. `START` is the one before its first entry."""

    phase: Phase = Phase.DRAFT
    draft: Terms | None = None
    published: tuple[Published, ...] = ()
    cards: Mapping[PersonId, Sealed] = field(default_factory=dict)
    rehearsed: frozenset[PersonId] = frozenset()
    host: PersonId | None = None  # who acts as host
    bidders: Mapping[PersonId, Bidder] = field(default_factory=dict)
    bids: Mapping[BidId, Bid] = field(default_factory=dict)
    counted: Mapping[BidId, CountedBid] = field(default_factory=dict)
    upload_until: datetime | None = None
    recording: str = ""
    rolled: bool = False  # number and names of the bidders are public
    enough: bool = False  # the roll had the minimum, or the host continued all the same
    continued: bool = False  # the host continued after bids were withdrawn by the platform's fault
    envelope: EnvelopeId | None = None  # the one unlocked last
    imported: tuple[EnvelopeId, ...] = ()
    decryption_since: datetime | None = None
    decryption_until: datetime | None = None
    gates: Mapping[EnvelopeId, Mapping[BidId, Digest | None]] = field(default_factory=dict)
    released: frozenset[tuple[PersonId, EnvelopeId]] = frozenset()
    remedies: Mapping[BidId, datetime] = field(default_factory=dict)
    drawing: Drawing = Drawing()
    confirmation_until: datetime | None = None
    objections_until: datetime | None = None
    lapsed: bool = False
    objections: Mapping[ObjectionId, Objection] = field(default_factory=dict)
    content: Digest | None = None
    signatures: Mapping[PersonId, Role] = field(default_factory=dict)
    paused_since: datetime | None = None
    interruptions: tuple[Interruption, ...] = ()
    reconvened: int = 0
    outcome: str = ""  # the reason of a failure or a termination
    record: Digest | None = None  # the newest revision of the minutes
    revisions: tuple[Revision, ...] = ()  # of the minutes, the sealed ones first
    preserved: bool = False  # the minutes have their last time stamp
    archived: bool = False
    chat: ChatMode = ChatMode.OPEN
    hands: tuple[PersonId, ...] = ()  # who asks for the floor, in the order of asking
    floor: PersonId | None = None  # who has it
    muted: frozenset[PersonId] = frozenset()
    recordings: Mapping[RecordingId, Recording] = field(default_factory=dict)

    @property
    def terms(self) -> Terms:
        """The terms in force: the newest published ones, before that the draft."""
        if self.published:
            return self.published[-1].terms
        if self.draft is None:
            raise LookupError("the opening has no terms yet")
        return self.draft

    @property
    def opening(self) -> RoomId:
        """The room's id, as the manifest has it."""
        return RoomId(self.current.manifest.opening)

    @property
    def current(self) -> Published:
        """The newest published version."""
        if not self.published:
            raise LookupError("the tender is not published yet")
        return self.published[-1]

    @property
    def deadline(self) -> datetime:
        return self.terms.deadline

    @property
    def closed(self) -> bool:
        """Whether the list of counted bids is fixed; nothing may tell who bids before it is."""
        return self.upload_until is not None

    @property
    def paused(self) -> bool:
        return self.paused_since is not None

    def running(self) -> Iterator[Recording]:
        """The recordings that are not over."""
        return (each for each in self.recordings.values() if each.ended is None)

    def version_of(self, bid: Bid) -> Published:
        """The version that a bid is sealed under."""
        return next(each for each in self.published if each.digest == bid.manifest)

    def counted_bids(self) -> Iterator[Bid]:
        """The bids that count, in the order of their receipt."""
        return (self.bids[bid] for bid in self.counted)

    def counted_of(self, bidder: PersonId) -> Bid | None:
        """The bid of this bidder that counts."""
        person = self.bidders.get(bidder)
        if person is None or person.live is None or person.live not in self.counted:
            return None
        return self.bids[person.live]

    def in_play(self, envelope: EnvelopeId) -> Iterator[Bid]:
        """The counted bids whose earlier envelopes opened: those that this envelope's opening is
        about."""
        earlier = [each.id for each in self.terms.envelopes]
        earlier = earlier[: earlier.index(envelope)]
        for bid in self.counted_bids():
            if all(bid.parts[each].opened for each in earlier):
                yield bid

    def pending(self) -> Iterator[Bid]:
        """The bids whose part in the unlocked envelope has no final state."""
        if self.envelope is None:
            return
        for bid in self.in_play(self.envelope):
            if not bid.parts[self.envelope].final:
                yield bid

    def seats_of(self, person: PersonId) -> Iterator[Seat]:
        return (seat for seat in self.terms.seats if seat.person == person)

    def trustee_index(self, person: PersonId) -> int | None:
        """The index, from 1, of a trustee."""
        for index, seat in enumerate(self.terms.trustees(), start=1):
            if seat.person == person:
                return index
        return None

    @property
    def shared(self) -> bool:
        """Whether trustees hold shares."""
        return self.terms.policy is not Policy.BIDDER


START = State()
