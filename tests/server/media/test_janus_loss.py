"""Loss of 5 % each way, for the engine of one machine and for Janus in the same network at the same
time."""

import asyncio
import time
from contextlib import AsyncExitStack
from pathlib import Path

import aioice.ice
import pytest

from rooms.ids import PersonId, RoomId
from server.media.local.plane import LocalPlane
from server.media.plane import Feed, FeedJoined, Kind, MediaPlane, Slot
from tests.server.media.janus import januses, plane_of
from tests.server.media.peers import Publisher, Screen, Told, Viewer, until

ROOM = RoomId("hall-1")
HOST = Feed(PersonId("host"), Kind.CAMERA)
PERCENT = 5
SECONDS = 12.0
FROZEN = 0.4
"""Seconds without a new picture, of which there are ten a second."""


class Watched:
    """How long a picture stood still."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._first = self._seen = screen.frames
        self._since = time.monotonic()
        self._frozen = 0.0

    @property
    def frames(self) -> int:
        """Pictures since the beginning."""
        return self._screen.frames - self._first

    @property
    def frozen(self) -> float:
        """Seconds so far."""
        return self._frozen + self._still()

    def look(self) -> None:
        """Looks again, as often as can be."""
        if self._screen.frames != self._seen:
            self._frozen += self._still()
            self._seen, self._since = self._screen.frames, time.monotonic()

    def _still(self) -> float:
        still = time.monotonic() - self._since
        return still if still > FROZEN else 0.0


async def test_with_loss_pictures_stand_still_no_longer_than_with_janus(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with AsyncExitStack() as stack:
        net, nodes = stack.enter_context(januses(tmp_path))
        monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda **_: [net.outside])
        local = LocalPlane(addresses=[net.inside])
        stack.push_async_callback(local.stop)
        with net.entered():
            await local.open_room(ROOM, [Slot.STAGE])
        janus = plane_of(nodes)
        stack.push_async_callback(janus.stop)
        await janus.start()
        await janus.open_room(ROOM, [Slot.STAGE])
        screens = [await _shown(plane, stack) for plane in (local, janus)]

        net.lose(PERCENT)
        by_local, by_janus = (Watched(screen) for screen in screens)
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            await asyncio.sleep(0.01)
            by_local.look()
            by_janus.look()
        net.lose(0)
        told = (
            f"local: {by_local.frames} pictures, frozen {by_local.frozen:.1f} s; "
            f"Janus: {by_janus.frames} pictures, frozen {by_janus.frozen:.1f} s"
        )
        assert by_local.frozen <= by_janus.frozen + 0.1 * SECONDS, told
        assert by_local.frames >= 0.9 * by_janus.frames, told


async def _shown(plane: MediaPlane, stack: AsyncExitStack) -> Screen:
    """What a viewer sees of somebody."""
    told = Told(plane)
    stack.callback(told.close)
    publisher = Publisher(plane, ROOM, HOST, 200)
    stack.push_async_callback(publisher.close)
    await publisher.publish()
    await told.until(FeedJoined)
    await plane.assign(ROOM, Slot.STAGE, HOST)
    viewer = Viewer(plane, ROOM)
    stack.push_async_callback(viewer.close)
    await viewer.subscribe()
    stage = viewer.slots[Slot.STAGE]
    await until(lambda: stage.shows(200), "a picture")
    return stage
