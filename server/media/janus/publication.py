"""A feed on the node that receives it, and on the nodes that it is sent on to."""

import asyncio
import contextlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from rooms.ids import RoomId
from server.media.errors import BadOffer, MediaAway
from server.media.janus.client import Body, Handle, JanusGone, JanusRefused
from server.media.janus.node import Node, number_of
from server.media.janus.offers import publishers_offer
from server.media.plane import Feed, Track

log = structlog.get_logger()

CODECS: dict[Track, str] = {"audio": "opus", "video": "vp8"}
KEYFRAME_EVERY = 0.5
"""Seconds between two requests for a keyframe of one feed."""
REMOTE_SSRC = 1000
REMOTE_SSRC_STEP = 10
"""How VideoRoom numbers a remote publisher's streams."""
CONNECTS_WITHIN = 30.0
QUIET_FOR = 3.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a viewer's node has a feed: the publisher's number there and the mid of each track."""

    publisher: int
    mids: dict[Track, str] = field(hash=False)


class Publication:
    """One feed. `joined` is called when it is connected, `over` when it ended by itself."""

    def __init__(self, room: RoomId, feed: Feed, node: Node, place: int) -> None:
        """`place` is a number that no other feed of the room has now."""
        self.room, self.feed, self.node, self.place = room, feed, node, place
        self.resource = "f" + secrets.token_urlsafe(12).lower().replace("_", "-")
        self.joined: Callable[[], None] = lambda: None
        self.over: Callable[[], None] = lambda: None
        self.is_up = False
        self.is_over = False
        self.mids: dict[Track, str] = {}
        self.handle: Handle | None = None
        self.forwards: tuple[int, ...] | None = None
        self.forwarding = asyncio.Lock()
        self._publisher = secrets.randbits(48) | 1
        self._reached: dict[Node, asyncio.Task[Place]] = {}
        self._asked_at = float("-inf")
        self._asking: asyncio.Task[None] | None = None
        self._begun = time.monotonic()
        self._receiving: dict[str, bool] = {}
        self._quiet_since: float | None = None

    @property
    def is_quiet(self) -> bool:
        """Whether whoever sends it has probably gone, so that another window may take it over."""
        now = time.monotonic()
        if not self.is_up:
            return now - self._begun > QUIET_FOR
        return self._quiet_since is not None and now - self._quiet_since > QUIET_FOR

    @property
    def is_late(self) -> bool:
        """Whether it never came to stand."""
        return not self.is_up and time.monotonic() - self._begun > CONNECTS_WITHIN

    async def negotiate(self, offer: str, muted: bool) -> str:
        """Takes the offer; returns the answer. Raises BadOffer, CodecNotOffered, MediaAway."""
        screened = publishers_offer(offer)
        self.mids = screened.mids
        await self.node.placeholder(self.room)
        self.handle = await self.node.attach()
        self.handle.hear = self._hear
        order = {
            "request": "joinandconfigure",
            "ptype": "publisher",
            "room": number_of(self.room),
            "id": self._publisher,
            "display": str(self.feed),
        }
        try:
            _, jsep = await self.handle.ask(order, {"type": "offer", "sdp": screened.text})
            if muted:
                await self.mute(True)
            await self.handle.end_candidates()
        except JanusRefused as refused:
            raise BadOffer(refused.reason) from refused
        except JanusGone as gone:
            raise MediaAway from gone
        if "sdp" not in jsep:
            raise BadOffer("no answer")
        return screened.answer(jsep["sdp"])

    async def mute(self, muted: bool) -> None:
        """Drops its sound on the node that receives it. Raises JanusRefused, JanusGone."""
        if "audio" in self.mids and self.handle is not None:
            await self.node.order(
                {
                    "request": "moderate",
                    "room": number_of(self.room),
                    "id": self._publisher,
                    "mid": self.mids["audio"],
                    "mute": muted,
                }
            )

    async def at(self, node: Node) -> Place:
        """Where that node has it; it is sent there at the first question. Raises MediaAway."""
        if node is self.node:
            return Place(self._publisher, self.mids)
        reaching = self._reached.get(node)
        if reaching is None:
            reaching = self._reached[node] = asyncio.ensure_future(self._reach(node))
        try:
            return await asyncio.shield(reaching)
        except (JanusGone, JanusRefused) as error:
            if self._reached.get(node) is reaching:
                del self._reached[node]
            log.warning("janus_remote_failed", node=node.name, room=self.room, error=str(error))
            raise MediaAway from error

    async def _reach(self, node: Node) -> Place:
        await node.placeholder(self.room)
        there = secrets.randbits(48) | 1
        room = number_of(self.room)
        # A stream of a remote publisher is known by an SSRC that follows from its place among that
        # publisher's streams, and a viewer's section notices that its source changed by another
        # SSRC only: so no two feeds of a room may have theirs in the same places.
        first = self.place * len(CODECS)
        streams: list[Body] = [
            {"type": "audio", "codec": "opus", "mid": str(n), "mindex": n, "disabled": True}
            for n in range(first)
        ]
        places = {track: first + n for n, track in enumerate(self.mids)}
        streams += [
            {"type": track, "codec": CODECS[track], "mid": str(n), "mindex": n}
            for track, n in places.items()
        ]
        made = await node.order(
            {
                "request": "add_remote_publisher",
                "room": room,
                "id": there,
                "display": str(self.feed),
                "streams": streams,
            }
        )
        await self._order_forward(
            node.host,
            [
                {
                    "mid": self.mids[track],
                    "port": made["port"],
                    "ssrc": REMOTE_SSRC + REMOTE_SSRC_STEP * n,
                    # What viewers there ask for comes back to here.
                    **({"rtcp_port": made["rtcp_port"]} if track == "video" else {}),
                }
                for track, n in places.items()
            ],
        )
        # A remote publisher's own thread puts it among the participants, a moment later.
        for _ in range(100):
            present = await node.order({"request": "listparticipants", "room": room})
            if any(each["id"] == there for each in present["participants"]):
                break
            await asyncio.sleep(0.01)
        # VideoRoom names a remote publisher's streams by their places.
        return Place(there, {track: str(n) for track, n in places.items()})

    def want_keyframe(self) -> None:
        """Asks the sender for a keyframe, now or as soon as it may be asked again."""
        if "video" not in self.mids or self._asking is not None or self.is_over:
            return
        self._asking = asyncio.ensure_future(self._ask_keyframe())

    async def _ask_keyframe(self) -> None:
        try:
            await asyncio.sleep(max(0.0, self._asked_at + KEYFRAME_EVERY - time.monotonic()))
            self._asked_at = time.monotonic()
            if self.handle is not None:
                await self.handle.ask({"request": "configure", "keyframe": True})
        except (JanusGone, JanusRefused) as error:
            log.debug("janus_keyframe_failed", feed=str(self.feed), error=str(error))
        finally:
            self._asking = None

    async def forward(self, host: str, port: int, ssrcs: dict[Track, int]) -> None:
        """Sends its packets to a port as plain RTP. Raises JanusRefused, JanusGone."""
        self.forwards = await self._order_forward(
            host,
            [
                {"mid": self.mids[track], "port": port, "ssrc": ssrc}
                for track, ssrc in ssrcs.items()
            ],
        )

    async def _order_forward(self, host: str, streams: list[Body]) -> tuple[int, ...]:
        made = await self.node.order(
            {
                "request": "rtp_forward",
                "room": number_of(self.room),
                "publisher_id": self._publisher,
                "host": host,
                "streams": streams,
            }
        )
        return tuple(each["stream_id"] for each in made["forwarders"])

    async def stop_forwarding(self) -> None:
        """Sends them there no more."""
        forwards, self.forwards = self.forwards, None
        for stream in forwards or ():
            with contextlib.suppress(JanusGone, JanusRefused):
                await self.node.order(
                    {
                        "request": "stop_rtp_forward",
                        "room": number_of(self.room),
                        "publisher_id": self._publisher,
                        "stream_id": stream,
                    }
                )

    async def end(self) -> None:
        """Ends it everywhere."""
        self.is_over = True
        if self._asking is not None:
            self._asking.cancel()
        if self.handle is not None:
            await self.handle.detach()
        for node, reaching in self._reached.items():
            with contextlib.suppress(JanusGone, JanusRefused, MediaAway):
                there = await reaching
                await node.order(
                    {
                        "request": "remove_remote_publisher",
                        "room": number_of(self.room),
                        "id": there.publisher,
                    }
                )

    def _hear(self, message: Body) -> None:
        match message.get("janus"):
            case "webrtcup":
                self.is_up = True
                self.joined()
            case "media":
                self._receiving[str(message.get("mid"))] = bool(message.get("receiving"))
                hears = any(self._receiving.values())
                self._quiet_since = None if hears else self._quiet_since or time.monotonic()
            case "hangup" | "detached":
                self.is_over = True
                self.over()
            case _:
                pass
