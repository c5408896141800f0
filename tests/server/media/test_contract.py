"""What every engine of live media promises."""

import asyncio
import hashlib
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aiortc import RTCSessionDescription

from rooms.ids import PersonId, RecordingId, RoomId
from server.media.errors import (
    BadAnswer,
    BadOffer,
    CodecNotOffered,
    FeedTaken,
    NoSuchFeed,
    NoSuchMediaRoom,
    NoSuchResource,
)
from server.media.plane import (
    EngineDown,
    EngineUp,
    Feed,
    FeedJoined,
    FeedLeft,
    Kind,
    MediaPlane,
    Recorded,
    Slot,
    ViewerLeft,
)
from tests.server.media.engines import Engine
from tests.server.media.peers import PATIENT, Loss, Publisher, Told, Viewer, new_peer, until

ROOM = RoomId("hall-1")
HOST = Feed(PersonId("host"), Kind.CAMERA)
BIDDER = Feed(PersonId("bidder"), Kind.CAMERA)
SLOTS = (Slot.STAGE, Slot.FLOOR)
DARK, LIGHT = 60, 200
AGAIN = 2.0
"""Seconds from an engine's death to pictures."""
KILLS = 4


class Hall:
    """A room with people in it."""

    def __init__(self, plane: MediaPlane, told: Told, stack: AsyncExitStack) -> None:
        self.plane, self.told, self._stack = plane, told, stack

    async def sends(self, feed: Feed, brightness: int) -> Publisher:
        """Somebody sends a picture of that brightness, and it arrives."""
        publisher = Publisher(self.plane, ROOM, feed, brightness)
        self._stack.push_async_callback(publisher.close)
        await publisher.publish()
        assert publisher.published is not None
        await self.told.until(FeedJoined, feed=feed, resource=publisher.published.resource)
        return publisher

    async def views(self, name: str = "viewer") -> Viewer:
        """Somebody looks on."""
        viewer = Viewer(self.plane, ROOM, name)
        self._stack.push_async_callback(viewer.close)
        return await viewer.subscribe()


@pytest.fixture
async def hall(plane: MediaPlane, told: Told) -> AsyncIterator[Hall]:
    """A room that is open."""
    async with AsyncExitStack() as stack:
        await plane.open_room(ROOM, SLOTS)
        yield Hall(plane, told, stack)


async def test_a_viewer_sees_and_hears_who_is_in_the_slot(hall: Hall, plane: MediaPlane) -> None:
    await hall.sends(HOST, DARK)
    await hall.sends(BIDDER, LIGHT)
    await plane.assign(ROOM, Slot.STAGE, HOST)
    await plane.assign(ROOM, Slot.FLOOR, BIDDER)
    viewer = await hall.views()
    stage, floor = viewer.slots[Slot.STAGE], viewer.slots[Slot.FLOOR]
    await until(lambda: stage.shows(DARK) and floor.shows(LIGHT), "both pictures")
    await until(lambda: stage.loudness > 1000, "the host's voice")
    seen = stage.frames
    await until(lambda: stage.frames >= seen + 10, "pictures that go on")


async def test_a_slot_changes_its_feed_without_a_new_negotiation(
    hall: Hall, plane: MediaPlane
) -> None:
    await hall.sends(HOST, DARK)
    await hall.sends(BIDDER, LIGHT)
    await plane.assign(ROOM, Slot.FLOOR, HOST)
    viewer = await hall.views()
    floor = viewer.slots[Slot.FLOOR]
    for feed, brightness in ((HOST, DARK), (BIDDER, LIGHT), (HOST, DARK)):
        await plane.assign(ROOM, Slot.FLOOR, feed)
        await until(lambda wanted=brightness: floor.shows(wanted), f"{feed} in the slot")
        seen = floor.frames
        await until(lambda least=seen + 5: floor.frames >= least, "pictures that go on")
    assert viewer.peer.connectionState == "connected"


async def test_a_feed_that_was_assigned_before_it_came_is_shown_when_it_comes(
    hall: Hall, plane: MediaPlane
) -> None:
    await plane.assign(ROOM, Slot.STAGE, HOST)
    viewer = await hall.views()
    await hall.sends(HOST, LIGHT)
    await until(lambda: viewer.slots[Slot.STAGE].shows(LIGHT), "the picture")


async def test_an_emptied_slot_shows_nothing_more(hall: Hall, plane: MediaPlane) -> None:
    await hall.sends(HOST, DARK)
    await hall.sends(BIDDER, LIGHT)
    await plane.assign(ROOM, Slot.STAGE, HOST)
    await plane.assign(ROOM, Slot.FLOOR, BIDDER)
    viewer = await hall.views()
    stage, floor = viewer.slots[Slot.STAGE], viewer.slots[Slot.FLOOR]
    await until(lambda: stage.shows(DARK) and floor.shows(LIGHT), "both pictures")
    await plane.assign(ROOM, Slot.FLOOR, None)
    seen = stage.frames
    await until(lambda: stage.frames >= seen + 5, "what was on its way")
    last, seen = floor.frames, stage.frames
    await until(lambda: stage.frames >= seen + 10, "a second of the other slot")
    assert floor.frames == last


