"""WHIP (RFC 9725): how a page, a hall's camera or any other client sends a feed."""

from aiohttp import web
from multidict import CIMultiDict

from server.errors import Forbidden, NotFound, Problem
from server.http import reading
from server.http.errors import answer, answer_problem
from server.http.media import relays
from server.http.parts import of
from server.media.errors import BadOffer, MediaAway
from server.media.plane import Feed, Kind
from server.media.tokens import Grant, WhipTokenExpired
from server.media.turn import links

SDP = "application/sdp"
MOST_SDP = 64 * 1024
"""Bytes of an offer."""


class WrongMediaType(Problem):
    """Something else than SDP."""

    status = 415


async def publish(request: web.Request) -> web.Response:
    """Takes an SDP offer, answers with SDP and the address of what is being sent."""
    parts = of(request)
    token, kind = _token(request), _kind(request)
    grant = parts.tokens.read_fresh(token, parts.clock())
    _for_this(request, grant, kind)
    if request.content_type != SDP:
        raise WrongMediaType("wrong_media_type")
    offer = await reading.body(request, MOST_SDP)
    room = await parts.desk.refresh(grant.room)
    if not room.machine.may_send(room.state, grant.person, kind):
        raise Forbidden("may_not_send")
    try:
        text = offer.decode()
    except UnicodeDecodeError:
        raise BadOffer("not UTF-8") from None
    try:
        name, answered = await parts.hall.publish(room, grant.person, kind, text)
    except MediaAway as away:
        response = answer_problem(away)
        response.headers["Retry-After"] = "1"
        return response
    headers = CIMultiDict({"Location": f"{request.path}/{name}"})
    for link in links(relays(request, grant.person)):
        headers.add("Link", link)
    return web.Response(status=201, body=answered.encode(), headers=headers, content_type=SDP)


async def stop(request: web.Request) -> web.Response:
    """Ends what was being sent."""
    # Whoever began may end, however long ago that was.
    grant, kind = of(request).tokens.read(_token(request)), _kind(request)
    _for_this(request, grant, kind)
    await of(request).hall.unpublish(
        grant.room, Feed(grant.person, kind), request.match_info["resource"]
    )
    return web.Response()


async def options(request: web.Request) -> web.Response:
    """What the endpoint takes."""
    return web.Response(status=204, headers={"Accept-Post": SDP, "Allow": "POST, OPTIONS"})


async def not_this_way(request: web.Request) -> web.Response:
    """No trickle, no restart: whoever lost the connection begins anew."""
    allowed = "DELETE, OPTIONS" if "resource" in request.match_info else "POST, OPTIONS"
    response = answer(405, "method_not_allowed")
    response.headers["Allow"] = allowed
    return response


def _token(request: web.Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise WhipTokenExpired
    return token.strip()


def _kind(request: web.Request) -> Kind:
    try:
        return Kind(request.match_info["kind"])
    except ValueError:
        raise NotFound from None


def _for_this(request: web.Request, grant: Grant, kind: Kind) -> None:
    if (grant.room, grant.kind) != (request.match_info["room"], kind):
        raise Forbidden("whip_token_kind")
