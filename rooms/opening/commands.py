"""What can be ordered in an opening. A command is an imperative; `decide` answers it with events or
refuses."""

from collections.abc import Mapping
from dataclasses import dataclass

from rooms.chat import ChatMode
from rooms.chat import PostChat as PostChat
from rooms.ids import BidId, Digest, EnvelopeId, ObjectionId, PersonId
from rooms.opening.events import Fault, FormValue, Sealed, Window
from rooms.opening.terms import Terms
from rooms.orders import ArchiveRoom as ArchiveRoom
from rooms.orders import IssueWarning as IssueWarning
from rooms.orders import NoteInterruption as NoteInterruption
from rooms.orders import NoteRecord as NoteRecord
from rooms.orders import Tick as Tick
from rooms.recording import MarkRecordings as MarkRecordings
from rooms.recording import NoteRecording as NoteRecording
from rooms.recording import NoteRecordingEnd as NoteRecordingEnd

# --- people's commands (they come over HTTP as {"type": NAME, …}) ---------------------------------


@dataclass(frozen=True, slots=True)
class DraftTender:
    terms: Terms


@dataclass(frozen=True, slots=True)
class GiveTrusteeCard:
    card: Sealed


@dataclass(frozen=True, slots=True)
class PublishTender:
    """Made by the desk: terms (the draft, or a revision of a published tender) with the manifest
    the platform signed."""

    terms: Terms
    manifest: Sealed


@dataclass(frozen=True, slots=True)
class AnswerRehearsal:
    answer: Sealed
    nonce: Digest  # SHA-256 of the nonce the server sealed; the desk fills it in


@dataclass(frozen=True, slots=True)
class AcceptTender:
    name: str
    acceptance: Sealed


@dataclass(frozen=True, slots=True)
class SubmitBid:
    header: Sealed
    outers: Mapping[EnvelopeId, str]


@dataclass(frozen=True, slots=True)
class WithdrawBid:
    withdrawal: Sealed


@dataclass(frozen=True, slots=True)
class SignIn:
    """`representative` is the salted digest; the desk keeps the personal data apart."""

    representative: Digest
    emergency: bool = False


@dataclass(frozen=True, slots=True)
class StartOpening:
    """`recording` is "confirmed" while the host's camera or a hall camera is being recorded, or
    the host's reason why there is no recording."""

    recording: str


@dataclass(frozen=True, slots=True)
class PublishRoll:
    pass


@dataclass(frozen=True, slots=True)
class ContinueOpening:
    reason: str


@dataclass(frozen=True, slots=True)
class FailOpening:
    reason: str


@dataclass(frozen=True, slots=True)
class StartDecryption:
    """Also unlocks a later envelope after the first has been imported and announced."""

    envelope: EnvelopeId


@dataclass(frozen=True, slots=True)
class ReleaseShares:
    """`head` is the text of the closing checkpoint, filled in by the desk."""

    envelope: EnvelopeId
    release: Sealed
    head: str


@dataclass(frozen=True, slots=True)
class ReleaseKey:
    bid: BidId
    envelope: EnvelopeId
    key: str


@dataclass(frozen=True, slots=True)
class RuleFault:
    bid: BidId
    fault: Fault
    reason: str


@dataclass(frozen=True, slots=True)
class GrantRemedy:
    bid: BidId
    minutes: int
    reason: str


@dataclass(frozen=True, slots=True)
class ImportBids:
    pass


@dataclass(frozen=True, slots=True)
class CommitSeed:
    commitment: Digest


@dataclass(frozen=True, slots=True)
class RevealSeed:
    seed: str


@dataclass(frozen=True, slots=True)
class DrawParameter:
    pass


@dataclass(frozen=True, slots=True)
class StartAnnouncing:
    pass


@dataclass(frozen=True, slots=True)
class AnnounceBids:
    """One bid, several, or all opened bids not yet announced (empty)."""

    bids: tuple[BidId, ...] = ()


@dataclass(frozen=True, slots=True)
class StartConfirmation:
    pass


@dataclass(frozen=True, slots=True)
class ConfirmBid:
    bid: BidId
    confirmation: Sealed | None = None


@dataclass(frozen=True, slots=True)
class DisputeBid:
    bid: BidId
    reason: str


@dataclass(frozen=True, slots=True)
class RaiseObjection:
    text: str
    objection: ObjectionId  # a fresh id made by the client


