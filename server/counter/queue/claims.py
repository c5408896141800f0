"""Who comes for what: one person has one booking or ticket for an item at a time."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from crypto.encoding import format_time
from rooms.ids import RoomId
from server.clock import Clock
from server.errors import Conflict
from server.store.database import Database
from server.store.tables import ticket_claims


class Claims:
    """What is claimed, by keyed digests of identity numbers."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def make(
        self, room: RoomId, identity: str, items: Sequence[str], until: datetime
    ) -> None:
        """Claims the items for this session until then. Raises Conflict `ticket_doubled` with the
        item that the same person has a booking or ticket for already."""
        claim = ticket_claims.c
        wanted = (claim.identity == identity, claim.item.in_(items))
        rows = [
            {"identity": identity, "item": item, "room": room, "until": format_time(until)}
            for item in items
        ]
        try:
            async with self._database.writing() as connection:
                over = claim.until <= format_time(self._clock())
                await connection.execute(delete(ticket_claims).where(*wanted, over))
                held = (await connection.execute(select(claim.item).where(*wanted))).scalars().all()
                if held:
                    raise Conflict("ticket_doubled", {"item": min(held)})
                await connection.execute(insert(ticket_claims), rows)
        except IntegrityError as problem:
            raise Conflict("ticket_doubled", {"item": min(items)}) from problem

    async def end(self, rooms: Sequence[RoomId]) -> None:
        """Sessions that are over claim nothing."""
        async with self._database.writing() as connection:
            await connection.execute(delete(ticket_claims).where(ticket_claims.c.room.in_(rooms)))
