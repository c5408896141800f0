"""A publisher's and a viewer's connection: negotiation by aiortc, packets by `patches.Wire`."""

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping, Sequence

from aiortc import RTCPeerConnection, RTCSessionDescription, rtp

from server.media.errors import BadAnswer, BadOffer
from server.media.local import patches
from server.media.local.egress import PAYLOAD_TYPES, Outlet
from server.media.local.ingress import Intake, Source
from server.media.local.offers import screen, screen_answer
from server.media.plane import Feed, LegStats, Section, Slot, Track

CONNECTED_WITHIN = 30.0
"""Seconds from the answer in which a connection has to stand."""
QUIET = 5.0
"""Seconds without any packet after which a feed may be sent by somebody else: a tab that was loaded
again must not wait until its former connection is given up."""
REPEATS = 1000
"""Packets a second that one viewer may have again."""


class Connection:
    """One peer connection and whom to tell when it is over."""

    def __init__(self, resource: str, who: str, over: Callable[[], None]) -> None:
        self.resource = resource
        self.who = who
        self.peer: RTCPeerConnection = patches.connection()
        self.wire: patches.Wire | None = None
        self.connected = False
        self.since = time.monotonic()
        self.bitrate = 0
        self._over = over
        self._octets_before = 0
        self.peer.on("connectionstatechange", self._changed)

    def _changed(self) -> None:
        if patches.is_over(self.peer):
            self._over()
        elif self.peer.connectionState == "connected" and not self.connected:
            self.connected = True
            self.stands()

    def stands(self) -> None:
        """Packets can be sent and received from now on."""
        if self.wire is not None:
            self.wire.locate()

    def is_late(self, now: float) -> bool:
        """Whether it should have been connected by now."""
        return not self.connected and now - self.since > CONNECTED_WITHIN

    def say(self, packet: bytes) -> None:
        """Sends control packets."""
        if self.wire is not None and self.connected:
            self.wire.send_rtcp(packet)

    def measure(self, octets: int, seconds: float) -> None:
        """Takes the bitrate since the last time."""
        self.bitrate = int((octets - self._octets_before) * 8 / seconds)
        self._octets_before = octets

    async def close(self) -> None:
        """Ends it; the other side is told if it can be reached."""
        self.peer.remove_all_listeners()
        if self.wire is not None:
            self.wire.close()
        await self.peer.close()


class Incoming(Connection):
    """A feed. `arrived` gets each of its packets."""

    def __init__(
        self,
        feed: Feed,
        *,
        over: Callable[[], None],
        joined: Callable[[], None],
        arrived: Callable[[Track, bytes], None],
    ) -> None:
        super().__init__(secrets.token_hex(8), str(feed), over)
        self.feed = feed
        self.joined = False
        self._intake = Intake(own_ssrc=1 + secrets.randbelow(0xFFFFFFFE))
        self._tell_joined = joined
        self._arrived = arrived

    @property
    def sources(self) -> Mapping[Track, Source]:
        """What it consists of."""
        return self._intake.sources

    @property
    def is_quiet(self) -> bool:
        """Whether nothing has come for so long that nobody seems to be there."""
        since = self.since if self.wire is None else max(self.since, self.wire.heard)
        return time.monotonic() - since > QUIET

    async def negotiate(self, offer: str) -> str:
        """Answers. Raises BadOffer, CodecNotOffered."""
        screened = screen(offer)
        try:
            await self.peer.setRemoteDescription(
                RTCSessionDescription(sdp=screened.text, type="offer")
            )
        except Exception as error:
            # aiortc has no errors of its own for SDP: whatever it says, the offer is to blame.
            raise BadOffer(str(error) or type(error).__name__) from error
        for transceiver in self.peer.getTransceivers():
            patches.pass_through(transceiver)
            track: Track = "audio" if transceiver.kind == "audio" else "video"
            self._intake.add(track, patches.payload_types(transceiver), self.say)
        await patches.gathered(self.peer)
        self.wire = patches.Wire(self.peer, self._rtp, self._intake.rtcp)
        return screened.answer(self.peer.localDescription.sdp)

    def _rtp(self, data: bytes) -> None:
        taken = self._intake.rtp(data)
        if taken is None:
            return
        if not self.joined:
            self.joined = True
            self._tell_joined()
        self._arrived(*taken)

    def report(self) -> None:
        """Tells the publisher what came."""
        if reports := self._intake.reports():
            self.say(reports)

    def stats(self) -> LegStats:
        """Figures of now."""
        sources = self.sources.values()
        return LegStats(
            resource=self.resource,
            who=self.who,
            packets=sum(source.packets for source in sources),
            lost=sum(source.lost for source in sources),
            bitrate=self.bitrate,
        )


