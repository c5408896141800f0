"""Pages of materials, uploaded, looked at, used again in a later session; screenshots."""

import secrets
from collections.abc import AsyncIterator

from aiohttp import BodyPartReader, ClientError, web

from rooms.counter import commands as c
from rooms.counter.checks import on_call, working
from rooms.counter.kinds import Picture, Seen, Source
from rooms.counter.rights import check_right
from rooms.ids import Digest, PageId, RoomId
from rooms.refusals import Refused, UnknownPage
from server.counter.captures.eyes import check_may_look, names
from server.counter.captures.receiving import Size
from server.counter.room import Session, session
from server.errors import NotFound
from server.http import answers, reading
from server.http.counter import wire_captures as wire
from server.http.counter.sessions import in_session
from server.http.orders import order
from server.http.parts import of
from server.machine import Viewer
from server.store.accounts import Account
from server.store.files import StoredFile

_PIECE = 256 * 1024
_SENT = {Source.CAMERA, Source.PHONE, Source.FILE}
_UNKNOWN = Picture(Digest("0" * 64), 1, "image/jpeg")
"""Stands for a picture that is still on its way."""


async def add(request: web.Request) -> web.Response:
    """Takes a picture for a material; with `replaces`, in place of a page that was taken before."""
    asker, room, viewer = await in_session(request)
    source = reading.choice(request, "source", Source, Source.CAMERA)
    if source not in _SENT:
        source = Source.FILE
    page = _new_page()
    # Forty megabytes are not received only to be refused for their moment or their author.
    _check_moment(room, asker, _command(request, page, _UNKNOWN, source))
    picture = await of(request).captures.receive(
        room.id, _pieces(await reading.single_file(request))
    )
    command = _command(request, page, picture, source)
    body = f"{request.query_string}\n{picture.sha256}".encode()
    return await _ordered(request, asker, room, viewer, command, body)


async def add_screenshot(request: web.Request) -> web.Response:
    """Takes a picture of the call that a clerk keeps."""
    asker, room, viewer = await in_session(request)
    seen = reading.choice(request, "of", Seen, Seen.APPLICANT)
    note = request.query.get("note", "")
    check_right(room.tip, c.TakeScreenshot(_UNKNOWN, seen, note), asker.person)
    on_call(room.tip)
    picture = await of(request).captures.receive(
        room.id, _pieces(await reading.single_file(request))
    )
    command = c.TakeScreenshot(picture, seen, note)
    body = f"{request.query_string}\n{picture.sha256}".encode()
    return await _ordered(request, asker, room, viewer, command, body)


async def reuse(request: web.Request) -> web.Response:
    """Uses a page of the applicant's earlier session, which the applicant has to have allowed."""
    asker, room, viewer = await in_session(request)
    asked, body = await reading.model_and_body(request, wire.ReuseBody)
    earlier = await of(request).earlier.one(room, RoomId(asked.earlier))
    found = earlier.state.pages.get(PageId(asked.page))
    if found is None:
        raise UnknownPage(page=asked.page)
    command = c.CaptureMaterial(
        _new_page(), asked.item, asked.material, found.picture, Source.REUSE, earlier.id
    )
    _check_moment(room, asker, command)
    await of(request).captures.reuse(earlier.id, room.id, found.picture.sha256)
    return await _ordered(request, asker, room, viewer, command, body)


async def earlier(request: web.Request) -> web.Response:
    """Pages of the sessions before this one that may be used again."""
    _, room, viewer = await in_session(request)
    check_may_look(room.state, viewer.role)
    found = [
        wire.EarlierPage(
            room=before.id,
            page=page.id,
            item=page.item,
            material=page.material,
            name=before.state.cases[page.item].item.material(page.material).name,
            picture=page.picture,
        )
        async for before in of(request).earlier.sessions(room)
        for page in before.state.pages.values()
        if not page.removed and page.replaced_by is None
    ]
    return answers.model(wire.EarlierPages(pages=found))


async def original(request: web.Request) -> web.StreamResponse:
    """A page's file as it came, to be saved: it may be of any program's making."""
    room, sha256 = await _looked_at(request)
    found = await of(request).captures.original(room.id, sha256)
    ending = found.media_type.rpartition("/")[2].replace("jpeg", "jpg")
    return _file(request, found, f"{sha256[:12]}.{ending}")


async def preview(request: web.Request) -> web.StreamResponse:
    """A page as it is shown, made by this server: WebP of at most 1600 pixels, or 240 (`small`)."""
    room, sha256 = await _looked_at(request)
    size = reading.choice(request, "size", Size, Size.PREVIEW)
    most = max(each.pages for each in room.state.pictures() if each.sha256 == sha256)
    number = reading.number(request, "number", 1, 1, most)
    return _file(request, await of(request).captures.preview(room.id, sha256, number, size))


def _new_page() -> PageId:
    return PageId("p-" + secrets.token_hex(8))


def _command(
    request: web.Request, page: PageId, picture: Picture, source: Source
) -> c.CaptureMaterial | c.RetakePage:
    query = request.query
    if "replaces" in query:
        return c.RetakePage(page, PageId(query["replaces"][:64]), picture, source)
    item, material = query.get("item", "")[:64], query.get("material", "")[:64]
    return c.CaptureMaterial(page, item, material, picture, source)


def _check_moment(room: Session, asker: Account, command: c.CaptureMaterial | c.RetakePage) -> None:
    """Refuses what is refused whatever the picture. No more than that: an order that is sent again
    because its answer was lost has to reach the desk, which knows it."""
    check_right(room.tip, command, asker.person)
    working(room.tip)


async def _ordered(
    request: web.Request,
    asker: Account,
    room: Session,
    viewer: Viewer,
    command: c.CaptureMaterial | c.RetakePage | c.TakeScreenshot,
    body: bytes,
) -> web.Response:
    try:
        outcome = await order(request, asker, room, command, body)
    except Refused:
        await _forget(request, room.id, command.picture.sha256)
        raise
    return answers.text(of(request).views.outcome(outcome, viewer), status=201)


async def _forget(request: web.Request, room: RoomId, sha256: Digest) -> None:
    """Nothing is kept in a room that its log does not speak of."""
    if not names(session(await of(request).desk.refresh(room)).tip, sha256):
        await of(request).captures.forget(room, sha256)


async def _looked_at(request: web.Request) -> tuple[Session, Digest]:
    _, room, viewer = await in_session(request)
    check_may_look(room.state, viewer.role)
    sha256 = Digest(request.match_info["sha256"])
    if not names(room.state, sha256):
        raise NotFound
    return room, sha256


def _file(request: web.Request, found: StoredFile, name: str | None = None) -> web.StreamResponse:
    # Kept by the browser, but never shown again without asking whether its user still may.
    headers = {"Cache-Control": "private, no-cache", "ETag": f'"{found.sha256}"'}
    matching = request.if_none_match or ()
    if any(each.value in (found.sha256, "*") for each in matching):
        return web.Response(status=304, headers=headers)
    answer = answers.blob(of(request).blobs, found.sha256, found.media_type, name)
    answer.headers.update(headers)
    return answer


async def _pieces(part: BodyPartReader) -> AsyncIterator[bytes]:
    try:
        while piece := await part.read_chunk(_PIECE):
            yield piece
    except ClientError as problem:
        raise ConnectionResetError(str(problem)) from problem
