"""What bookings and tickets have in common: reading who comes for what, naming the session."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web

from crypto.encoding import digest_hex
from rooms.ids import RoomId
from server.counter.queue.arrivals import Applicant, Asked, Authority
from server.counter.queue.tickets import Standing
from server.errors import Forbidden, Unreadable
from server.http.auth import token_of
from server.http.counter import wire_queue as wire
from server.http.orders import once
from server.http.parts import address, of
from server.store.accounts import Account, AccountRole
from server.throttle import One


def asked(body: wire.TicketBody) -> Asked:
    """What the queue takes."""
    agent, by = body.agent, None
    if agent is not None:
        by = Authority(agent.name.strip(), agent.organisation.strip(), agent.kind, agent.letter)
    return Asked(
        items=tuple(body.items),
        near_hall=body.near_hall,
        far_region=body.far_region,
        applicant=Applicant(body.applicant.name, body.applicant.number, body.applicant.phone),
        agent=by,
        priority=body.priority,
        language=body.language,
        continues=RoomId(body.continues) if body.continues else None,
    )


def new_room(request: web.Request, body: bytes) -> RoomId:
    """The session's id; the same request sent again with its idempotency key is the same
    session."""
    key = once(request, body)
    name = key and digest_hex(f"{key.key} {key.digest}".encode())[:20]
    return RoomId("s-" + (name or secrets.token_hex(10)))


@contextmanager
def paced(request: web.Request) -> Iterator[One]:
    """One more ticket or booking for the request's address. Raises TooMany `too_many_tickets`."""
    with of(request).arriving.one(address(request)) as taking:
        yield taking


async def with_code(request: web.Request, code: str | None) -> Standing:
    """The ticket of the request's session, for whoever has its code. Raises Forbidden."""
    if code is None:
        raise Forbidden("wrong_code")
    room = RoomId(request.match_info["room"])
    return await of(request).queue.entrances.check(room, code, address(request))


def code_in_query(request: web.Request) -> str | None:
    """The code of an address that a calendar or a browser fetches by itself."""
    code = request.query.get("code")
    if code is not None and not (len(code) == 6 and code.isascii() and code.isdigit()):
        raise Unreadable("bad_query", {"name": "code"})
    return code


async def hall_clerk(request: web.Request, hall: str) -> Account | None:
    """The asker, if they sit at a window of this hall or manage halls; else None."""
    token = token_of(request.cookies, request.headers)
    found = await of(request).accounts.who(token) if token else None
    if found is None:
        return None
    if AccountRole.MANAGER in found.roles:
        return found
    duty = await of(request).queue.calls.duty_of(found.person)
    return found if duty is not None and duty.hall == hall else None
