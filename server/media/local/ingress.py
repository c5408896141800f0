"""What a publisher sends: losses noticed and asked for again, keyframes asked for, then handed to
the slots that show it."""

import time
from collections.abc import Callable
from struct import pack, unpack_from
from typing import Protocol

from aiortc import rtp

from server.media.local.packets import Packet, ahead, payload_of
from server.media.local.sdp import Sent
from server.media.plane import Track

RATES: dict[Track, int] = {"audio": 48000, "video": 90000}
RECENT = 256
"""Packets a source remembers: to tell repeated ones, and for a slot that begins in between."""
ASK_AGAIN = 0.03
GIVE_UP = {"audio": 0.3, "video": 1.0}
"""Seconds after which a gap is a loss: nobody waits longer for a packet."""
GAPS = 128
KEYFRAME_EVERY = 0.5
LARGEST_BITRATE = 2_500_000
"""Bits a second a publisher may send: room for a screen with small letters."""


class Outlet(Protocol):
    """A slot's sound or picture (`egress.Outlet`)."""

    def take(self, source: "Source", packet: Packet) -> None: ...
    def begin_again(self, source: "Source") -> None: ...


class Gap:
    """A packet that is missing."""

    __slots__ = ("next_ask", "since")

    def __init__(self, since: float) -> None:
        self.since = since
        self.next_ask = since + ASK_AGAIN


