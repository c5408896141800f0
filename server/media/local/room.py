"""One room in the engine: its feeds, slots and viewers."""

import asyncio
import time
from collections.abc import Callable, Sequence

from rooms.ids import RoomId
from server.media.errors import FeedTaken, NoSuchFeed, NoSuchMediaRoom, NoSuchResource
from server.media.local.connections import CNAME, Incoming, Outgoing, close_soon
from server.media.local.egress import Outlet
from server.media.local.patches import Fan, Site
from server.media.local.sdp import CODECS, read_offer
from server.media.plane import (
    EngineEvent,
    Feed,
    FeedJoined,
    FeedLeft,
    Published,
    RoomStats,
    Slot,
    Subscription,
    ViewerLeft,
)
from server.media.taps.taps import Taps

LATE = 3.0
"""Seconds since the last report that are not the usual one."""


class Room:
    """Everything that is gone when the room is closed."""

    def __init__(
        self,
        room: RoomId,
        slots: Sequence[Slot],
        *,
        site: Site,
        taps: Taps,
        fan: Fan,
        tell: Callable[[EngineEvent], None],
    ) -> None:
        self.id = room
        self._site, self._taps, self._fan, self._tell = site, taps, fan, tell
        self._slots: dict[Slot, tuple[Outlet, Outlet]] = {}
        self._assigned: dict[Slot, Feed] = {}
        self._muted: set[Feed] = set()
        self._feeds: dict[Feed, Incoming] = {}
        self._viewers: dict[str, Outgoing] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._counted = time.monotonic()
        self.add_slots(slots)

    def add_slots(self, slots: Sequence[Slot]) -> None:
        """Makes the slots that there are not yet; viewers who came before don't see them."""
        for slot in slots:
            if slot not in self._slots:
                self._slots[slot] = (Outlet("audio", self._fan), Outlet("video", self._fan))

    async def publish(self, feed: Feed, offer: str) -> Published:
        """Takes a feed. Raises FeedTaken, BadOffer, CodecNotOffered."""
        read = read_offer(offer)
        former = self._feeds.get(feed)
        if former is not None:
            if not former.is_quiet:
                raise FeedTaken
            self._lose_feed(former)
        incoming = Incoming(
            self._site,
            feed,
            over=lambda: self._lose_feed(incoming),
            joined=lambda: self._tell(FeedJoined(self.id, feed, incoming.resource)),
            arrived=lambda track, data: self._taps.packet(self.id, feed, track, data),
        )
        self._feeds[feed] = incoming
        try:
            answer = await incoming.negotiate(read)
        except BaseException:
            if self._feeds.get(feed) is incoming:
                del self._feeds[feed]
            close_soon(incoming, self._closing)
            raise
        if self._feeds.get(feed) is not incoming:
            # The room, or this feed in it, was closed meanwhile.
            raise NoSuchMediaRoom
        self._taps.open(self.id, feed, {track: CODECS[track] for track in incoming.sources})
        if feed in self._muted and "audio" in incoming.sources:
            incoming.sources["audio"].mute(True)
        for slot, assigned in self._assigned.items():
            if assigned == feed:
                self._show(slot, incoming)
        return Published(incoming.resource, answer)

    async def subscribe(self, viewer: str) -> Subscription:
        """Offers a viewer the slots."""
        outgoing = Outgoing(
            self._site, viewer, dict(self._slots), over=lambda: self._lose_viewer(outgoing)
        )
        self._viewers[outgoing.resource] = outgoing
        try:
            offer, sections = await outgoing.offer()
        except BaseException:
            self._viewers.pop(outgoing.resource, None)
            close_soon(outgoing, self._closing)
            raise
        if outgoing.resource not in self._viewers:
            raise NoSuchMediaRoom
        return Subscription(outgoing.resource, offer, sections)

    def accept(self, resource: str, answer: str) -> None:
        """Takes a viewer's answer. Raises NoSuchResource, BadAnswer."""
        outgoing = self._viewers.get(resource)
        if outgoing is None:
            raise NoSuchResource
        outgoing.accept(answer)

    def assign(self, slot: Slot, feed: Feed | None) -> None:
        """Puts a feed into a slot, now or when it comes."""
        if slot not in self._slots:
            self.add_slots((slot,))
        if feed is None:
            self._assigned.pop(slot, None)
        else:
            self._assigned[slot] = feed
        self._show(slot, self._feeds.get(feed) if feed is not None else None)
        self._taps.assign(self.id, slot, feed)

    def _show(self, slot: Slot, incoming: Incoming | None) -> None:
        for outlet in self._slots[slot]:
            outlet.show(incoming.sources.get(outlet.track) if incoming is not None else None)

    def mute(self, feed: Feed, muted: bool) -> None:
        """Drops a feed's sound, also when it comes again."""
        if muted:
            self._muted.add(feed)
        else:
            self._muted.discard(feed)
        incoming = self._feeds.get(feed)
        if incoming is not None and "audio" in incoming.sources:
            incoming.sources["audio"].mute(muted)

    def need(self, feed: Feed) -> None:
        """Raises NoSuchFeed when nobody sends it."""
        if feed not in self._feeds:
            raise NoSuchFeed

    def want_keyframe(self, feed: Feed) -> None:
        """Asks a feed for a keyframe."""
        incoming = self._feeds.get(feed)
        if incoming is not None and "video" in incoming.sources:
            incoming.sources["video"].want_keyframe()

    def close(self, resource: str) -> None:
        """Ends a feed or a viewer."""
        if resource in self._viewers:
            self._lose_viewer(self._viewers[resource])
        for incoming in list(self._feeds.values()):
            if incoming.resource == resource:
                self._lose_feed(incoming)

    def _lose_feed(self, incoming: Incoming) -> None:
        if self._feeds.get(incoming.feed) is not incoming:
            return
        del self._feeds[incoming.feed]
        for outlets in self._slots.values():
            for outlet in outlets:
                if outlet.source in incoming.sources.values():
                    outlet.show(None)
        self._taps.close(self.id, incoming.feed)
        close_soon(incoming, self._closing)
        self._tell(FeedLeft(self.id, incoming.feed, incoming.resource))

    def _lose_viewer(self, outgoing: Outgoing) -> None:
        if self._viewers.pop(outgoing.resource, None) is not None:
            close_soon(outgoing, self._closing)
            self._tell(ViewerLeft(self.id, outgoing.resource))

    def stats(self) -> RoomStats:
        """Figures of now."""
        return RoomStats(
            feeds=tuple(incoming.stats() for incoming in self._feeds.values()),
            viewers=tuple(outgoing.stats() for outgoing in self._viewers.values()),
        )

    def ask(self, now: float) -> None:
        """Every 30 ms: asks publishers for what is missing."""
        for incoming in self._feeds.values():
            for source in incoming.sources.values():
                source.ask(now)

    def report(self, now: float) -> None:
        """Every second: reports, figures, and connections that never came to stand."""
        seconds, self._counted = max(0.1, now - self._counted), now
        # After a pause of our own, what people sent meanwhile has yet to be read.
        is_late = seconds > LATE
        for incoming in list(self._feeds.values()):
            incoming.report()
            incoming.measure(sum(s.octets for s in incoming.sources.values()), seconds)
            if not is_late and incoming.is_lost(now):
                self._lose_feed(incoming)
        outlets = [outlet for pair in self._slots.values() for outlet in pair]
        for outlet in outlets:
            outlet.lose_patience(now)
        reports = b"".join(outlet.sender_report(CNAME.encode(), now) for outlet in outlets)
        for outgoing in list(self._viewers.values()):
            outgoing.refresh()
            outgoing.measure(outgoing.octets(), seconds)
            if reports:
                outgoing.say(reports)
            if not is_late and outgoing.is_lost(now):
                self._lose_viewer(outgoing)

    async def end(self) -> None:
        """Ends everything in it; nobody is told, who closed it knows."""
        everything = [*self._feeds.values(), *self._viewers.values()]
        self._taps.close_room(self.id)
        self._feeds.clear()
        self._viewers.clear()
        for connection in everything:
            close_soon(connection, self._closing)
        if self._closing:
            await asyncio.wait(self._closing, timeout=2)
