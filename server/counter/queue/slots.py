"""What is booked of both sites' hours: a slot of a hall has so many places, and the database says
who got one."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from crypto.encoding import format_time
from rooms.ids import RoomId
from server.clock import Clock
from server.errors import Conflict
from server.store.database import Database
from server.store.tables import rooms, slot_places

ABANDONED = timedelta(minutes=10)
"""A place whose session was never made, because the server died in between, is free after that."""


class Slots:
    """The places of all halls."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def taken(self, hall: str, since: datetime, until: datetime) -> dict[str, int]:
        """How many places are taken, by the instants at which the slots begin."""
        query = (
            select(slot_places.c.starts_at, func.count())
            .where(
                slot_places.c.hall == hall,
                slot_places.c.starts_at >= format_time(since),
                slot_places.c.starts_at < format_time(until),
            )
            .group_by(slot_places.c.starts_at)
        )
        async with self._database.reading() as connection:
            return {row[0]: row[1] for row in await connection.execute(query)}


async def take_places(
    connection: AsyncConnection,
    room: RoomId,
    starts_at: datetime,
    places: Mapping[str, int],
    now: datetime,
) -> None:
    """A place for this session at each hall, whose slot has so many.

    Raises Conflict `slot_full` with the hall; IntegrityError when another server took the same
    place in the same instant: look again.
    """
    at = format_time(starts_at)
    await _clean(connection, at, now)
    for hall, capacity in sorted(places.items()):
        query = select(slot_places.c.place).where(
            slot_places.c.hall == hall, slot_places.c.starts_at == at
        )
        used = set((await connection.execute(query)).scalars())
        free = next((place for place in range(capacity) if place not in used), None)
        if free is None:
            raise Conflict("slot_full", {"hall": hall})
        row = {"hall": hall, "starts_at": at, "place": free, "room": room}
        await connection.execute(insert(slot_places).values(made_at=format_time(now), **row))


async def free_places(connection: AsyncConnection, rooms_: Sequence[RoomId]) -> None:
    """The places of sessions that don't take place."""
    await connection.execute(delete(slot_places).where(slot_places.c.room.in_(rooms_)))


async def _clean(connection: AsyncConnection, at: str, now: datetime) -> None:
    made = exists().where(rooms.c.room == slot_places.c.room)
    old = slot_places.c.made_at < format_time(now - ABANDONED)
    await connection.execute(delete(slot_places).where(slot_places.c.starts_at == at, old, ~made))