class Source:
    """One track of a feed. `say` sends control packets to the publisher."""

    def __init__(
        self, track: Track, say: Callable[[bytes], None], *, own_ssrc: int, nack: bool
    ) -> None:
        self.track: Track = track
        self.rate = RATES[track]
        self.outlets: list[Outlet] = []
        self.muted = False
        self._say, self._own_ssrc, self._nack = say, own_ssrc, nack
        self.ssrc: int | None = None
        self.highest = 0
        self.report: tuple[int, int, float] | None = None
        """The publisher's last sender report: NTP time, RTP time, and when it came."""
        self.last_timestamp = 0
        self.last_arrival = 0.0
        self.packets = 0
        self.octets = 0
        self.lost = 0
        self._first = 0
        self._expected_before = self._received = self._received_before = 0
        self._jitter = 0.0
        self._transit: float | None = None
        self._recent: list[Packet | None] = [None] * RECENT
        self._gaps: dict[int, Gap] = {}
        self._wants_keyframe = False
        self._next_keyframe = 0.0

    def take(self, ssrc: int, packet: Packet) -> bool:
        """A packet has come. False when it is a repetition, or unwanted."""
        now = time.monotonic()
        seq = packet.seq
        if ssrc != self.ssrc:
            self._begin(ssrc, seq)
            self._note_arrival(packet.timestamp, now)
        else:
            place = self._recent[seq % RECENT]
            if place is not None and place.seq == seq:
                return False
            step = ahead(seq, self.highest & 0xFFFF)
            if step > 0:
                if step > 1:
                    self._miss(step, now)
                self.highest += step
                self._note_arrival(packet.timestamp, now)
            elif step < -RECENT:
                return False
            else:
                self._gaps.pop(seq, None)
        self._recent[seq % RECENT] = packet
        self._received += 1
        self.packets += 1
        self.octets += len(packet.payload)
        if self.track == "video":
            packet.read_vp8()
            if packet.keyframe:
                self._wants_keyframe = False
        elif self.muted:
            return False
        for outlet in self.outlets:
            outlet.take(self, packet)
        return True

    def after(self, seq: int) -> list[Packet]:
        """The packets that came already and follow this one."""
        found = []
        for each in range(1, ahead(self.highest & 0xFFFF, seq) + 1):
            packet = self._recent[(seq + each) % RECENT]
            if packet is not None and packet.seq == (seq + each) & 0xFFFF:
                found.append(packet)
        return found

    def mute(self, muted: bool) -> None:
        """Drops sound from now on, or lets it through again without a gap."""
        if muted != self.muted:
            self.muted = muted
            for outlet in self.outlets:
                outlet.begin_again(self)

    def want_keyframe(self) -> None:
        """Asks the publisher for a keyframe, until one comes, at most every half second."""
        if self.track == "video":
            self._wants_keyframe = True
            self.ask(time.monotonic())

    def ask(self, now: float) -> None:
        """Asks for what is missing and due: called as often as `ASK_AGAIN`."""
        if self.ssrc is None:
            return
        if self._wants_keyframe and now >= self._next_keyframe:
            self._next_keyframe = now + KEYFRAME_EVERY
            self._say(
                bytes(
                    rtp.RtcpPsfbPacket(
                        fmt=rtp.RTCP_PSFB_PLI, ssrc=self._own_ssrc, media_ssrc=self.ssrc
                    )
                )
            )
        if not self._gaps:
            return
        due: list[int] = []
        for seq, gap in list(self._gaps.items()):
            if now - gap.since > GIVE_UP[self.track]:
                del self._gaps[seq]
                self.lost += 1
                if self.track == "video":
                    self._wants_keyframe = True
            elif now >= gap.next_ask:
                gap.next_ask = now + ASK_AGAIN
                due.append(seq)
        self._ask_for(due)

    def receiver_report(self, now: float) -> rtp.RtcpReceiverInfo | None:
        """What came and what didn't, for the publisher (RFC 3550 section 6.4.1)."""
        if self.ssrc is None:
            return None
        expected = self.highest - self._first + 1
        asked = expected - self._expected_before
        missed = asked - (self._received - self._received_before)
        self._expected_before, self._received_before = expected, self._received
        since, delay = 0, 0
        if self.report is not None:
            since = (self.report[0] >> 16) & 0xFFFFFFFF
            delay = min(0xFFFFFFFF, int((now - self.report[2]) * 65536))
        return rtp.RtcpReceiverInfo(
            ssrc=self.ssrc,
            fraction_lost=max(0, min(255, (missed << 8) // asked)) if asked > 0 else 0,
            packets_lost=rtp.clamp_packets_lost(expected - self._received),
            highest_sequence=self.highest & 0xFFFFFFFF,
            jitter=int(self._jitter),
            lsr=since,
            dlsr=delay,
        )

    def _begin(self, ssrc: int, seq: int) -> None:
        self.ssrc = ssrc
        self.highest = self._first = seq
        self._expected_before = self._received = self._received_before = 0
        self._transit = None
        self.last_timestamp = -1
        self.report = None
        self._gaps.clear()
        self._recent = [None] * RECENT
        for outlet in self.outlets:
            outlet.begin_again(self)

    def _miss(self, step: int, now: float) -> None:
        if step > GAPS or len(self._gaps) + step > GAPS:
            # Nothing that could be asked for is still of use: begin with a new picture.
            self.lost += step - 1 + len(self._gaps)
            self._gaps.clear()
            self._wants_keyframe = self.track == "video"
            return
        missing = [(self.highest + each) & 0xFFFF for each in range(1, step)]
        for seq in missing:
            self._gaps[seq] = Gap(now)
        self._ask_for(missing)

    def _ask_for(self, missing: list[int]) -> None:
        if missing and self._nack and self.ssrc is not None:
            self._say(nack(self._own_ssrc, self.ssrc, missing))

    def _note_arrival(self, timestamp: int, now: float) -> None:
        # RFC 3550 appendix A.8; only the first packet of a picture says when it came.
        if timestamp != self.last_timestamp:
            transit = now * self.rate - timestamp
            if self._transit is not None and abs(transit - self._transit) < 10 * self.rate:
                self._jitter += (abs(transit - self._transit) - self._jitter) / 16
            self._transit = transit
            self.last_timestamp, self.last_arrival = timestamp, now


def nack(own_ssrc: int, ssrc: int, missing: list[int]) -> bytes:
    """A request for lost packets (RFC 4585 section 6.2.1), in the order in which they were sent.
    aiortc's own stumbles where the numbers begin again."""
    pairs: list[list[int]] = []
    for seq in missing:
        behind = (seq - pairs[-1][0] - 1) & 0xFFFF if pairs else 0xFFFF
        if behind < 16:
            pairs[-1][1] |= 1 << behind
        else:
            pairs.append([seq, 0])
    head = pack(
        "!BBHLL", 0x80 | rtp.RTCP_RTPFB_NACK, rtp.RTCP_RTPFB, 2 + len(pairs), own_ssrc, ssrc
    )
    return head + b"".join(pack("!HH", *pair) for pair in pairs)


class Intake:
    """All tracks of one feed's connection: tells packets apart by their payload types."""

    def __init__(self, own_ssrc: int) -> None:
        self.sources: dict[Track, Source] = {}
        self.own_ssrc = own_ssrc
        self._by_type: dict[int, Source] = {}
        self._repairs: dict[int, int] = {}

    def add(self, sent: Sent, say: Callable[[bytes], None]) -> None:
        """A track as it was negotiated."""
        source = Source(sent.track, say, own_ssrc=self.own_ssrc, nack="nack" in sent.feedback)
        self.sources[sent.track] = source
        self._by_type[sent.number] = source
        if sent.repairs is not None:
            self._repairs[sent.repairs] = sent.number

    def rtp(self, data: bytes) -> tuple[Track, bytes] | None:
        """Takes a packet; returns its track and the packet as sent first, when it is new."""
        number = data[1] & 0x7F
        seq, timestamp, ssrc = unpack_from("!HLL", data, 2)
        payload = payload_of(data)
        if payload is None:
            return None
        if number in self._repairs:
            # RFC 4588 section 4: the original number is in front of the original payload.
            number = self._repairs[number]
            source = self._by_type[number]
            if len(payload) < 2 or source.ssrc is None:
                return None
            ssrc, seq = source.ssrc, unpack_from("!H", payload)[0]
            payload = payload[2:]
            first = bytes((0x80, data[1] & 0x80 | number))
            data = b"".join((first, seq.to_bytes(2), data[4:8], ssrc.to_bytes(4), payload))
        elif number in self._by_type:
            source = self._by_type[number]
        else:
            return None
        if source.take(ssrc, Packet(seq, timestamp, data[1] & 0x80, payload)):
            return source.track, data
        return None

    def rtcp(self, data: bytes) -> None:
        """Takes the publisher's sender reports."""
        now = time.monotonic()
        for packet in rtp.RtcpPacket.parse(data):
            if isinstance(packet, rtp.RtcpSrPacket):
                for source in self.sources.values():
                    if source.ssrc == packet.ssrc:
                        info = packet.sender_info
                        source.report = (info.ntp_timestamp, info.rtp_timestamp, now)

    def reports(self) -> bytes:
        """Receiver reports and the bitrate that is welcome (draft-alvestrand-rmcat-remb-03)."""
        now = time.monotonic()
        made = [s.receiver_report(now) for s in self.sources.values()]
        blocks = [block for block in made if block is not None]
        if not blocks:
            return b""
        report = bytes(rtp.RtcpRrPacket(ssrc=self.own_ssrc, reports=blocks))
        welcome = rtp.pack_remb_fci(LARGEST_BITRATE, [block.ssrc for block in blocks])
        return report + bytes(
            rtp.RtcpPsfbPacket(fmt=rtp.RTCP_PSFB_APP, ssrc=self.own_ssrc, media_ssrc=0, fci=welcome)
        )