class Outgoing(Connection):
    """A viewer, who receives all slots."""

    def __init__(
        self,
        viewer: str,
        slots: Mapping[Slot, Sequence[Outlet]],
        *,
        over: Callable[[], None],
    ) -> None:
        super().__init__(secrets.token_hex(8), viewer, over)
        self._slots = slots
        self._outlets = {o.ssrc: o for outlets in slots.values() for o in outlets}
        self._taking: list[Outlet] = []
        self._before: dict[int, int] = {}
        self._octets_at_start: dict[int, int] = {}
        self._lost: dict[int, int] = {}
        self._way: patches.Way | None = None
        self._credit = REPEATS
        self._answer: str | None = None

    async def offer(self) -> tuple[str, tuple[Section, ...]]:
        """Offers every slot's sound and picture."""
        made = []
        for slot, outlets in self._slots.items():
            pair = []
            for outlet in outlets:
                transceiver = self.peer.addTransceiver(outlet.track, direction="sendonly")
                patches.pass_through(transceiver)
                patches.name_stream(transceiver, str(slot), outlet.ssrc)
                patches.leave_out_rtx(transceiver)
                pair.append(transceiver)
            made.append((slot, pair))
        await patches.gathered(self.peer)
        self.wire = patches.Wire(self.peer, _ignore, self._rtcp)
        sections = tuple(
            Section(slot, audio=str(pair[0].mid), video=str(pair[1].mid)) for slot, pair in made
        )
        return self.peer.localDescription.sdp, sections

    async def accept(self, answer: str) -> None:
        """Takes the answer; the same one again changes nothing. Raises BadAnswer."""
        if self._answer == answer:
            return
        if self._answer is not None:
            raise BadAnswer("there is an answer already")
        try:
            text = screen_answer(answer)
            await self.peer.setRemoteDescription(RTCSessionDescription(sdp=text, type="answer"))
        except Exception as error:
            # aiortc has no errors of its own for SDP: whatever it says, the answer is to blame.
            raise BadAnswer(str(error) or type(error).__name__) from error
        self._answer = answer
        self.since = time.monotonic()
        for transceiver in self.peer.getTransceivers():
            numbers = {number for _, number, _, _ in patches.payload_types(transceiver)}
            track: Track = "audio" if transceiver.kind == "audio" else "video"
            if transceiver.currentDirection == "sendonly" and numbers != {PAYLOAD_TYPES[track]}:
                raise BadAnswer("payload types must stay as they were offered")

    def stands(self) -> None:
        """Begins to send, with a keyframe of everything."""
        super().stands()
        assert self.wire is not None
        self._way = self.wire.way()
        wanted = {t.sender._ssrc for t in self.peer.getTransceivers() if _is_sent(t)}
        for ssrc, outlet in self._outlets.items():
            if ssrc in wanted:
                self._taking.append(outlet)
                self._before[ssrc] = outlet.packets
                self._octets_at_start[ssrc] = outlet.octets
                outlet.ways.append(self._way)
                if outlet.source is not None:
                    outlet.source.want_keyframe()

    def refresh(self) -> None:
        """Once a second: follows the other side to where it is now."""
        self._credit = REPEATS
        if self._way is None or self.wire is None or not self.wire.locate():
            return
        way = self.wire.way()
        if way[1:3] != self._way[1:3]:
            self._stop()
            self._way = way
            for outlet in self._taking:
                outlet.ways.append(way)

    def _stop(self) -> None:
        for outlet in self._taking:
            outlet.ways[:] = [way for way in outlet.ways if way is not self._way]

    def _rtcp(self, data: bytes) -> None:
        for packet in rtp.RtcpPacket.parse(data):
            if isinstance(packet, rtp.RtcpRtpfbPacket):
                outlet = self._outlets.get(packet.media_ssrc)
                if outlet and packet.fmt == rtp.RTCP_RTPFB_NACK and self._way:
                    asked = packet.lost[: self._credit]
                    self._credit -= outlet.send_again(asked, self._way)
            elif isinstance(packet, rtp.RtcpPsfbPacket):
                outlet = self._outlets.get(packet.media_ssrc)
                source = outlet.source if outlet else None
                if source and packet.fmt in (rtp.RTCP_PSFB_PLI, rtp.RTCP_PSFB_FIR):
                    source.want_keyframe()
            elif isinstance(packet, rtp.RtcpRrPacket | rtp.RtcpSrPacket):
                for report in packet.reports:
                    if report.ssrc in self._outlets:
                        self._lost[report.ssrc] = max(0, report.packets_lost)

    def octets(self) -> int:
        """Bytes of payload sent here."""
        return sum(o.octets - self._octets_at_start[o.ssrc] for o in self._taking)

    def stats(self) -> LegStats:
        """Figures of now."""
        return LegStats(
            resource=self.resource,
            who=self.who,
            packets=sum(o.packets - self._before[o.ssrc] for o in self._taking),
            lost=sum(self._lost.values()),
            bitrate=self.bitrate,
        )

    async def close(self) -> None:
        """Ends it."""
        self._stop()
        self._taking.clear()
        await super().close()


def _ignore(_: bytes) -> None:
    """Viewers send nothing but control packets."""


def _is_sent(transceiver: object) -> bool:
    return getattr(transceiver, "currentDirection", None) == "sendonly"


def close_soon(connection: Connection, tasks: "set[asyncio.Task[None]]") -> None:
    """Closes a connection without waiting for it."""
    task = asyncio.ensure_future(connection.close())
    tasks.add(task)
    task.add_done_callback(tasks.discard)
    task.add_done_callback(patches.forget)
