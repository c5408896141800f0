"""The supervisors' board: one view, its sessions as CSV, samples."""

from dataclasses import asdict
from datetime import date, timedelta

from aiohttp import web

from server.clock import CHINA
from server.counter.board.board import Overview
from server.counter.board.figures import Distribution, Span
from server.counter.board.now import Listed
from server.counter.board.samples import Checked, Draw
from server.errors import Unreadable
from server.http import answers, reading
from server.http.auth import account_with
from server.http.counter import wire_board as wire
from server.http.parts import of
from server.store.accounts import Account, AccountRole

USUAL = timedelta(days=29)
"""The board begins with so many days before today."""
MOST = timedelta(days=3660)


async def view(request: web.Request) -> web.Response:
    """This moment, and the figures of the days asked for."""
    await _supervisor(request)
    span = _span(request)
    return answers.model(_view(span, await of(request).board.overview(span)))


async def table(request: web.Request) -> web.StreamResponse:
    """The sessions of the days asked for as CSV."""
    await _supervisor(request)
    span = _span(request)
    pieces = of(request).board.csv(span, request.query.get("language", "zh"))
    first = await anext(pieces)  # a failure of the database still has its own answer here
    answer = web.StreamResponse()
    answer.content_type, answer.charset = "text/csv", "utf-8"
    name = f"sessions-{span.first}-{span.last}.csv"
    answer.headers["Content-Disposition"] = answers.disposition(name)
    await answer.prepare(request)
    await answer.write(first)
    async for piece in pieces:
        await answer.write(piece)
    await answer.write_eof()
    return answer


async def list_samples(request: web.Request) -> web.Response:
    """The latest draws."""
    await _supervisor(request)
    found = await of(request).samples.latest()
    return answers.model(
        wire.SampleList(samples=[wire.SampleRecord.model_validate(_record(each)) for each in found])
    )


async def draw_sample(request: web.Request) -> web.Response:
    """Draws sessions and inspectors."""
    asker = await account_with(request, AccountRole.SUPERVISOR)
    asked = await reading.model(request, wire.SampleBody)
    span = _between(asked.first, asked.last, asked.hall)
    return answers.model(_sample(await of(request).samples.draw(asker, span, asked.count)), 201)


async def sample(request: web.Request) -> web.Response:
    """A draw, checked by drawing again."""
    await _supervisor(request)
    return answers.model(_sample(await of(request).samples.find(request.match_info["sample"])))


async def population(request: web.Request) -> web.Response:
    """What a draw was made from."""
    await _supervisor(request)
    rooms = await of(request).samples.population(request.match_info["sample"])
    return answers.model(wire.SamplePopulation(rooms=rooms))


async def _supervisor(request: web.Request) -> Account:
    return await account_with(request, AccountRole.SUPERVISOR, AccountRole.MANAGER)


def _span(request: web.Request) -> Span:
    today = of(request).clock().astimezone(CHINA).date()
    last = request.query.get("to") or today.isoformat()
    first = request.query.get("from") or (_day("to", last) - USUAL).isoformat()
    return _between(first, last, request.query.get("hall") or None)


def _between(first: str, last: str, hall: str | None) -> Span:
    span = Span(_day("from", first), _day("to", last), hall)
    if not timedelta() <= span.last - span.first <= MOST:
        raise Unreadable("bad_query", {"name": "from"})
    return span


def _day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise Unreadable("bad_query", {"name": name}) from problem


def _view(span: Span, found: Overview) -> wire.BoardView:
    return wire.BoardView(
        now=found.now,
        first=span.first.isoformat(),
        last=span.last.isoformat(),
        hall=span.hall,
        live=_list(found.live),
        queues=[wire.BoardQueue(**asdict(each)) for each in found.queues],
        overdue=_list(found.overdue),
        cases=_list(found.cases),
        totals=wire.BoardFigures(**asdict(found.totals)),
        days=[wire.BoardFigures(day=day, **asdict(each)) for day, each in found.days.items()],
        halls=[wire.BoardHall(hall=hall, **asdict(each)) for hall, each in found.halls.items()],
        waiting=_distribution(found.waiting),
        lasting=_distribution(found.lasting),
        ratings=_counts({str(level): n for level, n in found.ratings.items()}),
        outcomes=_counts(found.outcomes),
    )


def _list(found: Listed) -> wire.BoardList:
    return wire.BoardList.model_validate({"rows": list(found.rows), "total": found.total})


def _distribution(found: Distribution) -> wire.BoardDistribution:
    return wire.BoardDistribution(
        counts=[wire.BoardMinutes(minutes=at, sessions=n) for at, n in found.minutes],
        median=found.median,
        ninth=found.ninth,
    )


def _counts(found: dict[str, int]) -> list[wire.BoardCount]:
    return [wire.BoardCount(kind=kind, sessions=n) for kind, n in found.items()]


def _record(made: Draw) -> dict[str, object]:
    return {
        name: value for name, value in asdict(made).items() if name not in ("inspectors", "drawn")
    }


def _sample(found: Checked) -> wire.Sample:
    made = found.draw
    return wire.Sample.model_validate(
        {
            **_record(made),
            "inspectors": [
                {"person": person, "name": name} for person, name in made.inspectors.items()
            ],
            "drawn": [
                {
                    **found.sessions[each.room],
                    "items": found.sessions[each.room]["items"].split(),
                    "inspector": each.inspector,
                }
                for each in made.drawn
                if each.room in found.sessions
            ],
            "same": found.same,
        }
    )
