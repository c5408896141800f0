"""Figures of a span of days: counts, means, distributions. One query each, over one index."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.store.tables import session_facts as facts

GOOD = ("accepted", "done")
"""Outcomes with which an applicant need not come again."""
MINUTE = 60
MOST_MINUTES = 120
"""Longer times are counted together."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days, both included, and a hall if only one is wanted."""

    first: date
    last: date
    hall: str | None = None

    def wanted(self) -> list[ColumnElement[bool]]:
        """What a row must fulfil."""
        days = facts.c.day.between(self.first.isoformat(), self.last.isoformat())
        return [days] if self.hall is None else [days, facts.c.hall == self.hall]


@dataclass(frozen=True, slots=True)
class Figures:
    """What is counted of a set of sessions. Means are of those that have the value.

    `first_visit` of `decided` needed no second visit; times in seconds.
    """

    sessions: int
    served: int
    decided: int
    first_visit: int
    lapsed: int
    cancelled: int
    waited: int | None
    lasted: int | None
    rated: int
    rating: float | None
    visits_saved: int
    kilometres: int


@dataclass(frozen=True, slots=True)
class Saving:
    """What a hall saved its applicants: visits to the far hall, and kilometres."""

    sessions: int
    visits_saved: int
    kilometres: int


@dataclass(frozen=True, slots=True)
class Distribution:
    """How many took so many whole minutes, in order; the last entry holds all that is longer."""

    minutes: tuple[tuple[int, int], ...]
    median: int | None
    ninth: int | None  # nine of ten took no longer


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(condition)


_FIGURES = (
    func.count().label("sessions"),
    func.count(facts.c.lasted).label("served"),
    func.count(facts.c.outcome).label("decided"),
    _count(facts.c.outcome.in_(GOOD) & (facts.c.visits == 1)).label("first_visit"),
    _count(facts.c.lapses > 0).label("lapsed"),
    _count(facts.c.phase == "cancelled").label("cancelled"),
    func.sum(facts.c.waited).label("waited_sum"),
    func.count(facts.c.waited).label("waited_count"),
    func.sum(facts.c.lasted).label("lasted_sum"),
    func.count(facts.c.lasted).label("lasted_count"),
    func.count(facts.c.rating).label("rated"),
    func.sum(facts.c.rating).label("rating_sum"),
    func.coalesce(func.sum(facts.c.visits_saved), 0).label("visits_saved"),
    func.coalesce(func.sum(facts.c.kilometres), 0).label("kilometres"),
)


def _figures(row: Row[Any]) -> Figures:
    return Figures(
        sessions=row.sessions,
        served=int(row.served),
        decided=int(row.decided),
        first_visit=int(row.first_visit),
        lapsed=int(row.lapsed),
        cancelled=int(row.cancelled),
        waited=_mean(row.waited_sum, row.waited_count),
        lasted=_mean(row.lasted_sum, row.lasted_count),
        rated=row.rated,
        rating=round(int(row.rating_sum) / row.rated, 2) if row.rated else None,
        visits_saved=int(row.visits_saved),
        kilometres=int(row.kilometres),
    )


def _mean(total: int | None, count: int) -> int | None:
    return round(int(total) / count) if total is not None and count else None


async def by_day(connection: AsyncConnection, span: Span) -> dict[str, Figures]:
    """Figures of each day that had a session, in order."""
    query = (
        select(facts.c.day, *_FIGURES)
        .where(*span.wanted())
        .group_by(facts.c.day)
        .order_by(facts.c.day)
    )
    return {row.day: _figures(row) for row in await connection.execute(query)}


async def by_hall(connection: AsyncConnection, span: Span) -> dict[str, Saving]:
    """What each hall with a session saved, in order of their ids."""
    # Few columns, because the rows have to be sorted by hall.
    query = (
        select(
            facts.c.hall,
            func.count().label("sessions"),
            func.sum(facts.c.visits_saved).label("visits_saved"),
            func.sum(facts.c.kilometres).label("kilometres"),
        )
        .where(*span.wanted())
        .group_by(facts.c.hall)
        .order_by(facts.c.hall)
    )
    return {
        row.hall: Saving(row.sessions, int(row.visits_saved), int(row.kilometres))
        for row in await connection.execute(query)
    }


async def in_all(connection: AsyncConnection, span: Span) -> Figures:
    """Figures of the whole span."""
    return _figures((await connection.execute(select(*_FIGURES).where(*span.wanted()))).one())


async def ratings(connection: AsyncConnection, span: Span) -> dict[int, int]:
    """How many gave each level from 5 (very satisfied) to 1."""
    found = await _counted(connection, span, facts.c.rating)
    return {level: found.get(level, 0) for level in (5, 4, 3, 2, 1)}


async def outcomes(connection: AsyncConnection, span: Span) -> dict[str, int]:
    """How many sessions came to each outcome."""
    found = await _counted(connection, span, facts.c.outcome)
    return {each: found.get(each, 0) for each in ("done", "accepted", "supplement", "rejected")}


async def waiting(connection: AsyncConnection, span: Span) -> Distribution:
    """How long tickets waited for their call."""
    return _distribution(await _counted(connection, span, facts.c.waited // MINUTE))


async def lasting(connection: AsyncConnection, span: Span) -> Distribution:
    """How long sessions lasted from connection to end."""
    return _distribution(await _counted(connection, span, facts.c.lasted // MINUTE))


async def _counted(
    connection: AsyncConnection, span: Span, value: ColumnElement[Any]
) -> dict[Any, int]:
    query = select(value, func.count()).where(*span.wanted(), value.is_not(None))
    return {row[0]: row[1] for row in await connection.execute(query.group_by(value))}


def _distribution(counts: Mapping[int, int]) -> Distribution:
    minutes: dict[int, int] = {}
    for minute, count in sorted(counts.items()):
        at = min(minute, MOST_MINUTES)
        minutes[at] = minutes.get(at, 0) + count
    return Distribution(tuple(minutes.items()), _reached(counts, 0.5), _reached(counts, 0.9))


def _reached(counts: Mapping[int, int], share: float) -> int | None:
    """The least number of whole minutes that this share did not exceed."""
    left = share * sum(counts.values())
    for minute, count in sorted(counts.items()):
        left -= count
        if left <= 0:
            return minute
    return None
