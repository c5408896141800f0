"""Parsers of what strangers send: right on what real senders make, silent on everything else."""

import random
from itertools import pairwise

from aiortc.codecs.vpx import VpxPayloadDescriptor
from aiortc.rtcrtpparameters import RTCRtpHeaderExtensionParameters, RTCRtpParameters
from aiortc.rtp import HeaderExtensionsMap, RtpPacket
from hypothesis import given
from hypothesis import strategies as st

from server.media.plane import Slot, Track
from server.media.taps import opus, rtp, vp8, webm
from server.media.taps.reorder import MOST, Reorder
from server.media.taps.stream import Stream
from server.media.taps.timeline import BOUND, WINDOW, Timeline
from server.media.taps.vp8 import Assembler, Size
from tests.server.media.taps import ebml
from tests.server.media.taps.sender import Camera, Microphone
from tests.server.media.taps.studio import HOST, ROOM, Studio

u16 = st.integers(0, 0xFFFF)
u32 = st.integers(0, 0xFFFFFFFF)


@given(u16, u32, u32, st.booleans(), st.binary(max_size=1300), st.integers(0, 255), st.lists(u32))
def test_an_rtp_packet_is_read_as_it_was_written(
    sequence: int, timestamp: int, ssrc: int, marker: bool, payload: bytes, padding: int,
    csrc: list[int],
) -> None:  # fmt: skip
    made = RtpPacket(
        payload_type=96,
        marker=int(marker),
        sequence_number=sequence,
        timestamp=timestamp,
        ssrc=ssrc,
        payload=payload,
    )
    made.csrc = csrc[:15]
    made.padding_size = padding
    made.extensions.mid = "0"
    extensions = HeaderExtensionsMap()
    mid = RTCRtpHeaderExtensionParameters(1, "urn:ietf:params:rtp-hdrext:sdes:mid")
    extensions.configure(RTCRtpParameters(headerExtensions=[mid]))
    assert rtp.parse(made.serialize(extensions)) == (ssrc, sequence, timestamp, marker, payload)


@given(st.binary(max_size=64))
def test_rtp_garbage_is_no_packet_or_a_small_one(data: bytes) -> None:
    packet = rtp.parse(data)
    assert packet is None or len(packet.payload) <= len(data) - rtp.HEADER


@given(st.integers(8, 32), st.integers(0, 1 << 40), st.lists(st.integers(-100, 100)))
def test_counters_are_followed_across_their_end(bits: int, start: int, steps: list[int]) -> None:
    unwrap = rtp.Unwrap(bits)
    true = start
    offset = unwrap(true % (1 << bits)) - true
    for step in steps:
        true += step
        assert unwrap(true % (1 << bits)) - true == offset


@given(
    st.none() | st.integers(0, 127) | st.integers(128, 0x7FFF),
    st.none() | st.integers(0, 255),
    st.none() | st.tuples(st.integers(0, 3), st.integers(0, 1)),
    st.none() | st.integers(0, 31),
    st.binary(min_size=1, max_size=50),
)
def test_a_vp8_descriptor_is_left_out_whatever_is_in_it(
    picture_id: int | None,
    tl0picidx: int | None,
    tid: tuple[int, int] | None,
    keyidx: int | None,
    picture: bytes,
) -> None:
    descriptor = VpxPayloadDescriptor(
        partition_start=1,
        partition_id=0,
        picture_id=picture_id,
        tl0picidx=tl0picidx,
        tid=tid,
        keyidx=keyidx,
    )
    payload = bytes(descriptor) + picture
    start = vp8.payload_start(payload)
    assert start is not None
    assert payload[start:] == picture


@given(st.lists(st.tuples(st.binary(max_size=40), u32, st.booleans(), st.booleans())))
def test_vp8_garbage_never_makes_a_picture_without_a_keyframe_before(
    packets: list[tuple[bytes, int, bool, bool]],
) -> None:
    assembler = Assembler()
    pictures = []
    for payload, timestamp, marker, loss in packets:
        if loss:
            assembler.lost()
        pictures += assembler.put(payload, timestamp, marker)
    assert not pictures or pictures[0].key


def test_a_keyframe_says_its_size() -> None:
    stream = Stream("video")
    frames = [f for packet in Camera(640, 360).picture() for f in stream.put(packet, 0.0)]
    assert [frame.size for frame in frames] == [Size(640, 360)]


