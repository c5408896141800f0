"""The tar inside a bid: one way to write it, and a reader that takes nothing else (§4).

POSIX ustar (IEEE 1003.1) with every field fixed, so that names and sizes alone determine all bytes
that are not content.
"""

from collections.abc import Iterable, Iterator

from crypto.errors import TarError
from crypto.streams import ByteSink, ByteSource, Data

STATEMENT = "statement.json"
FORM = "form.json"
FOLDER = "files/"
BLOCK = 512
SMALLEST_BUCKET = 64 * 1024
LONGEST_NAME = 180
MOST_FILES = 1000
LARGEST_FILE = 8**11 - 1

_PLAIN_NAME = 100
_PIECE = 1 << 20
_ZERO = bytes(BLOCK)


def check_file_name(name: str) -> str:
    """`name` itself, if a member `files/<name>` may have it on every system it could be unpacked
    on.
    """
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        raise TarError("tar_name", {"name": ascii(name)}) from None
    control = any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 for char in name)
    if (
        not 1 <= size <= LONGEST_NAME
        or name in (".", "..")
        or control
        or "/" in name
        or "\\" in name
    ):
        raise TarError("tar_name", {"name": name[:LONGEST_NAME]})
    return name


def member_header(name: str, size: int, position: int) -> bytes:
    """All blocks before the content of the member at `position` (0 is `statement.json`)."""
    if not 0 <= size <= LARGEST_FILE:
        raise TarError("tar_size", {"name": name, "most": LARGEST_FILE})
    raw = name.encode()
    if name.isascii() and len(raw) <= _PLAIN_NAME:
        return _header(raw, size, b"0")
    # Readers that know no pax still get distinct names.
    number = str(position - 1).encode()
    record = _pax_record(raw)
    return (
        _header(b"PaxHeaders/" + number, len(record), b"x")
        + record.ljust(BLOCK, b"\0")
        + _header(b"files/" + number, size, b"0")
    )


def tar_size(members: Iterable[tuple[str, int]]) -> int:
    """The size of a tar of these names and sizes with its two zero blocks, before it is padded to
    its bucket.
    """
    total = 2 * BLOCK
    for position, (name, size) in enumerate(members):
        total += len(member_header(name, size, position)) + _rounded(size)
    return total


