"""After the call, without an account: the code of the ticket for the rating, notices and record."""

from aiohttp import web

from crypto.encoding import format_time
from rooms.ids import RoomId
from server.counter import asked
from server.counter.later import check_later, may_rate, open_until
from server.counter.making import rows_of
from server.counter.room import Session, session
from server.desk import Actor
from server.errors import Forbidden
from server.http import answers, reading
from server.http.auth import origin
from server.http.counter import wire_later as wire
from server.http.counter.coming import code_in_query, with_code
from server.http.counter.notices import lines
from server.http.orders import once
from server.http.parts import address, of
from server.http.records import minutes_of


async def find(request: web.Request) -> web.Response:
    """The session of a ticket of an earlier day."""
    body = await reading.model(request, wire.FindBody, limit=16 * 1024)
    room = await of(request).queue.entrances.find(
        body.hall, body.day, body.number, body.code, address(request)
    )
    return answers.model(wire.Found(room=room))


async def view(request: web.Request) -> web.Response:
    """What came of it, and what is left to be done and fetched."""
    body = await reading.model(request, wire.LaterBody, limit=16 * 1024)
    return _answer(await _room(request, body.code))


async def rate(request: web.Request) -> web.Response:
    """The applicant's rating, once."""
    body, data = await reading.model_and_body(request, wire.LaterRating)
    room = await _room(request, body.code)
    made = await of(request).making.make(room, asked.RateSession(body.level, body.words.strip()))
    by = Actor(room.state.applicant, origin(request))
    await of(request).desk.order(
        room.id, made.command, by, once=once(request, data), rows=rows_of(made)
    )
    return _answer(session(await of(request).desk.refresh(room.id)))


async def minutes(request: web.Request) -> web.StreamResponse:
    """The record. Waits while it is being made."""
    code = code_in_query(request)
    if code is None:
        raise Forbidden("wrong_code")
    return await minutes_of(request, await _room(request, code))


async def _room(request: web.Request, code: str) -> Session:
    await with_code(request, code)
    room = session(await of(request).desk.refresh(RoomId(request.match_info["room"])))
    check_later(room, of(request).clock)
    return room


def _answer(room: Session) -> web.Response:
    state, until = room.state, open_until(room)
    return answers.model(
        wire.LaterView(
            room=room.id,
            number=state.number,
            phase=state.phase.value,
            items=[
                wire.LaterItem(
                    code=case.item.code,
                    name=case.item.name,
                    name_en=case.item.name_en,
                    outcome=case.decision.outcome if case.decision else None,
                    completed=case.completed,
                )
                for case in state.cases.values()
            ],
            rating=state.rating.level if state.rating else None,
            may_rate=may_rate(room),
            answer=state.rating.answer if state.rating else None,
            until=format_time(until) if until else None,
            notices=lines(room),
            record=state.record is not None,
        )
    )
