"""The process of taps: `python -m server.media.janus.tapping SOCKET`, where SOCKET is the number of
an open Unix socket to the server. Janus sends it feeds' packets as plain RTP; recordings and
watches are made of them. It ends when the server hangs up."""

import asyncio
import secrets
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from struct import unpack_from

import structlog

from rooms.ids import RecordingId, RoomId
from server.errors import Problem
from server.media.local import control
from server.media.plane import Feed, Recorded, Slot, Track
from server.media.taps.files import Ended
from server.media.taps.taps import Taps
from server.media.taps.watch import SinkFull

log = structlog.get_logger()

TICK = 0.1
AT_ONCE = 200
"""Packets that are taken before anything else has its turn."""
LARGEST = 2048
ROOM_FOR_BURSTS = 4 << 20
"""Bytes the kernel may keep: packets come from all feeds while a file is being made."""
WAITING = 8 << 20
"""Bytes for watches that the server has not read yet; more, and the watch ends."""


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


class Tapping:
    """Taps, and what the server orders of them."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._taps = Taps(self._recorded, self._want_keyframe)
        self._ports: dict[str, Port] = {}
        self._feeds: dict[tuple[RoomId, Feed], list[tuple[Port, int]]] = {}
        self._watches: dict[int, tuple[RoomId, Callable[[], None]]] = {}
        self._orders: dict[str, Callable[[control.Message], Awaitable[object]]] = {
            "prepare": self._ping,
            "ping": self._ping,
            "open": self._open,
            "close": self._close,
            "close_room": self._close_room,
            "assign": self._assign,
            "record": self._record,
            "watch": self._watch,
            "unwatch": self._unwatch,
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

    async def work(self) -> None:
        """What has to be done again and again."""
        while True:
            await asyncio.sleep(TICK)
            try:
                self._taps.tick()
            except Exception:
                log.exception("media_work_failed")

    def stop(self) -> None:
        """Writes what waits."""
        self._taps.stop()

    async def _ping(self, message: control.Message) -> None:
        return None

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
        self._end(RoomId(message["room"]), control.feed_of(message["feed"]))
        self._taps.tick()

    def _end(self, room: RoomId, feed: Feed) -> None:
        for port, ssrc in self._feeds.pop((room, feed), ()):
            port.remove(ssrc)
        self._taps.close(room, feed)

    async def _close_room(self, message: control.Message) -> None:
        room = RoomId(message["room"])
        for number, (watched, _) in list(self._watches.items()):
            if watched == room:
                self._end_watch(number)
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
        file = message["file"]
        self._taps.record(
            RoomId(message["room"]),
            control.feed_of(message["feed"]),
            RecordingId(message["recording"]),
            Path(file) if file is not None else None,
        )

    async def _watch(self, message: control.Message) -> None:
        room, number = RoomId(message["room"]), message["watch"]
        track: Track = "audio" if message["track"] == "audio" else "video"
        stop = self._taps.watch(room, Slot(message["slot"]), track, partial(self._show, number))
        self._watches[number] = room, stop

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

    def _recorded(
        self, room: RoomId, recording: RecordingId, size: int, sha256: str, ended: Ended
    ) -> None:
        event = Recorded(room, recording, size, sha256, ended)
        control.say(self._writer, control.event_to_message(event))

    def _want_keyframe(self, room: RoomId, feed: Feed) -> None:
        control.say(self._writer, {"keyframe": str(feed), "room": room})


async def serve(line: socket.socket) -> None:
    """Does what the server says until it hangs up."""
    reader, writer = await asyncio.open_unix_connection(sock=line, limit=control.LONGEST)
    tapping = Tapping(writer)
    working = asyncio.ensure_future(tapping.work())
    async for message, _ in control.messages(reader):
        await tapping.answer(message)
    working.cancel()
    tapping.stop()


def main() -> None:
    """Runs until the server hangs up; a terminal's Ctrl-C is for the server to hear."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asyncio.run(serve(socket.socket(fileno=int(sys.argv[1]))))


if __name__ == "__main__":
    main()
