"""Reading what a request brings, once and strictly."""

from enum import StrEnum
from typing import TypeVar

from aiohttp import BodyPartReader, web
from pydantic import BaseModel

from crypto.encoding import Json, parse_json
from crypto.errors import EncodingError
from server.errors import TooLarge, Unreadable
from server.http.parts import of

M = TypeVar("M", bound=BaseModel)
S = TypeVar("S", bound=StrEnum)


async def body(request: web.Request, limit: int | None = None) -> bytes:
    """The whole body, of at most `limit` bytes (the setting's when none is given). Raises
    TooLarge."""
    most = limit or of(request).settings.json_limit
    if request.content_length is not None and request.content_length > most:
        raise TooLarge(most)
    pieces: list[bytes] = []
    size = 0
    async for piece in request.content.iter_any():
        size += len(piece)
        if size > most:
            raise TooLarge(most)
        pieces.append(piece)
    return b"".join(pieces)


async def json(request: web.Request, limit: int | None = None) -> tuple[Json, bytes]:
    """Strict JSON (docs/formats/seal.md, 1) with its bytes. Raises Unreadable, TooLarge."""
    # A form of another site can't send this type, so that nobody is logged in or out by a page
    # they visit.
    if request.content_type != "application/json":
        raise Unreadable("not_json")
    data = await body(request, limit)
    try:
        return parse_json(data, most=len(data)), data
    except EncodingError as problem:
        raise Unreadable("broken_json", {"problem": problem.code}) from problem


async def model(request: web.Request, form: type[M], limit: int | None = None) -> M:
    """The body as one of the wire's types. Raises what `json` raises, and pydantic's
    ValidationError."""
    return (await model_and_body(request, form, limit))[0]


async def model_and_body(
    request: web.Request, form: type[M], limit: int | None = None
) -> tuple[M, bytes]:
    """The same with the body's bytes, which an idempotency key is bound to."""
    _, data = await json(request, limit)
    return form.model_validate_json(data), data


async def single_file(request: web.Request) -> BodyPartReader:
    """The file in a multipart form that consists of one. Raises Unreadable."""
    if request.content_type != "multipart/form-data":
        raise Unreadable("not_multipart")
    try:
        part = await (await request.multipart()).next()
    except ValueError as problem:
        raise Unreadable("not_multipart") from problem
    if not isinstance(part, BodyPartReader) or not part.filename:
        raise Unreadable("no_file")
    return part


def number(request: web.Request, name: str, default: int, least: int, most: int) -> int:
    """A whole number of the query. Raises Unreadable."""
    text = request.query.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit()) or len(text) > 15 or not least <= int(text) <= most:
        raise Unreadable("bad_query", {"name": name})
    return int(text)


def choice(request: web.Request, name: str, of: type[S], default: S) -> S:
    """One of a few words of the query. Raises Unreadable."""
    text = request.query.get(name)
    if text is None:
        return default
    try:
        return of(text)
    except ValueError as problem:
        raise Unreadable("bad_query", {"name": name}) from problem
