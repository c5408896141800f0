"""tus 1.0 over aiohttp: core protocol, checksum, termination, expiration. Uploads are created by
POST bids."""

import base64
import binascii
from collections.abc import AsyncIterator
from email.utils import format_datetime

from aiohttp import ClientError, web

from server.errors import Problem, TooLarge, Unreadable
from server.http.auth import account
from server.http.parts import of
from server.store.accounts import Account
from server.uploads import Gone, Upload

VERSION = "1.0.0"


class WrongVersion(Problem):
    """A client of another tus version (tus 1.0, Tus-Resumable)."""

    status = 412


class WrongMediaType(Problem):
    """A PATCH that isn't application/offset+octet-stream."""

    status = 415


async def options(request: web.Request) -> web.Response:
    """What this server can do."""
    return _answer(
        204,
        {
            "Tus-Version": VERSION,
            "Tus-Extension": "checksum,termination,expiration",
            "Tus-Checksum-Algorithm": "sha256",
            "Tus-Max-Size": str(of(request).settings.upload_limit),
        },
    )


async def head(request: web.Request) -> web.Response:
    """How far an upload is."""
    _, upload = await _asked(request)
    offset = of(request).uploads.offset(upload)
    headers = {**await _state(request, upload, offset), "Cache-Control": "no-store"}
    return _answer(200, headers)


async def patch(request: web.Request) -> web.Response:
    """More bytes."""
    _, upload = await _asked(request)
    if request.content_type != "application/offset+octet-stream":
        raise WrongMediaType("wrong_media_type")
    offset = _number(request.headers.get("Upload-Offset"))
    if request.content_length is not None and offset + request.content_length > upload.size:
        raise TooLarge(upload.size)
    checksum = _checksum(request.headers.get("Upload-Checksum"))
    end = await of(request).uploads.write(upload, offset, _body(request), checksum)
    return _answer(204, await _state(request, upload, end))


async def delete(request: web.Request) -> web.Response:
    """Takes an upload back."""
    _, upload = await _asked(request)
    await of(request).uploads.end(upload)
    return _answer(204, {})


async def _asked(request: web.Request) -> tuple[Account, Upload]:
    asker = await account(request)
    if request.headers.get("Tus-Resumable") != VERSION:
        raise WrongVersion("tus_version", {"version": VERSION})
    return asker, await of(request).uploads.find(request.match_info["upload"], asker.person)


async def _state(request: web.Request, upload: Upload, offset: int) -> dict[str, str]:
    closes = await of(request).uploads.closes(upload)
    if closes is None:
        raise Gone("upload_ended")
    return {
        "Upload-Offset": str(offset),
        "Upload-Length": str(upload.size),
        "Upload-Expires": format_datetime(closes, usegmt=True),
    }


def _answer(status: int, headers: dict[str, str]) -> web.Response:
    return web.Response(status=status, headers={"Tus-Resumable": VERSION, **headers})


def _number(text: str | None) -> int:
    if text is None or not (text.isascii() and text.isdigit()) or len(text) > 15:
        raise Unreadable("upload_offset")
    return int(text)


def _checksum(text: str | None) -> bytes | None:
    if text is None:
        return None
    name, _, value = text.partition(" ")
    try:
        digest = base64.b64decode(value, validate=True)
    except binascii.Error:
        digest = b""
    if name != "sha256" or len(digest) != 32:
        raise Unreadable("upload_checksum")
    return digest


async def _body(request: web.Request) -> AsyncIterator[bytes]:
    try:
        async for piece in request.content.iter_any():
            yield piece
    except ClientError as problem:
        # A connection that broke: to the upload it is an end of the bytes like any other.
        raise ConnectionResetError(str(problem)) from problem
