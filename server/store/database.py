"""One engine for SQLite and PostgreSQL, and what differs between them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from server.errors import DiskFull, Unavailable

POOL_SECONDS = 30.0
"""How long a request waits for a connection before it is told to come back."""


class Database:
    """Connections and transactions; failures of the disk and the server become problems with a
    code.

    Readers have connections of their own without transactions: each statement by itself sees a
    whole state, and costs one trip to the database in place of three.
    """

    def __init__(self, url: str) -> None:
        self.sqlite = url.startswith("sqlite")
        pool: dict[str, Any] = {"pool_timeout": POOL_SECONDS}
        if not self.sqlite:
            pool["pool_pre_ping"] = True
        self.writers: AsyncEngine = create_async_engine(url, pool_size=4, max_overflow=4, **pool)
        self.readers: AsyncEngine = create_async_engine(
            url,
            pool_size=8,
            max_overflow=8,
            isolation_level="AUTOCOMMIT",
            skip_autocommit_rollback=True,
            **pool,
        )
        if self.sqlite:
            for engine in (self.writers, self.readers):
                event.listen(engine.sync_engine, "connect", _set_up_sqlite)
            event.listen(self.writers.sync_engine, "begin", _begin_sqlite)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection for queries."""
        with _named_problems():
            async with self.readers.connect() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction, durable when the block ends without an exception."""
        with _named_problems():
            async with self.writers.begin() as connection:
                yield connection

    async def settle(self) -> None:
        """What was deleted is in no journal of the database either, unless somebody reads just
        now: then the next call sees to it."""
        if self.sqlite:
            async with self.reading() as connection:
                await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    async def close(self) -> None:
        """Closes every connection."""
        await self.readers.dispose()
        await self.writers.dispose()


class _named_problems:  # noqa: N801 - reads as a phrase after `with`
    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, problem: BaseException | None, trace: object) -> None:
        if isinstance(problem, PoolTimeout):
            raise Unavailable("database_busy") from problem
        if not isinstance(problem, DBAPIError) or isinstance(problem, IntegrityError):
            return
        text = str(problem.orig).lower()
        if "full" in text or "disk i/o" in text or getattr(problem.orig, "sqlstate", "") == "53100":
            raise DiskFull from problem
        if "locked" in text or problem.connection_invalidated:
            raise Unavailable("database_busy") from problem


def _set_up_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # The driver must not begin transactions by itself, or `BEGIN IMMEDIATE` below would come too
    # late.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=10000",
        "cache_size=-16384",  # KiB; with the default of 2 MiB an index is read anew by each query
        "secure_delete=ON",  # erased personal data leave no bytes behind
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    # Takes the write lock at once: a reader that becomes a writer may fail at its first write.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
