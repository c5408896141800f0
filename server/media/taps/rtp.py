"""RTP packets (RFC 3550 §5.1) as far as a tap needs them. Nothing here raises on garbage."""

from struct import Struct
from typing import NamedTuple

HEADER = 12
_VERSION = 2
_PLAIN = _VERSION << 6
_HEADER = Struct("!BBHII").unpack_from


class Packet(NamedTuple):
    """An RTP packet without its header extensions, contributors and padding."""

    ssrc: int
    sequence: int
    timestamp: int
    marker: bool
    payload: bytes
    """Empty in packets that only probe the network."""


def parse(data: bytes) -> Packet | None:
    """The packet, or None when these bytes are none."""
    if len(data) < HEADER:
        return None
    first, second, sequence, timestamp, ssrc = _HEADER(data)
    if first == _PLAIN:  # as most packets are
        return Packet(ssrc, sequence, timestamp, second >= 0x80, data[HEADER:])
    if first >> 6 != _VERSION:
        return None
    start = HEADER + 4 * (first & 0x0F)
    if first & 0x10:
        if len(data) < start + 4:
            return None
        start += 4 + 4 * int.from_bytes(data[start + 2 : start + 4], "big")
    end = len(data)
    if start > end:
        return None
    if first & 0x20:
        padding = data[-1]
        if padding == 0 or padding > end - start:
            return None
        end -= padding
    return Packet(ssrc, sequence, timestamp, second >= 0x80, data[start:end])


class Unwrap:
    """Counts on where a counter of so many bits begins again: each value is taken as the one
    nearest to the last."""

    __slots__ = ("_half", "_last", "_whole")

    def __init__(self, bits: int) -> None:
        self._whole = 1 << bits
        self._half = self._whole >> 1
        self._last: int | None = None

    def __call__(self, value: int) -> int:
        if self._last is None:
            # One round up, so that what came just before the first is not below zero.
            self._last = value + self._whole
        else:
            ahead = (value - self._last + self._half) % self._whole - self._half
            self._last += ahead
        return self._last
