"""The supervisors' board over 100,000 sessions on an embedded database: each query by itself.

The sessions are made by a script: thirty halls, a year of days, rates and times as halls have them.
The limit for each query is 100 ms; `python -m bench.board [SESSIONS]`.
"""

import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from crypto.encoding import format_time
from rooms.ids import RoomId
from server.counter.board import figures, now
from server.counter.board.facts import Facts
from server.counter.board.figures import Span
from server.store.database import Database
from server.store.migrate import migrate
from server.store.tables import session_facts

SESSIONS = 100_000
HALLS = 30
DAYS = 365
ROUNDS = 7
TARGET_MS = 100.0
PIECE = 2000

END = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
OUTCOMES = ("accepted", "done", "supplement", "rejected")
LIVE = 200
WAITING = 1000

Query = Callable[[AsyncConnection], Awaitable[object]]


def sessions(count: int) -> Iterator[Facts]:
    """So many sessions: the last ones wait or run, all others are over."""
    chance = random.Random(4)
    for number in range(count):
        left = count - number
        if left <= WAITING + LIVE:
            yield _present(number, chance, waiting=left <= WAITING)
        else:
            yield _past(number, chance)


def _past(number: int, chance: random.Random) -> Facts:
    ticket = END - timedelta(days=chance.randrange(1, DAYS), seconds=chance.randrange(8 * 3600))
    called = ticket + timedelta(seconds=chance.expovariate(1 / 600))
    connected = called + timedelta(seconds=chance.uniform(10, 170))
    ended = connected + timedelta(seconds=chance.gammavariate(4, 225))
    outcome = chance.choices(OUTCOMES, (55, 30, 10, 5))[0]
    served = chance.random() > 0.05
    rating = chance.choices((None, 5, 4, 3, 2, 1), (40, 38, 15, 4, 2, 1))[0] if served else None
    bad = rating is not None and rating <= 2
    late = served and outcome == "accepted" and chance.random() < 0.01
    return Facts(
        **_where(number, chance),
        phase="processing" if late else "archived" if served else "no_show",
        began_at=ticket,
        ticket_at=ticket,
        called_at=called,
        connected_at=connected if served else None,
        ended_at=ended if served else None,
        outcome=outcome if served else None,
        visits=2 if chance.random() < 0.08 else 1,
        visits_saved=int(served),
        kilometres=chance.randrange(60, 3000) if served else 0,
        lapses=0 if served else 1,
        due_at=ended + timedelta(days=3) if late else None,
        rating=rating,
        case_due_at=ended + timedelta(days=21) if bad else None,
        case_answered_at=ended + timedelta(days=4) if bad and chance.random() < 0.95 else None,
    )


def _present(number: int, chance: random.Random, *, waiting: bool) -> Facts:
    ticket = END - timedelta(seconds=chance.randrange(3600))
    met = None if waiting else ticket + timedelta(minutes=8)
    return Facts(
        **_where(number, chance),
        phase="waiting" if waiting else chance.choice(now.LIVE),
        began_at=ticket,
        ticket_at=ticket,
        called_at=met,
        connected_at=met,
    )


def _where(number: int, chance: random.Random) -> dict[str, object]:
    return {
        "room": RoomId(f"s-{number:020x}"),
        "seq": 9,
        "number": f"A{number % 1000:03d}",
        "hall": f"hall-{chance.randrange(HALLS)}",
        "far_hall": f"hall-{chance.randrange(HALLS)}",
        "near_region": "530112",
        "far_region": "520502",
        "items": (f"item-{chance.randrange(200)}",),
        "mode": "received",
        "window": f"window-{chance.randrange(8)}",
        "clerk": "王收",
        "far_clerk": "李办",
    }


def queries(span: Span) -> dict[str, Query]:
    """Everything the board asks for, by name."""
    at = format_time(END)
    return {
        "by_day": lambda connection: figures.by_day(connection, span),
        "by_hall": lambda connection: figures.by_hall(connection, span),
        "waiting": lambda connection: figures.waiting(connection, span),
        "lasting": lambda connection: figures.lasting(connection, span),
        "ratings": lambda connection: figures.ratings(connection, span),
        "outcomes": lambda connection: figures.outcomes(connection, span),
        "live": lambda connection: now.live(connection, span.hall),
        "queues": lambda connection: now.queues(connection, span.hall),
        "overdue": lambda connection: now.overdue(connection, span.hall, at),
        "cases": lambda connection: now.cases(connection, span.hall),
    }


async def fill(database: Database, count: int) -> None:
    """Writes the sessions."""
    piece: list[dict[str, object]] = []
    async with database.writing() as connection:
        for each in sessions(count):
            piece.append(each.columns())
            if len(piece) == PIECE:
                await connection.execute(insert(session_facts), piece)
                piece.clear()
        if piece:
            await connection.execute(insert(session_facts), piece)


async def measure(database: Database) -> dict[tuple[str, str], float]:
    """The median milliseconds of each query over each span, rounds interleaved."""
    last = END.date()
    spans = {
        "30 days": Span(last - timedelta(days=29), last),
        "a year": Span(date(2025, 1, 1), last),
        "a hall": Span(date(2025, 1, 1), last, "hall-3"),
    }
    taken: dict[tuple[str, str], list[float]] = {}
    async with database.reading() as connection:
        for _ in range(ROUNDS):
            for name, span in spans.items():
                for query, ask in queries(span).items():
                    start = time.perf_counter()
                    await ask(connection)
                    elapsed = (time.perf_counter() - start) * 1000
                    taken.setdefault((query, name), []).append(elapsed)
    return {key: statistics.median(times) for key, times in taken.items()}


async def main(count: int) -> int:
    """Prints a line a query and span; 1 when one of them is over the limit."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite+aiosqlite:///{Path(folder) / 'board.db'}")
        await migrate(database)
        await fill(database, count)
        found = await measure(database)
        await database.close()
    for (query, span), milliseconds in found.items():
        mark = "" if milliseconds < TARGET_MS else "  OVER"
        print(f"{query:10} {span:8} {milliseconds:7.1f} ms{mark}")
    return int(any(milliseconds >= TARGET_MS for milliseconds in found.values()))


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else SESSIONS)))
