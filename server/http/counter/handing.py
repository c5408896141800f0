"""Handing a session over: to whom, the offer, and the answer to it."""

from aiohttp import web

from rooms.ids import RoomId
from server.http import answers, reading
from server.http.auth import account_with
from server.http.counter import wire_queue as wire
from server.http.orders import by
from server.http.parts import of
from server.store.accounts import AccountRole


async def colleagues(request: web.Request) -> web.Response:
    """The clerks to whom one can offer one's side."""
    asker = await account_with(request, AccountRole.CLERK)
    parts = of(request)
    found = await parts.queue.handing.colleagues(_room(request), asker.person)
    names = (await parts.catalogue.current()).windows
    items = [
        wire.Colleague(
            window=each.duty.window,
            window_name=names[each.duty.window].name,
            name=each.duty.clerk_name,
            busy=each.busy,
        )
        for each in found
    ]
    return answers.model(wire.Colleagues(items=items))


async def offer(request: web.Request) -> web.Response:
    """Offers one's side of a session to whoever sits at another window."""
    asker = await account_with(request, AccountRole.CLERK)
    asked = await reading.model(request, wire.HandBody)
    await of(request).queue.handing.offer(
        _room(request), asked.to, asked.reason, by(request, asker)
    )
    return web.Response(status=204)


async def take(request: web.Request) -> web.Response:
    """Takes what one was offered."""
    asker = await account_with(request, AccountRole.CLERK)
    room = _room(request)
    await of(request).queue.handing.take(room, by(request, asker))
    return answers.model(wire.Called(room=room))


async def end(request: web.Request) -> web.Response:
    """Declines what one was offered, or withdraws one's own offer."""
    asker = await account_with(request, AccountRole.CLERK)
    await of(request).queue.handing.end(_room(request), by(request, asker))
    return web.Response(status=204)


def _room(request: web.Request) -> RoomId:
    return RoomId(request.match_info["room"])
