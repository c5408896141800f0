"""A clerk's window: opening it, calling, putting back, taking a far side."""

from aiohttp import web

from rooms.ids import RoomId
from server.http import answers, reading
from server.http.auth import account_with
from server.http.counter import wire_queue as wire
from server.http.orders import by
from server.http.parts import of
from server.store.accounts import AccountRole


async def open_window(request: web.Request) -> web.Response:
    """A clerk sits down."""
    asker = await account_with(request, AccountRole.CLERK)
    await of(request).queue.calls.open(request.match_info["window"], asker)
    return web.Response(status=204)


async def close_window(request: web.Request) -> web.Response:
    """The clerk gets up."""
    asker = await account_with(request, AccountRole.CLERK)
    await of(request).queue.calls.close(request.match_info["window"], asker)
    return web.Response(status=204)


async def next_ticket(request: web.Request) -> web.Response:
    """Calls whoever is next."""
    asker = await account_with(request, AccountRole.CLERK)
    calls = of(request).queue.calls
    room = await calls.next(request.match_info["window"], by(request, asker))
    return answers.model(wire.Called(room=room))


async def call_ticket(request: web.Request) -> web.Response:
    """Calls a ticket out of its turn."""
    asker = await account_with(request, AccountRole.CLERK)
    asked = await reading.model(request, wire.CallBody)
    window, actor = request.match_info["window"], by(request, asker)
    room = await of(request).queue.calls.call(window, RoomId(asked.room), actor)
    return answers.model(wire.Called(room=room))


async def take(request: web.Request) -> web.Response:
    """A far clerk takes a session that waits for one; the first one gets it."""
    asker = await account_with(request, AccountRole.CLERK)
    room = RoomId(request.match_info["room"])
    await of(request).queue.calls.take(room, by(request, asker))
    return answers.model(wire.Called(room=room))


async def requeue(request: web.Request) -> web.Response:
    """A ticket nobody came for waits again, behind three others."""
    asker = await account_with(request, AccountRole.CLERK, AccountRole.MANAGER, AccountRole.GUEST)
    room = RoomId(request.match_info["room"])
    await of(request).queue.calls.requeue(room, by(request, asker))
    return web.Response(status=204)
