"""The clock and the trust anchors."""

from aiohttp import web

from crypto.encoding import format_time
from server.http import answers
from server.http.parts import of


async def time(request: web.Request) -> web.Response:
    """The server's clock."""
    return answers.data({"now": format_time(of(request).clock())})


async def site(request: web.Request) -> web.Response:
    """What outsiders check with."""
    return answers.data(of(request).site.anchors())


async def root_pem(request: web.Request) -> web.Response:
    """The root certificate as a file."""
    pem = of(request).site.authority.root_pem
    return web.Response(body=pem, content_type="application/x-pem-file")


async def revocations(request: web.Request) -> web.Response:
    """The revocation list that certificates name; nothing is revoked by this version."""
    parts = of(request)
    listed = parts.site.authority.revocation_list(parts.clock())
    return web.Response(body=listed, content_type="application/pkix-crl")
