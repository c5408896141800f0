"""An engine's process: `python -m server.media.local.engine SOCKET LOG`, where SOCKET is the number
of an open Unix socket to the server and LOG the form of its log. It ends when the server hangs
up."""

import asyncio
import contextlib
import gc
import signal
import socket
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path

import structlog

from rooms.ids import RecordingId, RoomId
from server.errors import Problem
from server.logs import set_up_logging
from server.media.errors import NoSuchMediaRoom
from server.media.local import control, patches
from server.media.local.ingress import ASK_AGAIN
from server.media.local.room import Room
from server.media.plane import EngineEvent, Feed, Recorded, Slot, Track
from server.media.taps.files import Ended
from server.media.taps.taps import Taps
from server.media.taps.watch import SinkFull

log = structlog.get_logger()

TICK = 0.1
REPORT = 1.0
WAITING = 8 << 20
"""Bytes for watches that the server has not read yet; more, and the watch ends."""


class Engine:
    """All rooms of a process."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._rooms: dict[RoomId, Room] = {}
        self._watches: dict[int, tuple[RoomId, Callable[[], None]]] = {}
        self._fan = patches.Fan()
        self._site: patches.Site
        self._taps = Taps(self._recorded, self._want_keyframe)
        self._orders: dict[str, Callable[[control.Message], Awaitable[object]]] = {
            "prepare": self._prepare,
            "ping": self._ping,
            "open_room": self._open_room,
            "close_room": self._close_room,
            "publish": self._publish,
            "subscribe": self._subscribe,
            "accept": self._accept,
            "assign": self._assign,
            "mute": self._mute,
            "record": self._record,
            "watch": self._watch,
            "unwatch": self._unwatch,
            "close": self._close,
            "stats": self._stats,
        }

    async def answer(self, message: control.Message) -> None:
        """Does what is ordered and says how it went."""
        try:
            said = {"ok": await self._orders[message["do"]](message)}
        except Problem as problem:
            said = control.refusal_to_message(problem)
        except Exception:
            log.exception("media_order_failed", order=message.get("do"))
            said = {"refused": "MediaAway", "params": {}}
        control.say(self._writer, {"id": message["id"], **said})

    def stop(self) -> None:
        """Ends recordings, and tells so."""
        self._taps.stop()

    async def work(self) -> None:
        """What has to be done again and again."""
        ticked = reported = 0.0
        while True:
            await asyncio.sleep(ASK_AGAIN if self._rooms else TICK)
            now = time.monotonic()
            try:
                for room in list(self._rooms.values()):
                    room.ask(now)
                if now - ticked >= TICK:
                    ticked = now
                    self._taps.tick()
                if now - reported >= REPORT:
                    reported = now
                    for room in list(self._rooms.values()):
                        room.report(now)
            except Exception:
                log.exception("media_work_failed")

    def _room(self, message: control.Message) -> Room:
        room = self._rooms.get(RoomId(message["room"]))
        if room is None:
            raise NoSuchMediaRoom
        return room

    async def _prepare(self, message: control.Message) -> None:
        self._site = patches.Site(message["addresses"])
        # Nothing that was imported is ever garbage: don't look at it again.
        gc.collect()
        gc.freeze()

    async def _ping(self, message: control.Message) -> None:
        return None

    async def _open_room(self, message: control.Message) -> None:
        name, slots = RoomId(message["room"]), [Slot(slot) for slot in message["slots"]]
        room = self._rooms.get(name)
        if room is None:
            self._rooms[name] = Room(
                name, slots, site=self._site, taps=self._taps, fan=self._fan, tell=self._tell
            )
        else:
            room.add_slots(slots)

    async def _close_room(self, message: control.Message) -> None:
        room = self._rooms.pop(RoomId(message["room"]), None)
        if room is None:
            return
        for number, (watched, _) in list(self._watches.items()):
            if watched == room.id:
                self._end_watch(number)
        await room.end()

    async def _publish(self, message: control.Message) -> object:
        published = await self._room(message).publish(
            control.feed_of(message["feed"]), message["offer"]
        )
        return asdict(published)

    async def _subscribe(self, message: control.Message) -> object:
        return asdict(await self._room(message).subscribe(message["viewer"]))

    async def _accept(self, message: control.Message) -> None:
        self._room(message).accept(message["resource"], message["answer"])

    async def _assign(self, message: control.Message) -> None:
        feed = message["feed"]
        self._room(message).assign(
            Slot(message["slot"]), control.feed_of(feed) if feed is not None else None
        )

    async def _mute(self, message: control.Message) -> None:
        self._room(message).mute(control.feed_of(message["feed"]), message["muted"])

    async def _record(self, message: control.Message) -> None:
        room, feed, file = self._room(message), control.feed_of(message["feed"]), message["file"]
        if file is not None:
            room.need(feed)
        recording = RecordingId(message["recording"])
        self._taps.record(room.id, feed, recording, Path(file) if file is not None else None)

    async def _watch(self, message: control.Message) -> None:
        room, number = self._room(message), message["watch"]
        track: Track = "audio" if message["track"] == "audio" else "video"
        stop = self._taps.watch(room.id, Slot(message["slot"]), track, partial(self._show, number))
        self._watches[number] = room.id, stop

    async def _unwatch(self, message: control.Message) -> None:
        self._end_watch(message["watch"])

    def _end_watch(self, number: int) -> None:
        watch = self._watches.pop(number, None)
        if watch is not None:
            watch[1]()
            control.say(self._writer, {"watch": number, "over": True})

    def _show(self, number: int, piece: bytes) -> None:
        if self._writer.transport.get_write_buffer_size() > WAITING:
            asyncio.get_running_loop().call_soon(self._end_watch, number)
            raise SinkFull
        control.say(self._writer, {"watch": number}, piece)

    async def _close(self, message: control.Message) -> None:
        room = self._rooms.get(RoomId(message["room"]))
        if room is not None:
            room.close(message["resource"])

    async def _stats(self, message: control.Message) -> object:
        return asdict(self._room(message).stats())

    def _tell(self, event: EngineEvent) -> None:
        control.say(self._writer, control.event_to_message(event))

    def _recorded(
        self, room: RoomId, recording: RecordingId, size: int, sha256: str, ended: Ended
    ) -> None:
        self._tell(Recorded(room, recording, size, sha256, ended))

    def _want_keyframe(self, room: RoomId, feed: Feed) -> None:
        if room in self._rooms:
            self._rooms[room].want_keyframe(feed)


async def serve(line: socket.socket) -> None:
    """Does what the server says until it hangs up."""
    reader, writer = await asyncio.open_unix_connection(sock=line, limit=control.LONGEST)
    engine = Engine(writer)
    working = asyncio.ensure_future(engine.work())
    answering: set[asyncio.Task[None]] = set()
    async for message, _ in control.messages(reader):
        task = asyncio.ensure_future(engine.answer(message))
        answering.add(task)
        task.add_done_callback(answering.discard)
    working.cancel()
    engine.stop()
    with contextlib.suppress(OSError):
        await writer.drain()
    writer.close()


def main() -> None:
    """Runs until the server hangs up; a terminal's Ctrl-C is for the server to hear."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    set_up_logging(sys.argv[2])
    asyncio.run(serve(socket.socket(fileno=int(sys.argv[1]))))


if __name__ == "__main__":
    main()
