"""Sessions at a counter as a kind of room: what `Machine` asks, answered by `rooms.counter`."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, cast

from crypto.encoding import Json, format_time
from rooms import masking
from rooms.codec import encode
from rooms.counter import events as e
from rooms.counter import machine, recordings, visibility
from rooms.counter.commands import Command
from rooms.counter.events import Event
from rooms.counter.kinds import Role
from rooms.counter.phases import HELD, OVER, Phase
from rooms.counter.rights import name_of, role_of, roles_of
from rooms.counter.state import START, State
from rooms.counter.visibility import (
    APPLICANT,
    NOBODY,
    STAFF,
    SUPERVISOR,
    applicant_audience,
    audience_of,
    staff_audience,
)
from rooms.counter.wire import COMMANDS, EVENTS
from rooms.ids import Digest, PersonId, RoomId
from rooms.log import Entry
from server.counter import casting
from server.counter.summary import summarise
from server.errors import NotFound
from server.machine import Cast, Guest, Viewer
from server.media.plane import Feed, Kind
from server.room import AnyRoom, Room
from server.store.accounts import Account, AccountRole
from server.store.log import Summary

Session = Room[State, Event]
"""A room with a session."""

LISTENERS = {AccountRole.SUPERVISOR: Role.SUPERVISOR, AccountRole.MANAGER: Role.MANAGER}
"""What an account without a seat is in any session."""
_NOBODY = PersonId("-")


def session(room: AnyRoom) -> Session:
    """The room as a session. Raises NotFound for an opening."""
    if not isinstance(room.state, State):
        raise NotFound("no_such_room")
    return cast(Session, room)


class Sessions:
    """The machine of sessions."""

    kind = "session"
    path = "sessions"
    start = START
    events = EVENTS
    commands = COMMANDS
    audiences: tuple[str, ...] = (
        SUPERVISOR,
        staff_audience(_NOBODY),
        applicant_audience(_NOBODY),
        NOBODY,
    )
    newcomer: StrEnum = Role.APPLICANT
    held = frozenset(phase.value for phase in HELD)
    over = frozenset(phase.value for phase in (*OVER, Phase.CANCELLED, Phase.ARCHIVED))
    interrupted = frozenset({Phase.CALLED.value}) | held
    open_to = frozenset(LISTENERS)

    def decide(
        self, state: State, command: Command, *, by: PersonId, now: datetime
    ) -> Sequence[Event]:
        """As `Machine`."""
        return machine.decide(state, command, by=by, now=now)

    def evolve(self, state: State, event: Event) -> State:
        """As `Machine`."""
        return machine.evolve(state, event)

    def work(self, state: State, now: datetime) -> frozenset[str]:
        """As `Machine`."""
        return frozenset(job.work for job in machine.due(state, now))

    def summarise(
        self, state: State, before: tuple[State, Summary] | None, created: datetime | None
    ) -> Summary:
        """As `Machine`."""
        return summarise(state, before, created)

    # --- who sees what

    def viewer(self, room: RoomId, state: State, account: Account) -> Viewer:
        """As `Machine`: who is seated here; supervisors and managers in every session."""
        person, role = account.person, role_of(state, account.person)
        if role is not None:
            name = name_of(state, person) or account.name
            return Viewer(person, name, role, audience_of(state, person))
        for listening, role in LISTENERS.items():
            if listening in account.roles:
                return Viewer(person, account.name, role, SUPERVISOR)
        raise NotFound("no_such_room")

    def project(
        self, before: State, entry: Entry[Event], audience: str
    ) -> Mapping[str, Any] | None:
        """As `Machine`."""
        return visibility.project(before, entry, audience)

    def concerned(self, before: State, entry: Entry[Event]) -> Iterable[PersonId]:
        """As `Machine`: what is written to one person is for nobody else."""
        event = entry.event
        if isinstance(event, e.ChatPosted) and event.to is not None:
            return {event.by, event.to}
        return ()

    def closed(self, state: State) -> bool:
        """As `Machine`: the size of a session's log tells nothing that its viewers do not see."""
        return True

    def check_head(self, state: State, looking: Viewer) -> None:
        """As `Machine`: everybody in the session may have it at any time."""

    def over_for_good(self, state: State) -> bool:
        """As `Machine`."""
        return state.over and state.phase.value in self.over

    def detail(self, state: State, looking: Viewer) -> dict[str, Json]:
        """As `Machine`."""
        return {
            "phase": state.phase,
            "over": state.over,
            "number": state.number,
            "hall": state.hall or state.matter.near_hall,
            "starts_at": format_time(state.starts_at) if state.starts_at else None,
            "ends_at": format_time(state.ends_at) if state.ends_at else None,
            "matter": encode(state.matter),
            "record": state.record,
        }

    def sees_records(self, looking: Viewer) -> bool:
        """As `Machine`: supervisors and managers."""
        return looking.audience == SUPERVISOR

    def minutes(self, state: State) -> tuple[Digest, int] | None:
        """As `Machine`."""
        return (state.record, state.revisions[-1].size) if state.record else None

    def sees_minutes(self, looking: Viewer) -> bool:
        """As `Machine`: everybody in the session."""
        return looking.role is not None

    def named(self, state: State, audience: str, guest: Guest) -> tuple[str, str] | None:
        """As `Machine`: the applicant's name is for the applicant's side and the windows."""
        hidden = guest.role is Role.APPLICANT
        if hidden and audience.partition(":")[0] not in (STAFF, APPLICANT):
            return guest.person, masking.name(guest.name)
        return guest.person, guest.name

    def listed_role(self, account: Account, seat: str | None) -> str | None:
        """As `Machine`."""
        if seat is not None:
            return seat
        return next((role.value for each, role in LISTENERS.items() if each in account.roles), None)

    # --- what an event changes for those who look on

    def reseats(self, event: Event) -> bool:
        """As `Machine`: windows change hands."""
        return isinstance(event, e.HandedOver | e.FarAssigned | e.TicketLapsed)

    def reveals(self, event: Event) -> bool:
        """As `Machine`: who is here was never hidden."""
        return False

    def whose(self, state: State, event: Event) -> PersonId | None:
        """As `Machine`: what is the applicant's is everybody's in the session."""
        return None

    # --- live media

    def may_send(self, state: State, person: PersonId, kind: Kind) -> bool:
        """As `Machine`."""
        return casting.may_send(state, person, kind)

    def may_point(self, state: State, person: PersonId) -> bool:
        """As `Machine`: whoever may be seen and heard."""
        return casting.may_send(state, person, Kind.CAMERA)

    def cast(self, state: State, feeds: Iterable[Feed]) -> Cast:
        """As `Machine`."""
        return casting.cast(state, feeds)

    def muted(self, state: State) -> frozenset[PersonId]:
        """As `Machine`: nobody turns somebody else's sound off."""
        return frozenset()

    def directs(self, state: State, person: PersonId) -> bool:
        """As `Machine`: both clerks."""
        return bool(roles_of(state, person) & casting.CLERKS)

    def naming(self, state: State, audience: str, person: PersonId) -> tuple[str, str]:
        """As `Machine`: the applicant has no name here."""
        return person, name_of(state, person)

    def told_as(self, audience: str) -> str:
        """As `Machine`: all alike."""
        return ""

    def recorded(self, state: State, now: datetime, here: Iterable[Guest]) -> bool:
        """As `Machine`: never before there is consent."""
        return recordings.recorded(state)


SESSIONS = Sessions()
