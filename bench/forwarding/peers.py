"""Senders and viewers for `bench.media`: real ICE, DTLS and SRTP, and packets shaped like those of
a 640×480 camera, which nobody has to encode or decode."""

import asyncio
import contextlib
import itertools
import os
import random
import socket
import time
from collections.abc import Callable
from struct import pack, unpack_from

from aiortc import rtp

from server.media.local.ingress import nack
from server.media.local.packets import Packet, ahead, payload_of
from server.media.local.patches import Fan, Site, Wire
from server.media.local.sdp import Ourselves, Peer
from server.media.plane import Feed, MediaPlane, RoomId

FPS, SOUNDS, PER_FRAME, KEY_PACKETS = 30, 50, 4, 12
"""162 packets a second and a bit: 30 pictures of four packets, 50 pieces of sound."""
SIZE, SOUND = 1000, 160
NUMBERS = {"audio": 111, "video": 96}
SO_RCVBUFFORCE = 33
"""Of Linux; Python has no name for it."""
KEYFRAME_EVERY = 0.2
"""Seconds after which a viewer who has no picture asks again for one."""
ASK_AGAIN = 0.04
"""Seconds after which a viewer asks again for a packet, like a browser with that round trip."""


def _peer(sdp: str) -> Peer:
    def one(name: str) -> str:
        return next(line[len(name) :] for line in sdp.splitlines() if line.startswith(name))

    algorithm, _, value = one("a=fingerprint:").partition(" ")
    named = dict.fromkeys(x[12:] for x in sdp.splitlines() if x.startswith("a=candidate:"))
    return Peer(
        one("a=ice-ufrag:"),
        one("a=ice-pwd:"),
        is_lite="a=ice-lite" in sdp,
        fingerprints=((algorithm, value.strip()),),
        setup=one("a=setup:").strip(),
        candidates=tuple(c for c in named if " udp " in c.lower()),
    )


class _End:
    """One end of a connection to an engine."""

    def __init__(self, site: Site) -> None:
        self.ready = asyncio.Event()
        self.wire = Wire(
            site, rtp=self.rtp, rtcp=self.rtcp, stands=self.ready.set, over=lambda: None
        )

    def rtp(self, data: bytes) -> None:
        """Takes a packet."""

    def rtcp(self, data: bytes) -> None:
        """Takes control packets."""


class Caster(_End):
    """Sends pictures of a mark, thirty a second, and sound; a keyframe when asked."""

    def __init__(self, site: Site, mark: int, loss: float = 0.0) -> None:
        super().__init__(site)
        self.mark, self.sent, self.paused = mark, 0, False
        self._loss, self._chance = loss, random.Random(mark)
        self._fan = Fan()
        self._filler = os.urandom(SIZE)
        self._seqs = {"audio": 1, "video": 1}
        self._ssrcs = {"audio": 1000 + mark, "video": 2000 + mark}
        self._history: dict[int, bytes] = {}
        self._picture = 0
        self._wants_key = True
        self._task: asyncio.Task[None] | None = None

    async def publish(self, plane: MediaPlane, room: RoomId, feed: Feed) -> "Caster":
        """Sends from now on."""
        ourselves = await self.wire.gather()
        lines = ["v=0", "o=- 1 1 IN IP4 0.0.0.0", "s=-", "t=0 0", "a=group:BUNDLE 0 1"]
        for mid, (kind, codec) in enumerate((("audio", "opus/48000/2"), ("video", "VP8/90000"))):
            number = NUMBERS[kind]
            lines += ourselves.media(kind, [number])
            lines += [f"a=mid:{mid}", "a=sendonly", f"a=rtpmap:{number} {codec}"]
            lines += [f"a=rtcp-fb:{number} nack", f"a=rtcp-fb:{number} nack pli"][: 2 * mid]
            lines += [f"a=msid:s {kind}", f"a=ssrc:{self._ssrcs[kind]} cname:bench"]
            lines += ourselves.lines("actpass")
        made = await plane.publish(room, feed, "\r\n".join(lines) + "\r\n")
        peer = _peer(made.answer)
        self.wire.connect(peer, controlling=True, active=peer.setup == "passive")
        await asyncio.wait_for(self.ready.wait(), 30)
        self._task = asyncio.ensure_future(self._run())
        return self

    async def close(self) -> None:
        """Ends."""
        if self._task is not None:
            self._task.cancel()
        await self.wire.close()

    async def _run(self) -> None:
        begun, frames, sounds, now = time.monotonic(), 0, 0, 0.0
        while True:
            if self.paused:
                begun += time.monotonic() - begun - now
            now = time.monotonic() - begun
            while sounds < now * SOUNDS:
                sounds += 1
                self._send("audio", sounds * 960, 0, self._filler[:SOUND])
            while frames < now * FPS:
                frames += 1
                self._frame(frames * 3000)
            await asyncio.sleep(0.005)

    def _frame(self, timestamp: int) -> None:
        is_key, self._wants_key = self._wants_key, False
        count = KEY_PACKETS if is_key else PER_FRAME
        self._picture = (self._picture + 1) & 0x7FFF
        for n in range(count):
            head = pack("!BBH", 0x90 if n == 0 else 0x80, 0x80, 0x8000 | self._picture)
            # RFC 6386 section 9.1: frame tag, and of a keyframe start code and size.
            if n == 0:
                head += b"\x10\x02\x00\x9d\x01\x2a\x80\x02\xe0\x01" if is_key else b"\x31\x02\x00"
            body = head.ljust(16, b"\0") + bytes([self.mark]) + self._filler[17 : SIZE - 12]
            self._send("video", timestamp, 0x80 if n == count - 1 else 0, body)

    def _send(self, kind: str, timestamp: int, marker: int, payload: bytes) -> None:
        seq = self._seqs[kind] = (self._seqs[kind] + 1) & 0xFFFF
        number = NUMBERS[kind] | marker
        packet = pack("!BBHLL", 0x80, number, seq, timestamp & 0xFFFFFFFF, self._ssrcs[kind])
        packet += payload
        if kind == "video":
            self._history[seq % 512] = packet
        self.sent += 1
        self._give(packet)

    def _give(self, packet: bytes) -> None:
        # What was asked for may be read when this end is closed already.
        if self._chance.random() >= self._loss and self.wire.is_open:
            self._fan.send(packet, (self.wire.way(),))

    def rtcp(self, data: bytes) -> None:
        """Answers requests."""
        for packet in rtp.RtcpPacket.parse(data):
            if isinstance(packet, rtp.RtcpRtpfbPacket) and packet.fmt == rtp.RTCP_RTPFB_NACK:
                for seq in packet.lost:
                    lost = self._history.get(seq % 512)
                    if lost is not None and unpack_from("!H", lost, 2)[0] == seq:
                        self._give(lost)
            elif isinstance(packet, rtp.RtcpPsfbPacket) and packet.fmt in (
                rtp.RTCP_PSFB_PLI,
                rtp.RTCP_PSFB_FIR,
            ):
                self._wants_key = True


