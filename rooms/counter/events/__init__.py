"""What can have happened in a session: past facts, the only thing a room's log holds."""

from rooms.chat import (
    ChatPosted,
)
from rooms.counter.events.anytime import (
    ApplicantErased,
    SeatLeft,
    SeatReturned,
    ServiceInterrupted,
)
from rooms.counter.events.arriving import (
    BookingLapsed,
    FarAssigned,
    HandedOver,
    HandOverOffered,
    HandOverOfferEnded,
    PersonAdmitted,
    SessionBooked,
    SessionCancelled,
    SessionConnected,
    TicketCalled,
    TicketIssued,
    TicketLapsed,
    TicketRequeued,
)
from rooms.counter.events.consent import (
    ConsentGiven,
    ConsentRefused,
    IdentityCaptured,
    IdentityChecked,
    ReuseAllowed,
)
from rooms.counter.events.deciding import (
    DepartmentInvited,
    FeeNoted,
    FeePaid,
    OpinionGiven,
    OutcomeDecided,
    SessionEnded,
)
from rooms.counter.events.filling import (
    FieldFilled,
    FieldsConfirmed,
    FormSigned,
)
from rooms.counter.events.materials import (
    MaterialCaptured,
    MaterialJudged,
    PageRemoved,
    PageReplaced,
    PagesOrdered,
    ScreenshotTaken,
)
from rooms.counter.events.processing import (
    Escalated,
    ItemCompleted,
    RatingAnswered,
    RatingInvited,
    Reminded,
    ResultDelivered,
    SessionRated,
    StepNoted,
)
from rooms.facts import (
    RecordPublished,
    RoomArchived,
    WarningIssued,
)
from rooms.recording import (
    RecordingEnded,
    RecordingsMarked,
    RecordingStarted,
)

__all__ = [
    "ApplicantErased",
    "BookingLapsed",
    "ChatPosted",
    "ConsentGiven",
    "ConsentRefused",
    "DepartmentInvited",
    "Escalated",
    "Event",
    "FarAssigned",
    "FeeNoted",
    "FeePaid",
    "FieldFilled",
    "FieldsConfirmed",
    "FormSigned",
    "HandOverOfferEnded",
    "HandOverOffered",
    "HandedOver",
    "IdentityCaptured",
    "IdentityChecked",
    "ItemCompleted",
    "MaterialCaptured",
    "MaterialJudged",
    "OpinionGiven",
    "OutcomeDecided",
    "PageRemoved",
    "PageReplaced",
    "PagesOrdered",
    "PersonAdmitted",
    "RatingAnswered",
    "RatingInvited",
    "RecordPublished",
    "RecordingEnded",
    "RecordingStarted",
    "RecordingsMarked",
    "Reminded",
    "ResultDelivered",
    "ReuseAllowed",
    "RoomArchived",
    "ScreenshotTaken",
    "SeatLeft",
    "SeatReturned",
    "ServiceInterrupted",
    "SessionBooked",
    "SessionCancelled",
    "SessionConnected",
    "SessionEnded",
    "SessionRated",
    "StepNoted",
    "TicketCalled",
    "TicketIssued",
    "TicketLapsed",
    "TicketRequeued",
    "WarningIssued",
]

Event = (
    SessionBooked
    | BookingLapsed
    | TicketIssued
    | SessionCancelled
    | TicketCalled
    | TicketLapsed
    | TicketRequeued
    | FarAssigned
    | HandOverOffered
    | HandOverOfferEnded
    | HandedOver
    | PersonAdmitted
    | SessionConnected
    | ConsentGiven
    | ConsentRefused
    | ReuseAllowed
    | IdentityCaptured
    | IdentityChecked
    | MaterialCaptured
    | PageReplaced
    | PagesOrdered
    | PageRemoved
    | MaterialJudged
    | ScreenshotTaken
    | FieldFilled
    | FieldsConfirmed
    | FormSigned
    | DepartmentInvited
    | OpinionGiven
    | FeeNoted
    | FeePaid
    | OutcomeDecided
    | SessionEnded
    | StepNoted
    | ItemCompleted
    | ResultDelivered
    | Reminded
    | Escalated
    | RatingInvited
    | SessionRated
    | RatingAnswered
    | SeatLeft
    | SeatReturned
    | ServiceInterrupted
    | ChatPosted
    | RecordPublished
    | RoomArchived
    | ApplicantErased
    | WarningIssued
    | RecordingEnded
    | RecordingsMarked
    | RecordingStarted
)
