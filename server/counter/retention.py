"""How long sessions are kept: what nothing happens in any more is archived, and when its time is
over the applicant's personal data are erased.

Every server may look; the log's own order makes each archiving and each erasure happen once, and
what a crash left undone is found again by the rows that are still there.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, and_, exists, or_, select

from crypto.encoding import format_time
from rooms.counter import events as e
from rooms.counter.commands import EraseApplicant
from rooms.counter.phases import FINISHED, Phase
from rooms.ids import PersonId, RoomId
from rooms.orders import ArchiveRoom
from rooms.refusals import AlreadyDone, OutOfPhase
from server.clock import Clock
from server.counter.room import SESSIONS, Session, session
from server.desk import THE_SYSTEM, Desk
from server.store.database import Database
from server.store.tables import people, rooms, session_facts

FIRST_SECONDS = 60.0
"""After its start a server has more urgent work."""
EVERY_SECONDS = 3600.0
AT_ONCE = 500
"""Sessions erased in one round; the others' turn comes with the next."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Keeping:
    """For how long. `quiet` is until a finished session is archived; `served` and `unserved` are
    counted from then on."""

    quiet: timedelta
    served: timedelta
    unserved: timedelta


@dataclass(frozen=True, slots=True)
class Kept:
    """A session with personal data, and until when they are kept."""

    room: RoomId
    number: str
    hall: str
    served: bool
    archived_at: datetime
    until: datetime


class Retention:
    """Archives and erases when it is time."""

    def __init__(
        self,
        *,
        database: Database,
        desk: Desk,
        clock: Clock,
        keeping: Keeping,
        again: Callable[[RoomId], None],
    ) -> None:
        """`again` has a session's jobs run, of which erasing is one."""
        self.keeping = keeping
        self._database = database
        self._desk = desk
        self._clock = clock
        self._again = again
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Starts looking."""
        self._task = asyncio.create_task(self._for_ever(), name="retention")

    async def close(self) -> None:
        """Stops."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def look(self) -> None:
        """One round: archives what is quiet, erases what is due."""
        await self.archive_quiet()
        await self.erase_due()

    async def archive_quiet(self) -> int:
        """Archives the sessions that have been finished for long enough; how many those were."""
        limit = self._clock() - self.keeping.quiet
        finished = rooms.c.phase.in_([phase.value for phase in FINISHED])
        done = 0
        for room in await self._rooms(finished, rooms.c.created_at <= format_time(limit)):
            found = session(await self._desk.room(room))
            if found.entries[-1].at <= limit:
                done += await self._desk.attempt(room, ArchiveRoom())
        return done

    async def erase_due(self, asked_by: PersonId | None = None) -> list[RoomId]:
        """Erases the personal data of every session whose time is over."""
        now, done = self._clock(), []
        for each in await self.kept(now):
            if each.until <= now and await self._desk.attempt(
                each.room, EraseApplicant(each.until, asked_by)
            ):
                done.append(each.room)
        return done

    async def erase(self, room: RoomId, asked_by: PersonId) -> None:
        """Erases the personal data of one session. Raises NotFound, Refused `retention_running`,
        `out_of_phase`, `already_done`."""
        found = session(await self._desk.refresh(room))
        state = found.state
        if state.erased:
            raise AlreadyDone(what="erase")
        if (kept := self._kept(found)) is None:
            raise OutOfPhase(phase=state.phase.value, allowed=[Phase.ARCHIVED.value])
        await self._desk.order(room, EraseApplicant(kept.until, asked_by), THE_SYSTEM)

    async def kept(self, until: datetime) -> Sequence[Kept]:
        """The archived sessions whose personal data are due by an instant, the first one first: at
        most 500."""
        created = rooms.c.created_at
        unserved = session_facts.c.connected_at.is_(None)
        due = or_(
            created <= format_time(until - self.keeping.served),
            and_(created <= format_time(until - self.keeping.unserved), unserved),
        )
        data = exists().where(people.c.room == rooms.c.room)
        found: list[Kept] = []
        archived_ones = rooms.c.phase == Phase.ARCHIVED.value
        for room in (await self._rooms(archived_ones, due, data))[:AT_ONCE]:
            archived = session(await self._desk.room(room))
            if archived.state.erased:
                # It was noted, and then something came between.
                self._again(room)
            elif (each := self._kept(archived)) is not None and each.until <= until:
                found.append(each)
        return sorted(found, key=lambda each: (each.until, each.room))

    def _kept(self, room: Session) -> Kept | None:
        """Until when a session's data are kept; None before it is archived."""
        archived = next((x.at for x in room.entries if isinstance(x.event, e.RoomArchived)), None)
        if archived is None:
            return None
        served = any(isinstance(entry.event, e.SessionConnected) for entry in room.entries)
        state = room.state
        return Kept(
            room.id,
            state.number,
            state.hall or state.matter.near_hall,
            served,
            archived,
            archived + (self.keeping.served if served else self.keeping.unserved),
        )

    async def _rooms(self, *conditions: ColumnElement[bool]) -> list[RoomId]:
        query = (
            select(rooms.c.room)
            .outerjoin(session_facts, session_facts.c.room == rooms.c.room)
            .where(rooms.c.kind == SESSIONS.kind, *conditions)
            .order_by(rooms.c.created_at)
        )
        async with self._database.reading() as connection:
            return [RoomId(room) for room in (await connection.execute(query)).scalars()]

    async def _for_ever(self) -> None:
        await asyncio.sleep(FIRST_SECONDS)
        while True:
            try:
                await self.look()
            except Exception:
                _log.exception("retention_failed")
            await asyncio.sleep(EVERY_SECONDS)