def test_a_picture_without_end_is_given_up() -> None:
    assembler = Assembler()
    (first, *_) = Camera().picture()
    payload = rtp.parse(first)
    assert payload is not None
    assembler.put(payload.payload, 0, False)
    held = 0
    for _ in range(2 * vp8.LARGEST // 1000):
        assembler.put(b"\0" + bytes(1000), 0, False)
        held = max(held, sum(map(len, assembler._parts)))
    assert held <= vp8.LARGEST + 1000


@given(st.binary(max_size=1500))
def test_opus_garbage_has_no_duration_or_a_lawful_one(data: bytes) -> None:
    duration = opus.duration(data)
    assert duration is None or 0 < duration <= 5760


def test_real_opus_packets_last_what_they_last() -> None:
    microphone = Microphone()
    for _ in range(5):
        packet = rtp.parse(microphone.sound()[0])
        assert packet is not None
        assert opus.duration(packet.payload) == 960


@given(st.permutations(range(30)))
def test_whatever_the_order_all_come_in_theirs(order: list[int]) -> None:
    reorder: Reorder[int] = Reorder()
    got = [each.item for each in reorder.put(100, 100, 0.0)]
    for each in order:
        got += [ready.item for ready in reorder.put(101 + each, 101 + each, 0.0)]
    assert got == list(range(100, 131))
    assert reorder.lost == 0


@given(st.lists(st.integers(0, 1 << 20), max_size=200))
def test_sequence_numbers_at_random_neither_pile_up_nor_go_back(numbers: list[int]) -> None:
    reorder: Reorder[int] = Reorder()
    for now, each in enumerate(numbers):
        got = [ready.item for ready in reorder.put(each, each, now / 100)]
        assert all(b > a for a, b in pairwise(got))
        assert len(reorder._held) <= MOST


def test_a_packet_that_never_comes_is_waited_for_a_moment_only() -> None:
    reorder: Reorder[int] = Reorder(wait=0.4)
    reorder.put(1, 1, 0.0)
    assert reorder.put(3, 3, 0.1) == []
    assert reorder.due(0.45) == []
    assert reorder.due(0.55) == [(3, True)]
    assert reorder.lost == 1
    assert reorder.put(2, 2, 0.6) == []


def test_a_flood_of_pieces_behind_a_hole_is_not_kept() -> None:
    reorder: Reorder[int] = Reorder()
    reorder.put(0, 0, 0.0)
    for each in range(2, 2900):
        reorder.put(each, each, 0.0)
        assert len(reorder._held) <= MOST


def test_a_drifting_sender_stays_with_the_clock() -> None:
    timeline = Timeline(48000)
    worst = 0.0
    for number in range(0, 3600 * 50, 5):  # an hour; the sender's clock is a thousandth fast
        now = number * 0.02
        timeline.arrived(int(number * 960 * 1.001), now)
        worst = max(worst, abs(timeline.at(int(number * 960 * 1.001), now) - now))
    assert worst <= BOUND + 2 * WINDOW * 0.001


@given(st.lists(st.tuples(u32, st.floats(0, 5))))
def test_no_timestamp_leads_far_from_now(packets: list[tuple[int, float]]) -> None:
    timeline = Timeline(90000)
    now = 50.0
    for timestamp, later in packets:
        now += later
        timeline.arrived(timestamp, now)
        assert now - 10 <= timeline.at(timestamp, now) <= now + 1


def test_a_stall_of_the_network_moves_nothing() -> None:
    timeline = Timeline(90000)
    for number in range(300):
        timeline.arrived(number * 3000, number / 30 + (2.0 if number == 150 else 0.0))
    assert abs(timeline.at(299 * 3000, 299 / 30) - 299 / 30) < 0.001


@given(st.sampled_from(["audio", "video"]), st.lists(st.binary(max_size=60), max_size=50))
def test_garbage_gives_no_frame_that_was_not_sent(track: Track, packets: list[bytes]) -> None:
    stream = Stream(track)
    for number, each in enumerate(packets):
        for frame in stream.put(each, number / 100):
            assert len(frame.data) <= 4 * 60
        stream.tick(number / 100)


def test_broken_packets_between_good_ones_do_not_stop_a_watch() -> None:
    chance = random.Random(3)
    studio = Studio()
    got: list[bytes] = []

    def spoiled(_track: Track, packet: bytes) -> list[bytes]:
        noise = chance.randbytes(chance.randrange(60))
        bent = bytearray(packet)
        bent[chance.randrange(4, 12)] ^= 1 << chance.randrange(8)
        return [noise, packet, packet[: chance.randrange(len(packet))], bytes(bent)]

    studio.join(HOST, Camera(), Microphone(), network=spoiled)
    studio.taps.assign(ROOM, Slot.FLOOR, HOST)
    studio.taps.watch(ROOM, Slot.FLOOR, "audio", got.append)
    studio.run(5)
    assert len(ebml.blocks(ebml.elements(b"".join(got)))) > 200


def test_lengths_are_written_as_short_as_they_can_be() -> None:
    for size in (0, 1, 121, 122, 123, 16377, 16378, 16379, 70000, 1 << 21):
        data = b"\x10" + bytes(size)
        ((name, content),) = ebml.elements(webm.cluster(5, [webm.block("video", 7, True, data)]))
        assert name == "Cluster"
        assert content[1][1][4:] == data
        assert ebml.blocks([(name, content)])[0].time == 12
