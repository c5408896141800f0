"""A room: who sends, who looks on, and what is in its slots, on all nodes."""

import asyncio
import contextlib
import itertools
from collections.abc import Callable, Sequence

from rooms.ids import RoomId
from server.media.errors import FeedTaken, MediaAway, NoSuchResource
from server.media.janus.background import Background
from server.media.janus.client import JanusGone, JanusRefused
from server.media.janus.node import Node
from server.media.janus.publication import Publication
from server.media.janus.viewing import TRACKS, Source, Viewing, Wanted
from server.media.plane import (
    EngineEvent,
    Feed,
    FeedJoined,
    FeedLeft,
    Published,
    Slot,
    Subscription,
    Track,
    ViewerLeft,
)

SILENT: dict[Track, str] = {"audio": "0", "video": "1"}
"""The streams of a room's placeholder publisher."""


class Room:
    """`came` is told every feed that is connected and `left` every one that is over, before anybody
    else is."""

    def __init__(
        self,
        name: RoomId,
        slots: Sequence[Slot],
        tell: Callable[[EngineEvent], None],
        came: Callable[[Publication], None],
        left: Callable[[Publication], None],
        background: Background,
    ) -> None:
        self.id = name
        self.home: Node | None = None
        self.slots = list(dict.fromkeys(slots))
        self.feeds: dict[Feed, Publication] = {}
        self.viewers: dict[str, Viewing] = {}
        self.assigned: dict[Slot, Feed] = {}
        self.watched: dict[Slot, int] = {}
        self._muted: set[Feed] = set()
        self._tell = tell
        self._came = came
        self._left = left
        self._background = background
        self._showing = asyncio.Lock()
        self._last: dict[tuple[Slot, Track], int] = {}

    def add_slots(self, slots: Sequence[Slot]) -> None:
        """Slots that viewers who come later get too."""
        self.slots += [slot for slot in dict.fromkeys(slots) if slot not in self.slots]

    async def publish(self, feed: Feed, offer: str, node: Node) -> Published:
        """Takes a feed. Raises FeedTaken, BadOffer, CodecNotOffered, MediaAway."""
        former = self.feeds.get(feed)
        if former is not None:
            if not former.is_quiet:
                raise FeedTaken
            self._lose_feed(former)
        publication = Publication(self.id, feed, node, self._free_place())
        self.feeds[feed] = publication
        try:
            answer = await publication.negotiate(offer, feed in self._muted)
        except BaseException:
            if self.feeds.get(feed) is publication:
                del self.feeds[feed]
            self._background.run(publication.end())
            raise
        if publication.is_over or self.feeds.get(feed) is not publication:
            self._lose_feed(publication)
            raise MediaAway
        publication.joined = lambda: self._background.run(self._join(publication))
        publication.over = lambda: self._lose_feed(publication)
        if publication.is_up:
            publication.joined()
        return Published(publication.resource, answer)

    async def subscribe(self, viewer: str, node: Node) -> Subscription:
        """Offers a viewer the slots. Raises MediaAway."""
        viewing = Viewing(self.id, viewer, node, self._background)
        viewing.joined = self._refresh
        viewing.over = lambda: self._lose_viewer(viewing)
        slots = tuple(self.slots)
        async with self._showing:
            try:
                offer, sections = await viewing.offer(slots, await self._wanted(node))
            except BaseException:
                self._background.run(viewing.end())
                raise
            self.viewers[viewing.resource] = viewing
        return Subscription(viewing.resource, offer, sections)

    async def accept(self, resource: str, answer: str) -> None:
        """Takes a viewer's answer. Raises NoSuchResource, BadAnswer, MediaAway."""
        viewing = self.viewers.get(resource)
        if viewing is None:
            raise NoSuchResource
        await viewing.accept(answer)

    async def assign(self, slot: Slot, feed: Feed | None) -> None:
        """Puts a feed into a slot, now or when it comes."""
        self.add_slots((slot,))
        if feed is None:
            self.assigned.pop(slot, None)
        else:
            self.assigned[slot] = feed
        await self.show()

    async def mute(self, feed: Feed, muted: bool) -> None:
        """Drops a feed's sound, also when it comes again. Raises MediaAway."""
        if muted:
            self._muted.add(feed)
        else:
            self._muted.discard(feed)
        publication = self.feeds.get(feed)
        if publication is not None and publication.handle is not None:
            try:
                await publication.mute(muted)
            except JanusGone as gone:
                raise MediaAway from gone
            except JanusRefused as refused:
                # Not there yet, or no more; one that is still to come begins muted.
                if self.feeds.get(feed) is publication and publication.is_up:
                    raise MediaAway from refused

    async def show(self) -> None:
        """Shows every viewer what is in the slots, and asks for the keyframes this takes. Viewers
        on a node that is away come again anyway."""
        async with self._showing:
            for node in {viewing.node for viewing in self.viewers.values()}:
                with contextlib.suppress(MediaAway):
                    wanted = await self._wanted(node)
                    on_it = [each for each in self.viewers.values() if each.node is node]
                    await asyncio.gather(*(viewing.show(wanted) for viewing in on_it))
        self._refresh()

    def _refresh(self) -> None:
        for feed in set(self.assigned.values()):
            if feed in self.feeds:
                self.feeds[feed].want_keyframe()

    async def _wanted(self, node: Node) -> Wanted:
        """What viewers on a node shall have in each slot."""
        nobody = await node.placeholder(self.id)
        wanted: Wanted = {}
        for slot in self.slots:
            feed = self.assigned.get(slot)
            publication = self.feeds.get(feed) if feed is not None else None
            place = None
            if publication is not None and publication.is_up:
                # One that can't be had on this node leaves the other slots as they should be.
                with contextlib.suppress(MediaAway):
                    place = await publication.at(node)
            for track in TRACKS:
                if place is not None and publication is not None and track in place.mids:
                    self._last[slot, track] = publication.place
                    wanted[slot, track] = Source(place.publisher, place.mids[track])
                else:
                    wanted[slot, track] = Source(nobody, SILENT[track])
        return wanted

    def _free_place(self) -> int:
        """A place that no feed has, nor was the last to have in a slot."""
        used = {each.place for each in self.feeds.values()} | set(self._last.values())
        return next(place for place in itertools.count() if place not in used)

    async def close(self, resource: str) -> None:
        """Ends a feed or a viewer."""
        if resource in self.viewers:
            self._lose_viewer(self.viewers[resource])
        for publication in list(self.feeds.values()):
            if publication.resource == resource:
                self._lose_feed(publication)

    def drop_late(self) -> None:
        """Ends connections that never came to stand."""
        for publication in list(self.feeds.values()):
            if publication.is_late:
                self._lose_feed(publication)
        for viewing in list(self.viewers.values()):
            if viewing.is_late:
                self._lose_viewer(viewing)

    def forget(self) -> list[Publication]:
        """Forgets everybody and everything but the slots; returns who was sending. Nobody is told
        of any of them."""
        publications = list(self.feeds.values())
        for publication in publications:
            publication.joined = publication.over = _nothing
            self._background.run(publication.end())
        for viewing in list(self.viewers.values()):
            viewing.over = _nothing
            self._background.run(viewing.end())
        self.feeds.clear()
        self.viewers.clear()
        self.assigned.clear()
        self._muted.clear()
        self.home = None
        return publications

    async def _join(self, publication: Publication) -> None:
        if self.feeds.get(publication.feed) is not publication:
            return
        self._came(publication)
        self._tell(FeedJoined(self.id, publication.feed, publication.resource))
        if publication.feed in self.assigned.values():
            await self.show()

    def _lose_feed(self, publication: Publication) -> None:
        if self.feeds.get(publication.feed) is not publication:
            return
        del self.feeds[publication.feed]
        publication.is_over = True
        self._left(publication)
        self._tell(FeedLeft(self.id, publication.feed, publication.resource))
        self._background.run(self._end_feed(publication))

    async def _end_feed(self, publication: Publication) -> None:
        # Out of the slots first: a section whose feed just disappears is negotiated anew.
        await self.show()
        await publication.end()

    def _lose_viewer(self, viewing: Viewing) -> None:
        if self.viewers.pop(viewing.resource, None) is not None:
            self._tell(ViewerLeft(self.id, viewing.resource))
            self._background.run(viewing.end())


def _nothing() -> None:
    """For connections whose end interests nobody any more."""
