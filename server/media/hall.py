"""The controller of live media: it holds what is sent in every room, casts it into slots, has it
recorded, and restores everything when an engine was restarted.

It works by comparing: after every change of a room (an entry of its log, a feed that came or went,
an engine's return) it looks at what should be, and tells the engine the difference. Nothing starts
before somebody sends or looks.
"""

import asyncio
import contextlib
import secrets
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Callable,
    Coroutine,
    Iterable,
    Sequence,
)
from typing import Any
from typing import cast as cast_to

import structlog

from rooms.ids import PersonId, RoomId
from rooms.log import Entry
from server.clock import Clock
from server.desk import Desk
from server.errors import Problem
from server.machine import Guest
from server.media import plane as p
from server.media.errors import FeedTaken, MediaAway, MediaOff, NoSuchResource
from server.media.ledger import Ledger
from server.media.live import Live, Sending, Watching, has_left, in_room
from server.media.plane import Feed, Kind, MediaPlane, Slot, Track
from server.media.recorder import Recorder
from server.room import AnyRoom

LOOK_SECONDS = 1.0
"""How often rooms are looked at for what only time brings about."""
MARK_SECONDS = 10.0
"""How long marks are gathered before they are written together."""
STILL_SENT_SECONDS = 0.5
"""Within this time packets of a feed come, if it is sent at all."""
ANSWER_SECONDS = 30.0
"""How long a viewer has for its answer."""
MOST_VIEWERS = 4
"""Connections one person sees a room over; the oldest gives way."""
END_SECONDS = 10.0
"""How long an engine has to tell of the end of a recording whose feed is over."""
STOP_SECONDS = 5.0
"""How long recordings have for their ends when the server is stopped."""

_log = structlog.get_logger()

Present = Callable[[RoomId], Sequence[tuple[Guest, bool]]]
Tell = Callable[[AnyRoom, Live], None]


