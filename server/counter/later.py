"""What is left to an applicant after the call, for whoever has the code of the ticket: to rate, and
to fetch notices and record. Nothing else is open to the code, and not for ever."""

from datetime import datetime, timedelta

from rooms.counter import events as e
from rooms.counter.phases import Phase
from server.clock import Clock
from server.counter.room import Session
from server.errors import Conflict

OPEN = timedelta(days=30)
"""From the last that concerns the applicant on: the end, a result, an invitation, an answer."""
CONCERNS = (
    e.SessionEnded,
    e.ConsentRefused,
    e.ItemCompleted,
    e.ResultDelivered,
    e.RatingInvited,
    e.RatingAnswered,
)


def open_until(room: Session) -> datetime | None:
    """When the code opens nothing more; None while a result is still to come, or the call goes
    on."""
    if not room.state.over or room.state.phase is Phase.PROCESSING:
        return None
    last = next((x.at for x in reversed(room.entries) if isinstance(x.event, CONCERNS)), None)
    return (last or room.entries[-1].at) + OPEN


def check_open(room: Session, clock: Clock) -> None:
    """Raises Conflict `later_over`."""
    until = open_until(room)
    if until is not None and until <= clock():
        raise Conflict("later_over", {"days": OPEN.days})


def check_later(room: Session, clock: Clock) -> None:
    """The same, and that the call is over. Raises Conflict `later_early`, `ticket_over` where there
    was none, `later_over`."""
    if room.state.phase is Phase.CANCELLED:
        raise Conflict("ticket_over")
    if not room.state.over:
        raise Conflict("later_early")
    check_open(room, clock)


def may_rate(room: Session) -> bool:
    """Whether the machine takes a rating."""
    return room.state.rating is None and room.state.phase not in (Phase.ARCHIVED, Phase.CANCELLED)
