"""What a room leaves behind: evidence, published bids, heads, the log, minutes, the archive."""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web

from crypto.agefile import encode_identity
from crypto.encoding import Json, unb64u
from rooms.codec import encode
from rooms.ids import BidId, Digest, EnvelopeId
from rooms.log import lines
from rooms.opening.evidence import attribute, timeline
from rooms.opening.state import Bid, Opened
from rooms.opening.visibility import STAFF
from server.errors import Conflict, Forbidden, NotFound
from server.http import answers
from server.http.orders import in_opening, in_room
from server.http.parts import of
from server.machine import Viewer
from server.openings import Opening
from server.room import AnyRoom, write
from server.store.files import StoredFile
from server.work.archives import archive_name
from server.work.extract import extract
from server.work.minutes import MINUTES, PDF

BYTES = "application/octet-stream"
PATIENCE_SECONDS = 20.0
"""How long a request waits for a file that is being made before it is told to come again."""
LOOK_SECONDS = 0.2
ARCHIVE = "archive.zip"


async def evidence(request: web.Request) -> web.Response:
    """Everything the log says about why a bid did or did not open."""
    _, room, viewer = await in_opening(request)
    bid = _bid(request, room, viewer)
    attribution = attribute(room.state, bid) if bid.void else None
    moments: list[Json] = [encode(each) for each in timeline(room.entries, bid.id)]
    return answers.data(
        {"timeline": moments, "attribution": encode(attribution) if attribution else None}
    )


async def sealed_file(request: web.Request) -> web.StreamResponse:
    """A published bid's age file: `age -d` opens it with the published key."""
    _, room, viewer = await in_opening(request)
    bid, envelope, _ = _opened(request, room, viewer)
    name = f"{bid.id}-{envelope}.age"
    return answers.blob(
        of(request).blobs, _sealed_digest(bid, envelope), "application/octet-stream", name
    )


async def key(request: web.Request) -> web.Response:
    """The published opening key, as an age identity file."""
    _, room, viewer = await in_opening(request)
    bid, envelope, opened = _opened(request, room, viewer)
    text = encode_identity(unb64u(opened.key)) + "\n"
    disposition = answers.disposition(f"{bid.id}-{envelope}.key")
    return web.Response(text=text, headers={"Content-Disposition": disposition})


async def bid_file(request: web.Request) -> web.StreamResponse:
    """A file inside a published bid."""
    _, room, viewer = await in_opening(request)
    bid, envelope, opened = _opened(request, room, viewer)
    name = request.match_info["name"]
    if name not in [each["name"] for each in opened.files]:
        raise NotFound
    kept, files = f"bids/{bid.id}-{envelope}/{name}", of(request).files
    stored = await files.find(room.id, kept)
    if stored is None:
        digest = await asyncio.to_thread(extract, bid, envelope, name, of(request).blobs)
        size = of(request).blobs.path(digest).stat().st_size
        stored = await files.name(room.id, StoredFile(kept, digest, size, BYTES))
    return answers.blob(of(request).blobs, stored.sha256, stored.media_type, name)


async def minutes(request: web.Request) -> web.StreamResponse:
    """The signed record."""
    _, room, viewer = await in_room(request)
    if not room.machine.sees_minutes(viewer):
        raise Forbidden
    return await minutes_of(request, room)


async def minutes_of(request: web.Request, room: AnyRoom) -> web.StreamResponse:
    """The newest record of a room, for whoever may have it. Raises Conflict `out_of_phase`,
    `being_made`."""
    _over(room)

    async def newest() -> StoredFile | None:
        # The log says which revision is the newest: it is what the log names, or none.
        now = await of(request).desk.refresh(room.id)
        named = now.machine.minutes(now.state)
        return StoredFile(MINUTES, *named, PDF) if named else None

    return await _once_made(request, room, newest, MINUTES)


async def archive(request: web.Request) -> web.StreamResponse:
    """Everything that is needed to check the room without this server."""
    _, room, viewer = await in_room(request)
    _staff_only(room, viewer)
    _over(room)

    def find() -> Awaitable[StoredFile | None]:
        # While it is waited for, the log may grow, and with it the archive that is made.
        return of(request).files.find(room.id, archive_name(room))

    return await _once_made(request, room, find, ARCHIVE)


async def head(request: web.Request) -> web.Response:
    """The signed head over the whole log."""
    _, room, viewer = await in_room(request)
    room.machine.check_head(room.state, viewer)
    return web.Response(text=await of(request).heads.current(room))


async def closing(request: web.Request) -> web.Response:
    """The signed head that fixes the list of counted bids."""
    _, room, viewer = await in_opening(request)
    room.machine.check_head(room.state, viewer)
    return web.Response(text=await of(request).heads.closing(room) or "")


async def log(request: web.Request) -> web.Response:
    """The raw log, once the room is over."""
    _, room, viewer = await in_room(request)
    _staff_only(room, viewer)
    _over(room)
    return web.Response(
        body=lines(write(room.machine, room.entries)),
        content_type="application/jsonl",
        charset="utf-8",
    )


async def _once_made(
    request: web.Request,
    room: AnyRoom,
    find: Callable[[], Awaitable[StoredFile | None]],
    shown: str,
) -> web.StreamResponse:
    waited = 0.0
    while (stored := await find()) is None:
        if waited >= PATIENCE_SECONDS:
            raise Conflict("being_made", {"name": shown})
        await asyncio.sleep(LOOK_SECONDS)
        waited += LOOK_SECONDS
    return answers.blob(of(request).blobs, stored.sha256, stored.media_type, f"{room.id}-{shown}")


def _staff_only(room: AnyRoom, viewer: Viewer) -> None:
    if not room.machine.sees_records(viewer):
        raise Forbidden


def _over(room: AnyRoom) -> None:
    if not room.machine.over_for_good(room.state):
        raise Conflict("out_of_phase", {"phase": room.state.phase})


def _bid(request: web.Request, room: Opening, viewer: Viewer) -> Bid:
    """The counted bid in the path, for the host's side and its own bidder. Raises NotFound,
    Forbidden."""
    if not room.state.rolled:
        raise NotFound("unknown_bid")
    name = BidId(request.match_info["bid"])
    if name not in room.state.counted:
        raise NotFound("unknown_bid")
    bid = room.state.bids[name]
    if viewer.audience != STAFF and viewer.person != bid.bidder:
        raise Forbidden
    return bid


def _opened(request: web.Request, room: Opening, viewer: Viewer) -> tuple[Bid, EnvelopeId, Opened]:
    """The opened envelope in the path. Raises NotFound, Forbidden."""
    bid = _bid(request, room, viewer)
    envelope = EnvelopeId(request.match_info["envelope"])
    part = bid.parts.get(envelope)
    if part is None or part.opened is None:
        raise NotFound("not_opened")
    return bid, envelope, part.opened


def _sealed_digest(bid: Bid, envelope: EnvelopeId) -> Digest:
    return Digest(bid.parts[envelope].header.sha256)
