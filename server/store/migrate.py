"""Bringing the database up to date."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from server.store.database import Database
from server.store.schema import metadata


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


async def migrate(database: Database) -> None:
    """Runs the steps that are missing; harmless when there are none."""
    async with database.writing() as connection:
        await connection.run_sync(lambda sync: command.upgrade(_config(sync), "head"))


async def is_current(database: Database) -> bool:
    """Whether no step is missing."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    async with database.reading() as connection:
        return await connection.run_sync(
            lambda sync: MigrationContext.configure(sync).get_current_revision() == head
        )


async def differences(database: Database) -> list[object]:
    """What the tables of the code have and the database has not, or the other way round."""
    async with database.reading() as connection:
        return await connection.run_sync(
            lambda sync: list(compare_metadata(MigrationContext.configure(sync), metadata))
        )
