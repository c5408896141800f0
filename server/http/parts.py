"""The server's parts, where handlers find them."""

from aiohttp import web

from server.parts import Parts

PARTS = web.AppKey("parts", Parts)


def of(request: web.Request) -> Parts:
    """The parts of the server that answers this request."""
    return request.app[PARTS]


def public_url(request: web.Request) -> str:
    """How browsers reach the site; without a setting, the way this request did."""
    configured = of(request).settings.public_url
    return configured or f"{request.scheme}://{request.host}"
