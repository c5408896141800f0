"""The built pages: one application for every address a browser knows, files that never change, the
offline page."""

import base64
import hashlib
import mimetypes
import re
from pathlib import Path

from aiohttp import web

from server.errors import NotFound
from server.http.parts import is_secure, of

_INLINE = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))

# Element Plus places its pop-ups by style attributes; scripts are never inline.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
    "style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; "
    "media-src 'self' blob:; connect-src 'self' {sockets}; worker-src 'self' blob:; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# The page that seals without a server can't send anything anywhere.
OFFLINE_POLICY = (
    "default-src 'none'; script-src {scripts} 'wasm-unsafe-eval' blob:; style-src 'unsafe-inline'; "
    "img-src data: blob:; font-src data:; worker-src blob: data:; connect-src 'none'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


async def page(request: web.Request) -> web.StreamResponse:
    """A file, or the application for every other address. Raises NotFound for what looks like a
    file."""
    pages = of(request).pages
    path = request.path
    found = pages.find(path) if path not in ("/", "/index.html") else None
    if found is not None:
        return _file(request, found, immutable=path.startswith("/assets/"))
    if "." in path.rsplit("/", 1)[-1] and path != "/index.html":
        raise NotFound
    index = pages.find("index.html")
    if index is None:
        return web.Response(text="Yunkai 云开: the pages are not built (make build)\n", status=503)
    response = _file(request, index, immutable=False)
    response.headers["Content-Security-Policy"] = PAGE_POLICY.format(sockets=_sockets(request))
    return response


async def offline(request: web.Request) -> web.StreamResponse:
    """The sealing page that works from the disk."""
    found = of(request).pages.find("offline.html")
    if found is None:
        raise NotFound
    response = web.Response(body=found.read_bytes(), content_type="text/html", charset="utf-8")
    response.headers["Content-Security-Policy"] = OFFLINE_POLICY.format(
        scripts=" ".join(_hashes(found.read_bytes())) or "'none'"
    )
    response.headers["Cache-Control"] = "no-cache"
    return response


def _file(request: web.Request, file: Path, immutable: bool) -> web.FileResponse:
    accepted = request.headers.get("Accept-Encoding", "")
    kind, _ = mimetypes.guess_type(file.name)
    headers = {
        "Content-Type": _with_charset(kind or "application/octet-stream"),
        "Cache-Control": "public, max-age=31536000, immutable" if immutable else "no-cache",
        "Vary": "Accept-Encoding",
    }
    for encoding, ending in _ENCODINGS:
        packed = file.with_name(file.name + ending)
        if encoding in accepted and packed.is_file():
            return web.FileResponse(packed, headers={**headers, "Content-Encoding": encoding})
    return web.FileResponse(file, headers=headers)


def _with_charset(kind: str) -> str:
    textual = kind.startswith("text/") or kind in ("application/javascript", "application/json")
    return f"{kind}; charset=utf-8" if textual else kind


def _sockets(request: web.Request) -> str:
    # Older browsers don't count ws: as the page's own origin.
    scheme = "wss" if is_secure(request) else "ws"
    return f"{scheme}://{request.host}"


def _hashes(page: bytes) -> list[str]:
    found = _INLINE.findall(page)
    digests = [base64.b64encode(hashlib.sha256(each).digest()).decode() for each in found]
    return [f"'sha256-{each}'" for each in digests]
