"""The display of a hall."""

from aiohttp import web

from crypto.encoding import format_time
from server.counter.queue.screens import AtWindow
from server.http import answers
from server.http.counter import wire_queue as wire
from server.http.parts import of


async def queue(request: web.Request) -> web.Response:
    """Who waits, is called and is served, by numbers; nobody has to log in for it."""
    found = await of(request).queue.screens.hall(request.match_info["hall"])
    return answers.model(
        wire.HallQueue(
            hall=found.hall,
            name=found.name,
            now=format_time(found.now),
            waiting=list(found.waiting),
            total=found.total,
            called=[_called(each) for each in found.called],
            serving=[_called(each) for each in found.serving],
            missed=list(found.missed),
            windows=found.windows,
            minutes=found.minutes,
        )
    )


def _called(found: AtWindow) -> wire.CalledTicket:
    return wire.CalledTicket(
        number=found.number,
        window=found.window,
        window_name=found.window_name,
        times=found.times,
        lapses_at=format_time(found.lapses_at) if found.lapses_at else None,
    )
