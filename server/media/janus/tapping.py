"""The process of taps: `python -m server.media.janus.tapping SOCKET LOG`, where SOCKET is the
number of an open Unix socket to the server and LOG the form of its log. Janus sends it feeds'
packets as plain RTP; recordings and watches are made of them. It ends when the server hangs up."""

import asyncio
import secrets
import socket
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from struct import unpack_from

import structlog

from rooms.ids import RecordingId, RoomId
from server.media.local import control
from server.media.local.serving import Serving, run
from server.media.plane import Feed, Slot, Track
from server.media.taps.files import Ended

log = structlog.get_logger()

TICK = 0.1
TELLS_WITHIN = 1.0
AT_ONCE = 200
"""Packets that are taken before anything else has its turn."""
LARGEST = 2048
ROOM_FOR_BURSTS = 4 << 20
"""Bytes the kernel may keep: packets come from all feeds while a file is being made."""


class Port:
    """A UDP port that packets of all feeds come to. Each track is known by its SSRC, a number that
    was drawn for it, and after its first packet by its sender's address too."""

    def __init__(self, address: str) -> None:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, ROOM_FOR_BURSTS)
        self._socket.bind((address, 0))
        self._socket.setblocking(False)
        self.number: int = self._socket.getsockname()[1]
        self._sinks: dict[int, Callable[[bytes], None]] = {}
        self._senders: dict[int, object] = {}
        asyncio.get_running_loop().add_reader(self._socket, self._read)

    def add(self, sink: Callable[[bytes], None]) -> int:
        """Gives packets to the sink from now on; returns their SSRC."""
        ssrc = secrets.randbits(32) | 1
        self._sinks[ssrc] = sink
        return ssrc

    def remove(self, ssrc: int) -> None:
        """Drops its packets."""
        self._sinks.pop(ssrc, None)
        self._senders.pop(ssrc, None)

    def _read(self) -> None:
        for _ in range(AT_ONCE):
            try:
                data, sender = self._socket.recvfrom(LARGEST)
            except OSError:
                return
            if len(data) < 12 or data[0] >> 6 != 2:
                continue
            ssrc = unpack_from("!L", data, 8)[0]
            sink = self._sinks.get(ssrc)
            if sink is not None and self._senders.setdefault(ssrc, sender) == sender:
                sink(data)


class Tapping(Serving):
    """Taps, and what the server orders of them."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        super().__init__(
            writer,
            {
                "prepare": self._ping,
                "open": self._open,
                "close": self._close,
                "close_room": self._close_room,
                "assign": self._assign,
                "record": self._record,
                "watch": self._watch,
            },
        )
        self._ports: dict[str, Port] = {}
        self._feeds: dict[tuple[RoomId, Feed], list[tuple[Port, int]]] = {}
        self._running: dict[RecordingId, tuple[RoomId, Feed]] = {}

    async def work(self) -> None:
        """What has to be done again and again."""
        while True:
            await asyncio.sleep(TICK)
            try:
                self._taps.tick()
            except Exception:
                log.exception("media_work_failed")

    async def _open(self, message: control.Message) -> object:
        room, feed = RoomId(message["room"]), control.feed_of(message["feed"])
        self._end(room, feed)
        address = message["address"]
        port = self._ports.get(address) or self._ports.setdefault(address, Port(address))
        tracks: dict[Track, str] = message["tracks"]
        self._taps.open(room, feed, tracks)
        ssrcs = {track: port.add(partial(self._taps.packet, room, feed, track)) for track in tracks}
        self._feeds[room, feed] = [(port, ssrc) for ssrc in ssrcs.values()]
        return {"port": port.number, "ssrcs": ssrcs}

    async def _close(self, message: control.Message) -> None:
        """Answered when the end of the feed's recording was told, unless the disk takes long."""
        ended = RoomId(message["room"]), control.feed_of(message["feed"])
        self._end(*ended)
        end = time.monotonic() + TELLS_WITHIN
        while ended in self._running.values() and time.monotonic() < end:
            await asyncio.sleep(TICK / 10)
            self._taps.tick()

    def _end(self, room: RoomId, feed: Feed) -> None:
        for port, ssrc in self._feeds.pop((room, feed), ()):
            port.remove(ssrc)
        self._taps.close(room, feed)

    async def _close_room(self, message: control.Message) -> None:
        room = RoomId(message["room"])
        self._end_watches(room)
        self._taps.close_room(room)
        for there, feed in list(self._feeds):
            if there == room:
                self._end(room, feed)

    async def _assign(self, message: control.Message) -> None:
        feed = message["feed"]
        self._taps.assign(
            RoomId(message["room"]),
            Slot(message["slot"]),
            control.feed_of(feed) if feed is not None else None,
        )

    async def _record(self, message: control.Message) -> None:
        room, feed = RoomId(message["room"]), control.feed_of(message["feed"])
        recording, file = RecordingId(message["recording"]), message["file"]
        if file is not None:
            self._running[recording] = room, feed
        self._taps.record(room, feed, recording, Path(file) if file is not None else None)

    async def _watch(self, message: control.Message) -> None:
        self._begin_watch(RoomId(message["room"]), message)

    def _recorded(
        self, room: RoomId, recording: RecordingId, size: int, sha256: str, ended: Ended
    ) -> None:
        if ended:
            self._running.pop(recording, None)
        super()._recorded(room, recording, size, sha256, ended)

    def _want_keyframe(self, room: RoomId, feed: Feed) -> None:
        control.say(self._writer, {"keyframe": str(feed), "room": room})


if __name__ == "__main__":
    run(Tapping)