async def test_a_feed_is_sent_by_one_at_a_time(hall: Hall, plane: MediaPlane) -> None:
    publisher = await hall.sends(HOST, DARK)
    second = Publisher(plane, ROOM, HOST)
    with pytest.raises(FeedTaken):
        await second.publish()
    await second.close()
    assert publisher.peer.connectionState == "connected"


async def test_a_feed_that_left_may_be_sent_again(hall: Hall, plane: MediaPlane) -> None:
    await plane.assign(ROOM, Slot.STAGE, HOST)
    viewer = await hall.views()
    first = await hall.sends(HOST, DARK)
    await until(lambda: viewer.slots[Slot.STAGE].shows(DARK), "the first picture")
    assert first.published is not None
    await plane.close(ROOM, first.published.resource)
    await hall.told.until(FeedLeft, feed=HOST, resource=first.published.resource)
    await hall.sends(HOST, LIGHT)
    await until(lambda: viewer.slots[Slot.STAGE].shows(LIGHT), "the second picture")


async def test_a_tab_that_is_closed_leaves(hall: Hall, plane: MediaPlane) -> None:
    publisher, viewer = await hall.sends(HOST, DARK), await hall.views()
    await plane.assign(ROOM, Slot.STAGE, HOST)
    await until(lambda: viewer.slots[Slot.STAGE].frames > 0, "a picture")
    await viewer.close()
    await publisher.close()
    assert viewer.subscription is not None
    await hall.told.until(ViewerLeft, room=ROOM, resource=viewer.subscription.resource)
    await hall.told.until(FeedLeft, room=ROOM, feed=HOST)


async def test_closing_twice_is_closing_once(hall: Hall, plane: MediaPlane) -> None:
    viewer = await hall.views()
    assert viewer.subscription is not None
    for _ in range(2):
        await plane.close(ROOM, viewer.subscription.resource)
    await plane.close(ROOM, "never-was")


@pytest.mark.parametrize(
    "offer",
    ["", "hello", "v=0\r\n", "v=0\r\nm=\r\n", "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n"],
)
async def test_what_is_no_offer_is_told_so(hall: Hall, plane: MediaPlane, offer: str) -> None:
    with pytest.raises(BadOffer):
        await plane.publish(ROOM, HOST, offer)


Spoil = Callable[[str], str]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda sdp: sdp[: len(sdp) // 3],
        lambda sdp: sdp.replace("a=fingerprint:", "a=fingerprints:"),
        lambda sdp: sdp.replace("a=ice-ufrag:", "a=ice:"),
        lambda sdp: sdp.replace("a=rtcp-mux", "a=rtcp-no-mux"),
    ],
    ids=["cut off", "without a fingerprint", "without ICE", "without rtcp-mux"],
)
async def test_a_broken_offer_is_refused_and_the_feed_stays_free(
    hall: Hall, plane: MediaPlane, spoil: Spoil
) -> None:
    publisher = Publisher(plane, ROOM, HOST)
    with pytest.raises(BadOffer):
        await plane.publish(ROOM, HOST, spoil(await publisher.offer()))
    await publisher.close()
    await hall.sends(HOST, DARK)


async def test_an_offer_without_opus_and_vp8_is_refused(hall: Hall, plane: MediaPlane) -> None:
    peer = new_peer()
    transceiver = peer.addTransceiver("video", direction="sendonly")
    codecs = type(transceiver.sender).getCapabilities("video").codecs
    transceiver.setCodecPreferences([codec for codec in codecs if "H264" in codec.mimeType])
    await peer.setLocalDescription()
    with pytest.raises(CodecNotOffered) as refused:
        await plane.publish(ROOM, HOST, peer.localDescription.sdp)
    assert refused.value.params["wanted"] == ["opus", "VP8"]
    await peer.close()


async def test_rooms_feeds_and_viewers_that_are_not_there_are_told_so(
    hall: Hall, plane: MediaPlane
) -> None:
    nowhere = RoomId("nowhere")
    asked: list[tuple[type[Exception], Awaitable[object]]] = [
        (NoSuchMediaRoom, plane.publish(nowhere, HOST, "v=0")),
        (NoSuchMediaRoom, plane.subscribe(nowhere, "viewer")),
        (NoSuchResource, plane.accept(ROOM, "never-was", "v=0")),
        (NoSuchFeed, plane.record(ROOM, HOST, RecordingId("r"), None)),
    ]
    for refusal, asking in asked[:3]:
        with pytest.raises(refusal):
            await asking
    asked[3][1].close()  # type: ignore[attr-defined] # a coroutine that is not needed


