"""Before the call is through: booking, ticket, calling, who sits where."""

from dataclasses import dataclass
from datetime import datetime

from rooms.counter.kinds import Matter, Priority, Role, Side
from rooms.ids import PersonId


@dataclass(frozen=True, slots=True)
class SessionBooked:
    matter: Matter
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class BookingLapsed:
    """Nobody came for the booked time."""


@dataclass(frozen=True, slots=True)
class TicketIssued:
    """`matter` is None where the session was booked."""

    number: str
    hall: str
    priority: Priority
    matter: Matter | None = None


@dataclass(frozen=True, slots=True)
class SessionCancelled:
    reason: str


@dataclass(frozen=True, slots=True)
class TicketCalled:
    """Called to a window, for the first to the third time; nobody else calls it until it lapses."""

    window: str
    clerk: PersonId
    clerk_name: str
    times: int
    lapses_at: datetime


@dataclass(frozen=True, slots=True)
class TicketLapsed:
    """过号."""


@dataclass(frozen=True, slots=True)
class TicketRequeued:
    """Waits again, behind `behind` others. `by_applicant`: on the applicant's own order."""

    behind: int
    by_applicant: bool


@dataclass(frozen=True, slots=True)
class FarAssigned:
    clerk: PersonId
    clerk_name: str
    window: str
    region: str


@dataclass(frozen=True, slots=True)
class HandOverOffered:
    """Whoever has this side offers it to the clerk at another window; until that one takes it
    nothing changes hands."""

    side: Side
    to: PersonId
    to_name: str
    window: str
    reason: str


@dataclass(frozen=True, slots=True)
class HandOverOfferEnded:
    """The offer holds no more: it was `declined`, or withdrawn."""

    side: Side
    to: PersonId
    declined: bool


@dataclass(frozen=True, slots=True)
class HandedOver:
    """One window's duty goes to somebody else (`clerk`), at the same window or another."""

    side: Side
    previous: PersonId
    clerk: PersonId
    clerk_name: str
    window: str
    reason: str


@dataclass(frozen=True, slots=True)
class PersonAdmitted:
    """Somebody without a duty entered: a supervisor who listens, a hall's manager."""

    person: PersonId
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class SessionConnected:
    """`recording` is "confirmed", or the reason why this session is not recorded."""

    recording: str
