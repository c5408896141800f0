"""The archive container: a ZIP with one byte string for the same members (docs/formats/log.md).

Every member is stored, dated 1980-01-01 and written in order, so a checker can rebuild the
container from what it read and compare it with what it was given: no byte of the file is outside
the check. The layout follows PKWARE's APPNOTE 6.3.10, sections 4.3.7 (local header), 4.3.12
(central directory) and 4.3.14–16 (end records).
"""

import hashlib
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

SUMS = "SHA256SUMS"
_PIECE = 1 << 20
_LIMIT32 = 0xFFFFFFFF
_LIMIT16 = 0xFFFF
_UTF8_NAMES = 0x0800
_DATE_1980 = 0x0021
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_END64 = struct.Struct("<4sQHHIIQQQQ")
_LOCATOR64 = struct.Struct("<4sIQI")


@dataclass(frozen=True, slots=True)
class Source:
    """A member to be written: `open` gives its bytes from the start, each time it is called."""

    name: str
    open: Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a container: sizes in bytes, `offset` of its first byte of data."""

    name: str
    size: int
    crc32: int
    offset: int


@dataclass(frozen=True, slots=True)
class Damage:
    """A place where a container isn't what its members would give: a code and what it concerns."""

    code: str
    member: str
    offset: int | None = None


@dataclass(slots=True)
class Container:
    """What `read` found: members by name, their SHA-256, and the damage."""

    file: BinaryIO
    members: dict[str, Member] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    damage: list[Damage] = field(default_factory=list)

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a member, in pieces of at most a MiB."""
        member = self.members[name]
        left, at = member.size, member.offset
        while left:
            self.file.seek(at)
            piece = self.file.read(min(_PIECE, left))
            if not piece:
                return
            yield piece
            left -= len(piece)
            at += len(piece)

    def bytes(self, name: str) -> bytes:
        """The whole of a member."""
        return b"".join(self.chunks(name))


def write(out: BinaryIO, sources: Sequence[Source]) -> None:
    """Write `sources` behind their SHA256SUMS. Reads each source twice, keeps none in memory."""
    measured = [_measure(source) for source in sources]
    listing = sums({name: sha for name, _, _, sha in measured})
    described = [(SUMS, len(listing), zlib.crc32(listing))]
    described += [(name, size, crc) for name, size, crc, _ in measured]
    bodies: dict[str, Callable[[], Iterator[bytes]]] = {SUMS: lambda: iter((listing,))}
    for source in sources:
        bodies[source.name] = lambda source=source: _pieces(source)  # type: ignore[misc]  # bound default
    for part in _layout(described):
        if isinstance(part, str):
            for piece in bodies[part]():
                out.write(piece)
        else:
            out.write(part)


def sums(digests: dict[str, str]) -> bytes:
    """The text `sha256sum -c` reads, sorted by name."""
    return "".join(f"{digests[name]}  {name}\n" for name in sorted(digests)).encode()


def read(file: BinaryIO) -> Container:
    """Read a container and note all damage: bytes of the container, missing and altered members.

    Never raises for what the file holds; one that is no container has the damage `not_an_archive`.
    """
    container = Container(file)
    file.seek(0, 2)
    size = file.tell()
    members = _from_directory(file, size) or _from_front(file, size)
    if not members:
        container.damage.append(Damage("not_an_archive", ""))
        return container
    for member in members:
        if member.name in container.members:
            container.damage.append(Damage("member_twice", member.name, member.offset))
        container.members[member.name] = member
    for member in members:
        sha = hashlib.sha256()
        for piece in container.chunks(member.name):
            sha.update(piece)
        container.digests[member.name] = sha.hexdigest()
    _compare_container(container, members, size)
    _compare_sums(container)
    return container


def _measure(source: Source) -> tuple[str, int, int, str]:
    size, crc, sha = 0, 0, hashlib.sha256()
    for piece in _pieces(source):
        size += len(piece)
        crc = zlib.crc32(piece, crc)
        sha.update(piece)
    return source.name, size, crc, sha.hexdigest()


def _pieces(source: Source) -> Iterator[bytes]:
    with source.open() as file:
        while piece := file.read(_PIECE):
            yield piece


def _layout(members: Iterable[tuple[str, int, int]]) -> Iterator[bytes | str]:
    """The container's own bytes, with a member's name where its data stand."""
    directory: list[bytes] = []
    at = 0
    for name, size, crc in members:
        raw = name.encode()
        big = size >= _LIMIT32
        extra = struct.pack("<HHQQ", 1, 16, size, size) if big else b""
        shown = _LIMIT32 if big else size
        version = 45 if big or at >= _LIMIT32 else 20
        local = _LOCAL.pack(
            b"PK\3\4",
            version,
            _UTF8_NAMES,
            0,
            0,
            _DATE_1980,
            crc,
            shown,
            shown,
            len(raw),
            len(extra),
        )
        yield local + raw + extra
        yield name
        far = struct.pack("<Q", at) if at >= _LIMIT32 else b""
        wide = (struct.pack("<QQ", size, size) if big else b"") + far
        more = struct.pack("<HH", 1, len(wide)) + wide if wide else b""
        where = _LIMIT32 if at >= _LIMIT32 else at
        directory.append(
            _CENTRAL.pack(
                b"PK\1\2", (3 << 8) | version, version, _UTF8_NAMES, 0, 0, _DATE_1980,
                crc, shown, shown, len(raw), len(more), 0, 0, 0, 0o100644 << 16, where,
            )
            + raw
            + more
        )  # fmt: skip
        at += len(local) + len(raw) + len(extra) + size
    listing = b"".join(directory)
    count = len(directory)
    if at >= _LIMIT32 or count >= _LIMIT16 or len(listing) >= _LIMIT32:
        end64 = _END64.pack(b"PK\6\6", 44, (3 << 8) | 45, 45, 0, 0, count, count, len(listing), at)
        listing += end64 + _LOCATOR64.pack(b"PK\6\7", 0, at + len(listing), 1)
    few = min(count, _LIMIT16)
    length = min(sum(map(len, directory)), _LIMIT32)
    yield listing + _END.pack(b"PK\5\6", 0, 0, few, few, length, min(at, _LIMIT32), 0)


def _from_directory(file: BinaryIO, size: int) -> list[Member]:
    """Members as the central directory tells them; none if it can't be followed to its end."""
    file.seek(max(0, size - _END.size))
    tail = file.read(_END.size)
    if len(tail) < _END.size or tail[:4] != b"PK\5\6":
        return []
    *_, count, length, start, _ = _END.unpack(tail)
    if start == _LIMIT32 or count == _LIMIT16 or length == _LIMIT32:
        file.seek(max(0, size - _END.size - _LOCATOR64.size - _END64.size))
        record = file.read(_END64.size)
        if record[:4] != b"PK\6\6":
            return []
        *_, count, length, start = _END64.unpack(record)
    if start + length > size:
        return []
    file.seek(start)
    raw = file.read(length)
    members, at = [], 0
    while at + _CENTRAL.size <= len(raw):
        fields = _CENTRAL.unpack_from(raw, at)
        if fields[0] != b"PK\1\2":
            return []
        crc, stored, name_length, extra_length, where = (
            fields[7],
            fields[9],
            fields[10],
            fields[11],
            fields[16],
        )
        name = raw[at + _CENTRAL.size : at + _CENTRAL.size + name_length]
        extra = raw[
            at + _CENTRAL.size + name_length : at + _CENTRAL.size + name_length + extra_length
        ]
        local_extra = 0
        wide = extra[4:]
        if stored == _LIMIT32:
            stored, local_extra = int.from_bytes(wide[:8], "little"), 20
            wide = wide[16:]
        if where == _LIMIT32:
            where = int.from_bytes(wide[:8], "little")
        data = where + _LOCAL.size + name_length + local_extra
        if data + stored > start:
            return []
        members.append(Member(name.decode("utf-8", "replace"), stored, crc, data))
        at += _CENTRAL.size + name_length + extra_length + fields[12]
    return members if at == len(raw) and len(members) == count else []


