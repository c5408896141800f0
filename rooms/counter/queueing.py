"""Booking, ticket, calling and connecting."""

from datetime import datetime, timedelta

from rooms.codec import floor
from rooms.counter import commands as c
from rooms.counter import events as e
from rooms.counter.checks import in_phase
from rooms.counter.events import Event
from rooms.counter.kinds import Matter, Role
from rooms.counter.phases import BEFORE, Phase
from rooms.counter.rights import roles_of
from rooms.counter.state import State
from rooms.counter.validate import check_item
from rooms.ids import SYSTEM, PersonId
from rooms.refusals import (
    AlreadyDone,
    BookingOver,
    CalledEnough,
    CallLapsed,
    MatterUnfit,
    RequeuedEnough,
    TicketTaken,
)
from rooms.texts import check_name, check_optional, check_text

LAPSES = timedelta(minutes=3)
"""A called ticket lapses so long after its last call."""
MOST_CALLS = 3
MOST_REQUEUES = 2
BEHIND = 3
"""So many others are called before somebody who was not there is called again."""
MOST_ITEMS = 20
LANGUAGES = ("zh", "en")


def book(state: State, command: c.BookSession, now: datetime) -> list[Event]:
    in_phase(state, Phase.NEW)
    starts_at, ends_at = floor(command.starts_at), floor(command.ends_at)
    if not starts_at < ends_at or ends_at <= now:
        raise MatterUnfit(problem="times")
    _check_matter(command.matter)
    return [e.SessionBooked(command.matter, starts_at, ends_at)]


def issue(state: State, command: c.IssueTicket, now: datetime) -> list[Event]:
    """A ticket for what was booked, or for what nobody booked."""
    if state.number:
        raise AlreadyDone(what="ticket")
    in_phase(state, Phase.NEW, Phase.BOOKED)
    check_name(command.number, "number")
    check_name(command.hall, "hall")
    if state.phase is Phase.BOOKED:
        if command.matter is not None:
            raise MatterUnfit(problem="repeated")
        # >= : at the instant itself the booking has lapsed.
        if state.ends_at is not None and now >= state.ends_at:
            raise BookingOver(ends_at=state.ends_at.isoformat())
    elif command.matter is None:
        raise MatterUnfit(problem="missing")
    else:
        _check_matter(command.matter)
    return [e.TicketIssued(command.number, command.hall, command.priority, command.matter)]


def cancel(state: State, command: c.CancelSession) -> list[Event]:
    in_phase(state, *BEFORE)
    return [e.SessionCancelled(check_optional(command.reason, "reason"))]


def call(state: State, command: c.CallTicket, by: PersonId, now: datetime) -> list[Event]:
    """To a window. Whoever comes second, from another window, is told which one was first."""
    if state.phase is Phase.CALLED and state.near is not None:
        raise TicketTaken(window=state.near.window)
    in_phase(state, Phase.WAITING)
    check_name(command.window, "window")
    check_name(command.clerk_name, "clerk_name")
    return [e.TicketCalled(command.window, by, command.clerk_name, 1, now + LAPSES)]


def recall(state: State, now: datetime) -> list[Event]:
    in_phase(state, Phase.CALLED)
    _check_running(state, now)
    if state.near is None or state.times >= MOST_CALLS:
        raise CalledEnough(most=MOST_CALLS)
    near = state.near
    times = state.times + 1
    return [e.TicketCalled(near.window, near.person, near.name, times, now + LAPSES)]


def requeue(state: State, by: PersonId) -> list[Event]:
    """Waits again, at most twice; once on the applicant's own order."""
    in_phase(state, Phase.NO_SHOW)
    mine = bool(roles_of(state, by) & {Role.APPLICANT, Role.AGENT})
    if state.requeued >= MOST_REQUEUES:
        raise RequeuedEnough(most=MOST_REQUEUES)
    if mine and state.requeued_by_applicant:
        raise RequeuedEnough(most=1)
    return [e.TicketRequeued(BEHIND, mine)]


def connect(state: State, command: c.ConnectSession, now: datetime) -> list[Event]:
    """The applicant is at the window, and the call begins."""
    in_phase(state, Phase.CALLED)
    _check_running(state, now)
    return [e.SessionConnected(check_text(command.recording, "recording"))]


def _check_running(state: State, now: datetime) -> None:
    # >= : a ticket lapses at the instant itself.
    if state.lapses_at is not None and now >= state.lapses_at:
        raise CallLapsed(lapses_at=state.lapses_at.isoformat())


def _check_matter(matter: Matter) -> None:
    codes = [each.code for each in matter.items]
    if not codes or len(codes) > MOST_ITEMS:
        raise MatterUnfit(problem="no_items" if not codes else "repeated")
    if len(set(codes)) != len(codes):
        raise MatterUnfit(problem="repeated")
    for item in matter.items:
        check_item(item)
    if matter.language not in LANGUAGES:
        raise MatterUnfit(problem="language")
    agent = matter.agent
    if matter.person == SYSTEM or (agent is not None and agent.person in (matter.person, SYSTEM)):
        raise MatterUnfit(problem="person")
    if agent is not None:
        check_name(agent.name, "agent.name")
        check_name(agent.organisation, "agent.organisation")
    for name in ("near_hall", "far_hall", "near_region", "far_region"):
        check_name(getattr(matter, name), name)
