"""RTP packets (RFC 3550 §5.1) as far as a tap needs them. Nothing here raises on garbage."""

from typing import NamedTuple

HEADER = 12
_VERSION = 2


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
    if len(data) < HEADER or data[0] >> 6 != _VERSION:
        return None
    start = HEADER + 4 * (data[0] & 0x0F)
    if data[0] & 0x10:
        if len(data) < start + 4:
            return None
        start += 4 + 4 * int.from_bytes(data[start + 2 : start + 4], "big")
    end = len(data)
    if start > end:
        return None
    if data[0] & 0x20:
        padding = data[-1]
        if padding == 0 or padding > end - start:
            return None
        end -= padding
    return Packet(
        int.from_bytes(data[8:12], "big"),
        int.from_bytes(data[2:4], "big"),
        int.from_bytes(data[4:8], "big"),
        data[1] >= 0x80,
        data[start:end],
    )


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
