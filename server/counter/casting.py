"""Who may send what in a session, and which feed belongs into which slot (docs/counter.md, live
media). Pure: a session's state and what is being sent decide.

The applicant sits at the near window: with a camera of their own, or before the window's, which is
the near side's feed of kind `hall`.
"""

from collections.abc import Iterable

from rooms.counter.kinds import Role
from rooms.counter.phases import HELD
from rooms.counter.rights import roles_of
from rooms.counter.state import State
from rooms.ids import PersonId
from server.machine import Cast
from server.media.plane import Feed, Kind, Slot

CLERKS = frozenset({Role.NEAR, Role.FAR})
SPEAKERS = CLERKS | {Role.APPLICANT, Role.AGENT, Role.DEPARTMENT}
"""Who is seen and heard; supervisors and managers listen."""


def may_send(state: State, person: PersonId, kind: Kind) -> bool:
    """Whether this person may send this now: only while the call is on."""
    if state.over or state.phase not in HELD:
        return False
    roles = roles_of(state, person)
    if kind is Kind.HALL:
        return Role.NEAR in roles
    return bool(roles & (CLERKS if kind is Kind.SCREEN else SPEAKERS))


def cast(state: State, feeds: Iterable[Feed]) -> Cast:
    """The feed in each slot. `feeds` are in the order in which they came."""
    there = [feed for feed in feeds if may_send(state, feed.person, feed.kind)]
    cameras = [feed for feed in there if feed.kind is Kind.CAMERA]
    windows = [feed for feed in there if feed.kind is Kind.HALL]
    screens = [feed for feed in there if feed.kind is Kind.SCREEN]
    applicant = _of(state, cameras, Role.APPLICANT) or (windows[0] if windows else None)
    return {
        Slot.STAGE: applicant or _of(state, cameras, Role.AGENT),
        Slot.SUPERVISOR: _of(state, cameras, Role.NEAR),
        Slot.HALL: _of(state, cameras, Role.FAR),
        Slot.FLOOR: _of(state, cameras, Role.DEPARTMENT),
        Slot.SCREEN: screens[-1] if screens else None,
    }


def _of(state: State, cameras: Iterable[Feed], role: Role) -> Feed | None:
    """The newest camera of somebody in this role."""
    found = [feed for feed in cameras if role in roles_of(state, feed.person)]
    return found[-1] if found else None
