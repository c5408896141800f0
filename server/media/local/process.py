"""The server's side of one engine process."""

import asyncio
import contextlib
import itertools
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from typing import ClassVar, Self

import structlog

from rooms.ids import RoomId
from server.media.errors import MediaAway, NoSuchMediaRoom
from server.media.local import control
from server.media.plane import EngineEvent

log = structlog.get_logger()

ANSWERS_WITHIN = 15.0
"""Seconds after which an order counts as unanswered."""
PING_EVERY = 2.0
WATCH_WAITING = 64
"""Pieces of a watch that nobody has taken yet; more, and the watch ends."""


class Process:
    """A running engine. `ended` is called once, when it has gone or was given up."""

    module: ClassVar[str] = "server.media.local.engine"

    def __init__(self, child: asyncio.subprocess.Process) -> None:
        self.pid = child.pid
        self.started = time.monotonic()
        self.events: Callable[[EngineEvent], None] = lambda _: None
        self.ended: Callable[[], None] = lambda: None
        self.is_over = False
        self._child = child
        self._numbers = itertools.count(1)
        self._asked: dict[int, asyncio.Future[control.Message]] = {}
        self._watches: dict[int, asyncio.Queue[bytes | None]] = {}
        self._writer: asyncio.StreamWriter
        self._tasks: list[asyncio.Task[None]] = []

    @classmethod
    async def start(cls, addresses: Sequence[str], log_form: str = "text") -> Self:
        """Starts an engine and waits until it is ready. Raises MediaAway."""
        ours, theirs = socket.socketpair()
        try:
            child = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                cls.module,
                str(theirs.fileno()),
                log_form,
                pass_fds=(theirs.fileno(),),
                stdin=asyncio.subprocess.DEVNULL,
            )
        except OSError as error:
            ours.close()
            log.error("media_engine_failed", error=str(error))
            raise MediaAway from error
        finally:
            theirs.close()
        process = cls(child)
        reader, process._writer = await asyncio.open_unix_connection(
            sock=ours, limit=control.LONGEST
        )
        process._tasks.append(asyncio.ensure_future(process._listen(reader)))
        try:
            await process.ask("prepare", within=60.0, addresses=list(addresses))
        except BaseException:
            # It has nothing to write yet, and may be busy loading for seconds.
            process.kill()
            await process.stop()
            raise
        process._tasks.append(asyncio.ensure_future(process._ping()))
        return process

    async def ask(
        self, order: str, *, within: float = ANSWERS_WITHIN, **words: object
    ) -> control.Message:
        """Gives an order; returns what it brought. Raises MediaAway and the engine's refusals."""
        if self.is_over:
            raise MediaAway
        number = next(self._numbers)
        answer: asyncio.Future[control.Message] = asyncio.get_running_loop().create_future()
        self._asked[number] = answer
        control.say(self._writer, {"id": number, "do": order, **words})
        try:
            async with asyncio.timeout(within):
                message = await answer
        except TimeoutError as late:
            raise MediaAway from late
        finally:
            del self._asked[number]
        if "refused" in message:
            raise control.refusal_of(message)
        result: control.Message = message["ok"] or {}
        return result

    async def watch(self, *, room: RoomId, slot: str, track: str) -> AsyncIterator[bytes]:
        """Pieces of a watch, until it ends or its reader stops reading."""
        number = next(self._numbers)
        pieces: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._watches[number] = pieces
        try:
            await self.ask("watch", watch=number, room=room, slot=slot, track=track)
            while (piece := await pieces.get()) is not None:
                yield piece
        finally:
            self._watches.pop(number, None)
            if not self.is_over:
                unwatching = asyncio.ensure_future(self._unwatch(number))
                self._tasks.append(unwatching)
                unwatching.add_done_callback(self._tasks.remove)

    async def _unwatch(self, number: int) -> None:
        with contextlib.suppress(MediaAway, NoSuchMediaRoom):
            await self.ask("unwatch", watch=number)

    async def stop(self) -> None:
        """Hangs up, lets it write its recordings to the end and tell so, and sees it off."""
        self.ended = lambda: None
        self._over()
        try:
            async with asyncio.timeout(15.0):
                if not self._writer.is_closing():
                    self._writer.write_eof()
                await asyncio.wait(self._tasks[:1])
                await self._child.wait()
        except TimeoutError:
            self.kill()
            await self._child.wait()
        for task in list(self._tasks):
            task.cancel()

    def kill(self) -> None:
        """Ends it the hard way."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        try:
            async for message, blob in control.messages(reader):
                self._hear(message, blob)
        finally:
            self._writer.close()
            self._over()

    def _hear(self, message: control.Message, blob: bytes) -> None:
        if "event" in message:
            self.events(control.event_of(message))
        elif "watch" in message:
            pieces = self._watches.get(message["watch"])
            if pieces is None:
                return
            if blob and pieces.qsize() < WATCH_WAITING:
                pieces.put_nowait(blob)
            else:
                self._watches.pop(message["watch"])
                pieces.put_nowait(None)
        elif (answer := self._asked.get(message["id"])) is not None and not answer.done():
            answer.set_result(message)

    async def _ping(self) -> None:
        """Gives up an engine that runs but does not answer."""
        while not self.is_over:
            await asyncio.sleep(PING_EVERY)
            try:
                await self.ask("ping")
            except MediaAway:
                if not self.is_over:
                    log.error("media_engine_silent", pid=self.pid)
                    self.kill()
                return

    def _over(self) -> None:
        if self.is_over:
            return
        self.is_over = True
        for answer in self._asked.values():
            if not answer.done():
                answer.set_result({"refused": "MediaAway", "params": {}})
        for pieces in self._watches.values():
            pieces.put_nowait(None)
        self._watches.clear()
        self.ended()
