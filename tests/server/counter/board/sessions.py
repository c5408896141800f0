"""A small set of sessions whose figures can be counted on fingers."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import insert

from rooms.ids import RoomId
from server.counter.board.facts import Facts
from server.store.database import Database
from server.store.tables import session_facts

MORNING = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)
"""Nine o'clock of a Monday on the wall."""


def session(
    at: int,
    *,
    hall: str = "hall-a",
    day: int = 0,
    waited: int | None = 10,
    lasted: int | None = 20,
    phase: str = "archived",
    **more: object,
) -> Facts:
    """A session whose ticket was taken `at` minutes after nine of the day, times in minutes."""
    ticket = MORNING + timedelta(days=day, minutes=at)
    called = None if waited is None else ticket + timedelta(minutes=waited)
    ended = None if called is None or lasted is None else called + timedelta(minutes=lasted)
    known: dict[str, object] = {
        "room": RoomId(f"s-{day:04d}{at:016d}"),
        "seq": 1,
        "number": f"A{at:03d}",
        "hall": hall,
        "far_hall": "hall-z",
        "near_region": "440306",
        "far_region": "360730",
        "items": ("gjj-tq",),
        "mode": "received",
        "phase": phase,
        "began_at": ticket,
        "ticket_at": ticket,
        "called_at": called,
        "connected_at": called,
        "ended_at": ended,
    }
    return Facts(**{**known, **more})  # type: ignore[arg-type]  # keywords are those of Facts


WEEK = (
    session(0, waited=4, lasted=10, outcome="done", rating=5, visits_saved=2, kilometres=900),
    session(5, waited=6, lasted=30, outcome="accepted", rating=4, visits_saved=1, kilometres=450),
    session(9, waited=20, lasted=20, outcome="supplement", rating=2,
            case_due_at=MORNING + timedelta(days=21)),
    session(20, waited=None, lasted=None, phase="no_show", lapses=1),
    session(30, waited=None, lasted=None, phase="cancelled"),
    session(0, day=1, hall="hall-b", waited=10, lasted=12, outcome="accepted", visits=2,
            phase="processing", due_at=MORNING + timedelta(days=2), visits_saved=1, kilometres=80),
    session(3, day=1, hall="hall-b", waited=2, lasted=8, outcome="rejected", rating=1,
            case_due_at=MORNING + timedelta(days=20),
            case_answered_at=MORNING + timedelta(days=2)),
    session(0, day=3, waited=3, lasted=None, phase="materials", window="w-3", clerk="李敏"),
    session(8, day=3, waited=None, lasted=None, phase="waiting"),
    session(6, day=3, waited=None, lasted=None, phase="waiting"),
    session(2, day=3, hall="hall-b", waited=1, lasted=None, phase="called"),
)  # fmt: skip


async def keep(database: Database, *sessions: Facts) -> None:
    """Writes their rows."""
    async with database.writing() as connection:
        await connection.execute(insert(session_facts), [each.columns() for each in sessions])