def bucket(total: int) -> int:
    """The size that a tar of `total` bytes is padded to."""
    if total <= SMALLEST_BUCKET:
        return SMALLEST_BUCKET
    step = 1 << (total.bit_length() - 1 - 3)
    return -(-total // step) * step


class TarWriter:
    """Writes members in order: `begin`, the content through `write`, and at last `finish`."""

    def __init__(self, out: ByteSink) -> None:
        self._out = out
        self._position = 0
        self._written = 0
        self._missing = 0

    def begin(self, name: str, size: int) -> None:
        """Start a member of `size` bytes; the one before must be complete."""
        self._end_member()
        self._put(member_header(name, size, self._position))
        self._position += 1
        self._missing = size

    def write(self, data: Data) -> None:
        if len(data) > self._missing:
            raise TarError("tar_content")
        self._missing -= len(data)
        self._put(data)

    def add(self, name: str, content: bytes) -> None:
        """A whole member at once."""
        self.begin(name, len(content))
        self.write(content)

    def finish(self) -> None:
        """Write the end and the padding."""
        self._end_member()
        padding = bucket(self._written + 2 * BLOCK) - self._written
        while padding:
            part = min(padding, _PIECE)
            self._out.write(bytes(part))
            padding -= part

    def _end_member(self) -> None:
        if self._missing:
            raise TarError("tar_content")
        self._put(bytes(-self._written % BLOCK))

    def _put(self, data: Data) -> None:
        self._out.write(data)
        self._written += len(data)


class TarMember:
    """A member being read; its content must be taken before the next member is asked for, or is
    passed over.
    """

    def __init__(self, reader: "_Reader", name: str, size: int) -> None:
        self._reader = reader
        self._left = size
        self.name = name
        self.size = size

    def pieces(self) -> Iterator[bytes]:
        """The content in pieces of at most 1 MiB."""
        while self._left:
            piece = self._reader.some(min(self._left, _PIECE))
            self._left -= len(piece)
            yield piece

    def content(self, most: int) -> bytes:
        """The whole content, if it is at most `most` bytes."""
        if self.size > most:
            raise TarError("tar_size", {"name": self.name, "most": most})
        return b"".join(self.pieces())


def read_tar(source: ByteSource) -> Iterator[TarMember]:
    """The members in order. The tar is known to be well formed only when the iterator ends."""
    reader = _Reader(source)
    seen: set[str] = set()
    while (member := _read_member(reader, len(seen))) is not None:
        if member.name in seen:
            raise TarError("tar_duplicate", {"name": member.name})
        seen.add(member.name)
        yield member
        for _ in member.pieces():
            pass
        if any(reader.exactly(-reader.taken % BLOCK)):
            raise TarError("tar_padding")
    if len(seen) < 2:
        raise TarError("tar_order")
    _check_end(reader)


def _read_member(reader: "_Reader", position: int) -> TarMember | None:
    first = reader.exactly(BLOCK)
    if first == _ZERO:
        return None
    found = first
    if first[156:157] == b"x":
        record = reader.exactly(BLOCK)
        last = reader.exactly(BLOCK)
        found = first + record + last
        name = _pax_name(record[: _octal(first[124:136])])
    else:
        last = first
        try:
            name = first[:100].rstrip(b"\0").decode("ascii")
        except UnicodeDecodeError:
            raise TarError("tar_header", {"position": position}) from None
    size = _octal(last[124:136])
    # The only valid header is the one we would write ourselves.
    if found != member_header(name, size, position):
        raise TarError("tar_header", {"position": position})
    _check_place(name, position)
    return TarMember(reader, name, size)


def _check_place(name: str, position: int) -> None:
    if position < 2:
        if name != (STATEMENT, FORM)[position]:
            raise TarError("tar_order")
        return
    if not name.startswith(FOLDER):
        raise TarError("tar_order")
    if position >= MOST_FILES + 2:
        raise TarError("tar_count", {"most": MOST_FILES})
    check_file_name(name.removeprefix(FOLDER))


def _check_end(reader: "_Reader") -> None:
    # The first of the two zero blocks has been taken already.
    if reader.exactly(BLOCK) != _ZERO:
        raise TarError("tar_padding")
    total = reader.taken
    while piece := reader.rest():
        # Counting is faster than looking at each byte, and padding can be an eighth of a large bid.
        if piece.count(0) != len(piece):
            raise TarError("tar_padding")
    if reader.taken != bucket(total):
        raise TarError("tar_bucket", {"expected": bucket(total), "found": reader.taken})


class _Reader:
    def __init__(self, source: ByteSource) -> None:
        self._source = source
        self.taken = 0

    def some(self, size: int) -> bytes:
        data = self._source.read(size)
        if not data:
            raise TarError("tar_truncated")
        self.taken += len(data)
        return data

    def exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            data += self.some(size - len(data))
        return data

    def rest(self) -> bytes:
        data = self._source.read(_PIECE)
        self.taken += len(data)
        return data


def _header(name: bytes, size: int, kind: bytes) -> bytes:
    fields = (
        name.ljust(100, b"\0")
        + b"0000644\0"
        + b"0000000\0"
        + b"0000000\0"
        + b"%011o\0" % size
        + b"00000000000\0"
        + b"        "
        + kind
        + bytes(100)
        + b"ustar\00000"
        + bytes(64)
        + b"0000000\0"
        + b"0000000\0"
    ).ljust(BLOCK, b"\0")
    return fields[:148] + b"%06o\0 " % sum(fields) + fields[156:]


def _pax_record(name: bytes) -> bytes:
    # The length counts itself: " path=" and the line feed are seven bytes, the digits two or three.
    rest = len(name) + 7
    length = rest + 2 if rest + 2 < 100 else rest + 3
    return b"%d path=%s\n" % (length, name)


def _pax_name(record: bytes) -> str:
    _, separator, name = record.partition(b" path=")
    try:
        text = name.removesuffix(b"\n").decode()
    except UnicodeDecodeError:
        raise TarError("tar_name", {"name": ascii(name)}) from None
    if not separator or len(name) > LONGEST_NAME + len(FOLDER) + 1:
        raise TarError("tar_header")
    return text


def _octal(field: bytes) -> int:
    digits = field[:11]
    if field[11:] != b"\0" or any(digit not in b"01234567" for digit in digits):
        raise TarError("tar_header")
    return int(digits, 8)


def _rounded(size: int) -> int:
    return -(-size // BLOCK) * BLOCK
