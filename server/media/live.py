"""A room with live media, as this server's memory has it. The log knows nothing of it, and nothing
of it is missed after a restart."""

import asyncio
from collections.abc import Awaitable, Container
from dataclasses import dataclass, field
from typing import TypeVar

from rooms.ids import PersonId, RecordingId, RoomId
from server.machine import Cast, Shared
from server.media.errors import MediaAway, NoSuchMediaRoom
from server.media.plane import Feed, Kind, Slot


@dataclass(slots=True)
class Sending:
    """A feed that an engine took. `name` is its resource's in the interface, `resource` the
    engine's; `seen` says that its person was in the room since, `stopping` that its recording is
    about to end, `rests_until` that recording it failed (the loop's time), `failures` how often an
    engine did not begin it."""

    feed: Feed
    name: str
    resource: str
    seen: bool = False
    muted: bool | None = None  # as the engine was told
    recording: RecordingId | None = None
    stopping: bool = False
    rests_until: float = 0.0
    failures: int = 0


@dataclass(slots=True)
class Watching:
    """A viewer's connection, made at the loop's time `since`."""

    name: str
    resource: str
    person: PersonId
    since: float
    answered: bool = False
    seen: bool = False


@dataclass(slots=True, eq=False)
class Live:
    """A room. `feeds` are in the order in which they came; `arrived` and `gone` are resources of
    which packets came, or which are over; `ending` are recordings of feeds that are over, with the
    loop's time until which the engine may still tell of their ends; `users` are those who come in
    just now or watch without RTP."""

    room: RoomId
    epoch: int
    opened: bool = False
    away: bool = False
    feeds: dict[Feed, Sending] = field(default_factory=dict)
    viewers: dict[str, Watching] = field(default_factory=dict)
    cast: Cast = field(default_factory=dict)
    arrived: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    ending: dict[RecordingId, float] = field(default_factory=dict)
    users: int = 0
    engine: int = 0  # grows with every engine that died
    told: object = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def sent(self) -> list[Feed]:
        """The feeds of which packets arrive."""
        return [feed for feed, each in self.feeds.items() if each.resource in self.arrived]

    def slots(self) -> dict[Slot, Feed | None]:
        """What every slot shows."""
        return {slot: self.cast.get(slot) for slot in Slot}

    def recordings(self) -> set[RecordingId]:
        """What an engine is recording, or is about to end."""
        running = {each.recording for each in self.feeds.values() if each.recording}
        return running | set(self.ending)

    @property
    def used(self) -> bool:
        """Whether anybody sends or sees anything."""
        return bool(self.feeds or self.viewers or self.users)

    def drop(self, feed: Feed, ends_by: float) -> None:
        """A feed is over. The engine has until the loop's time `ends_by` to tell the end of its
        recording."""
        sending = self.feeds.pop(feed)
        self.arrived.discard(sending.resource)
        self.gone.discard(sending.resource)
        for slot in [slot for slot, shown in self.cast.items() if shown == feed]:
            # The engine is told what belongs there, even if the same feed comes again.
            del self.cast[slot]
        if sending.recording is not None:
            self.ending[sending.recording] = ends_by

    def drop_gone(self, ends_by: float) -> None:
        """Drops what the engine said is over. For the one who has the lock."""
        for feed, sending in list(self.feeds.items()):
            if sending.resource in self.gone:
                self.drop(feed, ends_by)
        for name, viewer in list(self.viewers.items()):
            if viewer.resource in self.gone:
                del self.viewers[name]
        # Nobody comes in meanwhile, so what is left is of connections long forgotten.
        self.gone.clear()
        self.arrived &= {each.resource for each in self.feeds.values()}

    def forget(self) -> None:
        """The engine knows nothing of this room any more."""
        self.engine += 1
        self.opened = False
        self.feeds.clear()
        self.viewers.clear()
        self.cast.clear()
        self.arrived.clear()
        self.ending.clear()
        self.gone.clear()


def recording_of(state: Shared, feed: Feed) -> RecordingId | None:
    """The recording of this feed that the log has as running."""
    for each in state.running():
        if (each.person, each.kind.value) == (feed.person, feed.kind.value):
            return each.id
    return None


def has_left(one: Sending | Watching, here: Container[PersonId]) -> bool:
    """Whether somebody who was in the room is not any more. A device in the hall never is."""
    if isinstance(one, Sending) and one.feed.kind is Kind.HALL:
        return False
    person = one.feed.person if isinstance(one, Sending) else one.person
    gone = one.seen and person not in here
    one.seen = person in here
    return gone


T = TypeVar("T")


async def in_room(live: Live, asked: Awaitable[T]) -> T:
    """The answer of an engine that should know the room. Raises MediaAway when it doesn't, or when
    it died meanwhile: what it was told is told to the next one anew."""
    engine = live.engine
    try:
        answer = await asked
    except NoSuchMediaRoom:
        live.opened = False
        raise MediaAway from None
    if live.engine != engine:
        raise MediaAway
    return answer
