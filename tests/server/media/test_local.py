"""The engine of one machine: what it reads, asks for and sends on, and the libraries under it."""

import asyncio
import importlib.metadata
import os
import signal
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise
from pathlib import Path
from struct import pack, unpack_from
from typing import Any

import aioice.ice
import pytest
from aiortc import rtp

from rooms.ids import PersonId, RecordingId, RoomId
from server.media.errors import BadOffer, CodecNotOffered
from server.media.local import control, patches, sdp
from server.media.local.egress import Outlet
from server.media.local.ingress import Intake, Source
from server.media.local.packets import Packet, ahead
from server.media.local.plane import LocalPlane
from server.media.plane import (
    EngineDown,
    EngineEvent,
    EngineUp,
    Feed,
    FeedJoined,
    FeedLeft,
    Kind,
    Recorded,
    Slot,
    ViewerLeft,
)
from tests.server.media.peers import Publisher, Told, until

ROOM = RoomId("hall-1")
HOST = Feed(PersonId("host"), Kind.CAMERA)
KEY, DELTA = b"\x10\x02\x00\x9d\x01\x2a", b"\x31\x02\x00"

# --- the libraries --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(patches.VERSIONS))
def test_the_libraries_are_those_that_the_patches_were_written_against(name: str) -> None:
    installed = importlib.metadata.version(name).split(".")
    assert ".".join(installed[:2]) == patches.VERSIONS[name]


class End:
    """One end of a wire, and what came out of it."""

    def __init__(self, site: patches.Site) -> None:
        self.packets: list[bytes] = []
        self.control: list[bytes] = []
        self.is_over = False
        self.wire = patches.Wire(
            site, rtp=self.packets.append, rtcp=self.control.append, stands=_nothing, over=self.end
        )

    def end(self) -> None:
        self.is_over = True


def _nothing() -> None:
    return None


def _peer(ours: sdp.Ourselves, setup: str) -> sdp.Peer:
    return sdp.Peer(
        ours.user,
        ours.password,
        is_lite=False,
        fingerprints=(("sha-256", ours.fingerprint),),
        setup=setup,
        candidates=ours.candidates,
    )


@pytest.fixture
async def wires(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[End, End]]:
    """Two connected ends on loopback."""
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda use_ipv4, use_ipv6: ["127.0.0.1"])
    site = patches.Site()
    left, right = End(site), End(site)
    ours, theirs = await left.wire.gather(), await right.wire.gather()
    left.wire.connect(_peer(theirs, "active"), controlling=True, active=False)
    right.wire.connect(_peer(ours, "passive"), controlling=False, active=True)
    await until(lambda: left.wire.connected and right.wire.connected, "a connection")
    yield left, right
    await left.wire.close()
    await right.wire.close()


async def test_a_packet_comes_out_of_a_wire_as_it_went_in(wires: tuple[End, End]) -> None:
    left, right = wires
    packet = pack("!BBHLL", 0x80, 96, 7, 9, 11) + bytes(1100)
    assert patches.Fan().send(packet, [left.wire.way()]) == 1
    await until(lambda: right.packets == [packet], "the packet")


async def test_control_packets_come_out_apart_from_the_others(wires: tuple[End, End]) -> None:
    left, right = wires
    left.wire.send_rtcp(bytes(rtp.RtcpRrPacket(ssrc=5)))
    await until(lambda: len(right.control) == 1, "the report")
    assert right.packets == []


async def test_the_other_end_is_told_when_one_closes(wires: tuple[End, End]) -> None:
    left, right = wires
    await left.wire.close()
    await until(lambda: right.is_over, "the end")
    assert not left.is_over


async def test_packets_that_are_too_large_or_altered_end_nothing(wires: tuple[End, End]) -> None:
    left, right = wires
    fan, way = patches.Fan(), left.wire.way()
    assert fan.send(bytes(1501), [way]) == 0
    address, sendto = way[2], way[1]
    for size in (0, 1, 11, 12, 60, 1400, 2000):
        sendto(memoryview(b"\x80" * size), address)
        sendto(memoryview(b"\x16" * size), address)
    packet = pack("!BBHLL", 0x80, 96, 7, 9, 11) + b"sound"
    fan.send(packet, [way])
    await until(lambda: right.packets == [packet], "the packet after the garbage")


