"""A slot's sound or picture as WebM over a WebSocket: for many who only watch, and for networks
that let no other packets through."""

import asyncio
import contextlib
from typing import Final

from aiohttp import WSCloseCode, web

from rooms.ids import RoomId
from server.errors import Unreadable
from server.http import reading
from server.http.orders import in_room
from server.http.parts import of
from server.media.errors import MediaOff
from server.media.plane import Slot, Track
from server.media.watching import Watcher
from server.parts import Parts

SEND_SECONDS = 15.0
"""A watcher that takes nothing for so long is gone."""
STATE_SECONDS = 0.25
"""How often it is looked whether a slot is empty."""
TRACKS: Final[dict[str, Track]] = {"audio": "audio", "video": "video"}


async def watch(request: web.Request) -> web.StreamResponse:
    """Binary frames: the initialisation segment, then clusters. Text frames say when the slot gets
    empty or filled."""
    _, room, _ = await in_room(request)
    slot = reading.choice(request, "slot", Slot, Slot.STAGE)
    track = TRACKS.get(request.query.get("track", "video"))
    if track is None:
        raise Unreadable("bad_query", {"name": "track"})
    parts = of(request)
    if not parts.hall.enabled:
        raise MediaOff
    socket = web.WebSocketResponse(compress=False, heartbeat=20, max_msg_size=1024)
    await socket.prepare(request)
    async with parts.watches.watch(room.id, slot, track) as watcher:
        reader = asyncio.create_task(_read(socket))
        sender = asyncio.create_task(_send(socket, watcher, parts, room.id, slot))
        try:
            await asyncio.wait({reader, sender}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (reader, sender):
                task.cancel()
            await asyncio.gather(reader, sender, return_exceptions=True)
    await socket.close(code=WSCloseCode.TRY_AGAIN_LATER)
    return socket


async def _read(socket: web.WebSocketResponse) -> None:
    """Nothing is expected; ends when the watcher goes away."""
    async for _ in socket:
        pass


async def _send(
    socket: web.WebSocketResponse, watcher: Watcher, parts: Parts, room: RoomId, slot: Slot
) -> None:
    said: bool | None = None
    pieces = aiter(watcher)
    coming = asyncio.ensure_future(anext(pieces, None))
    try:
        while True:
            filled = parts.hall.live(room).slots()[slot] is not None
            if filled is not said:
                said = filled
                await socket.send_json({"state": "live" if filled else "empty"})
            done, _ = await asyncio.wait({coming}, timeout=STATE_SECONDS)
            if not done:
                continue
            piece = coming.result()
            if piece is None:
                return
            async with asyncio.timeout(SEND_SECONDS):
                await socket.send_bytes(piece)
            coming = asyncio.ensure_future(anext(pieces, None))
    except (ConnectionError, TimeoutError):
        return
    finally:
        coming.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await coming
