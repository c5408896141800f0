"""Live media of a room: its state, tokens to send with, viewers."""

from collections.abc import Sequence

from aiohttp import web

from crypto.encoding import Json, format_time
from rooms.ids import PersonId
from server.errors import Forbidden
from server.http import answers, reading, wire_media
from server.http.orders import in_room
from server.http.parts import of, public_url
from server.media import views
from server.media.errors import MediaOff
from server.media.plane import Kind
from server.media.turn import IceServer

MOST_JSON = 128 * 1024


async def state(request: web.Request) -> web.Response:
    """What is sent and seen now."""
    asker, room, viewer = await in_room(request)
    hall = of(request).hall
    said = views.describe(room, hall.live(room.id), hall.enabled, asker.person, viewer.audience)
    return answers.data({**said, "ice_servers": _ice(relays(request, asker.person))})


async def make_token(request: web.Request) -> web.Response:
    """A token to send one feed with."""
    asker, room, _ = await in_room(request)
    asked = await reading.model(request, wire_media.TokenBody)
    kind = Kind(asked.kind.value)
    if not of(request).hall.enabled:
        raise MediaOff
    if not room.machine.may_send(room.state, asker.person, kind):
        raise Forbidden("may_not_send")
    token, grant = of(request).tokens.make(room.id, asker.person, kind, of(request).clock())
    return answers.data(
        {
            "token": token,
            "url": f"{public_url(request)}/api/media/whip/{room.id}/{kind}",
            "expires_at": format_time(grant.expires_at),
        },
        status=201,
    )


async def subscribe(request: web.Request) -> web.Response:
    """A connection to see and hear all slots over."""
    asker, room, _ = await in_room(request)
    await reading.model(request, wire_media.ViewerBody)
    name, offered = await of(request).hall.subscribe(room, asker.person)
    sections: list[Json] = [
        {"slot": each.slot.value, "audio": each.audio, "video": each.video}
        for each in offered.sections
    ]
    return answers.data(
        {
            "viewer": name,
            "offer": offered.offer,
            "sections": sections,
            "ice_servers": _ice(relays(request, asker.person)),
        },
        status=201,
    )


async def accept(request: web.Request) -> web.Response:
    """The browser's answer to the offer."""
    asker, room, _ = await in_room(request)
    asked = await reading.model(request, wire_media.ViewerAnswer, MOST_JSON)
    viewer = request.match_info["viewer"]
    await of(request).hall.accept(room.id, asker.person, viewer, asked.answer)
    return web.Response(status=204)


async def leave(request: web.Request) -> web.Response:
    """Ends a connection."""
    asker, room, _ = await in_room(request)
    await of(request).hall.leave(room.id, asker.person, request.match_info["viewer"])
    return web.Response(status=204)


def relays(request: web.Request, person: PersonId) -> tuple[IceServer, ...]:
    """The relays with credentials of this person."""
    return of(request).relays.for_person(person, of(request).clock())


def _ice(servers: Sequence[IceServer]) -> list[Json]:
    return [
        {"urls": list(each.urls), "username": each.username, "credential": each.credential}
        for each in servers
    ]