class Seat(_End):
    """A viewer. Counts what comes; with `plays` it also puts pictures together as a browser does,
    losing a share of the packets and asking for them."""

    def __init__(
        self, site: Site, *, plays: bool = False, loss: float = 0.0, chance: int = 1
    ) -> None:
        super().__init__(site)
        self.packets = 0
        self.screen = Player(self.wire.send_rtcp)
        self._loss, self._chance = loss, random.Random(chance)
        self._number = self._repairs = -1
        self.resource = ""
        # Losses happen before decryption, where a packet that comes again would be a replay.
        self._given = self.wire._unprotect
        self.wire._unprotect = self._lose if plays else self._count  # type: ignore[method-assign]

    def _lose(self, data: bytes) -> None:
        if self._chance.random() >= self._loss:
            self._given(data)

    def _count(self, data: bytes) -> None:
        if not 192 <= data[1] < 224:
            self.packets += 1

    async def subscribe(self, plane: MediaPlane, room: RoomId, name: str) -> "Seat":
        """Receives from now on."""
        made = await plane.subscribe(room, name)
        self.resource = made.resource
        answer = _answer(made.offer, await self.wire.gather())
        self._wait_long()
        maps = [x for x in made.offer.splitlines() if x.startswith("a=rtpmap:") and "VP8" in x]
        self._number = int(maps[0].split(":")[1].split()[0])
        self._repairs = _repairs(made.offer, self._number)
        await plane.accept(room, made.resource, answer)
        self.wire.connect(_peer(made.offer), controlling=False, active=True)
        await asyncio.wait_for(self.ready.wait(), 30)
        return self

    def _wait_long(self) -> None:
        # A hundred viewers in one process are slower than an engine in bursts; what waits for them
        # is delivered. Only root may have more than the usual.
        for protocol in self.wire._ice._protocols:
            with contextlib.suppress(OSError):
                own = protocol.transport.get_extra_info("socket")
                own.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20)

    async def close(self) -> None:
        """Ends."""
        await self.wire.close()

    def rtp(self, data: bytes) -> None:
        """Puts pictures together."""
        self.packets += 1
        payload = payload_of(data)
        if not payload:
            return
        seq, timestamp, ssrc = unpack_from("!HLL", data, 2)
        if data[1] & 0x7F == self._repairs and len(payload) > 2:
            # RFC 4588 section 4: the original number is in front of the original payload.
            again = Packet(unpack_from("!H", payload)[0], timestamp, data[1] & 0x80, payload[2:])
            self.screen.put(self.screen.ssrc, again)
        elif data[1] & 0x7F == self._number:
            self.screen.put(ssrc, Packet(seq, timestamp, data[1] & 0x80, payload))


