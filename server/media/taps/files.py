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
from pathlib import Path
from typing import Literal, NamedTuple

from rooms.ids import RecordingId, RoomId

Ended = Literal["", "left", "stopped", "failed"]

MARK_BYTES = 1 << 20
MARK_SECONDS = 10.0

_SWEEP = 1.0


class News(NamedTuple):
    """What is in a file: its first `size` bytes have this SHA-256. `ended` as in `Recorded`."""

    room: RoomId
    recording: RecordingId
    size: int
    sha256: str
    ended: Ended


class _Order(NamedTuple):
    file: "File"
    data: bytes
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
        self._files.order(_Order(self, data, ""))

    def end(self, reason: Ended) -> None:
        """Has the file closed behind what was given so far."""
        self._files.order(_Order(self, b"", reason))

    # --- the writing thread's -------------------------------------------------------------------

    def follow(self, data: bytes, ended: Ended) -> bool:
        """Does what was ordered. False when the file is over."""
        try:
            if not self._over:
                self._append(data)
                if ended:
                    self._close(ended)
                elif self._size - self._marked >= MARK_BYTES:
                    self.mark()
        except OSError:
            self._close("failed")
        self._done += len(data)
        return not self._over

    def mark_late(self) -> bool:
        """Marks what has been waiting too long for it. False when the file is over."""
        try:
            if self._size > self._marked and time.monotonic() - self._marked_at >= MARK_SECONDS:
                self.mark()
        except OSError:
            self._close("failed")
        return not self._over

    def mark(self) -> None:
        """Brings what was written to the disk and tells it."""
        assert self._handle is not None
        os.fdatasync(self._handle)
        self._marked = self._size
        self._marked_at = time.monotonic()
        self._tell("")

    def _append(self, data: bytes) -> None:
        if self._handle is None:
            self._handle = _create(self._path)
        rest = memoryview(data)
        while rest:
            count = os.write(self._handle, rest)
            self._digest.update(rest[:count])
            self._size += count
            rest = rest[count:]

    def _close(self, ended: Ended) -> None:
        if self._over:
            return
        self._over = True
        if self._handle is not None:
            try:
                os.fsync(self._handle)
            except OSError:
                ended = "failed"
            finally:
                os.close(self._handle)
        self._tell(ended)

    def _tell(self, ended: Ended) -> None:
        digest = self._digest.hexdigest()
        self._files.news.append(News(self._room, self._recording, self._size, digest, ended))


class Files:
    """The writing thread, which begins with the first file."""

    def __init__(self) -> None:
        self._orders: queue.SimpleQueue[_Order | Callable[[], None]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self.news: deque[News] = deque()
        """What was written, for one reader that takes it from the left."""

    def begin(self, room: RoomId, recording: RecordingId, path: Path) -> File:
        """A new file. One that is there already, or can't be made, is told as failed."""
        file = File(self, room, recording, path)
        file.write(b"")
        return file

    def fail(self, room: RoomId, recording: RecordingId) -> None:
        """Tells of a recording that could not begin."""
        self.news.append(News(room, recording, 0, hashlib.sha256().hexdigest(), "failed"))

    def order(self, order: _Order) -> None:
        """Hands an order to the thread."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="recordings", daemon=True)
            self._thread.start()
        self._orders.put(order)

    def settle(self, within: float) -> bool:
        """Waits until everything ordered so far is done. False when that took too long."""
        if self._thread is None:
            return True
        done = threading.Event()
        self._orders.put(done.set)
        return done.wait(within)

    def _run(self) -> None:
        running: set[File] = set()
        sweep = time.monotonic() + _SWEEP
        while True:
            try:
                order = self._orders.get(timeout=_SWEEP)
            except queue.Empty:
                order = None
            if isinstance(order, _Order):
                if order.file.follow(order.data, order.ended):
                    running.add(order.file)
                else:
                    running.discard(order.file)
            elif order is not None:
                order()
            if time.monotonic() >= sweep:
                running = {each for each in running if each.mark_late()}
                sweep = time.monotonic() + _SWEEP


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
