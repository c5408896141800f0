"""What an engine of live media does for a room. Engines forget; the room's log and this server's
memory know what they have to be told again after a crash.

A *feed* is what one participant sends: at most one sound and one picture. A *slot* is a place on
everybody's screen; which feed is in it changes without a new negotiation. A *viewer* receives all
slots over one connection.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal, Protocol

from rooms.ids import PersonId, RecordingId, RoomId

Track = Literal["audio", "video"]


class Slot(StrEnum):
    """A place on the screen, in the order of the sections of every offer."""

    STAGE = "stage"  # the acting host
    SUPERVISOR = "supervisor"
    FLOOR = "floor"  # whoever was given the floor
    SCREEN = "screen"  # what is being shown
    HALL = "hall"  # a camera of the hall


class Kind(StrEnum):
    """What a feed shows."""

    CAMERA = "camera"
    SCREEN = "screen"
    HALL = "hall"


@dataclass(frozen=True, slots=True, order=True)
class Feed:
    """What one participant sends. A person has at most one feed of each kind."""

    person: PersonId
    kind: Kind

    def __str__(self) -> str:
        return f"{self.person}:{self.kind}"


@dataclass(frozen=True, slots=True)
class Published:
    """A feed that was accepted. `resource` names it for `close`."""

    resource: str
    answer: str


@dataclass(frozen=True, slots=True)
class Section:
    """Where a slot is in a viewer's offer: the `mid` of its sound and of its picture."""

    slot: Slot
    audio: str
    video: str


@dataclass(frozen=True, slots=True)
class Subscription:
    """An offer to a viewer. `resource` names it for `accept` and `close`."""

    resource: str
    offer: str
    sections: tuple[Section, ...]


# --- what an engine tells -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FeedJoined:
    """Packets of a feed arrive."""

    room: RoomId
    feed: Feed
    resource: str


@dataclass(frozen=True, slots=True)
class FeedLeft:
    """A feed is over: closed, or its connection was lost."""

    room: RoomId
    feed: Feed
    resource: str


@dataclass(frozen=True, slots=True)
class ViewerLeft:
    """A viewer's connection is over."""

    room: RoomId
    resource: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """What of a recording is in its file: so many bytes with this SHA-256.

    `ended` is "" while it goes on; afterwards why it is over: "left", "stopped", or "failed" when
    the file could not be written any more (what is in it stays readable).
    """

    room: RoomId
    recording: RecordingId
    size: int
    sha256: str
    ended: Literal["", "left", "stopped", "failed"] = ""


@dataclass(frozen=True, slots=True)
class EngineDown:
    """An engine ended: everything in these rooms is gone from it."""

    rooms: tuple[RoomId, ...]


@dataclass(frozen=True, slots=True)
class EngineUp:
    """The engine of these rooms runs again and knows nothing: tell it, then tell the clients."""

    rooms: tuple[RoomId, ...]


EngineEvent = FeedJoined | FeedLeft | ViewerLeft | Recorded | EngineDown | EngineUp


@dataclass(frozen=True, slots=True)
class LegStats:
    """Packets of one direction of a connection since it began. `lost` is what the other side
    reported (viewers) or what was never received (feeds); `bitrate` is bits a second, lately."""

    resource: str
    who: str
    packets: int
    lost: int
    bitrate: int


@dataclass(frozen=True, slots=True)
class RoomStats:
    """Figures of a room's feeds and viewers."""

    feeds: tuple[LegStats, ...]
    viewers: tuple[LegStats, ...]


class MediaPlane(Protocol):
    """An engine, or many behind one face. Everything may raise `MediaAway` when no engine answers.

    Orders are idempotent where a repeated one can be told from a new one. Offers and answers are
    SDP (RFC 8866) whose candidates are all in it: nothing trickles.
    """

    async def start(self) -> None:
        """Gets ready; engines may start at the first use."""

    async def stop(self) -> None:
        """Ends everything this plane started."""

    async def open_room(self, room: RoomId, slots: Sequence[Slot]) -> None:
        """Makes a room with these slots; nothing happens if it is there."""

    async def close_room(self, room: RoomId) -> None:
        """Ends a room's feeds, viewers, recordings and watches."""

    async def publish(self, room: RoomId, feed: Feed, offer: str) -> Published:
        """Takes a feed. Raises FeedTaken when this feed is being sent already, BadOffer for SDP
        that cannot be read, CodecNotOffered when neither sound nor picture is in a codec that
        rooms carry, and NoSuchMediaRoom."""

    async def subscribe(self, room: RoomId, viewer: str) -> Subscription:
        """Offers a viewer all slots of the room. Raises NoSuchMediaRoom."""

    async def accept(self, room: RoomId, resource: str, answer: str) -> None:
        """Takes a viewer's answer. Raises NoSuchResource, BadAnswer."""

    async def assign(self, room: RoomId, slot: Slot, feed: Feed | None) -> None:
        """Puts a feed into a slot, from its next keyframe on, for all viewers and watches. A feed
        that is not there yet is put in when it joins."""

    async def mute(self, room: RoomId, feed: Feed, muted: bool) -> None:
        """Drops the feed's sound where it comes in: nobody hears or records it."""

    async def record(
        self, room: RoomId, feed: Feed, recording: RecordingId, file: Path | None
    ) -> None:
        """Records a feed into a new file from its next keyframe on; None ends the recording. What
        was written is told as `Recorded`. Raises NoSuchFeed."""

    def watch(self, room: RoomId, slot: Slot, track: Track) -> AsyncIterator[bytes]:
        """A slot's sound or picture as WebM for one who can't receive RTP: first the
        initialisation segment, then clusters of at most half a second, the first of which begins
        with a keyframe. Goes on through changes of the slot's feed. Ends with the room."""

    async def close(self, room: RoomId, resource: str) -> None:
        """Ends a feed or a viewer; nothing happens if it is gone."""

    async def stats(self, room: RoomId) -> RoomStats:
        """Figures of now."""

    def events(self) -> AsyncIterator[EngineEvent]:
        """What happens, in order, for one reader."""
