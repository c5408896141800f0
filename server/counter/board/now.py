"""What goes on at this moment: sessions that run, queues, what is overdue, cases of bad ratings."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from crypto.encoding import Json
from server.store.tables import session_facts as facts

LIVE = ("connecting", "consented", "identified", "materials", "filling", "signing")
"""Phases in which people see each other."""
OPEN = ("processing", "decided")
"""Phases in which a promised time runs."""
MOST = 200
"""Rows of a list at most; how many there are in all is said beside it."""


@dataclass(frozen=True, slots=True)
class Listed:
    """The first rows of a list, and how many it has."""

    rows: tuple[Json, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Queue:
    """A hall's queue. `since` is when the one who waits longest took a ticket."""

    hall: str
    waiting: int
    called: int
    live: int
    since: str | None


_SHOWN = (
    facts.c.room,
    facts.c.number,
    facts.c.hall,
    facts.c.near_region,
    facts.c.far_region,
    facts.c["items"],
    facts.c.phase,
    facts.c.window,
    facts.c.clerk,
    facts.c.far_clerk,
    facts.c.connected_at,
)


async def live(connection: AsyncConnection, hall: str | None) -> Listed:
    """Sessions that run, the longest first."""
    wanted = [facts.c.phase.in_(LIVE), *_of(hall)]
    query = select(*_SHOWN).where(*wanted).order_by(facts.c.connected_at, facts.c.room)
    return await _listed(connection, query, wanted)


async def overdue(connection: AsyncConnection, hall: str | None, now: str) -> Listed:
    """Sessions whose promised time is over and that are not completed, the oldest first."""
    wanted = [facts.c.due_at < now, facts.c.phase.in_(OPEN), *_of(hall)]
    query = select(*_SHOWN, facts.c.due_at, facts.c.escalated).where(*wanted)
    return await _listed(connection, query.order_by(facts.c.due_at, facts.c.room), wanted)


async def cases(connection: AsyncConnection, hall: str | None) -> Listed:
    """Bad ratings nobody has answered yet, those due first in front."""
    wanted = [
        facts.c.case_due_at.is_not(None),
        facts.c.case_answered_at.is_(None),
        *_of(hall),
    ]
    query = select(*_SHOWN, facts.c.rating, facts.c.case_due_at).where(*wanted)
    return await _listed(connection, query.order_by(facts.c.case_due_at, facts.c.room), wanted)


async def queues(connection: AsyncConnection, hall: str | None) -> tuple[Queue, ...]:
    """The queues of halls in which somebody waits, is called or is served."""
    waits = facts.c.phase == "waiting"
    query = (
        select(
            facts.c.hall,
            func.sum(case((waits, 1), else_=0)).label("waiting"),
            func.sum(case((facts.c.phase == "called", 1), else_=0)).label("called"),
            func.sum(case((facts.c.phase.in_(LIVE), 1), else_=0)).label("live"),
            func.min(case((waits, facts.c.ticket_at))).label("since"),
        )
        .where(facts.c.phase.in_(("waiting", "called", *LIVE)), *_of(hall))
        .group_by(facts.c.hall)
        .order_by(facts.c.hall)
    )
    return tuple(
        Queue(row.hall, int(row.waiting), int(row.called), int(row.live), row.since)
        for row in await connection.execute(query)
    )


def _of(hall: str | None) -> list[ColumnElement[bool]]:
    return [] if hall is None else [facts.c.hall == hall]


async def _listed(
    connection: AsyncConnection, query: Select[Any], wanted: list[ColumnElement[bool]]
) -> Listed:
    found = (await connection.execute(query.limit(MOST))).all()
    total = len(found)
    if total == MOST:
        count = select(func.count()).select_from(facts).where(*wanted)
        total = (await connection.execute(count)).scalar_one()
    return Listed(tuple(_row(dict(row._mapping)) for row in found), total)


def _row(columns: dict[str, Any]) -> Json:
    columns["items"] = columns["items"].split()
    return columns
