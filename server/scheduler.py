"""The clock's part: ticks rooms whose instant has come, notes when the service was away.

It decides nothing. Every server may run one; the log's constraint makes each tick happen once.
"""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, and_, exists, insert, not_, or_, select, update

from crypto.encoding import format_time, parse_time
from rooms.ids import RoomId
from rooms.orders import NoteInterruption, Tick
from server.clock import Clock
from server.desk import Desk
from server.errors import Problem
from server.machines import MACHINES
from server.store.database import Database
from server.store.files import SIGNED
from server.store.tables import files, heartbeat, rooms

HEARTBEAT_SECONDS = 1.0
IDLE_SECONDS = 5.0
"""How long a room rests whose tick had nothing to do."""

_log = structlog.get_logger()


class Scheduler:
    """Ticks and heartbeats. Intervals in seconds."""

    def __init__(
        self, database: Database, desk: Desk, clock: Clock, tick: float, interruption: float
    ) -> None:
        self._database = database
        self._desk = desk
        self._clock = clock
        self._tick = tick
        self._interruption = timedelta(seconds=interruption)
        self._resting: dict[RoomId, datetime] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Notes how long nobody was there, then starts ticking."""
        await self.note_interruption()
        self._tasks = [
            asyncio.create_task(self._tick_for_ever(), name="ticks"),
            asyncio.create_task(self._beat_for_ever(), name="heartbeat"),
        ]

    async def close(self) -> None:
        """Stops."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    async def note_interruption(self) -> None:
        """Tells every room that was going on since when the service was away."""
        now = self._clock()
        last = await self._last_beat()
        await self._beat(now)
        if last is None or now - last < self._interruption:
            return
        _log.warning("service_was_away", since=format_time(last), back=format_time(now))
        for machine in MACHINES:
            for room in await self._where(_in_phases(machine.kind, machine.interrupted)):
                await self._desk.attempt(room, NoteInterruption(last, now))

    async def unfinished(self) -> list[RoomId]:
        """Every room that may have work left."""
        archived = exists().where(files.c.room == rooms.c.room, files.c.name.like("archive%"))
        going_on = or_(*(_in_phases(each.kind, each.held) for each in MACHINES))
        over = or_(*(_in_phases(each.kind, each.over) for each in MACHINES))
        unkept = and_(over, not_(archived))
        unpreserved = exists().where(files.c.room == rooms.c.room, files.c.name == SIGNED)
        return await self._where(or_(going_on, unkept, unpreserved))

    async def tick_due(self) -> None:
        """Ticks every room whose instant has come."""
        now = self._clock()
        query = select(rooms.c.room).where(rooms.c.next_at <= format_time(now))
        async with self._database.reading() as connection:
            due = [RoomId(room) for room in (await connection.execute(query)).scalars()]
        for room in due:
            if self._resting.get(room, now) > now:
                continue
            if await self._desk.attempt(room, Tick()):
                self._resting.pop(room, None)
            else:
                self._resting[room] = now + timedelta(seconds=IDLE_SECONDS)

    async def _tick_for_ever(self) -> None:
        while True:
            try:
                await self.tick_due()
            except Exception:
                _log.exception("tick_failed")
            await asyncio.sleep(self._tick)

    async def _beat_for_ever(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            try:
                await self._beat(self._clock())
            except Problem as problem:
                _log.error("heartbeat_failed", code=problem.code)
            except Exception:
                _log.exception("heartbeat_failed")

    async def _last_beat(self) -> datetime | None:
        async with self._database.reading() as connection:
            found = (await connection.execute(select(heartbeat.c.at))).scalar_one_or_none()
        return parse_time(found) if found else None

    async def _beat(self, now: datetime) -> None:
        async with self._database.writing() as connection:
            changed = await connection.execute(update(heartbeat).values(at=format_time(now)))
            if changed.rowcount == 0:
                await connection.execute(insert(heartbeat).values(id=1, at=format_time(now)))

    async def _where(self, condition: ColumnElement[bool]) -> list[RoomId]:
        query = select(rooms.c.room).where(condition)
        async with self._database.reading() as connection:
            return [RoomId(room) for room in (await connection.execute(query)).scalars()]


def _in_phases(kind: str, phases: Iterable[str]) -> ColumnElement[bool]:
    return and_(rooms.c.kind == kind, rooms.c.phase.in_(sorted(phases)))
