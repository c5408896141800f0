"""Calling tickets to windows, and finding who decides on the far side.

Each call is an order to the session's log, which alone knows whether the ticket was called already:
a window that comes second is refused and tries the next ticket.
"""

import asyncio
from collections.abc import Callable
from weakref import WeakValueDictionary

import structlog
from sqlalchemy import select

from rooms.counter import commands as c
from rooms.counter.phases import Phase
from rooms.counter.state import State
from rooms.ids import PersonId, RoomId
from rooms.refusals import OutOfStep, Refused
from server.clock import Clock
from server.counter.catalogue.store import CatalogueStore
from server.counter.queue.duty import Roster
from server.counter.queue.engaged import Engaged
from server.counter.queue.line import Lines, waiting
from server.counter.queue.policy import (
    Duty,
    Waiting,
    by_hall,
    far_of,
    for_window,
    may_serve,
    place_behind,
)
from server.counter.queue.tickets import Tickets, Turn
from server.counter.queue.windows import Windows
from server.desk import THE_SYSTEM, Actor, Desk, Row
from server.errors import Conflict, Forbidden, NotFound
from server.store.accounts import Account
from server.store.database import Database
from server.store.tables import rooms, seats

_log = structlog.get_logger()


class Calls:
    """What clerks do with their windows. `told` hears of halls whose windows changed."""

    def __init__(
        self,
        *,
        database: Database,
        desk: Desk,
        clock: Clock,
        catalogue: CatalogueStore,
        tickets: Tickets,
        lines: Lines,
        windows: Windows,
        roster: Roster,
        engaged: Engaged,
        told: Callable[[str], None],
    ) -> None:
        self._database = database
        self._desk = desk
        self._clock = clock
        self._catalogue = catalogue
        self._tickets = tickets
        self._lines = lines
        self._windows = windows
        self._roster = roster
        self._engaged = engaged
        self._told = told
        self._alone: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    # --- windows

    async def open(self, window: str, clerk: Account) -> None:
        """A clerk sits down at a window. Raises NotFound, Forbidden `window_of_others`, Conflict
        `window_taken`."""
        found = (await self._catalogue.current()).window(window)
        if not found.active:
            raise NotFound("unknown_window")
        if found.organisations and clerk.organisation not in found.organisations:
            whose = list(found.organisations)
            raise Forbidden("window_of_others", {"window": found.name, "organisations": whose})
        left = [each.hall for each in await self._roster.opened() if each.clerk == clerk.person]
        await self._windows.open(window, found.hall, clerk.person, clerk.name)
        self._roster.touch()
        for hall in {found.hall, *left}:
            self._told(hall)

    async def close(self, window: str, clerk: Account) -> None:
        """The clerk gets up; whoever waits goes on waiting for the others."""
        await self.own(window, clerk.person)
        closed = await self._windows.close(clerk.person)
        self._roster.touch()
        if closed is not None:
            self._told(closed.hall)

    async def own(self, window: str, clerk: PersonId) -> Duty:
        """The window this clerk has opened. Raises Forbidden `window_not_open`."""
        for _ in range(2):
            for each in await self._roster.duties():
                if each.window == window and each.clerk == clerk:
                    return each
            # It may have been opened on another server a moment ago.
            self._roster.touch()
        raise Forbidden("window_not_open")

    async def duty_of(self, clerk: PersonId) -> Duty | None:
        """The window a clerk sits at, if any."""
        return next((each for each in await self._roster.duties() if each.clerk == clerk), None)

    # --- calling

    async def next(self, window: str, by: Actor) -> RoomId:
        """Calls who is next. Raises Conflict `no_ticket_waiting`, `window_busy`."""
        alone = self._alone.get(window) or self._alone.setdefault(window, asyncio.Lock())
        async with alone:
            duty = await self.own(window, by.person)
            await self._check_free(by.person)
            taken: set[RoomId] = set()
            while True:
                line, on_duty = await self._lines.of(duty.hall), await self._roster.duties()
                fitting = for_window(duty, line.waiting(), on_duty, self._clock(), taken)
                if not fitting:
                    raise Conflict("no_ticket_waiting")
                if await self._call(duty, fitting[0], by, on_duty):
                    return fitting[0].room
                taken.add(fitting[0].room)

    async def call(self, window: str, room: RoomId, by: Actor) -> RoomId:
        """Calls a ticket out of its turn. Raises NotFound, Conflict, Refused."""
        alone = self._alone.get(window) or self._alone.setdefault(window, asyncio.Lock())
        async with alone:
            duty = await self.own(window, by.person)
            await self._check_free(by.person)
            ticket, on_duty = await self._of_hall(room, duty.hall), await self._roster.duties()
            if not may_serve(duty, ticket, by_hall(on_duty, but=by.person)):
                raise Conflict("not_served_here")
            order = c.CallTicket(duty.window, duty.clerk_name)
            await self._desk.order(room, order, by)
            await self._route(ticket, on_duty, by)
            return room

    async def requeue(self, room: RoomId, by: Actor) -> None:
        """Puts a ticket that lapsed back, behind three others. Raises NotFound, Refused."""
        row = await self.turn_behind(room)
        await self._desk.order(room, c.RequeueTicket(), by, rows=lambda *_: [row])

    async def turn_behind(self, room: RoomId) -> Row:
        """What has to be written together with the entry that puts a ticket back. Raises
        NotFound."""
        standing = await self._tickets.of_room(room)
        if standing is None:
            raise NotFound("no_such_ticket")
        line, now = await self._lines.of(standing.ticket.hall), self._clock()
        turn = standing.turn.turn + 1 if standing.turn else 0
        return Turn(turn, place_behind(room, line.waiting(), now), now).row(room)

    # --- the far side

    async def take(self, room: RoomId, by: Actor) -> None:
        """A far clerk takes a session that waits for one. Raises Conflict (`clerk_busy` with the
        session this clerk is in), Forbidden, Refused."""
        state = await self._state(room)
        duty = await self.duty_of(by.person)
        if duty is None:
            raise Forbidden("window_not_open")
        if duty.hall != state.matter.far_hall or not duty.knows(state.cases):
            raise Conflict("not_served_here")
        await self._check_free(by.person, "clerk_busy")
        await self._desk.order(room, self._assignment(duty, state), by)

    async def _call(self, duty: Duty, ticket: Waiting, by: Actor, on_duty: list[Duty]) -> bool:
        """Whether it was this window that called it."""
        try:
            await self._desk.order(ticket.room, c.CallTicket(duty.window, duty.clerk_name), by)
        except OutOfStep as refusal:
            _log.info("called_elsewhere", room=ticket.room, code=refusal.code)
            return False
        except Refused as refusal:
            # A clerk doesn't serve his own matter: the ticket stays for the other windows.
            _log.info("not_called", room=ticket.room, code=refusal.code)
            return False
        await self._route(ticket, on_duty, by)
        return True

    async def _route(self, ticket: Waiting, on_duty: list[Duty], by: Actor) -> None:
        """Where one clerk alone can decide, and is in no session, this one is theirs; several see
        it and the first takes it. Who is in another session sees it afterwards."""
        far = far_of(ticket, by_hall(on_duty, but=by.person))
        if len(far) != 1 or await self._engaged.of({far[0].clerk}):
            return
        state = await self._state(ticket.room)
        if state.far is not None:
            return
        try:
            await self._desk.order(ticket.room, self._assignment(far[0], state), THE_SYSTEM)
        except Refused as refusal:
            _log.info("not_assigned", room=ticket.room, code=refusal.code)

    def _assignment(self, duty: Duty, state: State) -> c.AssignFar:
        return c.AssignFar(duty.clerk, duty.clerk_name, duty.window, state.matter.far_region)

    async def sessions_of(self, clerk: PersonId, phases: frozenset[Phase]) -> list[RoomId]:
        """The sessions in these phases in which this clerk has a seat."""
        query = (
            select(seats.c.room)
            .join(rooms, rooms.c.room == seats.c.room)
            .where(seats.c.person == clerk, rooms.c.kind == "session", rooms.c.phase.in_(phases))
            .order_by(seats.c.room)
        )
        async with self._database.reading() as connection:
            return [RoomId(room) for room in (await connection.execute(query)).scalars()]

    async def _check_free(self, clerk: PersonId, code: str = "window_busy") -> None:
        room = (await self._engaged.of({clerk})).get(clerk)
        if room is not None:
            raise Conflict(code, {"room": room})

    async def _of_hall(self, room: RoomId, hall: str) -> Waiting:
        standing = await self._tickets.of_room(room)
        if standing is None or standing.ticket.hall != hall:
            raise NotFound("no_such_ticket")
        return waiting(standing)

    async def _state(self, room: RoomId) -> State:
        state = (await self._desk.room(room)).state
        if not isinstance(state, State):
            raise NotFound("no_such_room")
        return state
