"""Which rooms a person is shown in lists. Nothing here knows anything about bids."""

from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select

from crypto.encoding import Json, format_time, parse_json
from server.clock import CHINA, Clock
from server.machine import AnyMachine
from server.store.accounts import Account, AccountRole
from server.store.database import Database
from server.store.tables import rooms, seats

PAGE = 20


class When(StrEnum):
    """Which part of the list."""

    TODAY = "today"
    UPCOMING = "upcoming"
    PAST = "past"


class Lists:
    """The lists of rooms."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def find(
        self, machine: AnyMachine, asker: Account, when: When, text: str, page: int
    ) -> tuple[list[Json], int]:
        """A page of twenty rooms of a kind the asker may see, and how many there are in all."""
        kind = rooms.c.kind == machine.kind
        seen = _seen_by(asker, machine.open_to)
        wanted = and_(kind, seen, self._at(when), *_containing(text))
        order = rooms.c.deadline.desc() if when is When.PAST else rooms.c.deadline
        own = and_(seats.c.room == rooms.c.room, seats.c.person == asker.person)
        query = (
            select(rooms.c.room, rooms.c.line, seats.c.role)
            .outerjoin(seats, own)
            .where(wanted)
            .order_by(order, rooms.c.room)
            .limit(PAGE)
            .offset((page - 1) * PAGE)
        )
        async with self._database.reading() as connection:
            found = [_item(row, machine, asker) for row in await connection.execute(query)]
            total = select(func.count()).select_from(rooms).where(wanted)
            return found, (await connection.execute(total)).scalar_one()

    def _at(self, when: When) -> ColumnElement[bool]:
        now = self._clock()
        start = now.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
        today, tomorrow = format_time(start), format_time(start + timedelta(days=1))
        match when:
            case When.TODAY:
                return and_(rooms.c.deadline >= today, rooms.c.deadline < tomorrow)
            case When.UPCOMING:
                return rooms.c.deadline >= format_time(now)
            case When.PAST:
                return rooms.c.deadline < format_time(now)


def _seen_by(asker: Account, open_to: frozenset[AccountRole]) -> ColumnElement[bool]:
    if asker.room is not None:
        return rooms.c.room == asker.room
    own = select(seats.c.room).where(seats.c.person == asker.person)
    if asker.roles & open_to:
        return or_(rooms.c.published.is_(True), rooms.c.room.in_(own))
    return rooms.c.room.in_(own)


def _item(row: Row[Any, Any, Any], machine: AnyMachine, asker: Account) -> Json:
    role = machine.listed_role(asker, row.role)
    line = parse_json(row.line.encode())
    return {"id": row.room, **line, "role": role} if isinstance(line, dict) else None


def _containing(text: str) -> list[ColumnElement[bool]]:
    """Every word must be in the title or the number."""
    return [
        or_(
            rooms.c.title.icontains(word, autoescape=True),
            rooms.c.number.icontains(word, autoescape=True),
        )
        for word in text.split()[:5]
    ]
