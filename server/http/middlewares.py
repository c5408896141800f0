"""What every request goes through: a name for the log, the clock, errors, protection against other
sites."""

import secrets
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web
from pydantic import ValidationError

from crypto.encoding import format_time
from crypto.errors import CryptoError
from rooms.refusals import Refused
from server.clock import Clock
from server.errors import Forbidden, Problem
from server.http import errors
from server.http.auth import COOKIE

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Middleware = Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]

CASHIER = "/api/payments/sandbox/"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), payment=(), usb=()",
}
API_POLICY = "default-src 'none'; frame-ancestors 'none'"


REQUEST_NAME = web.RequestKey("request_name", str)


@web.middleware
async def named(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Gives the request a name, so that its lines in the log can be found."""
    request[REQUEST_NAME] = secrets.token_hex(6)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=request[REQUEST_NAME])
    return await handler(request)


def stamp(clock: Clock) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """What adds the server's time and the security headers, streamed answers included."""

    async def on_response_prepare(request: web.Request, response: web.StreamResponse) -> None:
        headers = response.headers
        headers["X-Yunkai-Time"] = format_time(clock())
        headers["Server"] = "Yunkai"
        headers["X-Request-Id"] = request.get(REQUEST_NAME, "")
        for name, value in SECURITY_HEADERS.items():
            headers.setdefault(name, value)
        if request.path.startswith("/api/"):
            headers.setdefault("Content-Security-Policy", API_POLICY)
            headers.setdefault("Cache-Control", "no-store")

    return on_response_prepare


@web.middleware
async def named_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turns refusals and failures into answers with a code."""
    try:
        return await handler(request)
    except Problem as problem:
        return errors.answer_problem(problem)
    except Refused as refusal:
        return errors.answer_refusal(refusal)
    except CryptoError as problem:
        return errors.answer_crypto(problem)
    except ValidationError as problem:
        return errors.answer_invalid(problem)
    except web.HTTPException as problem:
        if problem.status < 400:
            raise
        return errors.answer_http(problem)
    except ConnectionResetError:
        # The asker has gone: nobody reads the answer, and nothing is wrong here.
        return errors.answer(400, "connection_lost")
    except Exception as problem:
        return errors.answer_bug(problem, request)


@web.middleware
async def same_site(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuses changes another site's page asks for in a visitor's name."""
    if request.method not in _SAFE:
        if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
            raise Forbidden("cross_site")
        # A cashier's link is all that its button needs: who is logged in does not matter there.
        by_cookie = COOKIE in request.cookies and not request.path.startswith(CASHIER)
        if by_cookie and request.headers.get("X-Yunkai") != "1":
            raise Forbidden("cross_site")
    return await handler(request)
