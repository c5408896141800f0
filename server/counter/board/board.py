"""The board's queries together."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from crypto.encoding import format_time
from server.clock import Clock
from server.counter.board import figures, now, table
from server.counter.board.figures import Distribution, Figures, Saving, Span
from server.counter.board.now import Listed, Queue
from server.store.database import Database


@dataclass(frozen=True, slots=True)
class Overview:
    """All that the board shows of a span and of this moment."""

    now: str
    live: Listed
    queues: tuple[Queue, ...]
    overdue: Listed
    cases: Listed
    totals: Figures
    days: dict[str, Figures]
    halls: dict[str, Saving]
    waiting: Distribution
    lasting: Distribution
    ratings: dict[int, int]
    outcomes: dict[str, int]


class Board:
    """What supervisors look at."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def overview(self, span: Span) -> Overview:
        """What goes on now, and the figures of the span."""
        at = format_time(self._clock())
        async with self._database.reading() as connection:
            days = await figures.by_day(connection, span)
            return Overview(
                now=at,
                live=await now.live(connection, span.hall),
                queues=await now.queues(connection, span.hall),
                overdue=await now.overdue(connection, span.hall, at),
                cases=await now.cases(connection, span.hall),
                totals=figures.figures(figures.in_all(days.values())),
                days={day: figures.figures(sums) for day, sums in days.items()},
                halls=await figures.by_hall(connection, span),
                waiting=await figures.waiting(connection, span),
                lasting=await figures.lasting(connection, span),
                ratings=await figures.ratings(connection, span),
                outcomes=await figures.outcomes(connection, span),
            )

    async def csv(self, span: Span, language: str) -> AsyncIterator[bytes]:
        """The sessions of the span, one a line, piece by piece."""
        async with self._database.reading() as connection:
            async for piece in table.rows(connection, span, language):
                yield piece