@dataclass(frozen=True, slots=True)
class AnswerObjection:
    objection: ObjectionId
    text: str


@dataclass(frozen=True, slots=True)
class StartSigning:
    pass


@dataclass(frozen=True, slots=True)
class SignRecord:
    content: Digest


@dataclass(frozen=True, slots=True)
class EndOpening:
    pass


@dataclass(frozen=True, slots=True)
class PauseOpening:
    reason: str


@dataclass(frozen=True, slots=True)
class ResumeOpening:
    pass


@dataclass(frozen=True, slots=True)
class ExtendWindow:
    window: Window
    minutes: int
    reason: str


@dataclass(frozen=True, slots=True)
class TerminateOpening:
    reason: str


@dataclass(frozen=True, slots=True)
class Reconvene:
    reason: str


@dataclass(frozen=True, slots=True)
class TakeOver:
    """The deputy (or the seated host again) becomes acting host."""


@dataclass(frozen=True, slots=True)
class NoteDeposit:
    bidder: PersonId
    state: str


@dataclass(frozen=True, slots=True)
class SetChatMode:
    mode: ChatMode


@dataclass(frozen=True, slots=True)
class RequestFloor:
    """Raises the own hand."""


@dataclass(frozen=True, slots=True)
class WithdrawFloor:
    """Puts the own hand down, or gives the floor back."""


@dataclass(frozen=True, slots=True)
class GrantFloor:
    """Gives the floor to somebody, asked for or not; whoever had it has it no more."""

    person: PersonId


@dataclass(frozen=True, slots=True)
class TakeFloor:
    """Takes the floor back from whoever has it."""


@dataclass(frozen=True, slots=True)
class MutePerson:
    person: PersonId
    muted: bool


# --- the system's commands ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NoteBytes:
    """Bytes of an upload were checked against the header: stored (code None) or refused."""

    bid: BidId
    envelope: EnvelopeId
    size: int
    code: str | None = None


@dataclass(frozen=True, slots=True)
class NoteGate:
    envelope: EnvelopeId
    wraps: Mapping[BidId, Digest | None]


@dataclass(frozen=True, slots=True)
class NoteOpened:
    bid: BidId
    envelope: EnvelopeId
    by: str
    key: str
    form: Mapping[str, FormValue]
    files: tuple[Mapping[str, object], ...]


@dataclass(frozen=True, slots=True)
class NoteVoid:
    bid: BidId
    envelope: EnvelopeId
    code: str
    step: int


@dataclass(frozen=True, slots=True)
class SignMinutes:
    """Made by the server when a person's signature is in the PDF: `previous` is the digest of the
    revision that was signed, `sha256` and `size` those of the new one."""

    field: str
    certificate: Digest
    previous: Digest
    sha256: Digest
    size: int


@dataclass(frozen=True, slots=True)
class NotePreserved:
    """The last revision of signed minutes was made from `previous`."""

    previous: Digest
    sha256: Digest
    size: int


PersonCommand = (
    DraftTender
    | GiveTrusteeCard
    | PublishTender
    | AnswerRehearsal
    | AcceptTender
    | SubmitBid
    | WithdrawBid
    | SignIn
    | StartOpening
    | PublishRoll
    | ContinueOpening
    | FailOpening
    | StartDecryption
    | ReleaseShares
    | ReleaseKey
    | RuleFault
    | GrantRemedy
    | ImportBids
    | CommitSeed
    | RevealSeed
    | DrawParameter
    | StartAnnouncing
    | AnnounceBids
    | StartConfirmation
    | ConfirmBid
    | DisputeBid
    | RaiseObjection
    | AnswerObjection
    | StartSigning
    | SignRecord
    | EndOpening
    | ArchiveRoom
    | PauseOpening
    | ResumeOpening
    | ExtendWindow
    | TerminateOpening
    | Reconvene
    | IssueWarning
    | TakeOver
    | NoteDeposit
    | PostChat
    | SetChatMode
    | RequestFloor
    | WithdrawFloor
    | GrantFloor
    | TakeFloor
    | MutePerson
)

SystemCommand = (
    Tick
    | NoteBytes
    | NoteGate
    | NoteOpened
    | NoteVoid
    | NoteInterruption
    | NoteRecord
    | SignMinutes
    | NotePreserved
    | NoteRecording
    | MarkRecordings
    | NoteRecordingEnd
)

Command = PersonCommand | SystemCommand
