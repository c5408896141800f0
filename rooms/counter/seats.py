"""Who sits where: the far clerk, listeners, and who is away just now."""

from datetime import datetime

from rooms.counter import commands as c
from rooms.counter import events as e
from rooms.counter.checks import in_phase, on_call
from rooms.counter.events import Event
from rooms.counter.kinds import Role, Side
from rooms.counter.phases import ALIVE, BEFORE, HELD, Phase
from rooms.counter.rights import roles_of
from rooms.counter.state import State
from rooms.ids import SYSTEM, PersonId
from rooms.refusals import (
    OwnMatter,
    SeatTaken,
    UnknownPerson,
    WrongRole,
)
from rooms.texts import check_name

_LISTENERS = frozenset({Role.SUPERVISOR, Role.MANAGER})


def assign(state: State, command: c.AssignFar, by: PersonId) -> list[Event]:
    """The far clerk, by routing or by taking the session. Routing may choose anew, a clerk may not
    take what somebody has."""
    in_phase(state, *BEFORE, Phase.CONNECTING, Phase.CONSENTED)
    not_own(state, command.clerk)
    if state.far is not None and (by != SYSTEM or state.far.person == command.clerk):
        raise SeatTaken(side=Side.FAR.value)
    check_name(command.clerk_name, "clerk_name")
    check_name(command.window, "window")
    check_name(command.region, "region")
    assigned = (command.clerk, command.clerk_name, command.window, command.region)
    return [e.FarAssigned(*assigned)]


def admit(state: State, command: c.AdmitPerson) -> list[Event]:
    """Somebody without a duty enters; everybody sees that they are here."""
    in_phase(state, *ALIVE)
    if command.role not in _LISTENERS:
        raise WrongRole(allowed=sorted(_LISTENERS))
    not_own(state, command.person)
    if command.role in roles_of(state, command.person):
        return []
    name = check_name(command.name, "name")
    return [e.PersonAdmitted(command.person, name, command.role)]


def presence(state: State, command: c.NotePresence, now: datetime) -> list[Event]:
    """Somebody's connection is gone, or back; said once each."""
    in_phase(state, *HELD)
    on_call(state)
    if command.person == SYSTEM or not roles_of(state, command.person):
        raise UnknownPerson(person=command.person)
    since = state.absent.get(command.person)
    if command.here:
        return [] if since is None else [e.SeatReturned(command.person, since)]
    return [] if since is not None else [e.SeatLeft(command.person, now)]


def not_own(state: State, person: PersonId) -> None:
    """Refuses whoever is the applicant or the agent of this session, and the system."""
    if roles_of(state, person) & {Role.APPLICANT, Role.AGENT, Role.SYSTEM}:
        raise OwnMatter
