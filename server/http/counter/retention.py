"""How long sessions are kept: what becomes due, and erasing it at once."""

from datetime import timedelta

from aiohttp import web

from crypto.encoding import format_time
from rooms.ids import RoomId
from server.errors import Unreadable
from server.http import answers, reading
from server.http.auth import account_with
from server.http.counter import wire_retention as wire
from server.http.parts import of
from server.store.accounts import AccountRole

MOST_DAYS = 3660


async def view(request: web.Request) -> web.Response:
    """What is due by now, or within the days asked for."""
    await account_with(request, AccountRole.ADMIN)
    asked = request.query.get("days", "0")
    if not (asked.isascii() and asked.isdigit() and int(asked) <= MOST_DAYS):
        raise Unreadable("bad_query", {"name": "days"})
    made, now = of(request), of(request).clock()
    found = await made.retention.kept(now + timedelta(days=int(asked)))
    return answers.model(
        wire.RetentionView(
            now=format_time(now),
            archive_days=made.settings.archive_days,
            retention_days=made.settings.retention_days,
            unserved_days=made.settings.unserved_days,
            sessions=[
                wire.KeptSession(
                    room=each.room,
                    number=each.number,
                    hall=each.hall,
                    served=each.served,
                    archived_at=format_time(each.archived_at),
                    until=format_time(each.until),
                )
                for each in found
            ],
        )
    )


async def erase(request: web.Request) -> web.Response:
    """Erases what is due; one session is refused before its date."""
    asker = await account_with(request, AccountRole.ADMIN)
    asked = await reading.model(request, wire.EraseBody)
    retention = of(request).retention
    if asked.room is None:
        rooms = await retention.erase_due(asker.person)
    else:
        rooms = [RoomId(asked.room)]
        await retention.erase(rooms[0], asker.person)
    return answers.model(wire.Erased(rooms=list(rooms)))
