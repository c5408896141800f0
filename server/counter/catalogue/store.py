"""The catalogue in the database, remembered as long as nobody changes it."""

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Table, bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from crypto.encoding import format_time
from rooms.codec import decode, encode
from rooms.counter.terms import Item
from rooms.ids import PersonId
from server.clock import Clock
from server.counter.catalogue.catalogue import Catalogue
from server.counter.catalogue.source import Source, understood
from server.counter.catalogue.tables import (
    Agreement,
    Day,
    Edition,
    Hall,
    Hours,
    Region,
    Tables,
    Window,
    merged,
)
from server.errors import Unavailable
from server.store import catalogue_tables as t
from server.store.database import Database

ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Brought:
    """What an import changed: rows of each table that are new, other than before, or gone."""

    revision: int
    changes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Step:
    gone: list[dict[str, Any]]
    changed: list[dict[str, Any]]
    added: list[dict[str, Any]]

    @property
    def count(self) -> int:
        return len(self.gone) + len(self.changed) + len(self.added)


class CatalogueStore:
    """The catalogue of the site."""

    def __init__(self, database: Database, clock: Clock, trusted: float = 0.0) -> None:
        """`trusted` is for how many seconds it is believed that nobody else changed it."""
        self._database = database
        self._clock = clock
        self._trusted = trusted
        self._looked_at = float("-inf")
        self._known: Catalogue | None = None
        self._loading = asyncio.Lock()
        self._bringing = asyncio.Lock()

    async def current(self) -> Catalogue:
        """The catalogue as it is now."""
        now = asyncio.get_running_loop().time()
        if self._known is not None and now - self._looked_at < self._trusted:
            return self._known
        async with self._database.reading() as connection:
            if self._known is not None and self._known.revision == await _last(connection):
                self._looked_at = now
                return self._known
            async with self._loading:
                return await self._load(connection)

    async def _load(self, connection: AsyncConnection) -> Catalogue:
        """What is remembered, after it was read again if it is old."""
        revision = await _last(connection)
        while self._known is None or self._known.revision != revision:
            tables = await _read(connection)
            # An import that was written between two tables has left its number.
            read, revision = revision, await _last(connection)
            if read == revision:
                self._known = await asyncio.to_thread(Catalogue, tables, revision)
        return self._known

    async def bring(self, source: Source, by: PersonId, only_check: bool = False) -> Brought:
        """Takes over what a source says, all of it or nothing. Raises CatalogueRefused.

        What is there already changes nothing; with `only_check` nothing is written at all.
        """
        async with self._bringing:
            return await self._bring(source, by, only_check)

    async def _bring(self, source: Source, by: PersonId, only_check: bool) -> Brought:
        for _ in range(ATTEMPTS):
            self._looked_at = float("-inf")
            before = await self.current()
            new = await asyncio.to_thread(understood, source, before.tables)
            after = await asyncio.to_thread(merged, before.tables, new)
            steps = await asyncio.to_thread(_steps, before.tables, after)
            changes = {name: step.count for name, step in steps.items() if step.count}
            if only_check or not changes:
                return Brought(before.revision, changes)
            try:
                await self._write(before.revision, steps, changes, by)
            except IntegrityError:
                continue  # another server's import came first: decide again on what it left
            self._looked_at = float("-inf")
            return Brought(before.revision + 1, changes)
        raise Unavailable("database_busy")

    async def _write(
        self,
        before: int,
        steps: Mapping[str, _Step],
        changes: Mapping[str, int],
        by: PersonId,
    ) -> None:
        async with self._database.writing() as connection:
            # First, because this row is the arbiter between servers.
            await connection.execute(
                insert(t.catalogue_revisions).values(
                    revision=before + 1,
                    made_at=format_time(self._clock()),
                    by=by,
                    changes=json.dumps(changes),
                )
            )
            for name, step in steps.items():
                await _carry_out(connection, _STORED[name], step)


@dataclass(frozen=True, slots=True)
class _Stored:
    """How a kind of rows is kept: its table, the columns that are its key, and the way there and
    back."""

    table: Table
    key: tuple[str, ...]
    write: Callable[[Any], dict[str, Any]]
    read: Callable[[Mapping[str, Any]], Any]


