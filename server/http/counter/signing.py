"""Signatures under forms, written by hand."""

import hashlib

from aiohttp import web

from rooms.counter import commands as c
from rooms.counter.audit.files import signature_file
from rooms.counter.rights import check_right
from rooms.ids import Digest
from rooms.strokes import to_svg
from server.counter.captures.eyes import check_may_look
from server.counter.captures.pen import Touch, written
from server.errors import NotFound
from server.http import answers, reading
from server.http.counter import wire_captures as wire
from server.http.counter.sessions import in_session
from server.http.orders import order
from server.http.parts import of

SVG = "image/svg+xml"


async def sign(request: web.Request) -> web.Response:
    """Signs an item's form with the strokes of a pen, which are kept as a drawing."""
    asker, room, viewer = await in_session(request)
    asked, body = await reading.model_and_body(request, wire.SignatureBody)
    lines = [[Touch(each.x, each.y, each.t) for each in line] for line in asked.strokes]
    drawing = to_svg(written(asked.width, asked.height, lines))
    digest = Digest(hashlib.sha256(drawing).hexdigest())
    command = c.SignForm(asked.item, Digest(asked.form), digest)
    check_right(room.tip, command, asker.person)
    # Before the entry: one that names a drawing which is nowhere could never be mended.
    await of(request).files.put(room.id, signature_file(digest), drawing, SVG)
    outcome = await order(request, asker, room, command, body)
    return answers.text(of(request).views.outcome(outcome, viewer), status=201)


async def drawing(request: web.Request) -> web.StreamResponse:
    """A signature as it was drawn."""
    _, room, viewer = await in_session(request)
    check_may_look(room.state, viewer.role)
    wanted = Digest(request.match_info["sha256"])
    found = await of(request).files.find(room.id, signature_file(wanted))
    if found is None:
        raise NotFound
    answer = answers.blob(of(request).blobs, found.sha256, SVG)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer
