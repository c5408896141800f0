"""How long the sessions of a hall took lately, read from what the board counts."""

import asyncio
from collections import defaultdict
from datetime import timedelta

from sqlalchemy import select

from server.clock import CHINA, Clock
from server.counter.queue.estimate import Durations
from server.store.database import Database
from server.store.tables import session_facts

LATELY = timedelta(days=60)
MOST_SESSIONS = 1000
MOST_OF_ITEM = 50
"""The last ones of an item count: offices get faster."""
KEPT_SECONDS = 60.0


class Past:
    """Durations by hall, remembered for a minute."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._known: dict[str, tuple[float, Durations]] = {}

    async def of(self, hall: str) -> Durations:
        """How long this hall's finished sessions took."""
        now = asyncio.get_running_loop().time()
        known = self._known.get(hall)
        if known is not None and now - known[0] < KEPT_SECONDS:
            return known[1]
        found = await self._read(hall)
        self._known[hall] = (now, found)
        return found

    async def _read(self, hall: str) -> Durations:
        facts = session_facts.c
        since = (self._clock() - LATELY).astimezone(CHINA).date().isoformat()
        query = (
            select(facts["items"], facts.lasted)
            .where(facts.day >= since, facts.hall == hall, facts.lasted.is_not(None))
            .order_by(facts.day.desc())
            .limit(MOST_SESSIONS)
        )
        by_item: dict[str, list[float]] = defaultdict(list)
        of_any: list[float] = []
        async with self._database.reading() as connection:
            for codes, lasted in await connection.execute(query):
                items = codes.split()
                of_any.append(lasted)
                if len(items) == 1 and len(by_item[items[0]]) < MOST_OF_ITEM:
                    by_item[items[0]].append(lasted)
        return Durations(dict(by_item), of_any)
