"""The engine of one machine and Janus in the same network at the same time, while it loses packets:
how long viewers' pictures stand still."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import aioice.ice

from rooms.ids import PersonId, RoomId
from server.media.local.plane import LocalPlane
from server.media.plane import Feed, FeedJoined, Kind, MediaPlane, Slot
from tests.server.media.janus import januses, plane_of
from tests.server.media.netns import BOTH, Way
from tests.server.media.peers import Publisher, Screen, Told, Viewer, until

ROOM = RoomId("hall-1")
HOST = Feed(PersonId("host"), Kind.CAMERA)
FROZEN = 0.4
"""Seconds without a new picture, of which there are ten a second."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a viewer saw: so many pictures, and so many seconds in which they stood still."""

    pictures: int
    frozen: float


class _Watched:
    """How long a picture stood still."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._first = self._seen = screen.frames
        self._since = time.monotonic()
        self._frozen = 0.0

    @property
    def seen(self) -> Seen:
        """So far."""
        return Seen(self._screen.frames - self._first, self._frozen + self._still())

    def look(self) -> None:
        """Looks again, as often as can be."""
        if self._screen.frames != self._seen:
            self._frozen += self._still()
            self._seen, self._since = self._screen.frames, time.monotonic()

    def _still(self) -> float:
        still = time.monotonic() - self._since
        return still if still > FROZEN else 0.0


async def both_lose(
    percent: int, seconds: float, folder: Path, *, ways: Sequence[Way] = BOTH, viewers: int = 1
) -> tuple[list[Seen], list[Seen]]:
    """What viewers of this machine's engine, and of Janus, saw. Packets that come to the engines
    ("input"), or leave them ("output"), are lost; of those are the viewers' pictures."""
    async with AsyncExitStack() as stack:
        net, nodes = stack.enter_context(januses(folder))
        before = aioice.ice.get_host_addresses
        stack.callback(setattr, aioice.ice, "get_host_addresses", before)
        aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: [net.outside]
        local = LocalPlane(addresses=[net.inside])
        stack.push_async_callback(local.stop)
        with net.entered():
            await local.open_room(ROOM, [Slot.STAGE])
        janus = plane_of(nodes)
        stack.push_async_callback(janus.stop)
        await janus.start()
        await janus.open_room(ROOM, [Slot.STAGE])
        screens = [await _shown(plane, viewers, stack) for plane in (local, janus)]

        net.lose(percent, ways)
        by_local, by_janus = ([_Watched(screen) for screen in each] for each in screens)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            await asyncio.sleep(0.01)
            for each in (*by_local, *by_janus):
                each.look()
        net.lose(0)
        return [each.seen for each in by_local], [each.seen for each in by_janus]


async def _shown(plane: MediaPlane, viewers: int, stack: AsyncExitStack) -> list[Screen]:
    """What so many viewers see of somebody."""
    told = Told(plane)
    stack.callback(told.close)
    publisher = Publisher(plane, ROOM, HOST, 200)
    stack.push_async_callback(publisher.close)
    await publisher.publish()
    await told.until(FeedJoined)
    await plane.assign(ROOM, Slot.STAGE, HOST)
    screens = []
    for number in range(viewers):
        viewer = Viewer(plane, ROOM, f"viewer-{number}")
        stack.push_async_callback(viewer.close)
        await viewer.subscribe()
        stage = viewer.slots[Slot.STAGE]
        await until(lambda stage=stage: stage.shows(200), "a picture")
        screens.append(stage)
    return screens