async def test_an_answer_that_does_not_fit_is_refused(hall: Hall, plane: MediaPlane) -> None:
    made = await plane.subscribe(ROOM, "viewer")
    with pytest.raises(BadAnswer):
        await plane.accept(ROOM, made.resource, "v=0\r\nnonsense")


async def test_who_is_muted_is_heard_by_nobody(hall: Hall, plane: MediaPlane) -> None:
    await hall.sends(HOST, DARK)
    await plane.assign(ROOM, Slot.STAGE, HOST)
    viewer = await hall.views()
    stage = viewer.slots[Slot.STAGE]
    await until(lambda: stage.loudness > 1000 and stage.shows(DARK), "sound and picture")
    await plane.mute(ROOM, HOST, True)
    await until(_still(lambda: stage.sounds), "no more sound")
    seen = stage.frames
    await until(lambda: stage.frames >= seen + 5, "pictures that go on")
    await plane.mute(ROOM, HOST, False)
    heard = stage.sounds
    await until(lambda: stage.sounds >= heard + 10 and stage.loudness > 1000, "sound again")


def _still(count: Callable[[], int], seconds: float = 1.0) -> Callable[[], bool]:
    """Whether a count has not changed for so long."""
    last, since = count(), time.monotonic()

    def is_still() -> bool:
        nonlocal last, since
        if count() != last:
            last, since = count(), time.monotonic()
        return time.monotonic() - since > seconds

    return is_still


async def test_a_feed_that_was_muted_comes_back_muted(hall: Hall, plane: MediaPlane) -> None:
    await plane.mute(ROOM, HOST, True)
    await hall.sends(HOST, DARK)
    await plane.assign(ROOM, Slot.STAGE, HOST)
    viewer = await hall.views()
    stage = viewer.slots[Slot.STAGE]
    await until(lambda: stage.frames >= 10, "a second of pictures")
    assert stage.loudness < 1000


async def test_figures_say_who_sends_and_who_looks_on(hall: Hall, plane: MediaPlane) -> None:
    await hall.sends(HOST, DARK)
    await plane.assign(ROOM, Slot.STAGE, HOST)
    viewer = await hall.views("li-ming")
    await until(lambda: viewer.slots[Slot.STAGE].frames > 10, "pictures")
    figures = await plane.stats(ROOM)
    assert [leg.who for leg in figures.feeds] == [str(HOST)]
    assert [leg.who for leg in figures.viewers] == ["li-ming"]
    assert figures.feeds[0].packets > 10
    assert figures.viewers[0].packets > 10


async def test_pictures_are_back_within_two_seconds_of_a_killed_engine(
    hall: Hall, plane: MediaPlane, engine: Engine, told: Told
) -> None:
    """The best of several kills counts: what else this machine does is not the engine's fault."""
    publisher = await hall.sends(HOST, DARK)
    await plane.assign(ROOM, Slot.STAGE, HOST)
    viewer = await hall.views()
    await until(lambda: viewer.slots[Slot.STAGE].shows(DARK), "a picture")
    took: list[float] = []
    while not took or (min(took) >= AGAIN and len(took) < KILLS):
        brightness = (LIGHT, DARK)[len(took) % 2]
        told.events.clear()
        await engine.settled()
        killed = time.monotonic()
        engine.kill()
        await told.until(EngineDown)
        up = await told.until(EngineUp)
        assert ROOM in up.rooms
        told.events.clear()
        await plane.open_room(ROOM, SLOTS)
        await plane.assign(ROOM, Slot.STAGE, HOST)
        ended = publisher, viewer
        publishing = asyncio.ensure_future(hall.sends(HOST, brightness))
        viewer = await hall.views()
        stage = viewer.slots[Slot.STAGE]
        await until(lambda at=stage, b=brightness: at.shows(b), "a picture again")
        took.append(time.monotonic() - killed)
        publisher = await publishing
        for peer in ended:
            await peer.close()
    assert min(took) < AGAIN, took


async def test_garbage_and_floods_on_the_ports_do_not_disturb_the_room(
    hall: Hall, plane: MediaPlane
) -> None:
    publisher = await hall.sends(HOST, DARK)
    await plane.assign(ROOM, Slot.STAGE, HOST)
    viewer = await hall.views()
    stage = viewer.slots[Slot.STAGE]
    await until(lambda: stage.shows(DARK), "a picture")
    assert publisher.published is not None
    assert viewer.subscription is not None
    kinds = [b"", b"\x00", b"\x80", b"\x80\xc8\x00\x01" * 3, b"\x16\xfe\xfd" * 60]
    kinds += [bytes([first]) * 1200 for first in (0, 1, 22, 63, 128, 144, 191, 255)]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.setblocking(False)
        targets = [_port(publisher.published.answer), _port(viewer.subscription.offer)]
        for _ in range(40):
            for target in targets:
                for piece in kinds * 4:
                    try:
                        stranger.sendto(piece, target)
                    except BlockingIOError:
                        break
            await asyncio.sleep(0.01)
    seen = stage.frames
    await until(lambda: stage.frames >= seen + 10, "pictures that go on")
    assert publisher.peer.connectionState == "connected"
    assert viewer.peer.connectionState == "connected"


