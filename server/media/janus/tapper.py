"""The server's side of the process of taps: it runs from the first recording or watch on."""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, ClassVar

import structlog

from rooms.ids import RecordingId, RoomId
from server.media.errors import MediaAway, NoSuchMediaRoom
from server.media.janus.client import JanusGone, JanusRefused
from server.media.janus.publication import CODECS, Publication
from server.media.local import control
from server.media.local.process import Process
from server.media.plane import EngineEvent, Feed, Recorded, Slot, Track

log = structlog.get_logger()

EMPTY = hashlib.sha256().hexdigest()


class TapsProcess(Process):
    """The running process. `wants_keyframe` is told what it asks for."""

    module: ClassVar[str] = "server.media.janus.tapping"
    wants_keyframe: Callable[[RoomId, Feed], None]

    def _hear(self, message: control.Message, blob: bytes) -> None:
        if "keyframe" in message:
            self.wants_keyframe(RoomId(message["room"]), control.feed_of(message["keyframe"]))
        else:
            super()._hear(message, blob)


class Tapper:
    """Taps of a plane's rooms. `tell` gets `Recorded`; when the process dies, of each recording
    that ran too, as failed with what was last safely written. `died` is called after that."""

    def __init__(
        self,
        tell: Callable[[EngineEvent], None],
        wants_keyframe: Callable[[RoomId, Feed], None],
        died: Callable[[], None],
    ) -> None:
        self._tell = tell
        self._wants_keyframe = wants_keyframe
        self._died = died
        self._process: TapsProcess | None = None
        self._starting = asyncio.Lock()
        self._running: dict[RecordingId, Recorded] = {}

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        return None if self._process is None else self._process.pid

    async def stop(self) -> None:
        """Ends recordings and watches, and the process."""
        if self._process is not None:
            self._process.ended = lambda: None
            await self._process.stop()
            self._process = None

    async def tap(self, publication: Publication) -> None:
        """Has a feed's packets come here. Raises MediaAway."""
        async with publication.forwarding:
            connection = publication.node.connection
            if publication.forwards is not None:
                return
            if connection is None:
                raise MediaAway
            process = await self._started()
            address = connection.own_address
            made = await process.ask(
                "open",
                room=publication.room,
                feed=str(publication.feed),
                address=address,
                tracks={track: CODECS[track] for track in publication.mids},
            )
            try:
                await publication.forward(address, made["port"], made["ssrcs"])
            except (JanusGone, JanusRefused) as error:
                log.error("janus_forward_failed", feed=str(publication.feed), error=str(error))
                raise MediaAway from error

    async def close(self, room: RoomId, feed: Feed) -> None:
        """A feed is over: its recording ends, and is told before this returns."""
        await self._ask("close", room=room, feed=str(feed))

    async def close_room(self, room: RoomId) -> None:
        """A room is over."""
        await self._ask("close_room", room=room)

    async def assign(self, room: RoomId, slot: Slot, feed: Feed | None) -> None:
        """What is in a slot, for its watches."""
        await self._ask("assign", room=room, slot=slot, feed=control.feed_to_text(feed))

    async def record(
        self, room: RoomId, feed: Feed, recording: RecordingId, file: Path | None
    ) -> None:
        """Records a tapped feed, or ends that. Raises MediaAway."""
        if file is None:
            await self._ask("record", room=room, feed=str(feed), recording=recording, file=None)
            return
        process = await self._started()
        self._running[recording] = Recorded(room, recording, 0, EMPTY)
        await process.ask("record", room=room, feed=str(feed), recording=recording, file=str(file))

    async def watch(self, room: RoomId, slot: Slot, track: Track) -> AsyncIterator[bytes]:
        """Pieces of a watch."""
        process = await self._started()
        pieces = process.watch(room=room, slot=slot, track=track)
        async with contextlib.aclosing(pieces):  # type: ignore[type-var] # it is a generator
            async for piece in pieces:
                yield piece

    async def begun(self) -> None:
        """Starts the process if it isn't running. Raises MediaAway."""
        await self._started()

    async def _ask(self, order: str, **words: Any) -> None:
        """Orders what matters only while the process runs."""
        if self._process is not None:
            with contextlib.suppress(MediaAway, NoSuchMediaRoom):
                await self._process.ask(order, **words)

    async def _started(self) -> TapsProcess:
        async with self._starting:
            if self._process is None:
                process = await TapsProcess.start(())
                process.wants_keyframe = self._wants_keyframe
                process.events = self._hear
                process.ended = self._ended
                if process.is_over:
                    raise MediaAway
                self._process = process
            return self._process

    def _hear(self, event: EngineEvent) -> None:
        if isinstance(event, Recorded):
            if event.ended:
                self._running.pop(event.recording, None)
            else:
                self._running[event.recording] = event
        self._tell(event)

    def _ended(self) -> None:
        log.error("janus_taps_down", recordings=len(self._running))
        self._process = None
        running, self._running = self._running, {}
        for last in running.values():
            self._tell(Recorded(last.room, last.recording, last.size, last.sha256, "failed"))
        self._died()
