"""What only Janus does: several nodes, a node that comes back, taps in a process of their own."""

import asyncio
import hashlib
import json
import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import aioice.ice
import pytest
from aiortc import RTCSessionDescription

from rooms.ids import PersonId, RecordingId, RoomId
from server.media.errors import FeedTaken, MediaAway
from server.media.janus import client
from server.media.janus.plane import JanusPlane
from server.media.plane import (
    EngineDown,
    EngineUp,
    Feed,
    FeedJoined,
    FeedLeft,
    Kind,
    Recorded,
    RoomStats,
    Slot,
)
from tests.server.media.janus import SECRET, Janus, januses, plane_of
from tests.server.media.peers import PATIENT, Publisher, Told, Viewer, until

ROOM = RoomId("hall-1")
HOST = Feed(PersonId("host"), Kind.CAMERA)
BIDDER = Feed(PersonId("bidder"), Kind.CAMERA)
SLOTS = (Slot.STAGE, Slot.FLOOR)
DARK, LIGHT = 60, 200


class Hall:
    """A room on nodes of Janus, with people in it."""

    def __init__(
        self, plane: JanusPlane, nodes: list[Janus], told: Told, stack: AsyncExitStack
    ) -> None:
        self.plane, self.nodes, self.told, self._stack = plane, nodes, told, stack

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


@asynccontextmanager
async def hall_on(count: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hall]:
    """A room on so many nodes."""
    with januses(folder, count) as (net, nodes):
        monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda **_: [net.outside])
        plane = plane_of(nodes)
        told = Told(plane)
        await plane.start()
        try:
            async with AsyncExitStack() as stack:
                await plane.open_room(ROOM, SLOTS)
                yield Hall(plane, nodes, told, stack)
        finally:
            await plane.stop()
            told.close()


@pytest.fixture
async def hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hall]:
    """A room on one node."""
    async with hall_on(1, tmp_path, monkeypatch) as made:
        yield made


@pytest.fixture
async def two_nodes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hall]:
    """A room on two nodes."""
    async with hall_on(2, tmp_path, monkeypatch) as made:
        yield made


def node_of(viewer: Viewer) -> str:
    """Where a viewer landed."""
    assert viewer.subscription is not None
    plane = viewer.plane
    assert isinstance(plane, JanusPlane)
    return plane.node_of(ROOM, viewer.subscription.resource)


async def test_viewers_on_another_node_than_the_sender_see_and_hear_the_floor_change(
    two_nodes: Hall,
) -> None:
    plane = two_nodes.plane
    viewers = [await two_nodes.views(f"viewer-{n}") for n in range(2)]
    assert {node_of(viewer) for viewer in viewers} == {node.url for node in two_nodes.nodes}
    await two_nodes.sends(HOST, DARK)
    await two_nodes.sends(BIDDER, LIGHT)
    await plane.assign(ROOM, Slot.STAGE, HOST)
    for feed, brightness in ((HOST, DARK), (BIDDER, LIGHT), (HOST, DARK)):
        await plane.assign(ROOM, Slot.FLOOR, feed)
        for viewer in viewers:
            floor = viewer.slots[Slot.FLOOR]
            await until(lambda at=floor, b=brightness: at.shows(b), f"{feed} at {viewer.name}")
    for viewer in viewers:
        stage = viewer.slots[Slot.STAGE]
        await until(lambda at=stage: at.shows(DARK) and at.loudness > 1000, "the host on stage")


async def test_when_a_node_dies_its_rooms_go_on_at_the_other_at_once(two_nodes: Hall) -> None:
    plane, told = two_nodes.plane, two_nodes.told
    await two_nodes.sends(HOST, DARK)
    viewers = [await two_nodes.views(f"viewer-{n}") for n in range(2)]
    await plane.assign(ROOM, Slot.STAGE, HOST)
    for viewer in viewers:
        await until(lambda at=viewer.slots[Slot.STAGE]: at.shows(DARK), "a picture")
    dead = node_of(viewers[0])
    next(node for node in two_nodes.nodes if node.url == dead).kill()
    await told.until(EngineDown, rooms=(ROOM,))
    await told.until(EngineUp, rooms=(ROOM,))
    told.events.clear()
    await plane.assign(ROOM, Slot.STAGE, HOST)
    await two_nodes.sends(HOST, LIGHT)
    after = await two_nodes.views("after")
    assert node_of(after) != dead
    await until(lambda: after.slots[Slot.STAGE].shows(LIGHT), "a picture again")


async def test_a_janus_that_hangs_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "HEARTBEAT", 1.0)
    async with hall_on(1, tmp_path, monkeypatch) as hall:
        await _hang(hall)


