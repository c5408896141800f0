"""Notices in the applicant's hands: with a login, or with the code of the ticket."""

import asyncio

from aiohttp import web

from rooms.counter.audit.files import notice_file
from rooms.counter.kinds import Role
from rooms.counter.notices import Beside, Notice, notices
from rooms.counter.visibility import SUPERVISOR
from rooms.ids import RoomId
from server.counter.later import check_open
from server.counter.room import Session, session
from server.errors import Conflict, Forbidden, NotFound
from server.http import answers
from server.http.counter.coming import code_in_query, with_code
from server.http.counter.sessions import in_session
from server.http.counter.wire_notices import NoticeLine, NoticeList
from server.http.parts import of
from server.http.records import LOOK_SECONDS, PATIENCE_SECONDS

_PARTIES = frozenset({Role.APPLICANT, Role.AGENT, Role.NEAR, Role.FAR})


async def list_notices(request: web.Request) -> web.Response:
    """The notices of a session, in their order."""
    return answers.model(NoticeList(items=lines(await _session(request))))


def lines(room: Session) -> list[NoticeLine]:
    """The notices that a session's log gives, as they are listed."""
    return [
        NoticeLine(
            name=each.name,
            kind=each.kind.value,
            item=each.item,
            entry=each.entry,
            href=f"/api/sessions/{room.id}/{notice_file(each.name)}",
        )
        for each in _due(room)
    ]


async def file(request: web.Request) -> web.StreamResponse:
    """A sealed notice; with an item's code alone its newest. Waits while it is being made."""
    room = await _session(request)
    asked = request.match_info["name"]
    found = next((each for each in reversed(_due(room)) if asked in (each.name, each.item)), None)
    if found is None:
        raise NotFound("no_such_notice")
    name, waited = notice_file(found.name), 0.0
    while (stored := await of(request).files.find(room.id, name)) is None:
        if waited >= PATIENCE_SECONDS:
            raise Conflict("being_made", {"name": name})
        await asyncio.sleep(LOOK_SECONDS)
        waited += LOOK_SECONDS
    saved = f"{room.id}-{found.kind.value}-{found.name}.pdf"
    return answers.blob(of(request).blobs, stored.sha256, stored.media_type, saved)


async def _session(request: web.Request) -> Session:
    """The session, for its parties and supervisors, and for whoever has the code, as long as
    it opens anything. Raises Forbidden, Conflict `later_over`."""
    code = code_in_query(request)
    if code is not None:
        await with_code(request, code)
        room = session(await of(request).desk.refresh(RoomId(request.match_info["room"])))
        check_open(room, of(request).clock)
        return room
    _, room, viewer = await in_session(request)
    if viewer.role not in _PARTIES and viewer.audience != SUPERVISOR:
        raise Forbidden
    return room


def _due(room: Session) -> list[Notice]:
    return list(notices(room.entries, Beside(room.id, "", "", "", {})))
