"""What can be ordered in a session. A command is an imperative; `decide` answers it with events or
refuses.

Three kinds: what a person sends as it is (`PersonCommand`, over HTTP as {"type": NAME, …}); what
the server makes of a person's order, because digests, names or dates have to be filled in by
somebody who can be believed (`MadeCommand`, given in the person's name); what the system orders by
itself.
"""

from dataclasses import dataclass
from datetime import datetime

from rooms.chat import PostChat as PostChat
from rooms.counter.kinds import (
    FieldValue,
    IdentityMethod,
    IdentityResult,
    Matter,
    Missing,
    Origin,
    Picture,
    Priority,
    Revealed,
    Role,
    Seen,
    Side,
    Source,
    Stance,
    Verdict,
    Way,
)
from rooms.counter.terms import Outcome
from rooms.ids import Digest, PageId, PersonId, RoomId
from rooms.orders import ArchiveRoom as ArchiveRoom
from rooms.orders import IssueWarning as IssueWarning
from rooms.orders import NoteInterruption as NoteInterruption
from rooms.orders import NoteRecord as NoteRecord
from rooms.orders import Tick as Tick
from rooms.recording import MarkRecordings as MarkRecordings
from rooms.recording import NoteRecording as NoteRecording
from rooms.recording import NoteRecordingEnd as NoteRecordingEnd

# --- people's commands ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CancelSession:
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RecallTicket:
    """Calls the ticket that is called at one's own window once more."""


@dataclass(frozen=True, slots=True)
class RequeueTicket:
    """Puts a ticket that lapsed back into the queue."""


@dataclass(frozen=True, slots=True)
class ConnectSession:
    """`recording` is "confirmed" where the session will be recorded once there is consent, or the
    reason why it will not."""

    recording: str


@dataclass(frozen=True, slots=True)
class GiveConsent:
    """`text` is the digest of the text that was shown."""

    text: Digest
    version: str
    reuse: bool = False


@dataclass(frozen=True, slots=True)
class RefuseConsent:
    pass


@dataclass(frozen=True, slots=True)
class AllowReuse:
    pass


@dataclass(frozen=True, slots=True)
class CheckIdentity:
    """The far clerk's comparison of what was captured with the person."""

    likeness: bool
    result: IdentityResult
    remark: str = ""


@dataclass(frozen=True, slots=True)
class OrderPages:
    item: str
    material: str
    pages: tuple[PageId, ...]


@dataclass(frozen=True, slots=True)
class RemovePage:
    page: PageId
    reason: str = ""


@dataclass(frozen=True, slots=True)
class JudgeMaterial:
    item: str
    material: str
    verdict: Verdict
    remark: str = ""


@dataclass(frozen=True, slots=True)
class ConfirmFields:
    """Confirms the fields with the digests that were shown."""

    item: str
    fields: tuple[FieldValue, ...]


@dataclass(frozen=True, slots=True)
class GiveOpinion:
    item: str
    opinion: Stance
    text: str


@dataclass(frozen=True, slots=True)
class EndSession:
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BeginStep:
    item: str
    step: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class CompleteItem:
    item: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class DeliverResult:
    item: str
    way: Way
    tracking: str = ""


@dataclass(frozen=True, slots=True)
class AnswerRating:
    text: str


# --- made by the server of a person's order -------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CallTicket:
    """By the clerk who has the window open."""

    window: str
    clerk_name: str


@dataclass(frozen=True, slots=True)
class AssignFar:
    """By the system on routing, or by the far clerk who takes the session."""

    clerk: PersonId
    clerk_name: str
    window: str
    region: str


@dataclass(frozen=True, slots=True)
class OfferHandOver:
    """Offers one's side to the clerk at another window; a second offer takes the place of the
    first."""

    side: Side
    to: PersonId
    to_name: str
    window: str
    reason: str


@dataclass(frozen=True, slots=True)
class TakeOver:
    """Takes what one was offered, at the window where one sits."""

    side: Side
    window: str


@dataclass(frozen=True, slots=True)
class EndHandOverOffer:
    """Withdraws one's offer, or declines the one that was made to oneself."""

    side: Side


@dataclass(frozen=True, slots=True)
class HandOver:
    """Without asking anybody. `to` is a clerk; `window` is empty where the window stays."""

    side: Side
    to: PersonId
    to_name: str
    reason: str
    window: str = ""


