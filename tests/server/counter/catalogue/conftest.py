"""The demonstration's catalogue, and a database that holds it."""

from collections.abc import AsyncIterator, Iterator
from functools import cache
from pathlib import Path

import pytest

import server.demo
from rooms.ids import PersonId
from server.counter.catalogue.jsonfile import read_json
from server.counter.catalogue.source import understood
from server.counter.catalogue.store import CatalogueStore
from server.counter.catalogue.tables import Tables
from server.store.database import Database
from server.store.migrate import migrate
from tests.server.postgres import postgres
from tests.server.site import MovableClock

DEMO = Path(server.demo.__file__).parent / "catalogue.json"
MANAGER = PersonId("p-manager")


@cache
def demo_tables() -> Tables:
    """What the demonstration serves."""
    return understood(read_json(DEMO.read_bytes()), Tables())


@pytest.fixture(scope="session")
def postgres_address() -> Iterator[str]:
    """A PostgreSQL server for the tests of this folder."""
    with postgres() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        made = Database(f"sqlite+aiosqlite:///{tmp_path / 'test.sqlite3'}")
    else:
        made = Database(request.getfixturevalue("postgres_address"))
        await _emptied(made)
    await migrate(made)
    yield made
    await made.close()


async def _emptied(database: Database) -> None:
    async with database.writing() as connection:
        await connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        await connection.exec_driver_sql("CREATE SCHEMA public")


@pytest.fixture
def store(database: Database) -> CatalogueStore:
    """The catalogue in this database: empty."""
    return CatalogueStore(database, MovableClock())


@pytest.fixture
async def filled(store: CatalogueStore) -> CatalogueStore:
    """The catalogue with what the demonstration brings in."""
    await store.bring(read_json(DEMO.read_bytes()), MANAGER)
    return store
