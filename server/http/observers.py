"""Letting observers in by link."""

from datetime import timedelta

from aiohttp import web

from rooms.opening.terms import Role
from rooms.texts import check_name
from server.errors import Forbidden
from server.http import answers, reading, wire
from server.http.orders import in_opening
from server.http.parts import of, public_url
from server.store.accounts import AccountRole

LINK_LASTS = timedelta(days=30)


async def invite(request: web.Request) -> web.Response:
    """A link for one observer of this room."""
    _, room, viewer = await in_opening(request)
    if viewer.role not in (Role.HOST, Role.DEPUTY):
        raise Forbidden
    asked = await reading.model(request, wire.ObserverBody)
    accounts = of(request).accounts
    guest = await accounts.create(
        None,
        None,
        check_name(asked.name, "name"),
        "",
        frozenset({AccountRole.GUEST}),
        room=room.id,
    )
    token = await accounts.make_link(guest.person, f"/openings/{room.id}", LINK_LASTS)
    return answers.data({"url": f"{public_url(request)}/api/enter/{token}"}, status=201)
