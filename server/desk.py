"""The desk: the only way anything gets into a room's log. Load, decide, append; after the commit,
tell.

Orders for one room are decided one on top of the other without waiting for the disk; the log
commits them in that order, and when one of them turns out to be outrun, those after it are decided
again too.
"""

import asyncio
import os
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from weakref import WeakValueDictionary

import structlog
from sqlalchemy import Table

from crypto.encoding import Random, b64u, jcs
from rooms.ids import SYSTEM, Digest, PersonId, RoomId
from rooms.log import SALT, Entry, trace_digest
from rooms.refusals import Refused
from server.clock import Clock
from server.errors import Invalid, NotFound, Problem, Unavailable, Unreadable
from server.machine import Shared
from server.machines import Command, machine_of
from server.room import AnyRoom, Step, after, empty, parse, write
from server.store.log import Answer, Batch, Line, Outrun, RoomLog
from server.store.tables import traces

ATTEMPTS = 40
"""How often an order is decided again when other servers are faster."""
PAUSE_SECONDS = 0.005
"""How much longer an outrun order may wait each time before it is decided again."""
KEPT = 256
"""Rooms kept in memory at most, those with orders under way apart."""

_log = structlog.get_logger()

Row = tuple[Table, Mapping[str, object]]
Rows = Callable[[Sequence[object], Shared], Sequence[Row]]
"""Rows to be written together with the events that were decided."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an order came from; only its salted digest enters the log."""

    address: str
    device: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who orders, and from where. The system has no origin."""

    person: PersonId
    origin: Origin | None = None


THE_SYSTEM = Actor(SYSTEM)


@dataclass(frozen=True, slots=True)
class Once:
    """An idempotency key, with the digest of what was sent under it."""

    key: str
    digest: str

    def __post_init__(self) -> None:
        if not 1 <= len(self.key) <= 100 or not self.key.isascii() or not self.key.isprintable():
            raise Unreadable("bad_idempotency_key")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an order led to: the entries from `first` to `last` of the room; none when `last` is
    smaller."""

    room: AnyRoom
    first: int
    last: int
    repeated: bool = False

    @property
    def entries(self) -> list[Entry[object]]:
        """The entries, durable by now."""
        return self.room.entries[self.first - 1 : self.last]


