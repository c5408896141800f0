"""A viewer's connection on its node: one section of sound and one of picture for every slot."""

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from rooms.ids import RoomId
from server.media.errors import BadAnswer, MediaAway, NoSuchResource
from server.media.janus.background import Background
from server.media.janus.client import Body, Handle, JanusGone, JanusRefused
from server.media.janus.node import Node, number_of
from server.media.janus.offers import viewers_answer
from server.media.plane import Section, Slot, Track

log = structlog.get_logger()

TRACKS: tuple[Track, Track] = ("audio", "video")
CONNECTS_WITHIN = 30.0


@dataclass(frozen=True, slots=True)
class Source:
    """A stream of a publisher on the viewer's node."""

    publisher: int
    mid: str


Wanted = dict[tuple[Slot, Track], Source]


class Viewing:
    """One viewer. `joined` is called when it is connected, `over` when it ended by itself."""

    def __init__(self, room: RoomId, viewer: str, node: Node, background: Background) -> None:
        self.room, self.viewer, self.node = room, viewer, node
        self.resource = "v" + secrets.token_urlsafe(12).lower().replace("_", "-")
        self.joined: Callable[[], None] = lambda: None
        self.over: Callable[[], None] = lambda: None
        self.is_over = False
        self.is_up = False
        self.handle: Handle | None = None
        self._background = background
        self._mids: dict[tuple[Slot, Track], str] = {}
        self._shown: Wanted = {}
        self._answer = ""
        self._begun = time.monotonic()

    @property
    def is_late(self) -> bool:
        """Whether it never came to stand."""
        return not self.is_up and time.monotonic() - self._begun > CONNECTS_WITHIN

    async def offer(
        self, slots: Sequence[Slot], sources: Wanted
    ) -> tuple[str, tuple[Section, ...]]:
        """The offer of all slots. Raises MediaAway."""
        self.handle = await self.node.attach()
        self.handle.hear = self._hear
        places = [(slot, track) for slot in slots for track in TRACKS]
        order = {
            "request": "join",
            "ptype": "subscriber",
            "room": number_of(self.room),
            # A feed that ends leaves its section as it is: nothing is negotiated anew for that.
            "autoupdate": False,
            "streams": [
                {"feed": sources[place].publisher, "mid": sources[place].mid} for place in places
            ],
        }
        try:
            data, jsep = await self.handle.ask(order)
        except (JanusGone, JanusRefused) as error:
            raise MediaAway from error
        if len(data["streams"]) != len(places):
            log.error("janus_sections_missing", wanted=len(places), got=len(data["streams"]))
            raise MediaAway
        for place, stream in zip(places, data["streams"], strict=True):
            self._mids[place] = stream["mid"]
            self._shown[place] = sources[place]
        sections = tuple(
            Section(slot, self._mids[slot, "audio"], self._mids[slot, "video"]) for slot in slots
        )
        return jsep["sdp"], sections

    async def accept(self, answer: str) -> None:
        """Takes the answer. Raises BadAnswer, MediaAway, NoSuchResource."""
        text = viewers_answer(answer, list(self._mids.values()))
        if self.handle is None:
            raise NoSuchResource
        self._answer = text
        try:
            await self.handle.ask({"request": "start"}, {"type": "answer", "sdp": text})
            await self.handle.end_candidates()
        except JanusRefused as refused:
            raise BadAnswer(refused.reason) from refused
        except JanusGone as gone:
            raise MediaAway from gone

    async def show(self, wanted: Wanted) -> None:
        """Changes the slots' sources to these where they are others."""
        changes = {
            place: source
            for place, source in wanted.items()
            if place in self._mids and self._shown[place] != source
        }
        if not changes or self.handle is None or self.is_over:
            return
        streams = [
            {"feed": source.publisher, "mid": source.mid, "sub_mid": self._mids[place]}
            for place, source in changes.items()
        ]
        try:
            await self.handle.ask({"request": "switch", "streams": streams})
        except (JanusGone, JanusRefused) as error:
            # One that left meanwhile; what is told about it changes the slots again.
            log.info("janus_switch_failed", viewer=self.viewer, error=str(error))
            return
        self._shown.update(changes)

    async def end(self) -> None:
        """Ends it."""
        if self.is_over:
            return
        self.is_over = True
        if self.handle is not None:
            await self.handle.detach()

    def _hear(self, message: Body) -> None:
        match message.get("janus"):
            case "webrtcup":
                self.is_up = True
                self.joined()
            case "event" if "jsep" in message:
                self._background.run(self._answer_again())
            case "hangup" | "detached":
                self.over()
            case _:
                pass

    async def _answer_again(self) -> None:
        """Filling a section whose feed was lost makes Janus offer again. The sections are those
        that the viewer has accepted, so its answer still holds and it need not be asked."""
        if not self._answer or self.handle is None or self.is_over:
            return
        try:
            await self.handle.ask({"request": "start"}, {"type": "answer", "sdp": self._answer})
        except (JanusGone, JanusRefused) as error:
            log.warning("janus_update_failed", viewer=self.viewer, error=str(error))
