"""`MediaPlane` on Janus: a room's feeds come in on one node and reach viewers on others from there.

Janus is run by the operator. What a room needs on a node is made when somebody needs it there, so
a node that came back, or another one in its place, has everything again at the next order.
"""

import asyncio
import contextlib
import os
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import structlog

from rooms.ids import RecordingId, RoomId
from server.media.errors import MediaAway, NoSuchFeed, NoSuchMediaRoom, NoSuchResource
from server.media.janus.background import Background
from server.media.janus.figures import figures
from server.media.janus.node import Node
from server.media.janus.publication import Publication
from server.media.janus.room import Room
from server.media.janus.tapper import Tapper
from server.media.janus.viewing import Viewing
from server.media.plane import (
    EngineDown,
    EngineEvent,
    EngineUp,
    Feed,
    Published,
    RoomStats,
    Slot,
    Subscription,
    Track,
)

log = structlog.get_logger()

STARTS_WITHIN = 3.0
"""Seconds that `start` waits for the nodes; one that comes later is used from then on."""
FLUSH_WITHIN = 1.0
LOOK_EVERY = 5.0


class JanusPlane:
    """Nodes are given by their WebSocket addresses, like `ws://10.0.0.5:8188`. `secret` is their
    `api_secret` and the `admin_secret` of their admin API, which is asked for figures on the next
    port (8189). Packets go between nodes, and from nodes to this machine, as plain RTP over UDP:
    this needs a network of their own."""

    def __init__(self, nodes: Sequence[str], secret: str = "") -> None:
        self._nodes = [Node(url, secret) for url in dict.fromkeys(nodes)]
        self._secret = secret
        self._rooms: dict[RoomId, Room] = {}
        self._waiting: set[RoomId] = set()
        self._events: asyncio.Queue[EngineEvent | None] = asyncio.Queue()
        self._background = Background()
        self._tapper = Tapper(self._events.put_nowait, self._want_keyframe, self._taps_died)
        for node in self._nodes:
            node.up = self._node_up
            node.down = lambda node=node: self._node_down(node)  # type: ignore[misc]

    async def start(self) -> None:
        """Connects to the nodes."""
        for node in self._nodes:
            node.start()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STARTS_WITHIN):
                await asyncio.gather(*(node.first_try.wait() for node in self._nodes))
        self._background.run(self._look_after())

    async def stop(self) -> None:
        """Ends recordings and hangs up; the nodes end what was connected."""
        await self._tapper.stop()
        await self._background.stop()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FLUSH_WITHIN):
                await asyncio.gather(
                    *(node.drop(room) for node in self._up() for room in self._rooms)
                )
        await asyncio.gather(*(node.stop() for node in self._nodes))
        self._events.put_nowait(None)

    async def open_room(self, room: RoomId, slots: Sequence[Slot]) -> None:
        """Makes a room; nodes are told when somebody sends or looks on."""
        known = self._rooms.get(room)
        if known is None:
            self._rooms[room] = Room(
                room,
                slots,
                tell=self._events.put_nowait,
                came=self._feed_came,
                left=self._feed_left,
                background=self._background,
            )
            if not self._up():
                self._waiting.add(room)
        else:
            known.add_slots(slots)

    async def close_room(self, room: RoomId) -> None:
        """Ends a room."""
        known = self._rooms.pop(room, None)
        self._waiting.discard(room)
        if known is not None:
            known.forget()
            await self._tapper.close_room(room)
            await asyncio.gather(*(node.drop(room) for node in self._nodes))

    async def publish(self, room: RoomId, feed: Feed, offer: str) -> Published:
        """Takes a feed."""
        known = self._room(room)
        if known.home is None or not known.home.is_up:
            known.home = self._least(
                Counter(each.home for each in self._rooms.values() if each.home is not None)
            )
        return await known.publish(feed, offer, known.home)

    async def subscribe(self, room: RoomId, viewer: str) -> Subscription:
        """Offers a viewer all slots, on the node with the fewest viewers."""
        known = self._room(room)
        everybody = (each for at in self._rooms.values() for each in at.viewers.values())
        return await known.subscribe(viewer, self._least(Counter(each.node for each in everybody)))

    async def accept(self, room: RoomId, resource: str, answer: str) -> None:
        """Takes a viewer's answer."""
        await self._room(room).accept(resource, answer)

    async def assign(self, room: RoomId, slot: Slot, feed: Feed | None) -> None:
        """Puts a feed into a slot."""
        known = self._room(room)
        await known.assign(slot, feed)
        await self._tapper.assign(room, slot, feed)
        await self._tap_watched(known)

    async def mute(self, room: RoomId, feed: Feed, muted: bool) -> None:
        """Drops a feed's sound."""
        await self._room(room).mute(feed, muted)

    async def record(
        self, room: RoomId, feed: Feed, recording: RecordingId, file: Path | None
    ) -> None:
        """Records a feed, or ends that."""
        known = self._room(room)
        if file is not None:
            publication = known.feeds.get(feed)
            if publication is None:
                raise NoSuchFeed
            await self._tapper.tap(publication)
            file = Path(os.path.abspath(file))  # noqa: ASYNC240 # reads no disk
        await self._tapper.record(room, feed, recording, file)

    async def watch(self, room: RoomId, slot: Slot, track: Track) -> AsyncIterator[bytes]:
        """A slot's sound or picture as WebM."""
        known = self._room(room)
        known.watched[slot] = known.watched.get(slot, 0) + 1
        try:
            pieces = self._tapper.watch(room, slot, track)
            async with contextlib.aclosing(pieces):  # type: ignore[type-var] # it is a generator
                self._background.run(self._begin_watch(known, slot))
                async for piece in pieces:
                    yield piece
        finally:
            known.watched[slot] -= 1

    async def close(self, room: RoomId, resource: str) -> None:
        """Ends a feed or a viewer."""
        if room in self._rooms:
            await self._rooms[room].close(resource)

    async def stats(self, room: RoomId) -> RoomStats:
        """Figures of now."""
        return await figures(self._room(room), self._secret)

    async def events(self) -> AsyncIterator[EngineEvent]:
        """What happens, until the plane is stopped."""
        while (event := await self._events.get()) is not None:
            yield event

    def node_of(self, room: RoomId, resource: str) -> str:
        """The node of a feed or a viewer. Raises NoSuchResource."""
        known = self._room(room)
        legs: list[Publication | Viewing] = [*known.feeds.values(), *known.viewers.values()]
        for leg in legs:
            if leg.resource == resource:
                return leg.node.url
        raise NoSuchResource

    def taps_pid(self) -> int | None:
        """The process of recordings and watches, while there is one."""
        return self._tapper.pid

    def _room(self, room: RoomId) -> Room:
        known = self._rooms.get(room)
        if known is None:
            raise NoSuchMediaRoom
        return known

    def _up(self) -> list[Node]:
        return [node for node in self._nodes if node.is_up]

    def _least(self, load: Counter[Node]) -> Node:
        up = self._up()
        if not up:
            raise MediaAway
        return min(up, key=lambda node: load[node])

    async def _begin_watch(self, room: Room, slot: Slot) -> None:
        await self._tapper.begun()
        await self._tapper.assign(room.id, slot, room.assigned.get(slot))
        await self._tap_watched(room)

    async def _tap_watched(self, room: Room) -> None:
        """Has the packets come of what is in a slot that somebody watches."""
        for slot, feed in list(room.assigned.items()):
            publication = room.feeds.get(feed)
            if room.watched.get(slot) and publication is not None and publication.is_up:
                with contextlib.suppress(MediaAway):
                    await self._tapper.tap(publication)

    def _want_keyframe(self, room: RoomId, feed: Feed) -> None:
        known = self._rooms.get(room)
        if known is not None and feed in known.feeds:
            known.feeds[feed].want_keyframe()

    def _feed_came(self, publication: Publication) -> None:
        room = self._rooms.get(publication.room)
        if room is not None:
            self._background.run(self._tap_watched(room))

    def _feed_left(self, publication: Publication) -> None:
        if publication.forwards is not None:
            self._background.run(self._tapper.close(publication.room, publication.feed))

    def _taps_died(self) -> None:
        for room in self._rooms.values():
            for publication in room.feeds.values():
                self._background.run(publication.stop_forwarding())

    def _node_up(self) -> None:
        if self._waiting:
            self._events.put_nowait(EngineUp(tuple(self._waiting)))
            self._waiting.clear()

    def _node_down(self, node: Node) -> None:
        rooms = [
            room
            for room in self._rooms.values()
            if room.home is node or any(each.node is node for each in room.viewers.values())
        ]
        if rooms:
            self._background.run(self._begin_again(rooms))

    async def _begin_again(self, rooms: list[Room]) -> None:
        """Everybody in these rooms has to come again: to another node, or when one is back."""
        names = tuple(room.id for room in rooms)
        slots = [(room.id, slot) for room in rooms for slot in room.assigned]
        gone = [publication for room in rooms for publication in room.forget()]
        tapped = [each for each in gone if each.forwards is not None]
        # Recordings are told their ends first. A process of taps that hangs holds nobody up.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FLUSH_WITHIN):
                await asyncio.gather(
                    *(self._tapper.assign(name, slot, None) for name, slot in slots),
                    *(self._tapper.close(each.room, each.feed) for each in tapped),
                )
        log.error("media_engine_down", rooms=len(names))
        self._events.put_nowait(EngineDown(names))
        self._waiting.update(name for name in names if name in self._rooms)
        if self._up():
            self._node_up()

    async def _look_after(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            for room in list(self._rooms.values()):
                room.drop_late()
                # Whoever could not be shown something then is shown it now.
                await room.show()
