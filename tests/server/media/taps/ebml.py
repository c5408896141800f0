"""Reads WebM by RFC 8794 and RFC 9559, apart from what writes it."""

from dataclasses import dataclass
from typing import Any

MASTERS = {
    0x1A45DFA3: "EBML", 0x18538067: "Segment", 0x1549A966: "Info", 0x1654AE6B: "Tracks",
    0xAE: "TrackEntry", 0xE0: "Video", 0xE1: "Audio", 0x1F43B675: "Cluster",
}  # fmt: skip
NUMBERS = {
    0x4286: "EBMLVersion", 0x42F7: "EBMLReadVersion", 0x42F2: "EBMLMaxIDLength",
    0x42F3: "EBMLMaxSizeLength", 0x4287: "DocTypeVersion", 0x4285: "DocTypeReadVersion",
    0x2AD7B1: "TimestampScale", 0xD7: "TrackNumber", 0x73C5: "TrackUID", 0x83: "TrackType",
    0x9C: "FlagLacing", 0x56BB: "SeekPreRoll", 0xB0: "PixelWidth", 0xBA: "PixelHeight",
    0x9F: "Channels", 0xE7: "Timestamp",
}  # fmt: skip
OTHERS = {
    0x4282: "DocType", 0x4D80: "MuxingApp", 0x5741: "WritingApp", 0x86: "CodecID",
    0x63A2: "CodecPrivate", 0xB5: "SamplingFrequency", 0xA3: "SimpleBlock",
}  # fmt: skip
ENDS_AT = {"Segment": {"EBML", "Segment"}, "Cluster": {"Cluster", "Segment", "EBML"}}


@dataclass(frozen=True)
class Block:
    """A frame as it is in the file; `time` is absolute."""

    track: int
    time: int
    key: bool
    data: bytes


def elements(data: bytes) -> list[tuple[str, Any]]:
    """The tree: masters hold lists. Raises on anything that is not well-formed."""
    found, rest = _children(data, 0, len(data), None)
    assert rest == len(data)
    return found


def blocks(tree: list[tuple[str, Any]]) -> list[Block]:
    """All frames, in their order."""
    found = []
    for name, content in tree:
        if name == "Segment":
            found += blocks(content)
        if name == "Cluster":
            assert content[0][0] == "Timestamp"
            for kind, block in content[1:]:
                assert kind == "SimpleBlock"
                assert block[0] & 0x80
                assert not block[3] & 0x06  # no lacing
                after = int.from_bytes(block[1:3], "big", signed=True)
                assert after >= 0
                time = content[0][1] + after
                found.append(Block(block[0] & 0x7F, time, bool(block[3] & 0x80), block[4:]))
    return found


def _children(data: bytes, at: int, end: int, parent: str | None) -> tuple[list[Any], int]:
    found: list[tuple[str, Any]] = []
    while at < end:
        before = at
        name, at = _id(data, at)
        called = MASTERS.get(name) or NUMBERS.get(name) or OTHERS[name]
        if parent in ENDS_AT and called in ENDS_AT[parent]:
            return found, before
        size, at = _size(data, at)
        if name in MASTERS:
            content, stop = _children(
                data, at, end if size is None else at + size, called if size is None else None
            )
            assert size is None or stop == at + size
            found.append((called, content))
            at = stop
            continue
        assert size is not None
        assert at + size <= end
        raw = data[at : at + size]
        found.append((called, int.from_bytes(raw, "big") if name in NUMBERS else raw))
        at += size
    return found, at


def _id(data: bytes, at: int) -> tuple[int, int]:
    width = 9 - data[at].bit_length()
    assert width <= 4
    return int.from_bytes(data[at : at + width], "big"), at + width


def _size(data: bytes, at: int) -> tuple[int | None, int]:
    width = 9 - data[at].bit_length()
    value = int.from_bytes(data[at : at + width], "big") & ((1 << 7 * width) - 1)
    return (None if value == (1 << 7 * width) - 1 else value), at + width
