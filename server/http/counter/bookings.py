"""Booked times: booking, the calendar file, arriving, taking it back."""

from aiohttp import web

from crypto.encoding import format_time, parse_time
from rooms.ids import RoomId
from server.counter.queue.calendar import MEDIA_TYPE, Appointment, calendar
from server.counter.queue.codes import applicant_of
from server.counter.queue.tickets import Standing
from server.desk import Actor
from server.errors import Conflict
from server.http import answers, reading
from server.http.auth import origin
from server.http.counter import wire_queue as wire
from server.http.counter.coming import asked, code_in_query, hall_clerk, new_room, paced, with_code
from server.http.parts import of, public_url


async def book(request: web.Request) -> web.Response:
    """Books a time at both sites."""
    body, data = await reading.model_and_body(request, wire.BookingBody)
    room, starts_at = new_room(request, data), parse_time(body.starts_at)
    with paced(request) as taking:
        made = await of(request).queue.arrivals.book(room, asked(body), starts_at)
        taking.counts = not made.repeated
    ticket = made.ticket
    if ticket.starts_at is None or ticket.ends_at is None:
        raise Conflict("already_arrived")
    answer = wire.Booked(
        room=room,
        number=ticket.number,
        code=made.code,
        starts_at=format_time(ticket.starts_at),
        ends_at=format_time(ticket.ends_at),
        ics=f"/api/bookings/{room}.ics?code={made.code}",
    )
    return answers.model(answer, 200 if made.repeated else 201)


async def ics(request: web.Request) -> web.Response:
    """The booking as a calendar file."""
    standing = await with_code(request, code_in_query(request))
    data = calendar(await _appointment(request, standing))
    headers = {"Content-Disposition": answers.disposition(f"{standing.ticket.number}.ics")}
    return web.Response(body=data, content_type=MEDIA_TYPE, charset="utf-8", headers=headers)


async def arrive(request: web.Request) -> web.Response:
    """Whoever booked is there: by the code, or by a clerk of the hall."""
    asked_for = await reading.model(request, wire.CodeBody)
    queue, room = of(request).queue, RoomId(request.match_info["room"])
    standing = await queue.arrivals.standing(room)
    if await hall_clerk(request, standing.ticket.hall) is None:
        await with_code(request, asked_for.code)
    standing = await queue.arrivals.arrive(room)
    own = await queue.screens.own(standing)
    return answers.model(
        wire.Arrived(
            room=room, number=standing.ticket.number, waiting=own.ahead or 0, minutes=own.minutes
        )
    )


async def cancel(request: web.Request) -> web.Response:
    """Takes a booking or a ticket back, by its code."""
    body = await reading.model(request, wire.CancelBody)
    standing = await with_code(request, body.code)
    by = Actor(applicant_of(standing.ticket.room), origin(request))
    await of(request).queue.arrivals.cancel(standing.ticket.room, by, body.reason)
    return web.Response(status=204)


async def _appointment(request: web.Request, standing: Standing) -> Appointment:
    ticket = standing.ticket
    if ticket.starts_at is None or ticket.ends_at is None:
        raise Conflict("not_booked")
    catalogue = await of(request).catalogue.current()
    hall = catalogue.hall(ticket.hall)
    names = [catalogue.item(code, ticket.starts_at.date()).name for code in ticket.items]
    cancelled = standing.phase == "cancelled"
    return Appointment(
        uid=f"{ticket.room}@{of(request).settings.site}",
        made_at=ticket.made_at,
        starts_at=ticket.starts_at,
        ends_at=ticket.ends_at,
        summary="\u3001".join(names),
        place=f"{hall.name} {hall.address}".strip(),
        description=f"票号 Ticket {ticket.number}\n{hall.name} {hall.phone}".strip(),
        url=f"{public_url(request)}/guide",
        sequence=int(cancelled),
        cancelled=cancelled,
    )
