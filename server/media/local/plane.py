"""`MediaPlane` on this machine: one engine process or several, rooms shared out by their names."""

import asyncio
import contextlib
import os
import time
import zlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import structlog

from rooms.ids import RecordingId, RoomId
from server.media.errors import MediaAway, NoSuchMediaRoom
from server.media.local.control import feed_to_text
from server.media.local.process import Process
from server.media.plane import (
    EngineDown,
    EngineEvent,
    EngineUp,
    Feed,
    LegStats,
    Published,
    RoomStats,
    Section,
    Slot,
    Subscription,
    Track,
)

log = structlog.get_logger()

SHORT_LIFE = 2.0
"""Seconds: an engine that ends so soon is not started again at once."""
LONGEST_PAUSE = 10.0


class _Shard:
    """The rooms of one process, and the process while there is one."""

    def __init__(self) -> None:
        self.rooms: dict[RoomId, None] = {}
        self.process: Process | None = None
        self.starting = asyncio.Lock()
        self.pause = 0.0


class LocalPlane:
    """Starts engines at the first room. One more process waits, ready, for one that dies: rooms
    have an engine again in the time that telling it takes."""

    def __init__(
        self, addresses: Sequence[str] = (), processes: int = 1, log_form: str = "text"
    ) -> None:
        """`addresses` are announced to browsers instead of the machine's own; those that are not
        this machine's are a router's, which passes ports on unchanged. `log_form` is that of
        `set_up_logging`."""
        self._log_form = log_form
        self._addresses = tuple(addresses)
        self._shards = [_Shard() for _ in range(max(1, processes))]
        self._spare: asyncio.Task[Process] | None = None
        self._events: asyncio.Queue[EngineEvent | None] = asyncio.Queue()
        self._restarting: set[asyncio.Task[None]] = set()
        self._stopped = False

    async def start(self) -> None:
        """Nothing yet: a site without live rooms needs no engine."""

    async def stop(self) -> None:
        """Ends the engines; recordings are written to their ends."""
        self._stopped = True
        for task in list(self._restarting):
            task.cancel()
        running = [shard.process for shard in self._shards if shard.process is not None]
        if self._spare is not None:
            self._spare.cancel()
            with contextlib.suppress(MediaAway, asyncio.CancelledError):
                running.append(await self._spare)
            self._spare = None
        await asyncio.gather(*(process.stop() for process in running))
        self._events.put_nowait(None)

    async def open_room(self, room: RoomId, slots: Sequence[Slot]) -> None:
        """Makes a room, and an engine if there is none yet."""
        shard = self._shard(room)
        process = await self._running(shard)
        await process.ask("open_room", room=room, slots=[str(slot) for slot in slots])
        shard.rooms[room] = None

    async def close_room(self, room: RoomId) -> None:
        """Ends a room."""
        shard = self._shard(room)
        shard.rooms.pop(room, None)
        if shard.process is not None:
            await shard.process.ask("close_room", room=room)

    async def publish(self, room: RoomId, feed: Feed, offer: str) -> Published:
        """Takes a feed."""
        made = await self._engine(room).ask("publish", room=room, feed=str(feed), offer=offer)
        return Published(**made)

    async def subscribe(self, room: RoomId, viewer: str) -> Subscription:
        """Offers a viewer all slots."""
        made = await self._engine(room).ask("subscribe", room=room, viewer=viewer)
        sections = tuple(
            Section(Slot(each["slot"]), each["audio"], each["video"]) for each in made["sections"]
        )
        return Subscription(made["resource"], made["offer"], sections)

    async def accept(self, room: RoomId, resource: str, answer: str) -> None:
        """Takes a viewer's answer."""
        await self._engine(room).ask("accept", room=room, resource=resource, answer=answer)

    async def assign(self, room: RoomId, slot: Slot, feed: Feed | None) -> None:
        """Puts a feed into a slot."""
        await self._engine(room).ask("assign", room=room, slot=slot, feed=feed_to_text(feed))

    async def mute(self, room: RoomId, feed: Feed, muted: bool) -> None:
        """Drops a feed's sound."""
        await self._engine(room).ask("mute", room=room, feed=str(feed), muted=muted)

    async def record(
        self, room: RoomId, feed: Feed, recording: RecordingId, file: Path | None
    ) -> None:
        """Records a feed, or ends that."""
        await self._engine(room).ask(
            "record",
            room=room,
            feed=str(feed),
            recording=recording,
            file=os.path.abspath(file) if file is not None else None,  # noqa: ASYNC240 # no I/O
        )

    async def watch(self, room: RoomId, slot: Slot, track: Track) -> AsyncIterator[bytes]:
        """A slot's sound or picture as WebM."""
        pieces = self._engine(room).watch(room=room, slot=slot, track=track)
        async with contextlib.aclosing(pieces):  # type: ignore[type-var] # it is a generator
            async for piece in pieces:
                yield piece

    async def close(self, room: RoomId, resource: str) -> None:
        """Ends a feed or a viewer."""
        with contextlib.suppress(NoSuchMediaRoom):
            await self._engine(room).ask("close", room=room, resource=resource)

    async def stats(self, room: RoomId) -> RoomStats:
        """Figures of now."""
        made = await self._engine(room).ask("stats", room=room)
        return RoomStats(
            feeds=tuple(LegStats(**each) for each in made["feeds"]),
            viewers=tuple(LegStats(**each) for each in made["viewers"]),
        )

    async def events(self) -> AsyncIterator[EngineEvent]:
        """What happens, until the plane is stopped."""
        while (event := await self._events.get()) is not None:
            yield event

    def pids(self) -> list[int]:
        """The processes that carry rooms now."""
        return [
            shard.process.pid
            for shard in self._shards
            if shard.process is not None and not shard.process.is_over
        ]

    def _shard(self, room: RoomId) -> _Shard:
        return self._shards[zlib.crc32(room.encode()) % len(self._shards)]

    def _engine(self, room: RoomId) -> Process:
        shard = self._shard(room)
        if shard.process is None or shard.process.is_over:
            # Before its first room a shard has no engine, which is not the same as a dead one.
            if not shard.rooms and not shard.starting.locked():
                raise NoSuchMediaRoom
            raise MediaAway
        return shard.process

    async def _running(self, shard: _Shard) -> Process:
        async with shard.starting:
            if self._stopped:
                raise MediaAway
            process = shard.process
            if process is None or process.is_over:
                process = await self._take()
                process.events = self._events.put_nowait
                process.ended = lambda: self._down(shard)
                shard.process = process
                if process.is_over:
                    raise MediaAway
                self._prepare_spare()
            return process

    async def _take(self) -> Process:
        spare, self._spare = self._spare, None
        if spare is not None:
            with contextlib.suppress(MediaAway):
                process = await spare
                if not process.is_over:
                    return process
        return await Process.start(self._addresses, self._log_form)

    def _prepare_spare(self) -> None:
        if self._spare is None and not self._stopped:
            self._spare = asyncio.ensure_future(Process.start(self._addresses, self._log_form))

    def _down(self, shard: _Shard) -> None:
        rooms, process = tuple(shard.rooms), shard.process
        if self._stopped or process is None:
            return
        log.error("media_engine_down", pid=process.pid, rooms=len(rooms))
        self._events.put_nowait(EngineDown(rooms))
        lived = time.monotonic() - process.started
        shard.pause = 0.0 if lived > SHORT_LIFE else min(LONGEST_PAUSE, 2 * shard.pause + 0.1)
        task = asyncio.ensure_future(self._up_again(shard, rooms))
        self._restarting.add(task)
        task.add_done_callback(self._restarting.discard)

    async def _up_again(self, shard: _Shard, rooms: tuple[RoomId, ...]) -> None:
        while not self._stopped:
            await asyncio.sleep(shard.pause)
            try:
                process = await self._running(shard)
            except MediaAway:
                shard.pause = min(LONGEST_PAUSE, 2 * shard.pause + 0.1)
                continue
            log.info("media_engine_up", pid=process.pid)
            self._events.put_nowait(EngineUp(rooms))
            return
