"""A real embedded database with the small set in it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.store.database import Database
from server.store.migrate import migrate
from tests.server.counter.board.sessions import WEEK, keep


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """Embedded, up to date, and empty."""
    made = Database(f"sqlite+aiosqlite:///{tmp_path / 'board.db'}")
    await migrate(made)
    yield made
    await made.close()


@pytest.fixture
async def week(database: Database) -> Database:
    """The same with the small set."""
    await keep(database, *WEEK)
    return database
