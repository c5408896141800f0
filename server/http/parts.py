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
    scheme = "https" if is_secure(request) else "http"
    return configured or f"{scheme}://{request.host}"


def is_secure(request: web.Request) -> bool:
    """Whether the browser speaks TLS, with the site or with a trusted proxy in front of it."""
    if of(request).settings.proxies and "X-Forwarded-Proto" in request.headers:
        return request.headers["X-Forwarded-Proto"] == "https"
    return request.secure


def address(request: web.Request) -> str:
    """Where the request comes from, as the outermost trusted proxy saw it."""
    trusted = of(request).settings.proxies
    passed = [each.strip() for each in request.headers.get("X-Forwarded-For", "").split(",")]
    if trusted and len(passed) >= trusted and passed[-trusted]:
        return passed[-trusted][:100]
    return request.remote or ""
