"""Writing answers."""

from collections.abc import Sequence

from aiohttp import web
from pydantic import BaseModel

from crypto.encoding import Json
from rooms.ids import Digest
from server.errors import NotFound
from server.store.blobs import Blobs


def model(answer: BaseModel, status: int = 200) -> web.Response:
    """One of the wire's types."""
    return text(answer.model_dump_json(), status)


def models(answers: Sequence[BaseModel]) -> web.Response:
    """A list of the wire's types."""
    return text("[" + ",".join(each.model_dump_json() for each in answers) + "]")


def text(encoded: str, status: int = 200) -> web.Response:
    """JSON that is encoded already."""
    return web.Response(text=encoded, status=status, content_type="application/json")


def data(value: Json, status: int = 200) -> web.Response:
    """Plain JSON."""
    return web.json_response(value, status=status)


def blob(
    blobs: Blobs, digest: Digest, media_type: str, name: str | None = None
) -> web.FileResponse:
    """A blob's bytes; with a `name`, to be saved under it. Raises NotFound."""
    if not blobs.has(digest):
        raise NotFound
    headers = {"Content-Type": media_type, "ETag": f'"{digest}"'}
    if name is not None:
        headers["Content-Disposition"] = disposition(name)
    return web.FileResponse(blobs.path(digest), headers=headers)


def disposition(name: str) -> str:
    """A Content-Disposition that any name survives (RFC 6266, RFC 8187)."""
    plain = "".join(
        each if each.isascii() and (each.isalnum() or each in "._-") else "_" for each in name
    )
    coded = "".join(
        chr(byte) if (chr(byte).isalnum() and byte < 128) or byte in b"._-" else f"%{byte:02X}"
        for byte in name.encode()
    )
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{coded}"
