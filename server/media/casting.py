"""Who may send what in an opening, and which feed belongs into which slot. Pure: a room's state and
what is being sent decide."""

from collections.abc import Iterable

from rooms.ids import PersonId
from rooms.opening.phases import ALIVE
from rooms.opening.rights import roles_of
from rooms.opening.state import State
from rooms.opening.terms import Role
from server.machine import Cast
from server.media.plane import Feed, Kind, Slot

HOSTS = frozenset({Role.HOST, Role.DEPUTY})
SPEAKERS = HOSTS | {Role.TENDERER, Role.SUPERVISOR, Role.TRUSTEE}
"""Who may switch a camera on from the entry on."""


def may_send(state: State, person: PersonId, kind: Kind) -> bool:
    """Whether this person may send this now. Nothing of a bidder is sent before the roll, and
    afterwards only what the floor is about."""
    if state.phase not in ALIVE:
        return False
    roles = roles_of(state, person)
    if kind is Kind.HALL:
        return bool(roles & HOSTS)
    if kind is Kind.SCREEN:
        return person in (state.host, state.floor)
    if roles & SPEAKERS:
        return True
    asks = person in state.hands or person == state.floor
    return asks and state.rolled and state.counted_of(person) is not None


def cast(state: State, feeds: Iterable[Feed]) -> Cast:
    """The feed in each slot. `feeds` are in the order in which they came."""
    there = list(feeds)
    hosts, speaks = _camera(state.host), _camera(state.floor)
    watches = [
        feed
        for feed in there
        if feed.kind is Kind.CAMERA and Role.SUPERVISOR in roles_of(state, feed.person)
    ]
    screens = [
        feed
        for feed in there
        if feed.kind is Kind.SCREEN and may_send(state, feed.person, feed.kind)
    ]
    halls = [feed for feed in there if feed.kind is Kind.HALL]
    return {
        Slot.STAGE: hosts if hosts in there else None,
        Slot.SUPERVISOR: watches[0] if watches else None,
        Slot.FLOOR: speaks if speaks in there else None,
        Slot.SCREEN: screens[-1] if screens else None,
        Slot.HALL: halls[0] if halls else None,
    }


def _camera(person: PersonId | None) -> Feed | None:
    return None if person is None else Feed(person, Kind.CAMERA)
