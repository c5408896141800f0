"""One track of a feed: RTP packets in, frames with a time out."""

from typing import NamedTuple

from server.media.plane import Track
from server.media.taps import opus, rtp, vp8
from server.media.taps.reorder import InOrder, Reorder
from server.media.taps.timeline import Timeline
from server.media.taps.vp8 import Size

VIDEO_RATE = 90000


class Frame(NamedTuple):
    """A picture or a packet of sound. `time` is in seconds of this machine's monotonic clock."""

    track: Track
    time: float
    key: bool
    data: bytes
    size: Size | None


class _Arrived(NamedTuple):
    timestamp: int
    marker: bool
    payload: bytes


class Stream:
    """Of one track. Bounded in memory; garbage is dropped without a word."""

    __slots__ = (
        "_order", "_pictures", "_sequence", "_ssrc", "_stray", "_timeline", "_timestamp", "track",
    )  # fmt: skip

    def __init__(self, track: Track) -> None:
        self.track: Track = track
        self._ssrc: int | None = None
        self._stray: tuple[int, int] | None = None
        self._begin()

    @property
    def needs_key(self) -> bool:
        """Whether nothing can be shown before another keyframe."""
        return self._pictures is not None and self._pictures.needs_key

    @property
    def lost(self) -> int:
        """Packets that never came."""
        return self._order.lost

    def put(self, data: bytes, now: float) -> list[Frame]:
        """Takes a packet that arrived; gives the frames that are complete with it."""
        packet = rtp.parse(data)
        if packet is None or (packet.ssrc != self._ssrc and not self._known(packet)):
            return []
        timestamp = self._timestamp(packet.timestamp)
        self._timeline.arrived(timestamp, now)
        sequence = self._sequence(packet.sequence)
        if self._order.passes(sequence):
            return self._frames(timestamp, packet.marker, packet.payload, now)
        arrived = _Arrived(timestamp, packet.marker, packet.payload)
        return self._ordered(self._order.put(sequence, arrived, now), now)

    def tick(self, now: float) -> list[Frame]:
        """Frames that waited long enough for packets before them."""
        return self._ordered(self._order.due(now), now)

    def _begin(self) -> None:
        self._order: Reorder[_Arrived] = Reorder()
        self._sequence = rtp.Unwrap(16)
        self._timestamp = rtp.Unwrap(32)
        self._timeline = Timeline(VIDEO_RATE if self.track == "video" else opus.RATE)
        self._pictures = vp8.Assembler() if self.track == "video" else None

    def _known(self, packet: rtp.Packet) -> bool:
        """Whether a packet of another source than before is ours: two in a row are a new stream."""
        if self._ssrc is not None and self._stray != (packet.ssrc, packet.sequence):
            self._stray = (packet.ssrc, (packet.sequence + 1) & 0xFFFF)
            return False
        self._ssrc = packet.ssrc
        self._stray = None
        self._begin()
        return True

    def _ordered(self, ready: list[InOrder[_Arrived]], now: float) -> list[Frame]:
        frames: list[Frame] = []
        for arrived, gap in ready:
            if gap and self._pictures is not None:
                self._pictures.lost()
            frames += self._frames(*arrived, now)
        return frames

    def _frames(self, timestamp: int, marker: bool, payload: bytes, now: float) -> list[Frame]:
        if self._pictures is None:
            if opus.duration(payload) is None:
                return []
            return [Frame("audio", self._timeline.at(timestamp, now), True, payload, None)]
        return [
            Frame("video", self._timeline.at(each.timestamp, now), each.key, each.data, each.size)
            for each in self._pictures.put(payload, timestamp, marker)
        ]
