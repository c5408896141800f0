"""What can have happened in an opening: past facts, the only thing a room's log holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from rooms.ids import BidId, Digest, EnvelopeId, ObjectionId, PersonId
from rooms.opening.terms import Role, Terms

Sealed = Mapping[str, object]
"""A sealed object as JSON: {"body", "key", "signature"} (docs/formats/seal.md, 1)."""
FormValue = str | int


class Fault(StrEnum):
    """Whose fault it is that a bid did not open."""

    BIDDER = "bidder"  # 视为撤销
    PLATFORM = "platform"  # 视为撤回
    UNKNOWN = "unknown"  # 待裁决


class Window(StrEnum):
    """A running window with an end."""

    DECRYPTION = "decryption"
    CONFIRMATION = "confirmation"
    OBJECTION = "objection"
    UPLOAD = "upload"  # in which the bytes of punctual headers may still arrive


class ChatMode(StrEnum):
    OPEN = "open"
    MUTED = "muted"  # only the host's side may write
    CLOSED = "closed"


# --- before publication -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TenderDrafted:
    """A draft was made or changed (DRAFT only, or a revision of a published tender not yet
    published)."""

    terms: Terms


@dataclass(frozen=True, slots=True)
class TrusteeReady:
    """A trustee gave its card: KEM key, signing key, signed by the latter (kind "trustee")."""

    trustee: PersonId
    card: Sealed


@dataclass(frozen=True, slots=True)
class TenderPublished:
    """Version 1 opens RECEIVING; a later version is a revision. `manifest` is the sealed
    manifest."""

    version: int
    terms: Terms
    manifest: Sealed
    manifest_digest: Digest


@dataclass(frozen=True, slots=True)
class TrusteeRehearsed:
    trustee: PersonId
    answer: Sealed


# --- hidden until the deadline: who bids, and that anybody does -----------------------------------


@dataclass(frozen=True, slots=True)
class TenderAccepted:
    """A bidder accepted this version and enrolled (or renewed) its signing key (kind
    "acceptance")."""

    bidder: PersonId
    name: str
    version: int
    acceptance: Sealed
    deposit: str = "unpaid"  # "paid" | "unpaid" | "guarantee"


@dataclass(frozen=True, slots=True)
class BidReceived:
    """A header arrived in time. It replaces the bidder's earlier bid, if any."""

    bidder: PersonId
    bid: BidId
    header: Sealed
    header_digest: Digest
    outers: Mapping[EnvelopeId, str]  # b64u, sealed to the gate
    received_at: datetime


@dataclass(frozen=True, slots=True)
class BidStored:
    """All bytes of one envelope arrived and equal the header's digest."""

    bid: BidId
    envelope: EnvelopeId
    size: int


@dataclass(frozen=True, slots=True)
class BidBytesRefused:
    """Bytes of an upload were refused; kept as evidence for attributing a fault."""

    bid: BidId
    envelope: EnvelopeId
    code: str


@dataclass(frozen=True, slots=True)
class BidWithdrawn:
    bidder: PersonId
    bid: BidId
    withdrawal: Sealed
    withdrawal_digest: Digest
    received_at: datetime


@dataclass(frozen=True, slots=True)
class BidderSignedIn:
    """A representative signed in. `representative` is the salted digest of name, ID, phone,
    authorisation."""

    bidder: PersonId
    representative: Digest
    late: bool = False
    emergency: bool = False


# --- closing --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CountedBid:
    """A bid that counts: its header was in time and was not replaced or withdrawn."""

    bid: BidId
    bidder: PersonId
    name: str
    header_digest: Digest
    received_at: datetime
    stored: bool
    manifest_version: int
    stale: bool  # the bidder did not accept the newest version (shown as a remark, decides nothing)


@dataclass(frozen=True, slots=True)
class BiddingClosed:
    """The deadline passed. The head over this entry fixes the list of counted bids."""

    deadline: datetime
    bids: tuple[CountedBid, ...]
    signed_in: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True)
class OpeningStarted:
    """The host started the opening. `recording` is "confirmed" or the reason why there is none."""

    recording: str


