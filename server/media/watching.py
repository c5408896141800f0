"""Watching a slot over HTTP: one programme of the engine for all who watch the same.

An engine's programme begins with a keyframe for whoever opens it. All but the first watcher join a
programme that goes on, so a keyframe is asked for by opening the programme once more for a moment;
the cluster that begins with it reaches everybody.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from rooms.ids import RoomId
from server.errors import Problem
from server.media.plane import Slot, Track

MOST_WAITING = 2 * 1024 * 1024
"""Bytes that wait for one watcher; a slower one goes on at a later keyframe."""
KEYFRAME_SECONDS = 3.0
"""How long a keyframe is waited for before it is asked for again."""

Name = tuple[RoomId, Slot, Track]
Open = Callable[[RoomId, Slot, Track], AsyncGenerator[bytes, None]]


@dataclass(eq=False, slots=True)
class Watcher:
    """One who watches. `pieces` wait to be sent; None is the end."""

    pieces: deque[bytes | None] = field(default_factory=deque)
    waiting: int = 0
    begun: bool = False
    waits: bool = True  # for a cluster that begins with a keyframe
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, piece: bytes | None) -> None:
        """Something for this watcher."""
        self.pieces.append(piece)
        self.waiting += len(piece or b"")
        self.news.set()

    def skip(self) -> None:
        """Throws away what could not be sent in time."""
        self.pieces.clear()
        self.waiting, self.waits = 0, True

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            while self.pieces:
                piece = self.pieces.popleft()
                if piece is None:
                    return
                self.waiting -= len(piece)
                yield piece
            self.news.clear()
            await self.news.wait()


@dataclass(eq=False, slots=True)
class _Programme:
    watchers: set[Watcher] = field(default_factory=set)
    head: bytes = b""
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    asking: bool = False
    keyed: asyncio.Event = field(default_factory=asyncio.Event)


class Watches:
    """Everything that is watched on this server. `opened` opens a programme of the engine."""

    def __init__(self, opened: Open) -> None:
        self._opened = opened
        self._programmes: dict[Name, _Programme] = {}

    @contextlib.asynccontextmanager
    async def watch(self, room: RoomId, slot: Slot, track: Track) -> AsyncIterator[Watcher]:
        """A new watcher, until the block ends: the initialisation segment, then clusters from a
        keyframe on. It ends when the engine was restarted."""
        name, watcher = (room, slot, track), Watcher()
        programme = self._programmes.get(name)
        if programme is None:
            programme = self._programmes[name] = _Programme()
            self._keep(programme, self._run(name, programme))
        elif programme.head:
            self._ask(name, programme)
        programme.watchers.add(watcher)
        try:
            yield watcher
        finally:
            programme.watchers.discard(watcher)
            if not programme.watchers:
                self._stop(name, programme)

    async def close(self) -> None:
        """Ends every programme."""
        tasks = [task for each in self._programmes.values() for task in each.tasks]
        for name, programme in list(self._programmes.items()):
            self._stop(name, programme)
        await asyncio.gather(*tasks, return_exceptions=True)

    def _stop(self, name: Name, programme: _Programme) -> None:
        for watcher in programme.watchers:
            watcher.put(None)
        for task in programme.tasks:
            task.cancel()
        if self._programmes.get(name) is programme:
            del self._programmes[name]

    async def _run(self, name: Name, programme: _Programme) -> None:
        try:
            async with contextlib.aclosing(self._opened(*name)) as pieces:
                async for piece in pieces:
                    self._give(name, programme, piece)
        except Problem:
            # Its watchers come again; by then the engine may be back.
            pass
        finally:
            self._stop(name, programme)

    def _give(self, name: Name, programme: _Programme, piece: bytes) -> None:
        if not programme.head:
            programme.head = piece
            return
        key = begins_with_key(piece)
        if key:
            programme.keyed.set()
        for watcher in programme.watchers:
            if watcher.waits and not key:
                continue
            if watcher.waiting + len(piece) > MOST_WAITING:
                watcher.skip()
                self._ask(name, programme)
                continue
            if not watcher.begun:
                watcher.put(programme.head)
            watcher.begun, watcher.waits = True, False
            watcher.put(piece)

    def _ask(self, name: Name, programme: _Programme) -> None:
        """Has the engine begin with a keyframe once more, for those who wait for one."""
        if not programme.asking:
            programme.asking = True
            self._keep(programme, self._ask_until_heard(name, programme))

    async def _ask_until_heard(self, name: Name, programme: _Programme) -> None:
        try:
            while any(each.waits for each in programme.watchers):
                programme.keyed.clear()
                opened = self._opened(*name)
                with contextlib.suppress(Problem, TimeoutError, StopAsyncIteration):
                    async with contextlib.aclosing(opened), asyncio.timeout(KEYFRAME_SECONDS):
                        # The size of the picture may be another than at the beginning.
                        programme.head = await anext(opened)
                        await programme.keyed.wait()
        finally:
            programme.asking = False

    def _keep(self, programme: _Programme, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        programme.tasks.add(task)
        task.add_done_callback(programme.tasks.discard)


_CLUSTER = b"\x1f\x43\xb6\x75"
_SIMPLE_BLOCK = 0xA3
_KEY = 0x80


def begins_with_key(cluster: bytes) -> bool:
    """Whether the first block of a WebM cluster is a keyframe (RFC 9559, 5.1.3 and 10.2)."""
    if cluster[:4] != _CLUSTER:
        return False
    at = 4 + _width(cluster, 4)
    while at + 1 < len(cluster) and cluster[at] != _SIMPLE_BLOCK:
        width = _width(cluster, at + 1)
        at += 1 + width + _number(cluster[at + 1 : at + 1 + width])
    flags = at + 1 + _width(cluster, at + 1) + 3
    return flags < len(cluster) and bool(cluster[flags] & _KEY)


def _width(data: bytes, at: int) -> int:
    """How many bytes a length has (RFC 8794, 4)."""
    return 9 - data[at].bit_length() if at < len(data) else 1


def _number(length: bytes) -> int:
    return int.from_bytes(length, "big") & ((1 << 7 * len(length)) - 1)
