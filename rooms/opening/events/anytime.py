"""What may happen in many phases."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from rooms.chat import ChatMode
from rooms.ids import BidId, PersonId
from rooms.opening.events.kinds import Window


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
class HostChanged:
    """The deputy took over, or the host came back."""

    host: PersonId


@dataclass(frozen=True, slots=True)
class DepositNoted:
    bidder: PersonId
    state: str


@dataclass(frozen=True, slots=True)
class ChatModeSet:
    mode: ChatMode
