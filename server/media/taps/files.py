"""Files of recordings, written by a thread of their own, so that no packet ever waits for a disk.

A file is only appended to. Its SHA-256 runs along; at marks what is there is brought to the disk
first and told afterwards, so that what was told is never more than what survives.
"""

import hashlib
import os
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple

import structlog

from rooms.ids import RecordingId, RoomId

Ended = Literal["", "left", "stopped", "failed"]

MARK_BYTES = 1 << 20
MARK_SECONDS = 10.0

_SWEEP = 1.0

_log = structlog.get_logger()


class News(NamedTuple):
    """What is in a file: its first `size` bytes have this SHA-256. `ended` as in `Recorded`."""

    room: RoomId
    recording: RecordingId
    size: int
    sha256: str
    ended: Ended


class File:
    """One recording's file. `write` and `end` are for the packets' thread and return at once."""

    def __init__(self, files: "Files", room: RoomId, recording: RecordingId, path: Path) -> None:
        self._files = files
        self._room = room
        self._recording = recording
        self._path = path
        self._given = 0
        self._done = 0
        self._handle: int | None = None
        self._over = False
        self._broken = False
        self._digest = hashlib.sha256()
        self._size = 0
        self._marked = 0
        self._marked_at = time.monotonic()

    @property
    def waiting(self) -> int:
        """Bytes that were given and are not written yet."""
        return self._given - self._done

    def write(self, data: bytes) -> None:
        """Has bytes appended."""
        self._given += len(data)
        self._files.writer.order(partial(self._follow, data, ""))

    def end(self, reason: Ended) -> None:
        """Has the file closed behind what was given so far."""
        self._files.writer.order(partial(self._follow, b"", reason))

    # --- in the writing thread ------------------------------------------------------------------

    def _follow(self, data: bytes, ended: Ended) -> None:
        try:
            if not self._over:
                self._append(data)
                if ended:
                    self._finish(ended)
                elif self._size - self._marked >= MARK_BYTES:
                    self._mark()
        except OSError:
            self._finish("failed")
        self._done += len(data)

    def _append(self, data: bytes) -> None:
        if self._handle is None:
            self._handle = _create(self._path)
            self._files.running.add(self)
        rest = memoryview(data)
        while rest:
            count = os.write(self._handle, rest)
            self._digest.update(rest[:count])
            self._size += count
            rest = rest[count:]

    def _mark(self) -> None:
        self._marked = self._size
        self._marked_at = time.monotonic()
        self._files.syncer.order(partial(self._sync, self._size, self._digest.hexdigest()))

    def mark_late(self) -> None:
        """Marks what has been waiting for it too long; gives up what the disk did not take."""
        if self._broken:
            self._finish("failed")
        elif self._size > self._marked and time.monotonic() - self._marked_at >= MARK_SECONDS:
            self._mark()

    def _finish(self, ended: Ended) -> None:
        if self._over:
            return
        self._over = True
        self._files.running.discard(self)
        digest = self._digest.hexdigest()
        self._files.syncer.order(partial(self._close, self._size, digest, ended))

    # --- in the thread that waits for the disk --------------------------------------------------

    def _sync(self, size: int, digest: str) -> None:
        assert self._handle is not None
        try:
            os.fdatasync(self._handle)
        except OSError:
            self._broken = True
        else:
            self._files.news.append(News(self._room, self._recording, size, digest, ""))

    def _close(self, size: int, digest: str, ended: Ended) -> None:
        if self._handle is not None:
            try:
                os.fsync(self._handle)
            except OSError:
                ended = "failed"
            finally:
                os.close(self._handle)
        self._files.news.append(News(self._room, self._recording, size, digest, ended))


class _Worker:
    """A thread that does one thing after another. It begins with the first."""

    def __init__(self, name: str, idle: Callable[[], None]) -> None:
        self._name = name
        self._idle = idle
        self._orders: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def order(self, what: Callable[[], object]) -> None:
        """Has something done after everything else."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()
        self._orders.put(what)

    def settle(self, until: float) -> bool:
        """Waits until everything ordered so far is done. False when that took too long."""
        done = threading.Event()
        self.order(done.set)
        return done.wait(max(0.0, until - time.monotonic()))

    def _run(self) -> None:
        sweep = time.monotonic() + _SWEEP
        while True:
            try:
                self._orders.get(timeout=_SWEEP)()
            except queue.Empty:
                pass
            except Exception:
                # Other recordings are worked on by this thread too.
                _log.exception("recording_order_failed")
            if time.monotonic() >= sweep:
                self._idle()
                sweep = time.monotonic() + _SWEEP


class Files:
    """All files of one engine and the two threads that work on them. Writing doesn't wait for what
    was written to reach the disk: what waits in memory is lost with the process."""

    def __init__(self) -> None:
        self.news: deque[News] = deque()
        """What was written, for one reader that takes it from the left."""
        self.running: set[File] = set()
        """The writing thread's."""
        self.writer = _Worker("recordings", self._mark_late)
        self.syncer = _Worker("recordings-sync", lambda: None)

    def begin(self, room: RoomId, recording: RecordingId, path: Path) -> File:
        """A new file. One that is there already, or can't be made, is told as failed."""
        file = File(self, room, recording, path)
        file.write(b"")
        return file

    def fail(self, room: RoomId, recording: RecordingId) -> None:
        """Tells of a recording that could not begin."""
        self.news.append(News(room, recording, 0, hashlib.sha256().hexdigest(), "failed"))

    def settle(self, within: float) -> bool:
        """Waits until everything ordered so far is on the disk. False when that took too long."""
        until = time.monotonic() + within
        return self.writer.settle(until) and self.syncer.settle(until)

    def _mark_late(self) -> None:
        for file in tuple(self.running):
            file.mark_late()


def _create(path: Path) -> int:
    """A new file, whose name survives as well. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o640)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return handle