def _renamed(form: type[Any], names: Mapping[str, str], lists: Iterable[str]) -> _Stored:
    """Rows whose members are columns, some under another name and some as JSON."""
    as_json = frozenset(lists)

    def write(row: Any) -> dict[str, Any]:
        encoded = encode(row)
        return {
            names.get(name, name): json.dumps(value) if name in as_json else value
            for name, value in encoded.items()
        }

    def read(columns: Mapping[str, Any]) -> Any:
        given = {each.name: columns[names.get(each.name, each.name)] for each in fields(form)}
        return decode(form, given | {name: json.loads(given[name]) for name in as_json})

    table, key = _TABLES[form]
    return _Stored(table, key, write, read)


def _edition() -> _Stored:
    def write(row: Edition) -> dict[str, Any]:
        return {
            "code": row.item.code,
            "version": row.item.version,
            "valid_from": row.valid_from,
            "item": json.dumps(encode(row.item), ensure_ascii=False),
        }

    def read(columns: Mapping[str, Any]) -> Edition:
        return Edition(columns["valid_from"], decode(Item, json.loads(columns["item"])))

    return _Stored(t.items, ("code", "version"), write, read)


_TABLES: dict[type, tuple[Table, tuple[str, ...]]] = {
    Region: (t.regions, ("code",)),
    Hall: (t.halls, ("hall",)),
    Window: (t.windows, ("window",)),
    Hours: (t.opening_hours, ("hall", "weekday", "opens")),
    Day: (t.special_days, ("region", "day")),
    Agreement: (t.agreements, ("agreement",)),
}
_STORED: dict[str, _Stored] = {
    "regions": _renamed(Region, {}, ()),
    "halls": _renamed(Hall, {"id": "hall"}, ()),
    "windows": _renamed(Window, {"id": "window"}, ("skills", "organisations")),
    "hours": _renamed(Hours, {}, ()),
    "days": _renamed(Day, {}, ()),
    "items": _edition(),
    "agreements": _renamed(Agreement, {"id": "agreement"}, ("items",)),
}


async def _last(connection: AsyncConnection) -> int:
    query = select(func.max(t.catalogue_revisions.c.revision))
    return (await connection.execute(query)).scalar_one() or 0


async def _read(connection: AsyncConnection) -> Tables:
    found: dict[str, tuple[Any, ...]] = {}
    for name, stored in _STORED.items():
        query = select(stored.table).order_by(*(stored.table.c[key] for key in stored.key))
        rows = (await connection.execute(query)).mappings().all()
        found[name] = tuple(stored.read(dict(row)) for row in rows)
    # Databases sort text in their own ways; the catalogue has one.
    return merged(Tables(), Tables(**found))


def _steps(old: Tables, new: Tables) -> dict[str, _Step]:
    found: dict[str, _Step] = {}
    for name, stored in _STORED.items():
        before = {_key(stored, row): row for row in map(stored.write, getattr(old, name))}
        after = {_key(stored, row): row for row in map(stored.write, getattr(new, name))}
        found[name] = _Step(
            gone=[row for key, row in before.items() if key not in after],
            changed=[row for key, row in after.items() if key in before and row != before[key]],
            added=[row for key, row in after.items() if key not in before],
        )
    return found


def _key(stored: _Stored, row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in stored.key)


async def _carry_out(connection: AsyncConnection, stored: _Stored, step: _Step) -> None:
    table = stored.table
    same = [table.c[name] == bindparam(f"key_{name}") for name in stored.key]
    if step.gone:
        await connection.execute(
            delete(table).where(*same), [_keyed(stored, row) for row in step.gone]
        )
    if step.changed:
        await connection.execute(
            update(table).where(*same), [row | _keyed(stored, row) for row in step.changed]
        )
    if step.added:
        await connection.execute(insert(table), step.added)


def _keyed(stored: _Stored, row: Mapping[str, Any]) -> dict[str, Any]:
    return {f"key_{name}": row[name] for name in stored.key}
