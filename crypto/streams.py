"""What this package asks of the streams it is given."""

from typing import Protocol

Data = bytes | bytearray | memoryview


class ByteSource(Protocol):
    """Gives its bytes in order: `read` returns at most `size` of them, none only at the end."""

    def read(self, size: int, /) -> bytes: ...


class LineSource(ByteSource, Protocol):
    """A source of lines too: `readline` returns at most `size` bytes, up to a line feed."""

    def readline(self, size: int, /) -> bytes: ...


class ByteSink(Protocol):
    """Takes bytes in order, all that it is given."""

    def write(self, data: Data, /) -> object: ...


def read_fully(source: ByteSource, size: int) -> bytes:
    """`size` bytes, fewer only at the end of the source."""
    data = source.read(size)
    if len(data) == size or not data:
        return data
    parts = [data]
    missing = size - len(data)
    while missing and (data := source.read(missing)):
        parts.append(data)
        missing -= len(data)
    return b"".join(parts)
