"""From a request to the desk."""

from collections.abc import Callable

from aiohttp import web

from crypto.encoding import digest_hex
from rooms.ids import RoomId
from server.desk import Actor, Once, Outcome, Rows
from server.errors import Forbidden
from server.http.auth import account, origin
from server.http.parts import of
from server.machine import Viewer
from server.machines import Command
from server.openings import Opening, opening
from server.room import AnyRoom
from server.store.accounts import Account, AccountRole


def once(request: web.Request, body: bytes) -> Once | None:
    """The request's idempotency key, bound to what was sent under it."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    return Once(key, digest_hex(request.path.encode() + b"\0" + body))


def by(request: web.Request, asker: Account) -> Actor:
    """The asker as the author of an order."""
    return Actor(asker.person, origin(request))


async def in_room(request: web.Request) -> tuple[Account, AnyRoom, Viewer]:
    """Who asks, about which room, and what they may see of it. Raises NoLogin, NotFound."""
    asker = await account(request)
    room = await of(request).desk.refresh(RoomId(request.match_info["room"]))
    return asker, room, of(request).views.viewer(room, asker)


async def in_opening(request: web.Request) -> tuple[Account, Opening, Viewer]:
    """The same for an opening. Raises NotFound for a session too."""
    asker, room, viewer = await in_room(request)
    return asker, opening(room), viewer


async def bidder_in_room(request: web.Request) -> tuple[Account, Opening, Viewer]:
    """The same for what only bidders may do. Raises Forbidden for everybody else's account."""
    asker, room, viewer = await in_opening(request)
    if AccountRole.BIDDER not in asker.roles:
        raise Forbidden
    return asker, room, viewer


async def order(
    request: web.Request,
    asker: Account,
    room: AnyRoom,
    command: Command | Callable[[AnyRoom], Command],
    body: bytes,
    rows: Rows | None = None,
) -> Outcome:
    """Hands an order to the desk."""
    return await of(request).desk.order(
        room.id, command, by(request, asker), once=once(request, body), rows=rows
    )