@dataclass(frozen=True, slots=True)
class RollPublished:
    """The roll of bidders became public. `enough` is false under the minimum."""

    bids: tuple[CountedBid, ...]
    absent: tuple[PersonId, ...]
    enough: bool


@dataclass(frozen=True, slots=True)
class OpeningContinued:
    """The host goes on though there are fewer bidders than the minimum, with reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class OpeningFailed:
    """流标."""

    reason: str


# --- decrypting -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DecryptionStarted:
    """Shares and keys may be released until the instant. `envelope` is the one now unlocked."""

    envelope: EnvelopeId
    until: datetime


@dataclass(frozen=True, slots=True)
class GateOpened:
    """The gate took the outer layer off: digests of the wraps (SHA-256 of the n wraps together) per
    bid; null where it failed."""

    envelope: EnvelopeId
    wraps: Mapping[BidId, Digest | None]


@dataclass(frozen=True, slots=True)
class SharesReleased:
    """A trustee released its shares of all bids (kind "release"); its signature witnesses the
    closing head."""

    trustee: PersonId
    envelope: EnvelopeId
    release: Sealed


@dataclass(frozen=True, slots=True)
class ReleaseRefused:
    """A trustee's release was refused (wrong head, wrong clock, bad share); evidence."""

    trustee: PersonId
    code: str


@dataclass(frozen=True, slots=True)
class BidderKeyReleased:
    """A bidder released its key, or its half (kc or the half's commitment was checked). `key` is
    b64u, public from now on."""

    bidder: PersonId
    bid: BidId
    envelope: EnvelopeId
    key: str


@dataclass(frozen=True, slots=True)
class BidderKeyRefused:
    """A bidder offered a key that isn't the sealed bid's; evidence for the attribution."""

    bidder: PersonId
    bid: BidId
    envelope: EnvelopeId
    code: str


@dataclass(frozen=True, slots=True)
class BidOpened:
    """A bid opened. `key` is b64u of K: from here on anyone opens the bid with `age -d`."""

    bid: BidId
    envelope: EnvelopeId
    by: str  # "trustees" | "bidder" | "both"
    key: str
    form: Mapping[str, FormValue]
    files: tuple[Mapping[str, object], ...]  # name, size, sha256


@dataclass(frozen=True, slots=True)
class BidVoid:
    """A bid did not open: the code of the reason and whose fault the evidence proves."""

    bid: BidId
    envelope: EnvelopeId
    code: str
    step: int  # of docs/formats/seal.md, 8
    fault: Fault


@dataclass(frozen=True, slots=True)
class FaultRuled:
    """The host ruled on an unknown fault, with the evidence beside it."""

    bid: BidId
    fault: Fault
    reason: str


@dataclass(frozen=True, slots=True)
class RemedyGranted:
    """The decryption window was reopened for one bid; only its sealed key can be released."""

    bid: BidId
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class BidsImported:
    """批量导入: every counted bid has a final state."""

    opened: int
    void: int


# --- parameters, announcing, confirming -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DrawCommitted:
    """Somebody committed to a seed: SHA-256("yunkai/draw/v1" | lp(person) | seed)."""

    by: PersonId
    commitment: Digest


@dataclass(frozen=True, slots=True)
class DrawRevealed:
    by: PersonId
    seed: str  # b64u, 32 bytes


@dataclass(frozen=True, slots=True)
class ParameterDrawn:
    """value = low + step * (SHA-256("yunkai/draw-value/v1" | seeds in order of commitment) mod
    steps)."""

    name: str
    value: int
    seeds: tuple[PersonId, ...]
    unrevealed: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True)
class AnnouncingStarted:
    control_price: int | None


@dataclass(frozen=True, slots=True)
class BidAnnounced:
    """Name and announced items of one bid were read out. `over_limit`: price above the control
    price (a mark, no verdict)."""

    bid: BidId
    row: Mapping[str, FormValue]
    over_limit: bool


@dataclass(frozen=True, slots=True)
class ConfirmationStarted:
    until: datetime
    objections_until: datetime


@dataclass(frozen=True, slots=True)
class BidConfirmed:
    bidder: PersonId
    bid: BidId
    row: Digest
    confirmation: (
        Sealed | None
    )  # None: confirmed under the login alone, from a device without the key


