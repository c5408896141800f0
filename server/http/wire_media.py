"""Live media and recordings on the wire (docs/media.md)."""

from typing import Annotated, Literal

from pydantic import Field

from rooms.opening.events import FeedKind
from server.http.wire import Digest, Id, Time, Wire

Sdp = Annotated[str, Field(min_length=1, max_length=64 * 1024)]


class FeedInfo(Wire):
    """A feed; `feed` is "person:kind". Bidders are masked before observers where the terms ask."""

    person: Id
    name: str
    kind: FeedKind
    feed: str


class Slots(Wire):
    """What is in every slot."""

    stage: FeedInfo | None
    supervisor: FeedInfo | None
    floor: FeedInfo | None
    screen: FeedInfo | None
    hall: FeedInfo | None


class IceServer(Wire):
    """A relay, as RTCPeerConnection takes it."""

    urls: list[str]
    username: str
    credential: str


class _Shown(Wire):
    enabled: bool
    epoch: int
    slots: Slots
    feeds: list[FeedInfo]
    muted: list[Id]
    recording: int


class MediaState(_Shown):
    """What is sent and seen in a room. `feeds` are all for hosts; for others those in slots and
    their own. `epoch` grew when everybody has to begin anew; `recording` counts what runs."""

    ice_servers: list[IceServer]


class MediaChange(_Shown):
    """The same in the live connection's `media` frame."""

    room: Id


class TokenBody(Wire):
    """Which feed to send."""

    kind: FeedKind


class MediaToken(Wire):
    """The right to send one feed: `url` is the WHIP endpoint, `token` its bearer token."""

    token: str
    url: str
    expires_at: Time


class ViewerBody(Wire):
    """Nothing to say yet."""


class Section(Wire):
    """Where a slot is in the offer: the `mid` of its sound and of its picture."""

    slot: Literal["stage", "supervisor", "floor", "screen", "hall"]
    audio: str
    video: str


class ViewerOffer(Wire):
    """An offer of all slots."""

    viewer: Id
    offer: str
    sections: list[Section]
    ice_servers: list[IceServer]


class ViewerAnswer(Wire):
    """The browser's answer to an offer."""

    answer: Sdp


class RecordingMark(Wire):
    """The file's first `size` bytes have this digest."""

    at: Time
    size: int
    sha256: Digest


class RecordingInfo(Wire):
    """A recording as the log has it; size and digest are those of the last mark while it runs."""

    recording: Id
    person: Id
    name: str
    kind: FeedKind
    started_at: Time
    ended_at: Time | None
    size: int
    sha256: Digest
    state: Literal["running", "ended", "failed"]
    reason: Literal["left", "stopped", "failed", "engine"] | None
    marks: list[RecordingMark]


class RecordingList(Wire):
    """All recordings of an opening in the order of their beginnings."""

    recordings: list[RecordingInfo]
