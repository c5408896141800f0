"""What viewers receive: a slot's sound or picture as one unbroken stream, whatever feed is in it.

Numbers are rewritten once a slot, so that every viewer gets the same bytes under its own key and
one ring answers everybody's requests for lost packets.
"""

import secrets
import time
from collections.abc import Iterable
from struct import pack

from aiortc import rtp

from server.media.local.ingress import RATES, Source
from server.media.local.packets import Packet, ahead
from server.media.local.patches import Fan, Way
from server.media.local.sdp import PAYLOAD_TYPES
from server.media.plane import Track

RING = {"audio": 128, "video": 512}
"""Packets that can be sent again: two to three seconds."""
PATIENCE = 1.0
"""Seconds for which the former picture stays while a new feed's keyframe is awaited."""
SETTLED = 1000
"""Packets after which none from before a switch can come any more."""
NTP = 2_208_988_800
"""Seconds from NTP's epoch to Unix's."""


class Outlet:
    """A slot's sound or picture."""

    def __init__(self, track: Track, fan: Fan) -> None:
        self.track: Track = track
        self.ssrc = 1 + secrets.randbelow(0xFFFFFFFE)
        self.rate = RATES[track]
        self.ways: list[Way] = []
        self.packets = 0
        self.octets = 0
        self._fan = fan
        self._source: Source | None = None
        self._awaited: Source | None = None
        self._awaited_since = 0.0
        self._size = RING[track]
        self._ring: list[bytes | None] = [None] * self._size
        # The first numbers are in the lower half, so that a viewer who misses the first packets
        # does not also miss that the number went over its end (RFC 3711 section 3.3.1).
        self._seq = secrets.randbelow(0x8000)
        self._timestamp = secrets.randbits(32)
        self._picture = secrets.randbelow(0x8000)
        self._sent_at = time.monotonic()
        self._seq_offset = self._timestamp_offset = self._picture_offset = 0
        self._begun_at: int | None = None
        self._since_begun = 0

    @property
    def source(self) -> Source | None:
        """What is shown, or will be with its keyframe."""
        return self._awaited or self._source

    def show(self, source: Source | None) -> None:
        """Changes what is shown: sound at once, a picture with its next keyframe."""
        if source is self.source:
            return
        for former in (self._source, self._awaited):
            if former is not None and former is not source:
                self._leave(former, unless=self._source if source is not None else None)
        self._awaited = None
        if source is None:
            self._source = None
            return
        if self._source is source:
            return
        if self.track == "audio" and self._source is not None:
            self._leave(self._source, unless=source)
            self._source = None
        self._awaited, self._awaited_since = source, time.monotonic()
        if self not in source.outlets:
            source.outlets.append(self)
        source.want_keyframe()

    def _leave(self, source: Source, unless: Source | None) -> None:
        if source is not unless and self in source.outlets:
            source.outlets.remove(self)

    def lose_patience(self, now: float) -> None:
        """Stops showing the former feed when the new one's keyframe doesn't come."""
        if self._awaited and self._source and now - self._awaited_since > PATIENCE:
            self._leave(self._source, unless=None)
            self._source = None

    def begin_again(self, source: Source) -> None:
        """The source's numbers will not go on from where they are."""
        if source is self._source:
            self._begun_at = None
            self._source = None
            self._awaited, self._awaited_since = source, time.monotonic()
            source.want_keyframe()

    def take(self, source: Source, packet: Packet) -> None:
        """Sends a packet on, when it belongs to what is shown."""
        if source is self._awaited and (packet.keyframe or self.track == "audio"):
            self._begin(source, packet)
            self._send(packet)
            for later in source.after(packet.seq):
                self._send(later)
        elif source is self._source:
            self._send(packet)

    def _begin(self, source: Source, packet: Packet) -> None:
        if self._source is not None:
            self._leave(self._source, unless=source)
        self._source, self._awaited = source, None
        passed = max(1, int((time.monotonic() - self._sent_at) * self.rate))
        self._seq_offset = self._seq + 1 - packet.seq
        self._timestamp_offset = self._timestamp + passed - packet.timestamp
        self._picture_offset = self._picture + 1 - packet.picture_id
        self._begun_at, self._since_begun = packet.seq, 0

    def _send(self, packet: Packet) -> None:
        if self._begun_at is not None:
            if ahead(packet.seq, self._begun_at) < 0:
                return
            self._since_begun += 1
            if self._since_begun > SETTLED:
                self._begun_at = None
        seq = (packet.seq + self._seq_offset) & 0xFFFF
        timestamp = (packet.timestamp + self._timestamp_offset) & 0xFFFFFFFF
        kind = packet.marker | PAYLOAD_TYPES[self.track]
        payload = packet.payload
        if packet.picture_id >= 0:
            picture = (packet.picture_id + self._picture_offset) & 0x7FFF
            at = packet.at_picture_id
            payload = payload[:at] + (0x8000 | picture).to_bytes(2) + payload[at + 2 :]
        else:
            picture = self._picture
        made = pack("!BBHLL", 0x80, kind, seq, timestamp, self.ssrc) + payload
        self._ring[seq % self._size] = made
        if ahead(seq, self._seq) > 0:
            self._seq, self._timestamp, self._picture = seq, timestamp, picture
            self._sent_at = time.monotonic()
        self.packets += 1
        self.octets += len(payload)
        if self.ways:
            self._fan.send(made, self.ways)

    def send_again(self, seqs: Iterable[int], way: Way) -> int:
        """Answers a request for lost packets; returns how many there still were."""
        found = 0
        for each in seqs:
            # aiortc reads requests that span the numbers' end as if there were none.
            seq = each & 0xFFFF
            made = self._ring[seq % self._size]
            if made is not None and made[2:4] == seq.to_bytes(2):
                found += self._fan.send(made, (way,))
        return found

    def sender_report(self, cname: bytes, now: float) -> bytes:
        """When what was sent was taken (RFC 3550 section 6.4.1), and whose it is; empty when
        nothing is being shown."""
        source = self._source
        if source is None or not self.packets:
            return b""
        if source.report is not None:
            ntp, timestamp, came = source.report
        else:
            ntp, timestamp, came = ntp_time(), source.last_timestamp, source.last_arrival
            ntp -= int((now - came) * (1 << 32))
        passed = now - came
        report = rtp.RtcpSrPacket(
            ssrc=self.ssrc,
            sender_info=rtp.RtcpSenderInfo(
                ntp_timestamp=(ntp + int(passed * (1 << 32))) & 0xFFFFFFFFFFFFFFFF,
                rtp_timestamp=(timestamp + int(passed * self.rate) + self._timestamp_offset)
                & 0xFFFFFFFF,
                packet_count=self.packets & 0xFFFFFFFF,
                octet_count=self.octets & 0xFFFFFFFF,
            ),
        )
        names = rtp.RtcpSdesPacket(chunks=[rtp.RtcpSourceInfo(ssrc=self.ssrc, items=[(1, cname)])])
        return bytes(report) + bytes(names)


def ntp_time() -> int:
    """Now, as 64-bit NTP time."""
    return int((time.time() + NTP) * (1 << 32))