async def _hang(hall: Hall) -> None:
    await hall.sends(HOST, DARK)
    os.kill(hall.nodes[0].pid, signal.SIGSTOP)
    await hall.told.until(EngineDown, rooms=(ROOM,))
    with pytest.raises(MediaAway):
        await hall.plane.subscribe(ROOM, "viewer")
    os.kill(hall.nodes[0].pid, signal.SIGCONT)
    await hall.told.until(EngineUp, rooms=(ROOM,))
    hall.told.events.clear()
    await hall.sends(HOST, LIGHT)


async def test_a_wrong_secret_opens_nothing(hall: Hall) -> None:
    stranger = JanusPlane([hall.nodes[0].url], "guessed")
    await stranger.start()
    await stranger.open_room(ROOM, SLOTS)
    with pytest.raises(MediaAway):
        await stranger.subscribe(ROOM, "viewer")
    await stranger.stop()


async def test_browsers_need_not_wait_for_their_candidates(hall: Hall) -> None:
    publisher = Publisher(hall.plane, ROOM, HOST, LIGHT)
    made = await hall.plane.publish(ROOM, HOST, _bare(await publisher.offer()))
    await publisher.peer.setRemoteDescription(RTCSessionDescription(sdp=made.answer, type="answer"))
    await hall.told.until(FeedJoined, feed=HOST)
    viewer = Viewer(hall.plane, ROOM)
    offered = await hall.plane.subscribe(ROOM, "viewer")
    await viewer.peer.setRemoteDescription(RTCSessionDescription(sdp=offered.offer, type="offer"))
    await viewer.peer.setLocalDescription()
    await hall.plane.accept(ROOM, offered.resource, _bare(viewer.peer.localDescription.sdp))
    await until(lambda: viewer.peer.connectionState == "connected", "a connection")
    await viewer.close()
    await publisher.close()


def _bare(sdp: str) -> str:
    return "".join(
        line + "\r\n"
        for line in sdp.splitlines()
        if not line.startswith(("a=candidate:", "a=end-of-candidates"))
    )


async def test_a_sender_who_vanished_does_not_hold_the_feed(hall: Hall) -> None:
    gone = await hall.sends(HOST, DARK)
    await hall.plane.assign(ROOM, Slot.STAGE, HOST)
    viewer = await hall.views()
    stage = viewer.slots[Slot.STAGE]
    await until(lambda: stage.shows(DARK), "a picture")
    _unplug(gone)
    hall.told.events.clear()
    end = time.monotonic() + PATIENT
    while True:
        try:
            await hall.sends(HOST, LIGHT)
            break
        except FeedTaken:
            assert time.monotonic() < end
            await asyncio.sleep(0.2)
    await until(lambda: stage.shows(LIGHT), "the new picture")


def _unplug(publisher: Publisher) -> None:
    """Takes the network away: nothing is sent any more, not even a goodbye."""
    transport: Any = publisher.peer.getTransceivers()[0].sender.transport
    for protocol in transport.transport._connection._protocols:
        protocol.transport.abort()


async def test_nothing_is_left_of_those_who_left(two_nodes: Hall) -> None:
    plane = two_nodes.plane
    before = [await _handles(node) for node in two_nodes.nodes]
    for _ in range(2):
        publisher = await two_nodes.sends(HOST, DARK)
        await plane.assign(ROOM, Slot.STAGE, HOST)
        viewers = [await two_nodes.views(f"viewer-{n}") for n in range(4)]
        for viewer in viewers:
            await until(lambda at=viewer.slots[Slot.STAGE]: at.shows(DARK), "a picture")
        for leaving in (*viewers, publisher):
            await leaving.close()
        await two_nodes.told.until(FeedLeft, feed=HOST)
        two_nodes.told.events.clear()
    end = time.monotonic() + PATIENT
    while [await _handles(node) for node in two_nodes.nodes] != before:
        assert time.monotonic() < end
        await asyncio.sleep(0.1)
    figures = await plane.stats(ROOM)
    assert figures == RoomStats((), ())


async def _handles(node: Janus) -> int:
    """How many handles a node has, in all sessions, by its admin API."""
    async with (
        aiohttp.ClientSession() as http,
        http.ws_connect(node.admin_url, protocols=("janus-admin-protocol",)) as socket,
    ):

        async def ask(order: str, **words: object) -> dict[str, Any]:
            said = {"janus": order, "transaction": "t", "admin_secret": SECRET, **words}
            await socket.send_json(said)
            answer: dict[str, Any] = await socket.receive_json()
            return answer

        sessions = (await ask("list_sessions"))["sessions"]
        listed = [
            (await ask("list_handles", session_id=one)).get("handles", ()) for one in sessions
        ]
        return sum(len(handles) for handles in listed)