async def test_an_address_of_the_router_is_announced_with_the_machines_port(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(aioice.ice, "get_host_addresses", aioice.ice.get_host_addresses)
    end = End(patches.Site(["127.0.0.1", "192.0.2.80"]))
    ours = await end.wire.gather()
    addresses = [candidate.split()[4:6] for candidate in ours.candidates]
    assert addresses == [["127.0.0.1", str(ours.port)], ["192.0.2.80", str(ours.port)]]
    await end.wire.close()


# --- descriptions ---------------------------------------------------------------------------------

ICE = f"""a=ice-ufrag:abcd
a=ice-pwd:abcdefghijklmnopqrstuv
a=fingerprint:sha-256 {":".join(["AB"] * 32)}
a=setup:actpass
a=rtcp-mux
"""
AUDIO = "m=audio 9 UDP/TLS/RTP/SAVPF 111\na=mid:0\na=sendrecv\na=rtpmap:111 opus/48000/2\n" + ICE
VIDEO = (
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97 98\na=mid:1\na=sendonly\na=rtpmap:96 VP8/90000\n"
    "a=rtcp-fb:96 nack\na=rtcp-fb:96 nack pli\na=rtpmap:97 rtx/90000\na=fmtp:97 apt=96\n"
    "a=rtpmap:98 H264/90000\n" + ICE
)
H264 = "m=video 9 UDP/TLS/RTP/SAVPF 98\na=mid:2\na=sendonly\na=rtpmap:98 H264/90000\n" + ICE
DATA = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\na=mid:3\n" + ICE
HEAD = "v=0\no=- 1 1 IN IP4 0.0.0.0\ns=-\nt=0 0\na=group:BUNDLE 0 1 2 3\n"
OURSELVES = sdp.Ourselves(
    "user", "password", "AB:CD", ("1 1 udp 1 192.0.2.1 9 typ host",), "::1", 9
)


def test_a_browsers_offer_is_read_with_its_repairs() -> None:
    audio, video = sdp.read_offer(HEAD + AUDIO + VIDEO).tracks
    assert (audio.track, audio.number, audio.feedback) == ("audio", 111, ())
    assert (video.number, video.repairs) == (96, 97)
    assert video.feedback == ("nack", "nack pli")


def test_what_is_not_carried_is_refused_in_its_place() -> None:
    offer = sdp.read_offer(HEAD + DATA + H264 + AUDIO + VIDEO)
    media = [x for x in offer.answer(OURSELVES).splitlines() if x.startswith("m=")]
    assert [line.split()[:2] for line in media] == [
        ["m=application", "0"],
        ["m=video", "0"],
        ["m=audio", "9"],
        ["m=video", "9"],
    ]
    assert "a=group:BUNDLE 0 1\r\n" in offer.answer(OURSELVES)


def test_sound_alone_is_an_offer() -> None:
    offer = sdp.read_offer(HEAD + AUDIO + H264)
    assert [sent.track for sent in offer.tracks] == ["audio"]


def test_an_offer_of_h264_alone_says_what_was_offered() -> None:
    with pytest.raises(CodecNotOffered) as refused:
        sdp.read_offer(HEAD + H264)
    assert refused.value.params["offered"] == ["H264"]


@pytest.mark.parametrize(
    "offer",
    [
        HEAD + AUDIO.replace("sendrecv", "recvonly"),
        HEAD + DATA,
        HEAD.replace("a=group:BUNDLE 0 1 2 3\n", "") + AUDIO + VIDEO,
        HEAD + AUDIO + VIDEO.replace("a=mid:1", "a=mid:0"),
        HEAD + AUDIO + VIDEO.replace(":96", ":111").replace("SAVPF 96", "SAVPF 111"),
        HEAD + AUDIO.replace("actpass", "holdconn"),
        HEAD + AUDIO.replace("a=ice-pwd:abcdefghijklmnopqrstuv", "a=ice-pwd:short"),
        HEAD + AUDIO * 50,
        HEAD + AUDIO + "a=x\n" * 40_000,
    ],
)
def test_offers_that_cannot_be_answered_are_bad(offer: str) -> None:
    with pytest.raises(BadOffer):
        sdp.read_offer(offer)


def test_candidates_with_names_or_of_tcp_are_left_out() -> None:
    usable = "1 1 udp 2130706431 192.0.2.7 5000 typ host"
    lines = [
        usable,
        "2 1 udp 2130706431 5f9c.local 5000 typ host",
        "3 1 tcp 1518280447 192.0.2.7 9 typ host tcptype active",
        "4 1 udp many 192.0.2.7 5000 typ host",
        "5 1 udp 1",
    ]
    text = HEAD + AUDIO + "".join(f"a=candidate:{line}\n" for line in lines)
    assert sdp.read_offer(text).peer.candidates == (usable,)


# --- packets in -----------------------------------------------------------------------------------


def _vp8(seq: int, data: bytes = DELTA, picture: int = 5, timestamp: int = 0) -> Packet:
    packet = Packet(
        seq & 0xFFFF, timestamp, 0x80, pack("!BBH", 0x90, 0x80, 0x8000 | picture) + data
    )
    packet.read_vp8()
    return packet


def test_a_keyframe_is_told_from_other_pictures() -> None:
    assert _vp8(1, KEY).keyframe
    assert not _vp8(1, DELTA).keyframe
    later = Packet(2, 0, 0, b"\x80\x80\x80\x05" + KEY)
    later.read_vp8()
    assert not later.keyframe


def test_the_picture_id_is_found_behind_the_other_fields() -> None:
    packet = Packet(1, 0, 0, b"\x90\xe0\x81\x23\x07\x20" + KEY)
    packet.read_vp8()
    assert (packet.picture_id, packet.keyframe) == (0x123, True)


@pytest.mark.parametrize("payload", [b"", b"\x90", b"\x90\x80", b"\x90\xf0\x80", b"\x10"])
def test_cut_off_descriptors_are_no_keyframes(payload: bytes) -> None:
    packet = Packet(1, 0, 0, payload)
    packet.read_vp8()
    assert not packet.keyframe


def test_numbers_go_round() -> None:
    assert (ahead(2, 0xFFFE), ahead(0xFFFE, 2), ahead(7, 7)) == (4, -4, 0)


class Asked:
    """What a source asked its publisher for."""

    def __init__(self) -> None:
        self.nacks: list[list[int]] = []
        self.plis = 0

    def __call__(self, data: bytes) -> None:
        for packet in rtp.RtcpPacket.parse(data):
            if isinstance(packet, rtp.RtcpRtpfbPacket):
                self.nacks.append([seq & 0xFFFF for seq in packet.lost])
            elif isinstance(packet, rtp.RtcpPsfbPacket):
                self.plis += 1


def _source(asked: Asked) -> Source:
    return Source("video", asked, own_ssrc=1, nack=True)


def test_a_gap_is_asked_for_at_once_and_every_30_ms_until_it_is_filled() -> None:
    asked = Asked()
    source = _source(asked)
    for seq in (0xFFFE, 1):
        source.take(9, _vp8(seq, KEY))
    assert asked.nacks == [[0xFFFF, 0]]
    now = source.last_arrival
    source.ask(now + 0.02)
    source.ask(now + 0.031)
    source.take(9, _vp8(0xFFFF))
    source.ask(now + 0.062)
    assert asked.nacks[1:] == [[0xFFFF, 0], [0]]
    source.take(9, _vp8(0))
    source.ask(now + 0.2)
    assert len(asked.nacks) == 3
    assert source.lost == 0


def test_a_packet_that_never_comes_is_given_up_for_a_keyframe() -> None:
    asked = Asked()
    source = _source(asked)
    for seq in (1, 3):
        source.take(9, _vp8(seq))
    now = source.last_arrival
    source.ask(now + 1.5)
    source.ask(now + 1.6)
    assert (source.lost, asked.plis) == (1, 1)


def test_a_keyframe_is_asked_for_every_half_second_until_it_comes() -> None:
    asked = Asked()
    source = _source(asked)
    source.take(9, _vp8(1))
    for _ in range(20):
        source.want_keyframe()
    assert asked.plis == 1
    now = source.last_arrival
    for step in range(20):
        source.ask(now + 0.1 * step)
    assert asked.plis == 4
    source.take(9, _vp8(2, KEY))
    source.ask(now + 9)
    assert asked.plis == 4


def test_a_packet_that_comes_twice_is_taken_once() -> None:
    source = _source(Asked())
    assert source.take(9, _vp8(1))
    assert not source.take(9, _vp8(1))
    assert source.packets == 1


def test_a_packet_that_was_sent_again_in_a_stream_of_its_own_fills_the_gap() -> None:
    asked = Asked()
    intake = Intake(own_ssrc=1)
    intake.add(sdp.Sent("video", "1", 96, 97, ("nack",)), asked)
    payload = _vp8(0).payload
    for seq in (10, 12):
        assert intake.rtp(pack("!BBHLL", 0x80, 96, seq, 3000, 9) + payload)
    taken = intake.rtp(pack("!BBHLL", 0x80, 0x80 | 97, 500, 3000, 77) + pack("!H", 11) + payload)
    assert taken is not None
    assert taken[1] == pack("!BBHLL", 0x80, 0x80 | 96, 11, 3000, 9) + payload
    intake.sources["video"].ask(intake.sources["video"].last_arrival + 0.1)
    assert asked.nacks == [[11]]


@pytest.mark.parametrize(
    "data",
    [
        b"\x8f" + bytes(11),
        b"\x90" + bytes(11),
        b"\x90\x60" + bytes(10) + b"\xbe\xde\xff\xff",
        b"\xa0\x60" + bytes(10) + b"\xff",
        b"\x80\x7f" + bytes(30),
    ],
)
def test_packets_whose_lengths_are_lies_are_left_out(data: bytes) -> None:
    intake = Intake(own_ssrc=1)
    intake.add(sdp.Sent("video", "1", 96, 97, ("nack",)), Asked())
    intake.rtp(data)
    assert intake.sources["video"].octets == 0


# --- packets out ----------------------------------------------------------------------------------


class Paper(patches.Fan):
    """Keeps what would be sent."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[bytes] = []

    def send(self, packet: bytes, ways: Sequence[patches.Way]) -> int:
        self.sent.append(packet)
        return 1


def _ways(outlet: Outlet) -> None:
    somewhere: patches.Way = None  # type: ignore[assignment] # Paper doesn't look at it
    outlet.ways.append(somewhere)


def _outlet() -> tuple[Outlet, Paper]:
    paper = Paper()
    outlet = Outlet("video", paper)
    _ways(outlet)
    return outlet, paper


def _seqs(paper: Paper) -> list[int]:
    return [unpack_from("!H", sent, 2)[0] for sent in paper.sent]


def test_a_change_of_the_feed_is_one_unbroken_stream() -> None:
    outlet, paper = _outlet()
    first, second = _source(Asked()), _source(Asked())
    outlet.show(first)
    first.take(9, _vp8(100, KEY, picture=50, timestamp=90_000))
    first.take(9, _vp8(101, picture=51, timestamp=93_000))
    second.take(8, _vp8(0xFFFE, picture=7, timestamp=5))
    outlet.show(second)
    second.take(8, _vp8(0xFFFF, picture=8, timestamp=3005))
    first.take(9, _vp8(102, picture=52, timestamp=96_000))
    second.take(8, _vp8(0, KEY, picture=9, timestamp=6005))
    first.take(9, _vp8(103, picture=53, timestamp=99_000))
    second.take(8, _vp8(1, picture=10, timestamp=9005))
    assert len(paper.sent) == 5, "until the keyframe the former feed, then the new one"
    assert all((b - a) & 0xFFFF == 1 for a, b in pairwise(_seqs(paper)))
    stamps = [unpack_from("!L", sent, 4)[0] for sent in paper.sent]
    assert all(0 < (b - a) & 0xFFFFFFFF <= 90_000 for a, b in pairwise(stamps))
    pictures = [unpack_from("!H", sent, 14)[0] & 0x7FFF for sent in paper.sent]
    assert all((b - a) & 0x7FFF == 1 for a, b in pairwise(pictures))
    assert {sent[8:12] for sent in paper.sent} == {outlet.ssrc.to_bytes(4)}


def test_what_a_viewer_missed_is_sent_again_as_it_was_even_from_the_former_feed() -> None:
    outlet, paper = _outlet()
    first, second = _source(Asked()), _source(Asked())
    outlet.show(first)
    first.take(9, _vp8(100, KEY))
    outlet.show(second)
    second.take(8, _vp8(500, KEY))
    before = list(paper.sent)
    assert outlet.send_again(_seqs(paper), outlet.ways[0]) == 2
    assert paper.sent[2:] == before
    assert outlet.send_again([(_seqs(paper)[0] - 1) & 0xFFFF], outlet.ways[0]) == 0


def test_packets_that_come_late_are_put_where_they_belong() -> None:
    outlet, paper = _outlet()
    source = _source(Asked())
    outlet.show(source)
    for seq in (10, 12, 11, 9):
        source.take(9, _vp8(seq, KEY if seq == 10 else DELTA))
    first = _seqs(paper)[0]
    assert _seqs(paper) == [first, first + 2, first + 1], "nothing from before the keyframe"


def test_a_keyframe_that_had_to_be_sent_again_is_followed_by_what_came_before_it() -> None:
    outlet, paper = _outlet()
    source = _source(Asked())
    source.take(9, _vp8(1))
    outlet.show(source)
    for seq in (3, 4, 2):
        source.take(9, _vp8(seq, KEY if seq == 2 else DELTA))
    first = _seqs(paper)[0]
    assert _seqs(paper) == [first, first + 1, first + 2]


def test_a_muted_stretch_leaves_no_gap() -> None:
    paper = Paper()
    outlet = Outlet("audio", paper)
    _ways(outlet)
    source = Source("audio", Asked(), own_ssrc=1, nack=False)
    outlet.show(source)
    for seq in range(10):
        source.mute(3 <= seq < 6)
        source.take(9, Packet(seq, 960 * seq, 0, b"sound"))
    assert len(paper.sent) == 7
    assert all((b - a) & 0xFFFF == 1 for a, b in pairwise(_seqs(paper)))


# --- the process ----------------------------------------------------------------------------------

EVENTS: list[EngineEvent] = [
    FeedJoined(ROOM, HOST, "r"),
    FeedLeft(ROOM, HOST, "r"),
    ViewerLeft(ROOM, "v"),
    Recorded(ROOM, RecordingId("rec"), 5, "ab", "left"),
]


@pytest.mark.parametrize("event", EVENTS)
def test_what_an_engine_tells_is_what_the_server_hears(event: EngineEvent) -> None:
    assert control.event_of(control.event_to_message(event)) == event


async def test_an_engine_ends_when_the_server_hangs_up() -> None:
    plane = LocalPlane(addresses=["127.0.0.1"])
    await plane.open_room(ROOM, [Slot.STAGE])
    pids = plane.pids()
    await plane.stop()
    assert pids
    await until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids), "the end")


async def test_rooms_of_other_processes_do_not_notice_a_killed_one() -> None:
    plane = LocalPlane(addresses=["127.0.0.1"], processes=2)
    told = Told(plane)
    rooms = [RoomId(f"hall-{n}") for n in range(6)]
    for room in rooms:
        await plane.open_room(room, [Slot.STAGE])
    assert len(set(plane.pids())) == 2
    os.kill(plane.pids()[0], signal.SIGKILL)
    down = await told.until(EngineDown)
    await told.until(EngineUp, rooms=down.rooms)
    untouched = set(rooms) - set(down.rooms)
    assert untouched
    for room in untouched:
        await plane.subscribe(room, "viewer")
    for room in down.rooms:
        await plane.open_room(room, [Slot.STAGE])
        await plane.subscribe(room, "viewer")
    told.close()
    await plane.stop()


async def test_an_engine_that_is_killed_again_and_again_comes_back() -> None:
    plane = LocalPlane(addresses=["127.0.0.1"])
    told = Told(plane)
    for _ in range(3):
        await plane.open_room(ROOM, [Slot.STAGE])
        told.events.clear()
        os.kill(plane.pids()[0], signal.SIGKILL)
        await told.until(EngineUp)
    await plane.open_room(ROOM, [Slot.STAGE])
    assert (await plane.subscribe(ROOM, "viewer")).offer
    told.close()
    await asyncio.wait_for(plane.stop(), 60)


async def test_who_vanishes_without_a_word_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda use_ipv4, use_ipv6: ["127.0.0.1"])
    plane = LocalPlane(addresses=["127.0.0.1"])
    told = Told(plane)
    await plane.open_room(ROOM, [Slot.STAGE])
    gone, stays = [
        await Publisher(plane, ROOM, Feed(PersonId(name), Kind.CAMERA)).publish()
        for name in ("gone", "stays")
    ]
    for publisher in (gone, stays):
        await told.until(FeedJoined, feed=publisher.feed)
    transport: Any = gone.peer.getTransceivers()[0].receiver.transport.transport
    for protocol in transport._connection._protocols:
        monkeypatch.setattr(protocol, "send_stun", _nothing_more)
        monkeypatch.setattr(protocol, "send_data", _nowhere)
    await told.until(FeedLeft, feed=gone.feed)
    assert [leg.who for leg in (await plane.stats(ROOM)).feeds] == [str(stays.feed)]
    told.close()
    await stays.close()
    await plane.stop()


def _nothing_more(message: object, addr: object) -> None:
    """A cable that was pulled."""


async def _nowhere(data: bytes, addr: object) -> None:
    """The same for data."""