class Desk:
    """Orders in, durable entries out. `told` hears of every room that changed, after the commit."""

    def __init__(
        self, log: RoomLog, clock: Clock, trusted: float, random: Random = os.urandom
    ) -> None:
        """`trusted` is for how many seconds a room is believed to be as it was read."""
        self._log = log
        self._trusted = trusted
        self._clock = clock
        self._random = random
        self._rooms: OrderedDict[RoomId, AnyRoom] = OrderedDict()
        self._loading: dict[RoomId, asyncio.Task[AnyRoom | None]] = {}
        self._under_way: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self.told: list[Callable[[AnyRoom, Sequence[Entry[object]]], None]] = []

    async def room(self, room: RoomId) -> AnyRoom:
        """A room as far as this server knows it. Raises NotFound."""
        found = await self._find(room)
        if found is None:
            raise NotFound("no_such_room")
        return found

    async def exists(self, room: RoomId) -> bool:
        """Whether there is such a room."""
        return await self._find(room) is not None

    async def refresh(self, room: RoomId) -> AnyRoom:
        """A room with what other servers wrote until `trusted` ago. Raises NotFound."""
        found = await self.room(room)
        if asyncio.get_running_loop().time() - found.looked_at >= self._trusted:
            await self._read_on(found)
        return found

    async def create(
        self, room: RoomId, first: Command, by: Actor, *, rows: Rows | None = None
    ) -> Outcome:
        """A new room with its first entries. `rows` are written with them. Raises Refused."""
        new = empty(room, machine_of(room))
        try:
            return await self._decide_and_append(new, first, by, None, rows)
        except Outrun:
            # The same order came twice at once, and the other one was first.
            return Outcome(await self.room(room), 1, 1, repeated=True)

    async def order(
        self,
        room: RoomId,
        command: Command | Callable[[AnyRoom], Command],
        by: Actor,
        *,
        once: Once | None = None,
        rows: Rows | None = None,
    ) -> Outcome:
        """Carries out a command, or the one that the present room makes of it.

        With `once`, the same order by the same person answers what it answered first.

        Raises Refused (its evidence is in the log by then), NotFound, Conflict, DiskFull,
        Unavailable.
        """
        if once is None:
            return await self._order(room, command, by, None, rows)
        # The same order may come again while the first is still under way.
        name = f"{room} {by.person} {once.key}"
        alone = self._under_way.get(name) or self._under_way.setdefault(name, asyncio.Lock())
        async with alone:
            identity = Answer(by.person, once.key, once.digest, 0, 0)
            return await self._order(room, command, by, identity, rows)

    async def attempt(self, room: RoomId, command: Command) -> bool:
        """An order of the system that may well be refused: whether anything came of it. What stood
        in its way is in the server's log."""
        try:
            outcome = await self.order(room, command, THE_SYSTEM)
        except Refused as refusal:
            _log.info("refused", room=room, command=type(command).__name__, code=refusal.code)
            return False
        except Problem as problem:
            _log.error("failed", room=room, command=type(command).__name__, code=problem.code)
            return False
        return outcome.last >= outcome.first

    async def _order(
        self,
        room: RoomId,
        command: Command | Callable[[AnyRoom], Command],
        by: Actor,
        identity: Answer | None,
        rows: Rows | None,
    ) -> Outcome:
        found = await self.room(room)
        for attempt in range(ATTEMPTS):
            if identity is not None and (earlier := await self._repeated(found, identity)):
                return earlier
            if found.stale:
                await self._read_on(found)
            made = command(found) if callable(command) else command
            try:
                return await self._decide_and_append(found, made, by, identity, rows)
            except Outrun:
                _log.debug("outrun", room=room, command=type(made).__name__)
                # Servers that are outrun together should not come back together.
                await asyncio.sleep(self._random(1)[0] / 256 * PAUSE_SECONDS * attempt)
        raise Unavailable("room_busy")

    async def _repeated(self, room: AnyRoom, identity: Answer) -> Outcome | None:
        earlier = await self._log.answer_of(room.id, identity.person, identity.key)
        if earlier is None:
            return None
        if earlier.command != identity.command:
            raise Invalid("key_used_for_another_order")
        if room.size < earlier.last:
            await self._read_on(room)
        return Outcome(room, earlier.first, earlier.last, repeated=True)

    async def _decide_and_append(
        self, room: AnyRoom, command: Command, by: Actor, identity: Answer | None, rows: Rows | None
    ) -> Outcome:
        refusal: Refused | None = None
        now = self._now(room)
        try:
            events = room.machine.decide(room.tip, command, by=by.person, now=now)
        except Refused as refused:
            # What was offered and refused is evidence for attributing a fault.
            events, refusal, identity, rows = _evidence(refused), refused, None, None
        outcome = Outcome(room, room.next_seq, room.next_seq + len(events) - 1)
        if events:
            await self._append(room, events, by, now, identity, rows)
        if refusal is not None:
            raise refusal
        return outcome

    def _now(self, room: AnyRoom) -> datetime:
        """The present, never before the room's last entry: servers' clocks differ by a little."""
        now = self._clock()
        last = room.pending[-1].entries[-1] if room.pending else None
        last = last or (room.entries[-1] if room.entries else None)
        return now if last is None else max(now, last.at)

    async def _append(
        self,
        room: AnyRoom,
        events: Sequence[object],
        by: Actor,
        now: datetime,
        identity: Answer | None,
        rows: Rows | None,
    ) -> None:
        trace, extra = self._trace(room.id, by)
        first = room.next_seq
        entries = tuple(
            Entry(seq, now, by.person, event, self._random(SALT), trace)
            for seq, event in enumerate(events, first)
        )
        state = after(room.machine, room.tip, entries)
        if rows is not None:
            extra += rows(events, state)
        created = entries[0].at if room.tip_summary is None else None
        before = (room.tip, room.tip_summary) if room.tip_summary else None
        summary = room.machine.summarise(state, before, created)
        step = Step(entries, write(room.machine, entries), state, summary)
        batch = Batch(
            room=room.id,
            line=room.line,
            first=first,
            entries=[line.decode() for line in step.lines],
            summary=step.summary,
            before=room.tip_summary,
            answer=identity and identity.leading_to(first, step.last),
            rows=extra,
        )
        room.pending.append(step)
        # A callback and not this coroutine: the room goes on when the one who asked has gone away.
        batch.done.add_done_callback(lambda done: self._settled(room, batch.line, step, done))
        await self._log.append(batch)

    def _settled(
        self, room: AnyRoom, line: Line, step: Step[Shared, object], done: "asyncio.Future[None]"
    ) -> None:
        if done.cancelled() or done.exception() is not None:
            line.broken = True
            if line is room.line:
                room.pending.clear()
                room.line = Line()
                room.stale = True
            return
        room.pending.popleft()
        room.take(step)
        if step.entries[0].seq == 1:
            self._rooms.setdefault(room.id, room)
        self._tell(room, step.entries)

    def _tell(self, room: AnyRoom, entries: Sequence[Entry[object]]) -> None:
        for told in self.told:
            try:
                told(room, entries)
            except Exception:
                # The entries are durable: whoever can't take them in now must not hinder others.
                _log.exception("not_told", room=room.id)

    def _trace(self, room: RoomId, by: Actor) -> tuple[Digest | None, list[Row]]:
        if by.origin is None:
            return None, []
        salt = self._random(SALT)
        address, device = by.origin.address, by.origin.device
        digest = trace_digest(address, device, salt)
        payload = jcs({"address": address, "device": device, "salt": b64u(salt)}).decode()
        row = {"digest": digest, "room": room, "person": by.person, "payload": payload}
        return digest, [(traces, row)]

    async def _find(self, room: RoomId) -> AnyRoom | None:
        found = self._rooms.get(room)
        if found is not None:
            self._rooms.move_to_end(room)
            return found
        loading = self._loading.get(room)
        if loading is None:
            loading = asyncio.create_task(self._load(room))
            self._loading[room] = loading
            loading.add_done_callback(lambda _: self._loading.pop(room, None))
        return await asyncio.shield(loading)

    async def _read_on(self, room: AnyRoom) -> None:
        """Takes in what other servers wrote up to now."""
        asked = asyncio.get_running_loop().time()
        async with room.reading:
            if room.looked_at >= asked or room.pending:
                return
            started, size = asyncio.get_running_loop().time(), room.size
            lines = await self._log.entries_after(room.id, size)
            # While they were read, this server may have written the same ones.
            if lines and not room.pending and room.size == size:
                self._catch_up(room, lines)
            room.looked_at, room.stale = started, False

    async def _load(self, room: RoomId) -> AnyRoom | None:
        lines = await self._log.entries_after(room, 0)
        if not lines:
            return None
        found = empty(room, machine_of(room))
        self._catch_up(found, lines, tell=False)
        self._rooms[room] = found
        for stale in [each for each in self._rooms.values() if not each.pending][:-KEPT]:
            del self._rooms[stale.id]
        return found

    def _catch_up(self, room: AnyRoom, lines: Sequence[str], tell: bool = True) -> None:
        entries = tuple(parse(room.machine, lines))
        created = entries[0].at if room.summary is None else None
        state = after(room.machine, room.state, entries)
        step = Step(
            entries,
            tuple(line.encode() for line in lines),
            state,
            room.machine.summarise(
                state, (room.state, room.summary) if room.summary else None, created
            ),
        )
        room.take(step)
        if tell:
            self._tell(room, entries)


def _evidence(refused: Refused) -> list[object]:
    """The events that a refusal leaves behind."""
    return list(refused.evidence)
