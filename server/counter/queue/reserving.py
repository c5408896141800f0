"""What several servers could do at once is settled here, in one transaction before the session's
first entry: who claims an item, who gets the last place of a slot, which number comes next. What
was taken for a session that then was not made is given back, or void after a while."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.ids import RoomId
from server.clock import Clock
from server.counter.queue.claims import claim, unclaim
from server.counter.queue.slots import free_places, take_places
from server.counter.queue.tickets import draw
from server.errors import Unavailable
from server.store.database import Database

ATTEMPTS = 8
"""How often it is tried again when other servers take the same in the same instant."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """What a session needs. `identity` stands for the applicant, whose claim lasts until `until`;
    `places` are how many the slot at `starts_at` has at each hall, of which one is taken."""

    room: RoomId
    identity: str
    items: tuple[str, ...]
    until: datetime
    hall: str
    day: str
    letter: str
    starts_at: datetime | None = None
    places: Mapping[str, int] = field(default_factory=dict)


class Reservations:
    """Claims, places and numbers."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def make(self, wanted: Reservation) -> int:
        """Takes all of it or nothing: the running number of the ticket.

        Raises Conflict `ticket_doubled`, `slot_full`; Unavailable when others were always faster.
        """
        for _ in range(ATTEMPTS):
            try:
                async with self._database.writing() as connection:
                    return await self._take(connection, wanted)
            except IntegrityError:
                continue
        raise Unavailable("database_busy")

    async def free(self, rooms: Sequence[RoomId]) -> None:
        """Sessions that are over, or were never made, hold nothing. May be repeated."""
        async with self._database.writing() as connection:
            await free_places(connection, rooms)
            await unclaim(connection, rooms)

    async def _take(self, connection: AsyncConnection, wanted: Reservation) -> int:
        now, room = self._clock(), wanted.room
        await claim(connection, room, wanted.identity, wanted.items, wanted.until, now)
        if wanted.starts_at is not None:
            await take_places(connection, room, wanted.starts_at, wanted.places, now)
        return await draw(connection, wanted.hall, wanted.day, wanted.letter)
