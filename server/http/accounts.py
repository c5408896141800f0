"""Logging in, logging out, accounts and links."""

from datetime import timedelta

from aiohttp import web

from rooms.ids import PersonId
from server.errors import Forbidden, Invalid, NoLogin, NotFound
from server.http import reading, wire
from server.http.answers import model, models
from server.http.auth import COOKIE, account, account_with, token_of
from server.http.parts import is_secure, of, public_url
from server.store.accounts import Account, AccountRole


async def login(request: web.Request) -> web.Response:
    """Name and password for a cookie, or for a token where a program asks for one."""
    asked = await reading.model(request, wire.LoginBody, limit=16 * 1024)
    throttle, name = of(request).throttle, f"{asked.name}"
    throttle.check(name)
    found = await of(request).accounts.check(asked.name, asked.password)
    if found is None:
        throttle.failed(name)
        raise NoLogin("wrong_password")
    throttle.succeeded(name)
    token = await of(request).accounts.open_session(found.person)
    if asked.bearer:
        return model(_me(found, token))
    response = model(_me(found))
    set_cookie(request, response, token)
    return response


async def logout(request: web.Request) -> web.Response:
    """Ends the session."""
    if token := token_of(request.cookies, request.headers):
        await of(request).accounts.close_session(token)
        await of(request).gateway.logged_out(token)
    response = web.Response(status=204)
    response.del_cookie(COOKIE, path="/")
    return response


async def me(request: web.Request) -> web.Response:
    """Who is logged in."""
    return model(_me(await account(request)))


async def enter(request: web.Request) -> web.Response:
    """A one-click link: the cookie, and on to its page."""
    entrance = await of(request).accounts.enter(request.match_info["token"])
    if entrance is None:
        raise NotFound("link_expired")
    response = web.Response(status=302, headers={"Location": entrance.path})
    set_cookie(request, response, entrance.token)
    return response


async def create(request: web.Request) -> web.Response:
    """A new account."""
    await account_with(request, AccountRole.ADMIN)
    asked = await reading.model(request, wire.NewAccount)
    if AccountRole.GUEST in asked.roles:
        raise Invalid("guests_enter_by_link")
    made = await of(request).accounts.create(
        asked.login, asked.password, asked.name, asked.organisation, frozenset(asked.roles)
    )
    return model(_person(made), status=201)


async def people(request: web.Request) -> web.Response:
    """People who can be seated. Bidders are for the administrator only; clerks and managers are
    told of clerks, to hand over to or to invite."""
    asker = await account_with(
        request, AccountRole.AGENCY, AccountRole.ADMIN, AccountRole.CLERK, AccountRole.MANAGER
    )
    asked = request.query.get("role")
    if asked is not None and asked not in list(AccountRole):
        raise Invalid("unknown_role")
    if not asker.roles & {AccountRole.AGENCY, AccountRole.ADMIN} and asked != AccountRole.CLERK:
        raise Forbidden
    found = await of(request).accounts.list(AccountRole(asked) if asked else None)
    if AccountRole.ADMIN not in asker.roles:
        found = [each for each in found if each.roles != {AccountRole.BIDDER}]
    return models([_person(each) for each in found])


async def link(request: web.Request) -> web.Response:
    """A link that lets somebody in without a password."""
    await account_with(request, AccountRole.ADMIN)
    asked = await reading.model(request, wire.LinkBody)
    token = await of(request).accounts.make_link(
        PersonId(asked.person), asked.path, timedelta(seconds=asked.seconds)
    )
    return model(wire.Link(url=f"{public_url(request)}/api/enter/{token}"), status=201)


def _me(found: Account, token: str | None = None) -> wire.Me:
    return wire.Me(
        person=found.person,
        name=found.name,
        organisation=found.organisation,
        roles=sorted(found.roles),
        room=found.room,
        token=token,
    )


def _person(found: Account) -> wire.Person:
    return wire.Person(
        person=found.person,
        name=found.name,
        organisation=found.organisation,
        roles=sorted(found.roles),
    )


def set_cookie(request: web.Request, response: web.Response, token: str) -> None:
    """Gives a browser the session it was let into."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=of(request).settings.session_seconds,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=is_secure(request),
    )
