"""Who may look at what is on a session's table, and whose table an earlier one was."""

from collections.abc import AsyncIterator

from rooms.counter.kinds import Role
from rooms.counter.phases import Phase
from rooms.counter.state import State
from rooms.ids import Digest, RoomId
from rooms.refusals import ReuseNotAllowed
from server.counter.room import Session, session
from server.desk import Desk
from server.errors import Forbidden, NotFound
from server.store.people import People

_FINISHED = (Phase.DELIVERED, Phase.ENDED, Phase.CANCELLED, Phase.ARCHIVED)
MOST_EARLIER = 5
"""Sessions before this one that are looked through."""


def check_may_look(state: State, role: object) -> None:
    """As for other personal data (`server/counter/personal.py`): clerks and departments while they
    have to do with it; supervisors too, who judge afterwards what was decided on it.

    Raises Forbidden.
    """
    match role:
        case Role.APPLICANT | Role.AGENT | Role.SUPERVISOR:
            return
        case Role.NEAR | Role.DEPARTMENT if not state.over:
            return
        case Role.FAR if state.phase not in _FINISHED:
            return
        case _:
            raise Forbidden


class Earlier:
    """The earlier sessions of an applicant."""

    def __init__(self, desk: Desk, people: People) -> None:
        self._desk = desk
        self._people = people

    async def sessions(self, room: Session) -> AsyncIterator[Session]:
        """The sessions that this one continues, the newest first. Raises ReuseNotAllowed without
        the applicant's consent."""
        if not room.state.reuse:
            raise ReuseNotAllowed
        number = await self._number(room.id, room.state)
        following = room.state.matter.continues
        for _ in range(MOST_EARLIER):
            if following is None or number is None:
                return
            try:
                found = session(await self._desk.room(following))
            except NotFound:
                return
            if await self._number(found.id, found.state) != number:
                return
            yield found
            following = found.state.matter.continues

    async def one(self, room: Session, earlier: RoomId) -> Session:
        """An earlier session of the same applicant. Raises ReuseNotAllowed, NotFound.

        It need not be the one that this session continues, but the number of the applicant's
        document has to be the same in both, and not erased.
        """
        if not room.state.reuse:
            raise ReuseNotAllowed
        found = session(await self._desk.room(earlier))
        number = await self._number(room.id, room.state)
        if number is None or await self._number(found.id, found.state) != number:
            raise NotFound("no_such_room")
        return found

    async def _number(self, room: RoomId, state: State) -> str | None:
        people = await self._people.of_room(room)
        value = people.get(state.matter.applicant, {}).get("value")
        number = value.get("number") if isinstance(value, dict) else None
        return number if isinstance(number, str) and number else None


def names(state: State, sha256: Digest) -> bool:
    """Whether the session's log speaks of a picture, pages that were removed included."""
    return any(each.sha256 == sha256 for each in state.pictures())
