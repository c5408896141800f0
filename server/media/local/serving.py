"""A process that does what the server says over a Unix socket: the engine, and Janus's taps. It
ends when the server hangs up."""

import asyncio
import contextlib
import signal
import socket
import sys
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

import structlog

from rooms.ids import RecordingId, RoomId
from server.errors import Problem
from server.logs import set_up_logging
from server.media.local import control
from server.media.plane import EngineEvent, Feed, Recorded, Slot, Track
from server.media.taps.files import Ended
from server.media.taps.taps import Taps
from server.media.taps.watch import SinkFull

log = structlog.get_logger()

WAITING = 8 << 20
"""Bytes for watches that the server has not read yet; more, and the watch ends."""
Order = Callable[[control.Message], Awaitable[object]]


class Serving(ABC):
    """Orders are answered; taps tell, and are watched."""

    def __init__(self, writer: asyncio.StreamWriter, orders: Mapping[str, Order]) -> None:
        self._writer = writer
        self._taps = Taps(self._recorded, self._want_keyframe)
        self._watches: dict[int, tuple[RoomId, Callable[[], None]]] = {}
        self._orders: dict[str, Order] = {
            "ping": self._ping,
            "unwatch": self._unwatch,
            **orders,
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

    @abstractmethod
    async def work(self) -> None:
        """What has to be done again and again."""

    async def _ping(self, message: control.Message) -> None:
        return None

    def _begin_watch(self, room: RoomId, message: control.Message) -> None:
        number = message["watch"]
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

    def _end_watches(self, room: RoomId) -> None:
        for number, (watched, _) in list(self._watches.items()):
            if watched == room:
                self._end_watch(number)

    def _show(self, number: int, piece: bytes) -> None:
        if self._writer.transport.get_write_buffer_size() > WAITING:
            asyncio.get_running_loop().call_soon(self._end_watch, number)
            raise SinkFull
        control.say(self._writer, {"watch": number}, piece)

    def _tell(self, event: EngineEvent) -> None:
        control.say(self._writer, control.event_to_message(event))

    def _recorded(
        self, room: RoomId, recording: RecordingId, size: int, sha256: str, ended: Ended
    ) -> None:
        self._tell(Recorded(room, recording, size, sha256, ended))

    @abstractmethod
    def _want_keyframe(self, room: RoomId, feed: Feed) -> None:
        """Taps wait for a keyframe of this feed."""


async def _serve(line: socket.socket, make: Callable[[asyncio.StreamWriter], Serving]) -> None:
    reader, writer = await asyncio.open_unix_connection(sock=line, limit=control.LONGEST)
    serving = make(writer)
    working = asyncio.ensure_future(serving.work())
    answering: set[asyncio.Task[None]] = set()
    async for message, _ in control.messages(reader):
        task = asyncio.ensure_future(serving.answer(message))
        answering.add(task)
        task.add_done_callback(answering.discard)
    working.cancel()
    serving.stop()
    with contextlib.suppress(OSError):
        await writer.drain()
    writer.close()


def run(make: Callable[[asyncio.StreamWriter], Serving]) -> None:
    """Serves on the socket, and logs in the form, that the command line names, until the server
    hangs up; a terminal's Ctrl-C is for the server to hear."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    set_up_logging(sys.argv[2])
    asyncio.run(_serve(socket.socket(fileno=int(sys.argv[1])), make))