async def test_a_recording_plays_and_its_digest_is_the_files(hall: Hall, tmp_path: Path) -> None:
    recording, file = RecordingId("r-1"), tmp_path / "r-1.webm"
    await hall.sends(HOST, DARK)
    await hall.plane.record(ROOM, HOST, recording, file)
    await until(lambda: file.exists() and file.stat().st_size > 20_000, "something recorded")
    await hall.plane.record(ROOM, HOST, recording, None)
    ended = await hall.told.until(Recorded, recording=recording, ended="stopped")
    written = file.read_bytes()
    assert (ended.size, ended.sha256) == (len(written), hashlib.sha256(written).hexdigest())
    assert _streams(file) == {"opus", "vp8"}


async def test_a_feed_that_leaves_ends_its_recording(hall: Hall, tmp_path: Path) -> None:
    recording, file = RecordingId("r-2"), tmp_path / "r-2.webm"
    publisher = await hall.sends(HOST, DARK)
    await hall.plane.record(ROOM, HOST, recording, file)
    await until(lambda: file.exists() and file.stat().st_size > 5_000, "something recorded")
    await publisher.close()
    ended = await hall.told.until(Recorded, recording=recording, ended="left")
    assert ended.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()


async def test_when_janus_dies_recordings_are_whole_up_to_there(hall: Hall, tmp_path: Path) -> None:
    recording, file = RecordingId("r-3"), tmp_path / "r-3.webm"
    await hall.sends(HOST, DARK)
    await hall.plane.record(ROOM, HOST, recording, file)
    await until(lambda: file.exists() and file.stat().st_size > 5_000, "something recorded")
    hall.nodes[0].kill()
    down = await hall.told.until(EngineDown, rooms=(ROOM,))
    ended = await hall.told.until(Recorded, recording=recording, ended="left")
    assert hall.told.events.index(ended) < hall.told.events.index(down)
    assert ended.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert _streams(file) == {"opus", "vp8"}


async def test_when_the_taps_die_it_is_told_and_recording_works_again(
    hall: Hall, tmp_path: Path
) -> None:
    plane, first, second = hall.plane, RecordingId("r-4"), RecordingId("r-5")
    await hall.sends(HOST, DARK)
    await plane.record(ROOM, HOST, first, tmp_path / "r-4.webm")
    pid = plane.taps_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    await hall.told.until(Recorded, recording=first, ended="failed")
    file = tmp_path / "r-5.webm"
    await plane.record(ROOM, HOST, second, file)
    await until(lambda: file.exists() and file.stat().st_size > 5_000, "something recorded")


async def test_a_watch_goes_on_through_a_change_of_the_floor(hall: Hall) -> None:
    await hall.sends(HOST, DARK)
    await hall.sends(BIDDER, LIGHT)
    await hall.plane.assign(ROOM, Slot.FLOOR, HOST)
    pieces: list[bytes] = []

    async def watch() -> None:
        async for piece in hall.plane.watch(ROOM, Slot.FLOOR, "video"):
            pieces.append(piece)

    watching = asyncio.ensure_future(watch())
    await until(lambda: len(pieces) >= 3, "the first feed")
    assert pieces[0].startswith(b"\x1a\x45\xdf\xa3")
    await hall.plane.assign(ROOM, Slot.FLOOR, BIDDER)
    seen = len(pieces)
    await until(lambda: len(pieces) >= seen + 3, "the second feed")
    await hall.plane.close_room(ROOM)
    await asyncio.wait_for(watching, 60)


async def test_a_watch_outlives_janus_and_waits_for_the_feed_to_come_again(hall: Hall) -> None:
    plane, told = hall.plane, hall.told
    pieces: list[bytes] = []

    async def watch() -> None:
        async for piece in plane.watch(ROOM, Slot.STAGE, "audio"):
            pieces.append(piece)

    watching = asyncio.ensure_future(watch())
    for _ in range(2):
        seen = len(pieces)
        await plane.assign(ROOM, Slot.STAGE, HOST)
        await hall.sends(HOST, DARK)
        await until(lambda least=seen + 3: len(pieces) >= least, "sound")
        told.events.clear()
        hall.nodes[0].kill()
        await told.until(EngineDown, rooms=(ROOM,))
        hall.nodes[0].start()
        await told.until(EngineUp, rooms=(ROOM,))
        told.events.clear()
    watching.cancel()


def _streams(file: Path) -> set[str]:
    told = subprocess.run(
        ["ffprobe", "-v", "error", "-show_streams", "-of", "json", str(file)],
        check=True,
        capture_output=True,
    )
    return {stream["codec_name"] for stream in json.loads(told.stdout)["streams"]}