def _port(sdp: str) -> tuple[str, int]:
    words = next(line for line in sdp.splitlines() if line.startswith("a=candidate:")).split()
    return words[4], int(words[5])


async def test_packets_that_were_lost_are_sent_again(hall: Hall, plane: MediaPlane) -> None:
    await hall.sends(HOST, DARK)
    await plane.assign(ROOM, Slot.STAGE, HOST)
    viewer = Viewer(plane, ROOM)
    made = await plane.subscribe(ROOM, "viewer")
    await viewer.peer.setRemoteDescription(RTCSessionDescription(sdp=made.offer, type="offer"))
    await viewer.peer.setLocalDescription()
    loss = Loss(viewer.peer, 0.05)
    await plane.accept(ROOM, made.resource, viewer.peer.localDescription.sdp)
    video = next(
        int(line.split(":")[1].split()[0])
        for line in made.offer.splitlines()
        if line.startswith("a=rtpmap:") and "VP8/" in line
    )
    await until(lambda: len(loss.numbers.get(video, ())) >= 150, "pictures in spite of the loss")
    await viewer.close()
    seen = loss.numbers[video]
    # The newest may still be on their way.
    settled = range(seen[0], seen[0] + ((seen[-1] - seen[0]) & 0xFFFF) - 10)
    assert loss.dropped > 0
    missing = {seq & 0xFFFF for seq in settled} - set(seen)
    # What was lost again is asked for only with the next loss.
    assert len(missing) <= len(settled) // 50


EBML, CLUSTER = b"\x1a\x45\xdf\xa3", b"\x1f\x43\xb6\x75"


async def test_a_slot_is_watched_as_webm_through_a_change_of_its_feed(
    hall: Hall, plane: MediaPlane
) -> None:
    await hall.sends(HOST, DARK)
    await hall.sends(BIDDER, LIGHT)
    await plane.assign(ROOM, Slot.STAGE, HOST)
    pieces: list[bytes] = []

    async def watch() -> None:
        async for piece in plane.watch(ROOM, Slot.STAGE, "video"):
            pieces.append(piece)

    watching = asyncio.ensure_future(watch())
    await until(lambda: len(pieces) >= 3, "a few clusters")
    assert pieces[0].startswith(EBML)
    assert pieces[1].startswith(CLUSTER)
    await plane.assign(ROOM, Slot.STAGE, BIDDER)
    seen = len(pieces)
    await until(lambda: len(pieces) >= seen + 3, "clusters of the other feed")
    await plane.close_room(ROOM)
    await asyncio.wait_for(watching, PATIENT)


async def test_a_recording_is_what_was_told_of_it(
    hall: Hall, plane: MediaPlane, tmp_path: Path
) -> None:
    publisher = await hall.sends(HOST, DARK)
    file, recording = tmp_path / "host.webm", RecordingId("r-1")
    await plane.record(ROOM, HOST, recording, file)
    await until(lambda: file.exists() and file.stat().st_size > 10_000, "something recorded")
    await publisher.close()
    told = await hall.told.until(Recorded, recording=recording, ended="left")
    content = file.read_bytes()
    assert content.startswith(EBML)
    assert (told.size, told.sha256) == (len(content), hashlib.sha256(content).hexdigest())


async def test_a_recording_has_its_end_when_the_plane_is_stopped(
    hall: Hall, plane: MediaPlane, tmp_path: Path
) -> None:
    await hall.sends(HOST, DARK)
    file, recording = tmp_path / "host.webm", RecordingId("r-1")
    await plane.record(ROOM, HOST, recording, file)
    await until(lambda: file.exists() and file.stat().st_size > 1000, "something recorded")
    await plane.stop()
    told = await hall.told.until(Recorded, recording=recording, ended="stopped")
    assert told.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()


async def test_a_recording_that_was_stopped_is_told_so(
    hall: Hall, plane: MediaPlane, tmp_path: Path
) -> None:
    await hall.sends(HOST, DARK)
    file, recording = tmp_path / "host.webm", RecordingId("r-1")
    await plane.record(ROOM, HOST, recording, file)
    await until(lambda: file.exists() and file.stat().st_size > 1000, "something recorded")
    await plane.record(ROOM, HOST, recording, None)
    told = await hall.told.until(Recorded, recording=recording, ended="stopped")
    assert told.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
