"""VP8 pictures out of RTP payloads (RFC 7741); what a keyframe says of itself (RFC 6386 §9.1)."""

from typing import NamedTuple

LARGEST = 4 << 20
"""Bytes of a picture; more is taken for a flood."""


class Size(NamedTuple):
    """Of a picture, in pixels."""

    width: int
    height: int


class Picture(NamedTuple):
    """One encoded picture. `size` is known of keyframes only."""

    timestamp: int
    data: bytes
    size: Size | None

    @property
    def key(self) -> bool:
        """Whether it can be decoded by itself."""
        return self.size is not None


def payload_start(payload: bytes) -> int | None:
    """Where the codec's bytes begin behind the payload descriptor (RFC 7741 §4.2), or None."""
    if not payload:
        return None
    at = 1
    if payload[0] & 0x80:
        if len(payload) < 2:
            return None
        more = payload[1]
        at = 2
        if more & 0x80:
            if len(payload) <= at:
                return None
            at += 2 if payload[at] & 0x80 else 1
        if more & 0x40:
            at += 1
        if more & 0x30:
            at += 1
    return at if at < len(payload) else None


def keyframe_size(data: bytes) -> Size | None:
    """The size that a keyframe names, or None for another picture or for garbage."""
    if len(data) < 10 or data[0] & 1 or data[3:6] != b"\x9d\x01\x2a":
        return None
    width = int.from_bytes(data[6:8], "little") & 0x3FFF
    height = int.from_bytes(data[8:10], "little") & 0x3FFF
    return Size(width, height) if width and height else None


class Assembler:
    """Puts pictures together from payloads in their order. Begins with a keyframe, and after a
    loss again with the next: what is between could only be shown broken."""

    __slots__ = ("_bytes", "_parts", "_timestamp", "needs_key")

    def __init__(self) -> None:
        self.needs_key = True
        self._parts: list[bytes] = []
        self._bytes = 0
        self._timestamp = 0

    def lost(self) -> None:
        """Something between the last payload and the next will never come."""
        self.needs_key = True
        self._parts = []

    def put(self, payload: bytes, timestamp: int, marker: bool) -> list[Picture]:
        """Takes the next payload; gives the pictures that are complete with it."""
        if not payload:
            return []
        done: list[Picture] = []
        start = payload_start(payload)
        if start is None:
            self.lost()
            return done
        if payload[0] & 0x17 == 0x10:  # first packet of the first partition
            if self._parts:  # its last packet had no marker
                self._finish(done)
            self._bytes = 0
            self._timestamp = timestamp
        elif not self._parts or timestamp != self._timestamp:
            self.lost()
            return done
        self._parts.append(payload[start:])
        self._bytes += len(payload) - start
        if self._bytes > LARGEST:
            self.lost()
        elif marker:
            self._finish(done)
        return done

    def _finish(self, done: list[Picture]) -> None:
        data = b"".join(self._parts)
        self._parts = []
        size = keyframe_size(data)
        if size is not None:
            self.needs_key = False
        elif not data[0] & 1:  # says that it is a keyframe and is none
            self.needs_key = True
        if not self.needs_key:
            done.append(Picture(self._timestamp, data, size))
