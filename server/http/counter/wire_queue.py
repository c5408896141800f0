"""Halls, desks, bookings and tickets on the wire."""

from typing import Annotated, Literal

from pydantic import Field

from rooms.counter.kinds import Priority
from server.http.wire import Digest, Id, Name, Time, Wire

Code = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
Number = Annotated[str, Field(pattern=r"^[A-Z][0-9]{3,6}$")]
ItemCode = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
Items = Annotated[list[ItemCode], Field(min_length=1, max_length=10)]
Reason = Annotated[str, Field(max_length=2000)]


class ApplicantBody(Wire):
    """Who comes. Only erasable rows keep it."""

    name: Name
    number: Annotated[str, Field(min_length=5, max_length=40)]
    phone: Annotated[str, Field(max_length=40)] = ""


class AgentBody(Wire):
    """Who comes in for the applicant, and by what right. `organisation` is the agent point, or
    what a relative is to the applicant; `letter` the digest of what was shown."""

    name: Name
    organisation: Name
    kind: Literal["letter", "guardian", "relative", "service"]
    letter: Digest | Literal[""] = ""


class TicketBody(Wire):
    """What somebody comes for. Without `far_region` the nearest agreement decides where it is
    done; `continues` is the session that asked for a supplement."""

    items: Items
    near_hall: Id
    far_region: Annotated[str, Field(pattern=r"^[0-9]{6}$")] | None = None
    applicant: ApplicantBody
    agent: AgentBody | None = None
    priority: Priority = Priority.NONE
    language: Literal["zh", "en"] = "zh"
    continues: Id | None = None


class BookingBody(TicketBody):
    """The same for a time of `/api/slots`."""

    starts_at: Time


class Booked(Wire):
    """A booking, and what its holder needs: `code` is told nobody else. `ics` is where its
    calendar file is, with the code in the query."""

    room: Id
    number: str
    code: str
    starts_at: Time
    ends_at: Time
    ics: str


class Taken(Wire):
    """A ticket, how many wait before it, and for how many minutes about; null while no window is
    open."""

    room: Id
    number: str
    code: str
    waiting: int
    minutes: int | None
    expires_at: Time


class Arrived(Wire):
    """A booking whose holder is there."""

    room: Id
    number: str
    waiting: int
    minutes: int | None


class EntryBody(Wire):
    """What is on a ticket. `agent` enters as whoever acts for the applicant, `bearer` asks for a
    token in place of the cookie."""

    number: Number
    hall: Id
    code: Code
    agent: bool = False
    bearer: bool = False


class Entered(Wire):
    """The session that was entered."""

    room: Id
    token: str | None = None


class CodeBody(Wire):
    """The code of a booking or ticket; a clerk of the hall needs none."""

    code: Code | None = None


class CancelBody(CodeBody):
    """Takes a booking or a ticket back."""

    reason: Reason = ""


class OwnTicket(Wire):
    """What an applicant is shown while waiting; `ahead` is null when the ticket doesn't wait.
    `over` says whether the call is."""

    room: Id
    number: str
    hall: Id
    hall_name: str
    phase: str
    over: bool
    ahead: int | None
    minutes: int | None
    window: str
    window_name: str
    starts_at: Time | None
    expires_at: Time


class CalledTicket(Wire):
    """A number and the window it is called to."""

    number: str
    window: str
    window_name: str
    times: int
    lapses_at: Time | None


class HallQueue(Wire):
    """The display of a hall: numbers and windows, never names. `total` is how many wait,
    `minutes` how long somebody who came now would."""

    hall: Id
    name: str
    now: Time
    waiting: list[str]
    total: int
    called: list[CalledTicket]
    serving: list[CalledTicket]
    missed: list[str]
    windows: int
    minutes: int | None


class DeskItem(Wire):
    """A service item by its names."""

    code: str
    name: str
    name_en: str


class DeskSession(Wire):
    """A session in a clerk's lists; `fits` says whether the own window may call it, `offered_by`
    who wants to hand it over and `reason` why."""

    room: Id
    number: str
    phase: str
    items: list[DeskItem]
    hall: Id
    hall_name: str
    since: Time
    starts_at: Time | None
    priority: Priority
    side: Literal["", "near", "far"]
    window: str
    fits: bool
    offered_by: str
    reason: str


class DeskWindow(Wire):
    """The window a clerk sits at."""

    window: Id
    hall: Id
    hall_name: str


class DeskView(Wire):
    """What a clerk has: own window, who waits in its hall (the first fifty of `total`), who did
    not come, who is expected, sessions that want a far clerk, sessions that colleagues want to
    hand over, own sessions."""

    window: DeskWindow | None
    now: Time
    total: int
    waiting: list[DeskSession]
    missed: list[DeskSession]
    expected: list[DeskSession]
    requests: list[DeskSession]
    offers: list[DeskSession]
    mine: list[DeskSession]


class CallBody(Wire):
    """Which ticket is called out of its turn."""

    room: Id


class Called(Wire):
    """The session whose ticket was called."""

    room: Id


class Colleague(Wire):
    """A clerk at another window who could go on with a session, unless `busy` with another one."""

    window: Id
    window_name: str
    name: str
    busy: bool


class Colleagues(Wire):
    """To whom one's side can be offered."""

    items: list[Colleague]


class HandBody(Wire):
    """The window that shall take over, and why."""

    to: Id
    reason: Annotated[str, Field(min_length=1, max_length=2000)]
