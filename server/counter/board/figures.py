"""Figures of a span of days: counts, means, distributions. One query each, over one index."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select
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


_SUMS = (
    func.count().label("sessions"),
    func.count(facts.c.lasted).label("served"),
    func.count(facts.c.outcome).label("decided"),
    _count(facts.c.outcome.in_(GOOD) & (facts.c.visits == 1)).label("first_visit"),
    _count(facts.c.lapses > 0).label("lapsed"),
    _count(facts.c.phase == "cancelled").label("cancelled"),
    func.count(facts.c.waited).label("called"),
    func.sum(facts.c.waited).label("waited"),
    func.sum(facts.c.lasted).label("lasted"),
    func.count(facts.c.rating).label("rated"),
    func.sum(facts.c.rating).label("rating"),
    func.sum(facts.c.visits_saved).label("visits_saved"),
    func.sum(facts.c.kilometres).label("kilometres"),
)
Sums = Counter[str]
"""What is summed up of a set of sessions, by the names above; sets are added up with `+=`."""


def figures(sums: Sums) -> Figures:
    """Counts and means of what was summed up."""
    rated = sums["rated"]
    return Figures(
        sessions=sums["sessions"],
        served=sums["served"],
        decided=sums["decided"],
        first_visit=sums["first_visit"],
        lapsed=sums["lapsed"],
        cancelled=sums["cancelled"],
        waited=_mean(sums["waited"], sums["called"]),
        lasted=_mean(sums["lasted"], sums["served"]),
        rated=rated,
        rating=round(sums["rating"] / rated, 2) if rated else None,
        visits_saved=sums["visits_saved"],
        kilometres=sums["kilometres"],
    )


def _mean(total: int, count: int) -> int | None:
    return round(total / count) if count else None


async def by_day(connection: AsyncConnection, span: Span) -> dict[str, Sums]:
    """Sums of each day that had a session, in order; all of them together are those of the span."""
    query = (
        select(facts.c.day, *_SUMS)
        .where(*span.wanted())
        .group_by(facts.c.day)
        .order_by(facts.c.day)
    )
    found = (await connection.execute(query)).mappings()
    return {
        row["day"]: Counter({each.name: int(row[each.name] or 0) for each in _SUMS})
        for row in found
    }


def in_all(days: Iterable[Sums]) -> Sums:
    """Sums of several sets together."""
    total: Sums = Counter()
    for each in days:
        total += each
    return total


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
