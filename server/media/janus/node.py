"""One Janus: connected for as long as it runs, and again when it comes back."""

import asyncio
import contextlib
import hashlib
import time
from collections.abc import AsyncIterator, Callable
from urllib.parse import urlsplit

import structlog

from rooms.ids import RoomId
from server.media.errors import MediaAway
from server.media.janus.client import Body, Connection, Handle, JanusGone, JanusRefused

log = structlog.get_logger()

PLUGIN = "janus.plugin.videoroom"
EXISTS = 427
SOON = 0.1
LATER = 1.0
PATIENT_FOR = 10.0
"""Seconds of trying every SOON; after that every LATER."""
PUBLISHERS = 10_000


def number_of(room: RoomId) -> int:
    """The room's number on all nodes."""
    return int.from_bytes(hashlib.sha256(room.encode()).digest()[:6], "big")


class Node:
    """A Janus by its WebSocket address."""

    def __init__(self, url: str, secret: str) -> None:
        self.url = url
        self.name = urlsplit(url).netloc
        self.up: Callable[[], None] = lambda: None
        self.down: Callable[[], None] = lambda: None
        self.connection: Connection | None = None
        self._secret = secret
        self._control: Handle | None = None
        self._rooms: dict[RoomId, asyncio.Task[int]] = {}
        self._keeping: asyncio.Task[None] | None = None
        self.first_try = asyncio.Event()

    @property
    def is_up(self) -> bool:
        """Whether it can be asked."""
        return self.connection is not None and not self.connection.is_over

    @property
    def host(self) -> str:
        """The address where other nodes reach it. Raises JanusGone."""
        if self.connection is None:
            raise JanusGone("not connected")
        return self.connection.node_address

    def start(self) -> None:
        """Connects from now on."""
        self._keeping = asyncio.ensure_future(self._keep())

    async def stop(self) -> None:
        """Hangs up."""
        if self._keeping is not None:
            self._keeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeping

    async def attach(self) -> Handle:
        """A new handle. Raises MediaAway."""
        if self.connection is None:
            raise MediaAway
        try:
            return await self.connection.attach()
        except (JanusGone, JanusRefused) as error:
            raise MediaAway from error

    async def order(self, body: Body) -> Body:
        """An order that is not one participant's. Raises JanusRefused, JanusGone."""
        if self._control is None:
            raise JanusGone("not connected")
        return (await self._control.ask(body))[0]

    async def placeholder(self, room: RoomId) -> int:
        """Makes the room if it isn't there; returns its publisher who sends nothing. Raises
        MediaAway."""
        making = self._rooms.get(room)
        if making is None:
            making = self._rooms[room] = asyncio.ensure_future(self._make(room))
        try:
            return await asyncio.shield(making)
        except (JanusGone, JanusRefused) as error:
            if self._rooms.get(room) is making:
                del self._rooms[room]
            log.warning("janus_room_failed", node=self.name, room=room, error=str(error))
            raise MediaAway from error

    async def drop(self, room: RoomId) -> None:
        """Ends a room and all in it."""
        if self._rooms.pop(room, None) is not None:
            with contextlib.suppress(JanusGone, JanusRefused):
                await self.order({"request": "destroy", "room": number_of(room)})

    async def _make(self, room: RoomId) -> int:
        number = number_of(room)
        order = {
            "request": "create",
            "room": number,
            "description": room,
            "is_private": True,
            "publishers": PUBLISHERS,
            "audiocodec": "opus",
            "videocodec": "vp8",
            "opus_fec": True,
            # A sender that may not tell how it is turned turns the picture itself.
            "videoorient_ext": False,
            "playoutdelay_ext": False,
            "dummy_publisher": True,
            "dummy_streams": [
                {"codec": "opus", "fmtp": "useinbandfec=1"},
                {"codec": "vp8", "fmtp": "none"},
            ],
        }
        try:
            await self.order(order)
        except JanusRefused as refused:
            if refused.code != EXISTS:
                raise
            # Left by a server that ended, or by a connection that broke.
            await self.order({"request": "destroy", "room": number})
            await self.order(order)
        present = await self.order({"request": "listparticipants", "room": number})
        for each in present["participants"]:
            if each.get("dummy"):
                return int(each["id"])
        raise JanusRefused(0, "no placeholder publisher: Janus is older than 1.1")

    async def _keep(self) -> None:
        since, said = time.monotonic(), ""
        while True:
            try:
                async with self._connected() as ended:
                    said = ""
                    await ended.wait()
                since = time.monotonic()
            except (JanusGone, JanusRefused) as error:
                if str(error) != said:
                    said = str(error)
                    log.warning("janus_away", node=self.name, error=said)
            self.first_try.set()
            patient = time.monotonic() - since < PATIENT_FOR
            await asyncio.sleep(SOON if patient else LATER)

    @contextlib.asynccontextmanager
    async def _connected(self) -> AsyncIterator[asyncio.Event]:
        """A connection, and what is set when it has ended. Raises JanusGone, JanusRefused."""
        connection = await Connection.open(self.url, self._secret, PLUGIN)
        try:
            ended = asyncio.Event()
            connection.lost = ended.set
            self._control = await connection.attach()
            self.connection = connection
            self.first_try.set()
            log.info("janus_up", node=self.name)
            self.up()
            yield ended
            log.error("janus_down", node=self.name)
            self._forget()
            self.down()
        finally:
            self._forget()
            await connection.close()

    def _forget(self) -> None:
        self.connection = self._control = None
        self._rooms.clear()
