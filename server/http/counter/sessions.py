"""Sessions: lists, details, streams, orders, personal data."""

from dataclasses import replace

from aiohttp import web

from crypto.encoding import Json
from rooms.counter.commands import RequeueTicket
from rooms.counter.wire import EVERY_COMMAND
from rooms.refusals import MalformedCommand
from server.counter.asked import ASKED
from server.counter.making import rows_of
from server.counter.personal import personal_of
from server.counter.room import SESSIONS, Session, session
from server.http import answers, reading
from server.http.auth import account
from server.http.orders import in_room, order
from server.http.parts import of
from server.lists import When
from server.machine import Viewer
from server.store.accounts import Account


async def in_session(request: web.Request) -> tuple[Account, Session, Viewer]:
    """Who asks, about which session, and what they may see of it. Raises NoLogin, NotFound."""
    asker, room, viewer = await in_room(request)
    return asker, session(room), viewer


async def list_sessions(request: web.Request) -> web.Response:
    """Sessions of a time, in the order of their booked times, or of their tickets."""
    asker = await account(request)
    when = reading.choice(request, "when", When, When.TODAY)
    page = reading.number(request, "page", 1, 1, 100_000)
    found, total = await of(request).lists.find(
        SESSIONS, asker, when, request.query.get("q", ""), page
    )
    return answers.data({"items": found, "total": total})


async def detail(request: web.Request) -> web.Response:
    """One session, as far as the asker may see it, and what windows of its halls are called."""
    _, room, viewer = await in_session(request)
    catalogue = await of(request).catalogue.current()
    matter = room.state.matter
    windows: dict[str, Json] = {**catalogue.window_names((matter.near_hall, matter.far_hall))}
    return answers.data({**of(request).views.detail(room, viewer), "windows": windows})


async def entries(request: web.Request) -> web.Response:
    """The asker's stream after a number."""
    _, room, viewer = await in_session(request)
    after = reading.number(request, "after", 0, 0, 10**12)
    limit = reading.number(request, "limit", 1000, 1, 5000)
    return answers.text(of(request).views.page(room, viewer, after, limit))


async def command(request: web.Request) -> web.Response:
    """Any order that has no route of its own."""
    asker, room, viewer = await in_session(request)
    asked, body = await reading.json(request)
    name = asked.get("type") if isinstance(asked, dict) else None
    if name not in ASKED.members and name in EVERY_COMMAND.members:
        raise MalformedCommand(path="type", problem="elsewhere")
    made = await of(request).making.make(room, ASKED.decode(asked))
    if isinstance(made.command, RequeueTicket):
        made = replace(made, rows=(await of(request).queue.calls.turn_behind(room.id),))
    outcome = await order(request, asker, room, made.command, body, rows_of(made))
    return answers.text(of(request).views.outcome(outcome, viewer))


async def personal(request: web.Request) -> web.Response:
    """What the salted digests stand for, as far as it is for the asker."""
    _, room, viewer = await in_session(request)
    people = await of(request).people.of_room(room.id)
    return answers.data(personal_of(room.state, viewer.role, people))
