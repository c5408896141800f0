"""What a captured page says, proposed for the form and never believed."""

from dataclasses import asdict

from aiohttp import web

from rooms.counter.kinds import Role
from rooms.counter.recognised import propose
from rooms.ids import PageId
from rooms.refusals import PageGone, UnknownPage, WrongRole
from server.counter.captures.eyes import check_may_look
from server.counter.captures.recognise import RecognitionOff
from server.errors import NotFound
from server.http import answers, reading
from server.http.counter import wire_captures as wire
from server.http.counter.sessions import in_session
from server.http.parts import of

_FILLERS = (Role.NEAR, Role.FAR, Role.AGENT)
"""Who may fill in fields."""


async def recognise(request: web.Request) -> web.Response:
    """Reads the text of a captured page and proposes values for the form of its item."""
    _, room, viewer = await in_session(request)
    if viewer.role not in _FILLERS:
        raise WrongRole(allowed=sorted(_FILLERS))
    check_may_look(room.state, viewer.role)
    asked = await reading.model(request, wire.RecogniseBody)
    made = of(request)
    if not made.reader.is_on:
        raise RecognitionOff
    page = room.state.pages.get(PageId(asked.page))
    if page is None:
        raise UnknownPage(page=asked.page)
    if page.removed:
        raise PageGone(page=asked.page)
    if asked.number > page.picture.pages:
        raise NotFound
    preview = await made.captures.preview(room.id, page.picture.sha256, asked.number)
    lines = await made.reader.lines(made.blobs.path(preview.sha256))
    proposals = propose(room.state.cases[page.item].item.fields, lines)
    return answers.model(
        wire.Recognised(
            item=page.item,
            lines=[
                wire.TextLine(**{**asdict(each), "score": _thousandths(each.score)})
                for each in lines
            ],
            proposals=[
                wire.FieldProposal(
                    field=each.field,
                    value=each.value,
                    score=_thousandths(each.score),
                    checked=each.checked,
                    lines=list(each.lines),
                )
                for each in proposals
            ],
        )
    )


def _thousandths(score: float) -> int:
    """Numbers on the wire are whole (docs/http.md)."""
    return round(1000 * score)