class Player:
    """Pictures in their order, each when all its packets are there, as a browser plays them."""

    def __init__(self, say: Callable[[bytes], None]) -> None:
        self.shown: list[tuple[float, int]] = []
        """When a picture was complete, and its mark."""
        self._say = say
        self.ssrc = 0
        self._packets: dict[int, Packet] = {}
        self._next: int | None = None
        self._highest = 0
        self._asked: dict[int, float] = {}
        self._stuck_since = self._wanted = 0.0

    def put(self, ssrc: int, packet: Packet) -> None:
        """A packet has come."""
        now = time.monotonic()
        packet.read_vp8()
        if self._next is None:
            if not packet.keyframe:
                self._want_keyframe(ssrc, now)
                return
            self._next = self._highest = packet.seq
            self.ssrc, self._stuck_since = ssrc, now
        if ssrc != self.ssrc or ahead(packet.seq, self._next) < 0:
            return
        self._packets[packet.seq] = packet
        self._asked.pop(packet.seq, None)
        for step in range(1, ahead(packet.seq, self._highest)):
            self._asked[(self._highest + step) & 0xFFFF] = 0.0
        if ahead(packet.seq, self._highest) > 0:
            self._highest = packet.seq
        self._play(now)
        self.ask(now)

    def ask(self, now: float) -> None:
        """Asks for what is missing."""
        due = [seq for seq, asked in self._asked.items() if now - asked >= ASK_AGAIN]
        for seq in due:
            self._asked[seq] = now
        if due:
            self._say(_report(self.ssrc) + nack(1, self.ssrc, due))
        if self._next is not None and self._asked and now - self._stuck_since > 1.0:
            self._stuck_since = now
            self._want_keyframe(self.ssrc, now)
            self._next = None
            self._packets.clear()
            self._asked.clear()

    def _want_keyframe(self, ssrc: int, now: float) -> None:
        if now - self._wanted >= KEYFRAME_EVERY:
            self._wanted = now
            pli = rtp.RtcpPsfbPacket(fmt=rtp.RTCP_PSFB_PLI, ssrc=1, media_ssrc=ssrc)
            self._say(_report(ssrc) + bytes(pli))

    def _play(self, now: float) -> None:
        at = self._next
        while at is not None and (packet := self._packets.get(at)) is not None:
            at = (at + 1) & 0xFFFF
            if packet.marker:
                mark = packet.payload[16] if len(packet.payload) > 16 else -1
                self.shown.append((now, mark))
                while self._next != at:
                    assert self._next is not None
                    self._packets.pop(self._next, None)
                    self._next = (self._next + 1) & 0xFFFF
                self._stuck_since = now

    def frozen(self, since: float, until: float) -> float:
        """Seconds of freezes: where pictures came more than 150 ms after they were due."""
        times = [since, *(at for at, _ in self.shown if since <= at <= until), until]
        gaps = [b - a for a, b in itertools.pairwise(times)]
        return sum(gap for gap in gaps if gap > 1 / FPS + 0.15)


def _report(ssrc: int) -> bytes:
    """What has to come before any feedback (RFC 4585 section 3.1); Janus knows by it whose it is
    when a viewer sends nothing."""
    block = rtp.RtcpReceiverInfo(ssrc, 0, 0, 0, 0, 0, 0)
    return bytes(rtp.RtcpRrPacket(ssrc=1, reports=[block]))


def _repairs(sdp: str, number: int) -> int:
    """The payload type of what is sent again, or -1."""
    for line in sdp.splitlines():
        if line.startswith("a=fmtp:") and line.endswith(f" apt={number}"):
            return int(line[7:].split()[0])
    return -1


def _answer(offer: str, ourselves: Ourselves) -> str:
    lines = ["v=0", "o=- 1 1 IN IP4 0.0.0.0", "s=-", "t=0 0"]
    lines += [line for line in offer.splitlines() if line.startswith("a=group:BUNDLE")]
    for section in offer.split("\r\nm=")[1:]:
        kind = section.split()[0]
        number = int(section.split("\r\n")[0].split()[3])
        numbers = [n for n in (number, _repairs(section, number)) if n >= 0]
        lines += ourselves.media(kind, numbers)
        kept = ["a=mid:"]
        for each in numbers:
            kept += [f"a=rtpmap:{each} ", f"a=fmtp:{each} ", f"a=rtcp-fb:{each} "]
        lines += [line for line in section.split("\r\n") if line.startswith(tuple(kept))]
        lines += ["a=recvonly", *ourselves.lines("active")]
    return "\r\n".join(lines) + "\r\n"
