"""Who asks: the cookie of a browser or the bearer token of a program."""

from collections.abc import Mapping

from aiohttp import web

from server.desk import Origin
from server.errors import Forbidden, NoLogin, NotFound
from server.http.parts import address, of
from server.store.accounts import Account, AccountRole

COOKIE = "yunkai"


def token_of(cookies: Mapping[str, str], headers: Mapping[str, str]) -> str | None:
    """The session's token in a request, the bearer's first."""
    scheme, _, token = headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token.strip()
    return cookies.get(COOKIE)


async def account(request: web.Request) -> Account:
    """The account that asks. Raises NoLogin."""
    token = token_of(request.cookies, request.headers)
    found = await of(request).accounts.who(token) if token else None
    if found is None:
        raise NoLogin
    if found.room is not None and request.match_info.get("room", found.room) != found.room:
        raise NotFound
    return found


async def account_with(request: web.Request, *roles: AccountRole) -> Account:
    """The account that asks, if it has one of these roles. Raises NoLogin, Forbidden."""
    found = await account(request)
    if not found.roles.intersection(roles):
        raise Forbidden
    return found


def origin(request: web.Request) -> Origin:
    """Address and device of a request."""
    return Origin(address(request), request.headers.get("User-Agent", "")[:300])