@dataclass(frozen=True, slots=True)
class BidDisputed:
    bidder: PersonId
    bid: BidId
    reason: str


@dataclass(frozen=True, slots=True)
class ConfirmationsLapsed:
    """逾期未确认: nobody signs for somebody else."""

    bids: tuple[BidId, ...]


@dataclass(frozen=True, slots=True)
class ObjectionRaised:
    objection: ObjectionId
    by: PersonId
    text: str


@dataclass(frozen=True, slots=True)
class ObjectionAnswered:
    objection: ObjectionId
    text: str


# --- the end --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SigningStarted:
    """The record is closed for signing. `content` is the digest that its signatures are over
    (rooms/opening/content.py)."""

    content: Digest


@dataclass(frozen=True, slots=True)
class RecordSigned:
    """Somebody approved the record (host, supervisor, bidder): digest of the record's content."""

    person: PersonId
    role: Role
    content: Digest


@dataclass(frozen=True, slots=True)
class OpeningEnded:
    pass


@dataclass(frozen=True, slots=True)
class RecordPublished:
    """The sealed minutes: digest and size of the PDF, and the head its attached log goes to."""

    sha256: Digest
    size: int
    log_size: int


@dataclass(frozen=True, slots=True)
class RoomArchived:
    pass


# --- at any time ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OpeningPaused:
    """Every running window stands still from `since` on."""

    reason: str
    since: datetime


@dataclass(frozen=True, slots=True)
class OpeningResumed:
    """The frozen time was added to every running window: their new ends."""

    windows: Mapping[Window, datetime]
    remedies: Mapping[BidId, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WindowExtended:
    window: Window
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class ServiceInterrupted:
    """The platform itself was away between the instants; running windows are extended by the
    gap."""

    since: datetime
    back: datetime
    windows: Mapping[Window, datetime]
    remedies: Mapping[BidId, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OpeningTerminated:
    """终止."""

    reason: str


@dataclass(frozen=True, slots=True)
class Reconvened:
    """复会: the record was reopened after its end, with reason; goes back to CONFIRMING."""

    reason: str
    until: datetime


@dataclass(frozen=True, slots=True)
class WarningIssued:
    """A supervisor's recorded warning."""

    by: PersonId
    text: str


@dataclass(frozen=True, slots=True)
class HostChanged:
    """The deputy took over, or the host came back."""

    host: PersonId


@dataclass(frozen=True, slots=True)
class DepositNoted:
    bidder: PersonId
    state: str


@dataclass(frozen=True, slots=True)
class ChatPosted:
    """`to` is None for everybody, or the person a private message goes to (the host's side always
    sees it)."""

    by: PersonId
    text: str
    to: PersonId | None


@dataclass(frozen=True, slots=True)
class ChatModeSet:
    mode: ChatMode


Event = (
    TenderDrafted
    | TrusteeReady
    | TenderPublished
    | TrusteeRehearsed
    | TenderAccepted
    | BidReceived
    | BidStored
    | BidBytesRefused
    | BidWithdrawn
    | BidderSignedIn
    | BiddingClosed
    | OpeningStarted
    | RollPublished
    | OpeningContinued
    | OpeningFailed
    | DecryptionStarted
    | GateOpened
    | SharesReleased
    | ReleaseRefused
    | BidderKeyReleased
    | BidderKeyRefused
    | BidOpened
    | BidVoid
    | FaultRuled
    | RemedyGranted
    | BidsImported
    | DrawCommitted
    | DrawRevealed
    | ParameterDrawn
    | AnnouncingStarted
    | BidAnnounced
    | ConfirmationStarted
    | BidConfirmed
    | BidDisputed
    | ConfirmationsLapsed
    | ObjectionRaised
    | ObjectionAnswered
    | SigningStarted
    | RecordSigned
    | OpeningEnded
    | RecordPublished
    | RoomArchived
    | OpeningPaused
    | OpeningResumed
    | WindowExtended
    | ServiceInterrupted
    | OpeningTerminated
    | Reconvened
    | WarningIssued
    | HostChanged
    | DepositNoted
    | ChatPosted
    | ChatModeSet
)
"""Every event of an opening."""