class Hall:
    """Live media of all rooms of a server. Without a plane they are off.

    `present` says who is in a room, `tell` hears of every change of what is seen or sent.
    """

    def __init__(
        self,
        plane: MediaPlane | None,
        desk: Desk,
        ledger: Ledger,
        clock: Clock,
        present: Present,
        tell: Tell,
    ) -> None:
        self._plane = plane
        self._desk = desk
        self._ledger = ledger
        self._present = present
        self._tell = tell
        # Grows from one run of the server to the next too, so that a client notices both.
        self._epoch = int(clock().timestamp())
        self._rooms: dict[RoomId, Live] = {}
        self._looking: dict[RoomId, bool] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._recorder = Recorder(desk, ledger, clock, self._rooms)
        self._news = asyncio.Event()
        self._stopping = False

    @property
    def enabled(self) -> bool:
        """Whether this site has live media."""
        return self._plane is not None

    def live(self, room: RoomId) -> Live:
        """What is sent and seen in a room."""
        return self._rooms.get(room) or Live(room, self._epoch)

    # --- for the server --------------------------------------------------------------------------

    async def start(self, unfinished: Iterable[RoomId]) -> None:
        """Begins. `unfinished` are rooms that recordings may have been left running in."""
        self._recorder.look_after(unfinished)
        self._keep(self._for_ever())
        if self._plane is not None:
            await self._plane.start()
            self._keep(self._hear(self._plane.events()))

    async def close(self) -> None:
        """Ends everything that is sent and seen; recordings get their ends."""
        self._stopping = True
        if self._plane is not None:
            await self._recorder.stop(self._plane)
            await self._plane.stop()
            end = _now() + STOP_SECONDS
            while self._recorder.unended() and _now() < end:
                self._news.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), 0.1)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        try:
            await self._recorder.close()
        except Exception:
            # The next start finds the recordings that have no end yet.
            _log.exception("recordings_not_written")

    def told(self, room: AnyRoom, entries: Sequence[Entry[object]]) -> None:
        """New entries are durable."""
        if room.id in self._rooms:
            self._look_soon(room.id)

    # --- for those who send ----------------------------------------------------------------------

    async def publish(
        self, room: AnyRoom, person: PersonId, kind: Kind, offer: str
    ) -> tuple[str, str]:
        """Takes a feed: its name and the answer. The caller knows that the person may send it.

        Raises MediaOff, MediaAway, FeedTaken, BadOffer, CodecNotOffered.
        """
        plane, feed = self._on(), Feed(person, kind)
        async with self._entered(plane, room.id) as live:
            earlier = live.feeds.get(feed)
            if earlier is not None:
                if await self._is_sent(plane, live, earlier):
                    raise FeedTaken
                # A page that was reloaded, or lost its network, comes before it is missed.
                await self._end(plane, live, earlier)
            published = await in_room(live, plane.publish(room.id, feed, offer))
            sending = Sending(feed, f"f-{secrets.token_hex(8)}", published.resource)
            live.feeds[feed] = sending
        self._look_soon(room.id)
        return sending.name, published.answer

    async def unpublish(self, room: RoomId, feed: Feed, name: str) -> None:
        """Ends a feed. Raises NoSuchResource."""
        plane, live = self._on(), self.live(room)
        async with live.lock:
            sending = live.feeds.get(feed)
            if sending is None or sending.name != name:
                raise NoSuchResource
            await self._end(plane, live, sending)
        self._look_soon(room)

    # --- for those who see -----------------------------------------------------------------------

    async def subscribe(self, room: AnyRoom, person: PersonId) -> tuple[str, p.Subscription]:
        """Offers all slots: the viewer's name and the offer. Raises MediaOff, MediaAway."""
        plane = self._on()
        async with self._entered(plane, room.id) as live:
            own = [each for each in live.viewers.values() if each.person == person]
            for each in own[: len(own) - MOST_VIEWERS + 1]:
                await self._leave(plane, live, each)
            name = f"v-{secrets.token_hex(8)}"
            offered = await in_room(live, plane.subscribe(room.id, name))
            live.viewers[name] = Watching(name, offered.resource, person, _now())
        self._look_soon(room.id)
        return name, offered

    async def accept(self, room: RoomId, person: PersonId, name: str, answer: str) -> None:
        """Takes a viewer's answer. Raises MediaOff, MediaAway, NoSuchResource, BadAnswer."""
        viewer = self._viewer(room, person, name)
        await self._on().accept(room, viewer.resource, answer)
        viewer.answered = True

    async def leave(self, room: RoomId, person: PersonId, name: str) -> None:
        """Ends a viewer. Raises MediaOff, NoSuchResource."""
        plane, viewer = self._on(), self._viewer(room, person, name)
        await self._leave(plane, self.live(room), viewer)
        self._look_soon(room)

    async def watch(self, room: RoomId, slot: Slot, track: Track) -> AsyncGenerator[bytes, None]:
        """A slot's sound or picture as WebM. Raises MediaOff, MediaAway."""
        plane = self._on()
        async with self._entered(plane, room) as live:
            live.users += 1
        try:
            self._look_soon(room)
            # Every engine's watch is a generator, so that it ends as soon as nobody reads it.
            watch = cast_to(AsyncGenerator[bytes, None], plane.watch(room, slot, track))
            async with contextlib.aclosing(watch) as pieces:
                async for piece in pieces:
                    yield piece
        finally:
            live.users -= 1
            self._look_soon(room)

    # --- what an engine tells --------------------------------------------------------------------

    async def _hear(self, events: AsyncIterator[p.EngineEvent]) -> None:
        async for event in events:
            try:
                self._heard(event)
            except Exception:
                _log.exception("media_event", kind=type(event).__name__)

    def _heard(self, event: p.EngineEvent) -> None:
        self._news.set()
        match event:
            case p.FeedJoined():
                if live := self._rooms.get(event.room):
                    live.arrived.add(event.resource)
                    self._look_soon(event.room)
            case p.FeedLeft() | p.ViewerLeft():
                if live := self._rooms.get(event.room):
                    live.gone.add(event.resource)
                    self._look_soon(event.room)
            case p.Recorded():
                self._ledger.heard(event, self._stopping)
                self._recorder.heard(event)
                if event.ended and not self._stopping:
                    self._keep(self._ledger.write_ends(event.room))
                    self._look_soon(event.room)
            case p.EngineDown():
                for room in event.rooms:
                    if live := self._rooms.get(room):
                        live.forget()
                        live.away = True
                        self._look_soon(room)
            case p.EngineUp():
                self._epoch += 1
                for room in event.rooms:
                    if live := self._rooms.get(room):
                        live.away, live.epoch = False, self._epoch
                        self._look_soon(room)

    # --- what should be, and what is -------------------------------------------------------------

    def _look_soon(self, room: RoomId) -> None:
        if self._stopping:
            return
        if room in self._looking:
            self._looking[room] = True
            return
        self._looking[room] = False
        self._keep(self._look(room))

    async def _look(self, room: RoomId) -> None:
        try:
            again = True
            while again and room in self._rooms:
                self._looking[room] = False
                live = self._rooms[room]
                found = await self._desk.room(room)
                async with live.lock:
                    await self._compare(found, live)
                again = self._looking[room]
        except MediaAway:
            # Its return is told, and everything is looked at again.
            _log.info("media_away", room=room)
        except Problem as problem:
            _log.warning("media_not_compared", room=room, code=problem.code)
        except Exception:
            _log.exception("media_not_compared", room=room)
        finally:
            self._looking.pop(room, None)

    async def _compare(self, room: AnyRoom, live: Live) -> None:
        plane = self._on()
        live.drop_gone(_now() + END_SECONDS)
        if live.opened:
            await self._bring_about(plane, room, live)
        await self._recorder.leave_off(room, live)
        self._say(room, live)
        if not live.used and not live.ending and not live.away:
            if live.opened:
                live.opened = False
                await plane.close_room(live.room)
            if not live.used:
                self._rooms.pop(live.room, None)

    async def _bring_about(self, plane: MediaPlane, room: AnyRoom, live: Live) -> None:
        machine, state = room.machine, room.state
        here = {guest.person: guest for guest, _ in self._present(live.room)}
        for sending in list(live.feeds.values()):
            left = has_left(sending, here)
            if left or not machine.may_send(state, sending.feed.person, sending.feed.kind):
                await self._end(plane, live, sending)
        for viewer in list(live.viewers.values()):
            late = not viewer.answered and _now() - viewer.since > ANSWER_SECONDS
            if late or has_left(viewer, here):
                await self._leave(plane, live, viewer)
        await self._cast(plane, live, room)
        self._say(room, live)
        await self._recorder.compare(plane, room, live, here.values())

    async def _cast(self, plane: MediaPlane, live: Live, room: AnyRoom) -> None:
        silent = room.machine.muted(room.state)
        for feed, sending in list(live.feeds.items()):
            muted = feed.person in silent
            if muted is not sending.muted:
                await in_room(live, plane.mute(live.room, feed, muted))
                sending.muted = muted
        for slot, wanted in room.machine.cast(room.state, live.sent()).items():
            if slot not in live.cast or live.cast[slot] != wanted:
                await in_room(live, plane.assign(live.room, slot, wanted))
                live.cast[slot] = wanted

    def _say(self, room: AnyRoom, live: Live) -> None:
        """Tells everybody in the room, if what they see or send is another now."""
        running = sum(1 for _ in room.state.running())
        slots, sent = tuple(live.slots().items()), tuple(live.sent())
        said = (live.epoch, slots, sent, running, room.machine.muted(room.state))
        if said != live.told:
            live.told = said
            self._tell(room, live)

    # --- parts of the above ----------------------------------------------------------------------

    def _on(self) -> MediaPlane:
        if self._plane is None:
            raise MediaOff
        return self._plane

    @contextlib.asynccontextmanager
    async def _entered(self, plane: MediaPlane, room: RoomId) -> AsyncIterator[Live]:
        """The room, opened, for one at a time. Raises MediaAway."""
        live = self._rooms.setdefault(room, Live(room, self._epoch))
        live.users += 1
        try:
            async with live.lock:
                if live.away:
                    raise MediaAway
                if not live.opened:
                    await plane.open_room(room, list(Slot))
                    live.opened = True
                yield live
        finally:
            live.users -= 1

    def _viewer(self, room: RoomId, person: PersonId, name: str) -> Watching:
        self._on()
        viewer = self.live(room).viewers.get(name)
        if viewer is None or viewer.person != person:
            raise NoSuchResource
        return viewer

    async def _is_sent(self, plane: MediaPlane, live: Live, sending: Sending) -> bool:
        """Whether packets of a feed still come. What never came may still be about to."""
        before = await self._packets(plane, live, sending)
        await asyncio.sleep(STILL_SENT_SECONDS)
        return await self._packets(plane, live, sending) > before

    async def _packets(self, plane: MediaPlane, live: Live, sending: Sending) -> int:
        stats = await in_room(live, plane.stats(live.room))
        return sum(leg.packets for leg in stats.feeds if leg.resource == sending.resource)

    async def _end(self, plane: MediaPlane, live: Live, sending: Sending) -> None:
        await plane.close(live.room, sending.resource)
        if live.feeds.get(sending.feed) is sending:  # the engine may have died meanwhile
            live.drop(sending.feed, _now() + END_SECONDS)

    async def _leave(self, plane: MediaPlane, live: Live, viewer: Watching) -> None:
        live.viewers.pop(viewer.name, None)
        await plane.close(live.room, viewer.resource)

    async def _for_ever(self) -> None:
        marked = _now()
        while True:
            await self._recorder.close_left_over()
            await asyncio.sleep(LOOK_SECONDS)
            for room in list(self._rooms):
                self._look_soon(room)
            now = _now()
            if now - marked >= MARK_SECONDS:
                marked = now
                try:
                    await self._ledger.write()
                except Exception:
                    _log.exception("recordings_not_written")

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _now() -> float:
    return asyncio.get_running_loop().time()
