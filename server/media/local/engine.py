"""An engine's process: `python -m server.media.local.engine SOCKET LOG`, where SOCKET is the number
of an open Unix socket to the server and LOG the form of its log. It ends when the server hangs
up."""

import asyncio
import gc
import time
from dataclasses import asdict
from pathlib import Path

import structlog

from rooms.ids import RecordingId, RoomId
from server.media.errors import NoSuchMediaRoom
from server.media.local import control, patches
from server.media.local.ingress import ASK_AGAIN
from server.media.local.room import Room
from server.media.local.serving import Serving, run
from server.media.plane import Feed, Slot

log = structlog.get_logger()

TICK = 0.1
REPORT = 1.0


class Engine(Serving):
    """All rooms of a process."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        super().__init__(
            writer,
            {
                "prepare": self._prepare,
                "open_room": self._open_room,
                "close_room": self._close_room,
                "publish": self._publish,
                "subscribe": self._subscribe,
                "accept": self._accept,
                "assign": self._assign,
                "mute": self._mute,
                "record": self._record,
                "watch": self._watch,
                "close": self._close,
                "stats": self._stats,
            },
        )
        self._rooms: dict[RoomId, Room] = {}
        self._fan = patches.Fan()
        self._site: patches.Site

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
        # aiortc's connections refer to themselves, each with a hundred kilobytes of OpenSSL's: by
        # default seven hundred that ended would wait for the first look at old objects. The second
        # collection has Python forget how many were frozen, of which it waits for a quarter more.
        gc.set_threshold(700, 10, 1)
        gc.collect()

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
        self._end_watches(room.id)
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
        self._begin_watch(self._room(message).id, message)

    async def _close(self, message: control.Message) -> None:
        room = self._rooms.get(RoomId(message["room"]))
        if room is not None:
            room.close(message["resource"])

    async def _stats(self, message: control.Message) -> object:
        return asdict(self._room(message).stats())

    def _want_keyframe(self, room: RoomId, feed: Feed) -> None:
        if room in self._rooms:
            self._rooms[room].want_keyframe(feed)


if __name__ == "__main__":
    run(Engine)