@dataclass(frozen=True, slots=True)
class InviteDepartment:
    person: PersonId
    name: str
    department: str
    item: str


@dataclass(frozen=True, slots=True)
class CaptureIdentity:
    method: IdentityMethod
    number_valid: bool
    masked: str
    document: Digest | None = None


@dataclass(frozen=True, slots=True)
class CaptureMaterial:
    """`earlier` is given with source `reuse`: the session that the page was captured in."""

    page: PageId
    item: str
    material: str
    picture: Picture
    source: Source
    earlier: RoomId | None = None


@dataclass(frozen=True, slots=True)
class RetakePage:
    """`page` is a new id; the new page stands where `previous` stood."""

    page: PageId
    previous: PageId
    picture: Picture
    source: Source


@dataclass(frozen=True, slots=True)
class TakeScreenshot:
    """Keeps a picture of the call that a clerk took."""

    picture: Picture
    of: Seen
    note: str = ""


@dataclass(frozen=True, slots=True)
class FillField:
    """The value was checked against the field's kind; None empties the field."""

    item: str
    field: str
    value: Digest | None
    origin: Origin = Origin.TYPED


@dataclass(frozen=True, slots=True)
class SignForm:
    """`form` is what the signer saw (`forms.form_digest`), `strokes` the digest of the SVG."""

    item: str
    form: Digest
    strokes: Digest


@dataclass(frozen=True, slots=True)
class Decide:
    """`promised_at` comes from the item's promised days and the calendar of the deciding region.
    `values` reveal the confirmed fields that the item's rules speak of. `untold` says why a second
    supplement was not told the first time."""

    item: str
    outcome: Outcome
    reason: str = ""
    remedy: str = ""
    missing: tuple[Missing, ...] = ()
    until: datetime | None = None
    promised_at: datetime | None = None
    values: tuple[Revealed, ...] = ()
    untold: str = ""


@dataclass(frozen=True, slots=True)
class RateSession:
    """`answer_by` is 15 working days away, for a level of 1 or 2."""

    level: int
    words: Digest | None = None
    answer_by: datetime | None = None


# --- the system's commands ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BookSession:
    matter: Matter
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class IssueTicket:
    """`matter` is given where nothing was booked."""

    number: str
    hall: str
    priority: Priority = Priority.NONE
    matter: Matter | None = None


@dataclass(frozen=True, slots=True)
class AdmitPerson:
    """A supervisor or a manager enters; the server knows that they are one."""

    person: PersonId
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class NotePresence:
    """Somebody's connection is gone (`here` is false), or back."""

    person: PersonId
    here: bool


@dataclass(frozen=True, slots=True)
class NoteFee:
    item: str
    fee: str
    amount: int
    reference: str


@dataclass(frozen=True, slots=True)
class NotePayment:
    item: str
    fee: str
    amount: int
    reference: str


@dataclass(frozen=True, slots=True)
class EraseApplicant:
    """`kept_until` is worked out from the site's retention."""

    kept_until: datetime
    asked_by: PersonId | None = None


PersonCommand = (
    CancelSession
    | RecallTicket
    | RequeueTicket
    | ConnectSession
    | GiveConsent
    | RefuseConsent
    | AllowReuse
    | CheckIdentity
    | OrderPages
    | RemovePage
    | JudgeMaterial
    | ConfirmFields
    | GiveOpinion
    | EndSession
    | BeginStep
    | CompleteItem
    | DeliverResult
    | AnswerRating
    | PostChat
    | IssueWarning
    | ArchiveRoom
)

MadeCommand = (
    CallTicket
    | AssignFar
    | OfferHandOver
    | TakeOver
    | EndHandOverOffer
    | HandOver
    | InviteDepartment
    | CaptureIdentity
    | CaptureMaterial
    | RetakePage
    | TakeScreenshot
    | FillField
    | SignForm
    | Decide
    | RateSession
)

SystemCommand = (
    Tick
    | BookSession
    | IssueTicket
    | AdmitPerson
    | NotePresence
    | NoteFee
    | NotePayment
    | NoteInterruption
    | NoteRecord
    | NoteRecording
    | MarkRecordings
    | NoteRecordingEnd
    | EraseApplicant
)

Command = PersonCommand | MadeCommand | SystemCommand
