"""What kind of file it is, by its bytes; its name is never believed."""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from server.counter.captures.refused import EMPTY, TWO_FACED, TYPE, Hostile

_HEAD: Final = 1024
"""How far readers look for a beginning: browsers 512 bytes, readers of PDF 1024."""
_ZIP_TAIL: Final = 22 + 65_535
"""A ZIP's last record is so far from the end at most (APPNOTE 4.3.16)."""
_SCRIPTS = (b"<script", b"<html", b"<!doctype", b"<svg", b"<?php")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that is taken; `decoder` is Pillow's name, none for PDF."""

    media_type: str
    decoder: str | None


JPEG = Kind("image/jpeg", "JPEG")
PNG = Kind("image/png", "PNG")
WEBP = Kind("image/webp", "WEBP")
HEIC = Kind("image/heic", "HEIF")
PDF = Kind("application/pdf", None)

MEDIA_TYPES = frozenset(each.media_type for each in (JPEG, PNG, WEBP, HEIC, PDF))

_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1"}


def kind_of(path: Path) -> Kind:
    """The kind of this file. Raises Hostile."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
        if not head:
            raise Hostile(EMPTY)
        kind = _by_magic(head)
        if kind is None:
            raise Hostile(TYPE)
        if _is_something_else(kind, head, file):
            raise Hostile(TWO_FACED)
    return kind


def _by_magic(head: bytes) -> Kind | None:
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return HEIC
    return PDF if head.startswith(b"%PDF-") else None


def _is_something_else(kind: Kind, head: bytes, file: BinaryIO) -> bool:
    if kind is not PDF and b"%PDF-" in head:
        return True
    lowered = head.lower()
    if any(each in lowered for each in _SCRIPTS):
        return True
    return _ends_as_zip(file)


def _ends_as_zip(file: BinaryIO) -> bool:
    """Whether a directory of a ZIP is at the end. Its four letters alone come up by chance."""
    size = file.seek(0, 2)
    start = file.seek(max(0, size - _ZIP_TAIL))
    tail = file.read()
    found = tail.rfind(b"PK\x05\x06")
    while found >= 0:
        record = tail[found : found + 22]
        if len(record) == 22:
            length = struct.unpack("<I", record[12:16])[0]
            file.seek(max(0, start + found - length))
            if length and file.read(4) == b"PK\x01\x02":
                return True
        found = tail.rfind(b"PK\x05\x06", 0, found)
    return False
