"""Who comes for what: one person has one booking or ticket for an item at a time."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, delete, exists, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from crypto.encoding import format_time
from rooms.ids import RoomId
from server.counter.queue.slots import ABANDONED
from server.errors import Conflict
from server.store.tables import rooms, ticket_claims


async def claim(
    connection: AsyncConnection,
    room: RoomId,
    identity: str,
    items: Sequence[str],
    until: datetime,
    now: datetime,
) -> None:
    """Claims the items for this session until then, for whom the digest `identity` stands for.

    Raises Conflict `ticket_doubled` with the item that the same person has a booking or ticket for
    already; IntegrityError when that is so since this instant: look again.
    """
    claims = ticket_claims.c
    wanted = (claims.identity == identity, claims.item.in_(items))
    made = exists().where(rooms.c.room == claims.room)
    abandoned = and_(claims.made_at < format_time(now - ABANDONED), ~made)
    over = or_(claims.until <= format_time(now), abandoned, claims.room == room)
    await connection.execute(delete(ticket_claims).where(*wanted, over))
    held = (await connection.execute(select(claims.item).where(*wanted))).scalars().all()
    if held:
        raise Conflict("ticket_doubled", {"item": min(held)})
    row = {"identity": identity, "room": room, "until": format_time(until)}
    fresh = [{**row, "item": item, "made_at": format_time(now)} for item in items]
    await connection.execute(insert(ticket_claims), fresh)


async def unclaim(connection: AsyncConnection, sessions: Sequence[RoomId]) -> None:
    """Sessions that are over claim nothing."""
    await connection.execute(delete(ticket_claims).where(ticket_claims.c.room.in_(sessions)))
