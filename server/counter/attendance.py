"""Who sits where, as the sockets show it: noted in a session's log when a seat has been empty for
longer than the grace, and when somebody is back; listeners are admitted as they come in."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any

import structlog

from rooms.counter.commands import AdmitPerson, NotePresence
from rooms.counter.kinds import Role
from rooms.counter.phases import HELD
from rooms.counter.rights import roles_of
from rooms.counter.state import State
from rooms.ids import PersonId, RoomId
from rooms.refusals import Refused
from server.desk import THE_SYSTEM, Desk
from server.errors import Problem
from server.machine import Guest
from server.machines import SESSION, Command

_LISTENERS = frozenset({Role.SUPERVISOR, Role.MANAGER})

_log = structlog.get_logger()


class Attendance:
    """The seats of sessions. `present` says who is in a room, with whether they are connected;
    `grace` is in seconds."""

    def __init__(
        self,
        desk: Desk,
        present: Callable[[RoomId], Sequence[tuple[Guest, bool]]],
        grace: float,
    ) -> None:
        self._desk = desk
        self._present = present
        self._grace = grace
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, rooms: Iterable[RoomId]) -> None:
        """After a restart: whoever does not come back to these rooms within the grace has left."""
        self._keep(self._look_at([room for room in rooms if room.startswith(SESSION)]))

    async def close(self) -> None:
        """Notes nothing any more."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def seen(self, room: RoomId, guest: Guest, here: bool) -> None:
        """Somebody came in, or has been away for longer than the grace."""
        if room.startswith(SESSION):
            self._keep(self._note(room, guest, here))

    async def _note(self, room: RoomId, guest: Guest, here: bool) -> None:
        state = await self._state(room)
        if state is None:
            return
        if not here:
            await self._note_away(room, state, guest.person)
        elif guest.person in state.absent:
            await self._order(room, NotePresence(guest.person, here=True))
        elif guest.role in _LISTENERS and guest.role not in roles_of(state, guest.person):
            await self._order(room, AdmitPerson(guest.person, guest.name, Role(guest.role)))

    async def _note_away(self, room: RoomId, state: State, person: PersonId) -> None:
        held = state.phase in HELD and not state.over
        seated = roles_of(state, person) - _LISTENERS
        if held and seated and person not in state.absent:
            await self._order(room, NotePresence(person, here=False))

    async def _look_at(self, rooms: Sequence[RoomId]) -> None:
        await asyncio.sleep(self._grace)
        for room in rooms:
            state = await self._state(room)
            if state is None:
                continue
            here = {guest.person for guest, connected in self._present(room) if connected}
            for clerk in (state.near, state.far):
                if clerk is not None and clerk.person not in here:
                    await self._note_away(room, state, clerk.person)

    async def _state(self, room: RoomId) -> State | None:
        try:
            state = (await self._desk.room(room)).state
        except Problem as problem:
            _log.warning("presence_not_noted", room=room, code=problem.code)
            return None
        return state if isinstance(state, State) else None

    async def _order(self, room: RoomId, command: Command) -> None:
        try:
            await self._desk.order(room, command, THE_SYSTEM)
        except Refused as refusal:
            _log.info("refused", room=room, command=type(command).__name__, code=refusal.code)
        except Problem as problem:
            _log.warning("presence_not_noted", room=room, code=problem.code)

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
