"""What can have happened in an opening: past facts, the only thing a room's log holds."""

from rooms.chat import ChatMode, ChatPosted
from rooms.facts import RecordPublished, RoomArchived, WarningIssued
from rooms.opening.events.announcing import (
    AnnouncingStarted,
    BidAnnounced,
    BidConfirmed,
    BidDisputed,
    ConfirmationsLapsed,
    ConfirmationStarted,
    DrawCommitted,
    DrawRevealed,
    ObjectionAnswered,
    ObjectionRaised,
    ParameterDrawn,
)
from rooms.opening.events.anytime import (
    ChatModeSet,
    DepositNoted,
    HostChanged,
    OpeningPaused,
    OpeningResumed,
    OpeningTerminated,
    ServiceInterrupted,
    WindowExtended,
)
from rooms.opening.events.closing import (
    BiddingClosed,
    CountedBid,
    OpeningContinued,
    OpeningFailed,
    OpeningStarted,
    RollPublished,
)
from rooms.opening.events.decrypting import (
    BidderKeyRefused,
    BidderKeyReleased,
    BidOpened,
    BidsImported,
    BidVoid,
    DecryptionStarted,
    FaultRuled,
    GateOpened,
    ReleaseRefused,
    RemedyGranted,
    SharesReleased,
)
from rooms.opening.events.ending import (
    MinutesPreserved,
    MinutesSigned,
    OpeningEnded,
    Reconvened,
    RecordSigned,
    SigningStarted,
)
from rooms.opening.events.kinds import Fault, FormValue, Sealed, Window
from rooms.opening.events.media import (
    FloorGranted,
    FloorRequested,
    FloorTaken,
    FloorWithdrawn,
    SoundMuted,
)
from rooms.opening.events.receiving import (
    BidBytesRefused,
    BidderSignedIn,
    BidReceived,
    BidStored,
    BidWithdrawn,
    TenderAccepted,
    TenderDrafted,
    TenderPublished,
    TrusteeReady,
    TrusteeRehearsed,
)
from rooms.recording import (
    FeedKind,
    Mark,
    RecordingEnded,
    RecordingsMarked,
    RecordingStarted,
    RecordingStop,
)

__all__ = [
    "AnnouncingStarted",
    "BidAnnounced",
    "BidBytesRefused",
    "BidConfirmed",
    "BidDisputed",
    "BidOpened",
    "BidReceived",
    "BidStored",
    "BidVoid",
    "BidWithdrawn",
    "BidderKeyRefused",
    "BidderKeyReleased",
    "BidderSignedIn",
    "BiddingClosed",
    "BidsImported",
    "ChatMode",
    "ChatModeSet",
    "ChatPosted",
    "ConfirmationStarted",
    "ConfirmationsLapsed",
    "CountedBid",
    "DecryptionStarted",
    "DepositNoted",
    "DrawCommitted",
    "DrawRevealed",
    "Event",
    "Fault",
    "FaultRuled",
    "FeedKind",
    "FloorGranted",
    "FloorRequested",
    "FloorTaken",
    "FloorWithdrawn",
    "FormValue",
    "GateOpened",
    "HostChanged",
    "Mark",
    "MinutesPreserved",
    "MinutesSigned",
    "ObjectionAnswered",
    "ObjectionRaised",
    "OpeningContinued",
    "OpeningEnded",
    "OpeningFailed",
    "OpeningPaused",
    "OpeningResumed",
    "OpeningStarted",
    "OpeningTerminated",
    "ParameterDrawn",
    "Reconvened",
    "RecordPublished",
    "RecordSigned",
    "RecordingEnded",
    "RecordingStarted",
    "RecordingStop",
    "RecordingsMarked",
    "ReleaseRefused",
    "RemedyGranted",
    "RollPublished",
    "RoomArchived",
    "Sealed",
    "ServiceInterrupted",
    "SharesReleased",
    "SigningStarted",
    "SoundMuted",
    "TenderAccepted",
    "TenderDrafted",
    "TenderPublished",
    "TrusteeReady",
    "TrusteeRehearsed",
    "WarningIssued",
    "Window",
    "WindowExtended",
]

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
    | MinutesSigned
    | MinutesPreserved
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
    | FloorRequested
    | FloorWithdrawn
    | FloorGranted
    | FloorTaken
    | SoundMuted
    | RecordingStarted
    | RecordingsMarked
    | RecordingEnded
)
"""Every event of an opening."""
