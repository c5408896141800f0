"""The rooms' logs on disk: append with conflict detection, many rooms' batches in one commit."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

import structlog
from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.ids import PersonId, RoomId
from server.errors import Problem, Unavailable
from server.store.database import Database
from server.store.tables import answers, entries, heads, rooms, seats

GROUP = 256
"""Batches that share one commit at most."""

_log = structlog.get_logger()


class Outrun(Exception):
    """Another server wrote these numbers first, or an earlier batch of the same line failed:
    decide again."""


@dataclass(slots=True)
class Line:
    """A line of batches decided one on top of the other; when one fails, those after it fail
    too."""

    broken: bool = False


@dataclass(frozen=True, slots=True)
class Summary:
    """What lists and the scheduler know about a room without its log. Times are RFC 3339 text.

    `line` is what lists show, as JSON; `seats` are people with their roles.
    """

    kind: str
    created_at: str
    phase: str
    title: str
    number: str
    deadline: str
    published: bool
    line: str
    next_at: str | None
    seats: frozenset[tuple[PersonId, str]]

    def columns(self, room: RoomId) -> dict[str, object]:
        """The row of `rooms`."""
        return {
            "room": room,
            "kind": self.kind,
            "created_at": self.created_at,
            "phase": self.phase,
            "title": self.title,
            "number": self.number,
            "deadline": self.deadline,
            "published": self.published,
            "line": self.line,
            "next_at": self.next_at,
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What an idempotency key led to: the entries from `first` to `last` of the room."""

    person: PersonId
    key: str
    command: str
    first: int
    last: int

    def leading_to(self, first: int, last: int) -> "Answer":
        """The same key, with the entries it led to."""
        return replace(self, first=first, last=last)


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries that become durable together, with the rows that belong to them."""

    room: RoomId
    line: Line
    first: int
    entries: Sequence[str]
    summary: Summary
    before: Summary | None
    answer: Answer | None = None
    rows: Sequence[tuple[Table, Mapping[str, object]]] = ()
    done: asyncio.Future[None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class RoomLog:
    """Every room's log. One task writes; whoever appends waits for its commit."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: asyncio.Queue[Batch | None] = asyncio.Queue()
        self._writer: asyncio.Task[None] | None = None
        self._closing = False

    def start(self) -> None:
        """Starts the writing task."""
        self._writer = asyncio.create_task(self._write_for_ever(), name="log writer")

    async def close(self) -> None:
        """Writes what is waiting, then stops."""
        if self._writer is not None:
            self._closing = True
            self._waiting.put_nowait(None)
            await self._writer
            self._writer = None

    async def append(self, batch: Batch) -> None:
        """Returns once the batch is durable.

        Raises Outrun when its numbers are taken, DiskFull or Unavailable when it couldn't be
        written; then nothing of it is in the log.
        """
        if self._writer is None or self._closing:
            batch.done.set_exception(Unavailable("stopping"))
        else:
            self._waiting.put_nowait(batch)
        # The commit goes on when the one who asked goes away.
        await asyncio.shield(batch.done)

    async def entries_after(self, room: RoomId, seq: int) -> list[str]:
        """The room's entries with a greater number, in order."""
        query = (
            select(entries.c.entry)
            .where(entries.c.room == room, entries.c.seq > seq)
            .order_by(entries.c.seq)
        )
        async with self._database.reading() as connection:
            return list((await connection.execute(query)).scalars())

    async def answer_of(self, room: RoomId, person: PersonId, key: str) -> Answer | None:
        """What this key led to earlier, if it was used."""
        query = select(answers).where(
            answers.c.room == room, answers.c.person == person, answers.c.key == key
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        return Answer(person=person, key=key, command=row.command, first=row.first, last=row.last)

    async def keep_head(self, room: RoomId, size: int, head: str) -> str:
        """Stores a signed head; the first one of a size stays. Answers the stored one."""
        query = select(heads.c.head).where(heads.c.room == room, heads.c.size == size)
        async with self._database.writing() as connection:
            kept = (await connection.execute(query)).scalar_one_or_none()
            if kept is None:
                await connection.execute(insert(heads).values(room=room, size=size, head=head))
        return kept or head

    async def head_of(self, room: RoomId, size: int) -> str | None:
        """The stored head of this size."""
        query = select(heads.c.head).where(heads.c.room == room, heads.c.size == size)
        async with self._database.reading() as connection:
            return (await connection.execute(query)).scalar_one_or_none()

    async def _write_for_ever(self) -> None:
        while True:
            first = await self._waiting.get()
            if first is None:
                return
            group = [first]
            stop = False
            while len(group) < GROUP and not self._waiting.empty():
                following = self._waiting.get_nowait()
                if following is None:
                    stop = True
                    break
                group.append(following)
            await self._write(group)
            if stop:
                return

    async def _write(self, group: list[Batch]) -> None:
        """Commits the group at once; if that fails, each batch by itself, so that one conflict
        fails one line."""
        if len(group) > 1:
            try:
                async with self._database.writing() as connection:
                    await _insert(connection, group)
            except (Outrun, IntegrityError, DBAPIError, Problem):
                pass
            else:
                for batch in group:
                    _settle(batch, None)
                return
        for batch in group:
            try:
                async with self._database.writing() as connection:
                    await _insert(connection, [batch])
            except Exception as problem:
                batch.line.broken = True
                _settle(batch, _named(problem))
            else:
                _settle(batch, None)


def _named(problem: Exception) -> Exception:
    if isinstance(problem, IntegrityError):
        return Outrun()
    if isinstance(problem, DBAPIError):
        _log.error("log_write_failed", problem=str(problem.orig))
        return Unavailable("database_failed")
    return problem


def _settle(batch: Batch, problem: Exception | None) -> None:
    if batch.done.done():
        return
    if problem is None:
        batch.done.set_result(None)
    else:
        batch.done.set_exception(problem)


async def _insert(connection: AsyncConnection, group: Sequence[Batch]) -> None:
    """Writes the batches, a statement a table whatever their number."""
    if any(batch.line.broken for batch in group):
        raise Outrun
    for batch in group:
        await _write_room(connection, batch)
    found: dict[Table, list[Mapping[str, object]]] = {entries: [], answers: []}
    for batch in group:
        found[entries] += [
            {"room": batch.room, "seq": seq, "entry": entry}
            for seq, entry in enumerate(batch.entries, batch.first)
        ]
        if batch.answer is not None:
            found[answers].append({"room": batch.room, **asdict(batch.answer)})
        for table, row in batch.rows:
            found.setdefault(table, []).append(row)
    for table, rows in found.items():
        if rows:
            await connection.execute(insert(table), rows)


async def _write_room(connection: AsyncConnection, batch: Batch) -> None:
    """Writes what lists and the scheduler know, where that changed."""
    if batch.summary == batch.before:
        return
    columns = batch.summary.columns(batch.room)
    if batch.before is None:
        await connection.execute(insert(rooms).values(columns))
    else:
        await connection.execute(update(rooms).where(rooms.c.room == batch.room).values(columns))
    seated = batch.before.seats if batch.before else frozenset()
    if gone := seated - batch.summary.seats:
        here = seats.c.person.in_([person for person, _ in gone])
        await connection.execute(delete(seats).where(seats.c.room == batch.room, here))
    if fresh := batch.summary.seats - seated:
        rows = [{"room": batch.room, "person": person, "role": role} for person, role in fresh]
        await connection.execute(insert(seats), rows)
