"""Tickets: taking one, coming in with it, seeing how far the line is."""

from aiohttp import web

from crypto.encoding import format_time
from server.counter.queue.screens import OwnView
from server.errors import Forbidden
from server.http import answers, reading
from server.http.accounts import set_cookie
from server.http.auth import account
from server.http.counter import wire_queue as wire
from server.http.counter.coming import asked, new_room, paced
from server.http.parts import address, of


async def take(request: web.Request) -> web.Response:
    """A ticket for now."""
    body, data = await reading.model_and_body(request, wire.TicketBody)
    queue = of(request).queue
    with paced(request) as taking:
        made = await queue.arrivals.take(new_room(request, data), asked(body))
        taking.counts = not made.repeated
    own = await queue.screens.own(await queue.arrivals.standing(made.ticket.room))
    answer = wire.Taken(
        room=made.ticket.room,
        number=made.ticket.number,
        code=made.code,
        waiting=own.ahead or 0,
        minutes=own.minutes,
        expires_at=format_time(made.ticket.expires_at),
    )
    return answers.model(answer, 200 if made.repeated else 201)


async def enter(request: web.Request) -> web.Response:
    """Number and code for a login as the session's applicant, or as the agent."""
    body = await reading.model(request, wire.EntryBody, limit=16 * 1024)
    room, token = await of(request).queue.entrances.enter(
        body.hall, body.number, body.code, address(request), agent=body.agent
    )
    if body.bearer:
        return answers.model(wire.Entered(room=room, token=token))
    response = answers.model(wire.Entered(room=room))
    set_cookie(request, response, token)
    return response


async def mine(request: web.Request) -> web.Response:
    """What the applicant is shown while waiting."""
    asker = await account(request)
    if asker.room is None:
        raise Forbidden
    queue = of(request).queue
    return answers.model(_own(await queue.screens.own(await queue.arrivals.standing(asker.room))))


def _own(found: OwnView) -> wire.OwnTicket:
    ticket = found.ticket
    return wire.OwnTicket(
        room=ticket.room,
        number=ticket.number,
        hall=ticket.hall,
        hall_name=found.hall_name,
        phase=found.phase,
        over=found.over,
        ahead=found.ahead,
        minutes=found.minutes,
        window=found.window,
        window_name=found.window_name,
        starts_at=format_time(ticket.starts_at) if ticket.starts_at else None,
        expires_at=format_time(ticket.expires_at),
    )