def _from_front(file: BinaryIO, size: int) -> list[Member]:
    """Members as the local headers tell them: for a container with a broken directory."""
    members: list[Member] = []
    at = 0
    while True:
        file.seek(at)
        header = file.read(_LOCAL.size)
        if len(header) < _LOCAL.size or header[:4] != b"PK\3\4":
            return members
        *_, crc, stored, _, name_length, extra_length = _LOCAL.unpack(header)
        name = file.read(name_length).decode("utf-8", "replace")
        extra = file.read(extra_length)
        if stored == _LIMIT32 and len(extra) == 20:
            stored = int.from_bytes(extra[4:12], "little")
        data = at + _LOCAL.size + name_length + extra_length
        if data + stored > size:
            return members
        members.append(Member(name, stored, crc, data))
        at = data + stored


def _compare_container(container: Container, members: list[Member], size: int) -> None:
    """Rebuild the container's own bytes from its members and compare them with the file's."""
    described = [(member.name, member.size, member.crc32) for member in members]
    by_name = {member.name: member for member in members}
    at, near = 0, members[0].name
    for part in _layout(described):
        if isinstance(part, str):
            member = by_name[part]
            near = part
            at += member.size
            continue
        container.file.seek(at)
        found = container.file.read(len(part))
        if found != part:
            step = next(
                (i for i, (a, b) in enumerate(zip(found, part, strict=False)) if a != b), len(found)
            )
            container.damage.append(Damage("container_bytes", near, at + step))
        at += len(part)
    if at != size:
        container.damage.append(Damage("container_length", near, at))
    for member in members:
        crc = 0
        for piece in container.chunks(member.name):
            crc = zlib.crc32(piece, crc)
        if crc != member.crc32:
            container.damage.append(Damage("member_altered", member.name, member.offset))


def _compare_sums(container: Container) -> None:
    if SUMS not in container.members:
        container.damage.append(Damage("member_missing", SUMS))
        return
    told: dict[str, str] = {}
    for line in container.bytes(SUMS).decode("utf-8", "replace").splitlines():
        digest, _, name = line.partition("  ")
        told[name] = digest
    for name, digest in container.digests.items():
        if name == SUMS:
            continue
        if name not in told:
            container.damage.append(Damage("member_not_listed", name))
        elif told[name] != digest:
            container.damage.append(Damage("member_digest_differs", name))
    container.damage.extend(
        Damage("member_missing", name) for name in told if name not in container.digests
    )
