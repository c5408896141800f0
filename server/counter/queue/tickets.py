"""Tickets on disk: running numbers, codes, places in the line."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, Table, and_, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from crypto.encoding import format_time, parse_time
from rooms.ids import RoomId
from server.store.database import Database
from server.store.tables import rooms, ticket_counters, tickets, turns


@dataclass(frozen=True, slots=True)
class Ticket:
    """By which number and code an applicant comes in, and for what. `day` is the hall's; `code` is
    the digest of the six digits."""

    room: RoomId
    hall: str
    far_hall: str
    near_region: str
    day: str
    number: str
    code: str
    items: tuple[str, ...]
    priority: str
    made_at: datetime
    expires_at: datetime
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def at(self, starts_at: datetime, ends_at: datetime) -> "Ticket":
        """The same ticket for a booked time."""
        return replace(self, starts_at=starts_at, ends_at=ends_at)

    def row(self) -> tuple[Table, Mapping[str, object]]:
        """The row that is written with the session's first entry."""
        return tickets, {
            "room": self.room,
            "hall": self.hall,
            "far_hall": self.far_hall,
            "near_region": self.near_region,
            "day": self.day,
            "number": self.number,
            "code": self.code,
            "items": " ".join(self.items),
            "priority": self.priority,
            "made_at": format_time(self.made_at),
            "expires_at": format_time(self.expires_at),
            "starts_at": format_time(self.starts_at) if self.starts_at else None,
            "ends_at": format_time(self.ends_at) if self.ends_at else None,
        }


@dataclass(frozen=True, slots=True)
class Turn:
    """A place in the line, taken at `since`; 0 is the ticket's first."""

    turn: int
    place: datetime
    since: datetime

    def row(self, room: RoomId) -> tuple[Table, Mapping[str, object]]:
        """The row that is written with the entry by which the place was taken."""
        place, since = format_time(self.place), format_time(self.since)
        return turns, {"room": room, "turn": self.turn, "place": place, "since": since}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a ticket stands: its session's phase, and its place once it waits or has waited."""

    ticket: Ticket
    phase: str
    turn: Turn | None


class Tickets:
    """The tickets of the site."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_room(self, room: RoomId) -> Standing | None:
        """The ticket of a session."""
        found = await self._standings(_QUERY.where(tickets.c.room == room))
        return found[0] if found else None

    async def find(self, hall: str, day: str, number: str) -> Standing | None:
        """The ticket with this number."""
        wanted = and_(tickets.c.hall == hall, tickets.c.day == day, tickets.c.number == number)
        found = await self._standings(_QUERY.where(wanted))
        return found[0] if found else None

    async def newest(self, hall: str, number: str) -> Standing | None:
        """The ticket with this number of the last day on which there was one."""
        wanted = and_(tickets.c.hall == hall, tickets.c.number == number)
        query = _QUERY.where(wanted).order_by(tickets.c.day.desc()).limit(1)
        found = await self._standings(query)
        return found[0] if found else None

    async def of_hall(
        self, hall: str, day: str, phases: Collection[str], only: Collection[RoomId] | None = None
    ) -> Sequence[Standing]:
        """Tickets of a day in these phases which the hall serves on either side, `only` some."""
        here = or_(tickets.c.hall == hall, tickets.c.far_hall == hall)
        query = _QUERY.where(here, tickets.c.day == day, rooms.c.phase.in_(phases))
        if only is not None:
            query = query.where(tickets.c.room.in_(only))
        return await self._standings(query)

    async def expired(self, now: datetime, phases: Collection[str]) -> Sequence[Standing]:
        """Tickets in these phases whose day is over."""
        wanted = and_(tickets.c.expires_at <= format_time(now), rooms.c.phase.in_(phases))
        return await self._standings(_QUERY.where(wanted))

    async def _standings(self, query: Select[Any]) -> list[Standing]:
        async with self._database.reading() as connection:
            return [_standing(row) for row in await connection.execute(query)]


async def draw(connection: AsyncConnection, hall: str, day: str, letter: str) -> int:
    """The next running number of a hall's day; no two servers draw the same."""
    insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert
    row = {"hall": hall, "day": day, "letter": letter, "last": 1}
    drawn = (
        insert(ticket_counters)
        .values(row)
        .on_conflict_do_update(
            index_elements=["hall", "day", "letter"],
            set_={"last": ticket_counters.c.last + 1},
        )
        .returning(ticket_counters.c.last)
    )
    return int((await connection.execute(drawn)).scalar_one())


_LAST = (
    select(func.max(turns.c.turn)).where(turns.c.room == tickets.c.room).correlate(tickets)
).scalar_subquery()
_QUERY = (
    select(tickets, rooms.c.phase, turns.c.turn, turns.c.place, turns.c.since)
    .join(rooms, rooms.c.room == tickets.c.room)
    .outerjoin(turns, and_(turns.c.room == tickets.c.room, turns.c.turn == _LAST))
)


def _standing(row: Row[Any]) -> Standing:
    turn = None
    if row.turn is not None:
        turn = Turn(row.turn, parse_time(row.place), parse_time(row.since))
    ticket = Ticket(
        room=RoomId(row.room),
        hall=row.hall,
        far_hall=row.far_hall,
        near_region=row.near_region,
        day=row.day,
        number=row.number,
        code=row.code,
        items=tuple(row.items.split()),
        priority=row.priority,
        made_at=parse_time(row.made_at),
        expires_at=parse_time(row.expires_at),
        starts_at=parse_time(row.starts_at) if row.starts_at else None,
        ends_at=parse_time(row.ends_at) if row.ends_at else None,
    )
    return Standing(ticket, row.phase, turn)
