"""A member of an archive as a seekable file."""

import io
from typing import BinaryIO

from rooms.archive import Container


def member(container: Container, name: str) -> BinaryIO:
    """A member as a seekable file."""
    return io.BufferedReader(_Member(container, name), 1 << 20)


class _Member(io.RawIOBase):
    def __init__(self, container: Container, name: str) -> None:
        self._file = container.file
        self._start = container.members[name].offset
        self._size = container.members[name].size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]  # any writable buffer
        want = min(len(buffer), max(0, self._size - self._at))
        self._file.seek(self._start + self._at)
        data = self._file.read(want)
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)
