"""What a clerk has to do."""

from collections.abc import Iterable

from aiohttp import web

from crypto.encoding import format_time
from rooms.counter.kinds import Priority
from server.counter.queue.screens import Listed
from server.http import answers
from server.http.auth import account_with
from server.http.counter import wire_queue as wire
from server.http.parts import of
from server.store.accounts import AccountRole


async def desk(request: web.Request) -> web.Response:
    """Own window, who waits, who is expected, sessions that want a clerk, own sessions."""
    asker = await account_with(request, AccountRole.CLERK)
    queue = of(request).queue
    await queue.windows.seen(asker.person)
    found = await queue.screens.desk(asker.person)
    duty, window = found.duty, None
    if duty is not None:
        window = wire.DeskWindow(window=duty.window, hall=duty.hall, hall_name=found.hall_name)
    return answers.model(
        wire.DeskView(
            window=window,
            now=format_time(found.now),
            total=found.total,
            waiting=_sessions(found.waiting),
            missed=_sessions(found.missed),
            expected=_sessions(found.expected),
            requests=_sessions(found.requests),
            offers=_sessions(found.offers),
            mine=_sessions(found.mine),
        )
    )


def _sessions(found: Iterable[Listed]) -> list[wire.DeskSession]:
    return [
        wire.DeskSession(
            room=each.room,
            number=each.number,
            phase=each.phase,
            items=[
                wire.DeskItem(code=item.code, name=item.name, name_en=item.name_en)
                for item in each.items
            ],
            hall=each.hall,
            hall_name=each.hall_name,
            since=format_time(each.since),
            starts_at=format_time(each.starts_at) if each.starts_at else None,
            priority=Priority(each.priority),
            side=each.side,
            window=each.window,
            fits=each.fits,
            offered_by=each.offered_by,
            reason=each.reason,
        )
        for each in found
    ]
