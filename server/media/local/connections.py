"""A publisher's and a viewer's connection."""

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping, Sequence

from aiortc import rtp

from server.media.errors import BadAnswer, BadOffer
from server.media.local.egress import Outlet
from server.media.local.ingress import Intake, Source
from server.media.local.patches import Site, Way, Wire
from server.media.local.sdp import Offer, Offered, read_answer, write_offer
from server.media.plane import Feed, LegStats, Section, Slot, Track

CONNECTED_WITHIN = 30.0
"""Seconds from the answer in which a connection has to stand."""
SILENT = 12.0
"""Seconds without a packet, not even an answer to ICE's questions: nobody is there."""
QUIET = 5.0
"""Seconds without any packet after which a feed may be sent by somebody else: a tab that was loaded
again must not wait until its former connection is given up."""
REPEATS = 1000
"""Packets a second that one viewer may have again."""
CNAME = "yunkai"


class Connection:
    """One connection, and whom to tell when it is over."""

    def __init__(self, site: Site, who: str, over: Callable[[], None]) -> None:
        self.resource = secrets.token_hex(8)
        self.who = who
        self.bitrate = 0
        self.wire = Wire(site, rtp=self.rtp, rtcp=self.rtcp, stands=self.stands, over=over)
        self._since = time.monotonic()
        self._octets_before = 0

    def stands(self) -> None:
        """Packets can be sent and received from now on."""

    def rtp(self, data: bytes) -> None:
        """Takes a packet."""

    def rtcp(self, data: bytes) -> None:
        """Takes control packets."""

    def is_lost(self, now: float) -> bool:
        """Whether it never came to stand, or the other side has fallen silent."""
        if not self.wire.connected:
            return now - self._since > CONNECTED_WITHIN
        return now - self.wire.heard > SILENT

    def say(self, packet: bytes) -> None:
        """Sends control packets."""
        if self.wire.connected:
            self.wire.send_rtcp(packet)

    def measure(self, octets: int, seconds: float) -> None:
        """Takes the bitrate since the last time."""
        self.bitrate = int((octets - self._octets_before) * 8 / seconds)
        self._octets_before = octets

    async def close(self) -> None:
        """Ends it; the other side is told if it can be reached."""
        await self.wire.close()


class Incoming(Connection):
    """A feed. `arrived` gets each of its packets."""

    def __init__(
        self,
        site: Site,
        feed: Feed,
        *,
        over: Callable[[], None],
        joined: Callable[[], None],
        arrived: Callable[[Track, bytes], None],
    ) -> None:
        super().__init__(site, str(feed), over)
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
        return time.monotonic() - self.wire.heard > QUIET

    async def negotiate(self, offer: Offer) -> str:
        """Answers, and waits for packets."""
        for sent in offer.tracks:
            self._intake.add(sent, self.say)
        answer = offer.answer(await self.wire.gather())
        self.wire.connect(
            offer.peer, controlling=offer.peer.is_lite, active=offer.setup == "active"
        )
        return answer

    def rtcp(self, data: bytes) -> None:
        """Takes the publisher's reports."""
        self._intake.rtcp(data)

    def rtp(self, data: bytes) -> None:
        """Takes a packet of it."""
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
        site: Site,
        viewer: str,
        slots: Mapping[Slot, Sequence[Outlet]],
        *,
        over: Callable[[], None],
    ) -> None:
        super().__init__(site, viewer, over)
        self._offered = [(slot, outlet) for slot, outlets in slots.items() for outlet in outlets]
        self._outlets = {outlet.ssrc: outlet for _, outlet in self._offered}
        self._taken: list[Outlet] = []
        self._packets_at_start: dict[int, int] = {}
        self._octets_at_start: dict[int, int] = {}
        self._lost: dict[int, int] = {}
        self._way: Way | None = None
        self._credit = REPEATS
        self._answer: str | None = None

    async def offer(self) -> tuple[str, tuple[Section, ...]]:
        """Offers every slot's sound and picture."""
        offered = [Offered(slot, outlet.track, outlet.ssrc) for slot, outlet in self._offered]
        mids: dict[Slot, dict[Track, str]] = {}
        for mid, each in enumerate(offered):
            mids.setdefault(each.slot, {})[each.track] = str(mid)
        sections = tuple(
            Section(slot, audio=pair["audio"], video=pair["video"]) for slot, pair in mids.items()
        )
        return write_offer(offered, await self.wire.gather(controlling=True), CNAME), sections

    def accept(self, answer: str) -> None:
        """Takes the answer; the same one again changes nothing. Raises BadAnswer."""
        if self._answer == answer:
            return
        if self._answer is not None:
            raise BadAnswer("there is an answer already")
        try:
            peer, taken = read_answer(answer, len(self._offered))
        except BadOffer as bad:
            raise BadAnswer(str(bad.params["reason"])) from bad
        self._answer = answer
        self._since = time.monotonic()
        self._taken = [outlet for at, (_, outlet) in enumerate(self._offered) if at in taken]
        self.wire.connect(peer, controlling=True, active=peer.setup == "passive")

    def stands(self) -> None:
        """Begins to send, with a keyframe of everything."""
        self._way = self.wire.way()
        for outlet in self._taken:
            self._packets_at_start[outlet.ssrc] = outlet.packets
            self._octets_at_start[outlet.ssrc] = outlet.octets
            outlet.ways.append(self._way)
            if outlet.source is not None:
                outlet.source.want_keyframe()

    def refresh(self) -> None:
        """Once a second: follows the other side to where it is now."""
        self._credit = REPEATS
        if self._way is None or not self.wire.locate():
            return
        way = self.wire.way()
        if way[1:3] != self._way[1:3]:
            self._stop()
            self._way = way
            for outlet in self._taken:
                outlet.ways.append(way)

    def _stop(self) -> None:
        for outlet in self._taken:
            outlet.ways[:] = [way for way in outlet.ways if way is not self._way]

    def rtcp(self, data: bytes) -> None:
        """Takes what the viewer asks for and reports."""
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
        return sum(o.octets - self._octets_at_start.get(o.ssrc, o.octets) for o in self._taken)

    def stats(self) -> LegStats:
        """Figures of now."""
        return LegStats(
            resource=self.resource,
            who=self.who,
            packets=sum(
                o.packets - self._packets_at_start.get(o.ssrc, o.packets) for o in self._taken
            ),
            lost=sum(self._lost.values()),
            bitrate=self.bitrate,
        )

    async def close(self) -> None:
        """Ends it."""
        self._stop()
        self._taken.clear()
        await super().close()


def close_soon(connection: Connection, tasks: "set[asyncio.Task[None]]") -> None:
    """Closes a connection without waiting for it."""
    task = asyncio.ensure_future(connection.close())
    tasks.add(task)
    task.add_done_callback(tasks.discard)
