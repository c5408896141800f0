"""Windows with a clerk at them. A clerk who goes away closes the window after a while; nobody who
waits is lost by it, for tickets wait for a hall and not for a window."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from crypto.encoding import format_time, parse_time
from rooms.ids import PersonId
from server.clock import Clock
from server.errors import Conflict
from server.store.database import Database
from server.store.tables import open_windows

AWAY = timedelta(minutes=3)
"""A window whose clerk was not seen for so long is closed."""
SEEN_EVERY = timedelta(seconds=20)
"""How often it is written down that a clerk is there."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A window and the clerk at it."""

    window: str
    hall: str
    clerk: PersonId
    clerk_name: str
    opened_at: datetime
    seen_at: datetime


class Windows:
    """The open windows of the site."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._seen: dict[PersonId, datetime] = {}

    async def open(self, window: str, hall: str, clerk: PersonId, name: str) -> Opened:
        """A clerk sits down; the window this clerk had before is closed. Raises Conflict
        `window_taken`."""
        now = self._clock()
        row = {
            "window": window,
            "hall": hall,
            "clerk": clerk,
            "clerk_name": name,
            "opened_at": format_time(now),
            "seen_at": format_time(now),
        }
        try:
            async with self._database.writing() as connection:
                away = open_windows.c.seen_at < format_time(now - AWAY)
                mine = open_windows.c.clerk == clerk
                await connection.execute(delete(open_windows).where(away | mine))
                await connection.execute(insert(open_windows).values(row))
        except IntegrityError as problem:
            raise Conflict("window_taken", {"window": window}) from problem
        self._seen[clerk] = now
        return Opened(window, hall, clerk, name, now, now)

    async def close(self, clerk: PersonId) -> Opened | None:
        """The clerk leaves: what was closed, if anything."""
        async with self._database.writing() as connection:
            query = select(open_windows).where(open_windows.c.clerk == clerk)
            row = (await connection.execute(query)).one_or_none()
            await connection.execute(delete(open_windows).where(open_windows.c.clerk == clerk))
        self._seen.pop(clerk, None)
        return _opened(row) if row is not None else None

    async def seen(self, clerk: PersonId) -> None:
        """The clerk is there still."""
        now = self._clock()
        if clerk in self._seen and now - self._seen[clerk] < SEEN_EVERY:
            return
        self._seen[clerk] = now
        async with self._database.writing() as connection:
            mine = open_windows.c.clerk == clerk
            await connection.execute(
                update(open_windows).where(mine).values(seen_at=format_time(now))
            )

    async def close_deserted(self) -> list[Opened]:
        """Closes the windows whose clerks have gone: which those were."""
        old = open_windows.c.seen_at < format_time(self._clock() - AWAY)
        async with self._database.reading() as connection:
            gone = [
                _opened(row) for row in await connection.execute(select(open_windows).where(old))
            ]
        if gone:
            async with self._database.writing() as connection:
                await connection.execute(delete(open_windows).where(old))
        return gone

    async def all(self) -> Sequence[Opened]:
        """Every open window, by name."""
        query = select(open_windows).order_by(open_windows.c.window)
        async with self._database.reading() as connection:
            return [_opened(row) for row in await connection.execute(query)]


def _opened(row: Row[Any]) -> Opened:
    return Opened(
        window=row.window,
        hall=row.hall,
        clerk=PersonId(row.clerk),
        clerk_name=row.clerk_name,
        opened_at=parse_time(row.opened_at),
        seen_at=parse_time(row.seen_at),
    )
