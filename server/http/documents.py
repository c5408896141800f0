"""Tender documents: uploaded before they are named in the terms, downloaded by whoever may see the
room."""

import mimetypes
from collections.abc import AsyncIterator

from aiohttp import BodyPartReader, web

from rooms.ids import Digest
from rooms.opening.terms import Role
from rooms.texts import check_name
from server.errors import Forbidden, NotFound
from server.http import answers, reading
from server.http.orders import in_opening
from server.http.parts import of

_HOSTS = (Role.HOST, Role.DEPUTY)


async def add(request: web.Request) -> web.Response:
    """Stores a document; it is part of the tender once the terms name it."""
    _, _, viewer = await in_opening(request)
    if viewer.role not in _HOSTS:
        raise Forbidden
    part = await reading.single_file(request)
    name = check_name(part.filename or "", "filename").replace("/", "_")
    digest, size = await of(request).blobs.put_stream(
        _pieces(part), of(request).settings.document_limit
    )
    return answers.data({"name": name, "size": size, "sha256": digest}, status=201)


async def get(request: web.Request) -> web.StreamResponse:
    """A document that the terms name."""
    _, room, viewer = await in_opening(request)
    wanted = Digest(request.match_info["sha256"])
    versions = [each.terms for each in room.state.published]
    if viewer.role in _HOSTS and room.state.draft is not None:
        versions.append(room.state.draft)
    for terms in reversed(versions):
        for document in terms.documents:
            if document.sha256 == wanted:
                kind = mimetypes.guess_type(document.name)[0] or "application/octet-stream"
                return answers.blob(of(request).blobs, wanted, kind, document.name)
    raise NotFound


async def _pieces(part: BodyPartReader) -> AsyncIterator[bytes]:
    while piece := await part.read_chunk(256 * 1024):
        yield piece
