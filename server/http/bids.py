"""What a bidder does: accept, hand in, take back, sign in; and what it has."""

from collections.abc import Sequence

from aiohttp import web

from crypto.encoding import Json, b64u, format_time
from crypto.receipt import Action
from rooms.codec import encode
from rooms.ids import BidId, EnvelopeId, RoomId
from rooms.opening import commands as c
from rooms.opening.events import BidReceived, BidWithdrawn
from rooms.opening.state import Bid, Bidder, State
from server import uploads as up
from server.desk import Row
from server.errors import Conflict, NotFound, TooLarge
from server.http import answers, reading, wire
from server.http.orders import bidder_in_room, order
from server.http.parts import of, public_url
from server.machine import Shared
from server.openings import Opening, opening
from server.store.people import personal_row
from server.store.tables import uploads


async def accept(request: web.Request) -> web.Response:
    """Accepts the tender and enrols the signing key."""
    asker, room, viewer = await bidder_in_room(request)
    asked, body = await reading.model_and_body(request, wire.AcceptanceBody)
    command = c.AcceptTender(asked.name, asked.acceptance)
    outcome = await order(request, asker, room, command, body)
    return answers.text(of(request).views.outcome(outcome, viewer))


async def submit(request: web.Request) -> web.Response:
    """Hands in a bid's header; the files follow by upload."""
    asker, room, _ = await bidder_in_room(request)
    asked, body = await reading.model_and_body(request, wire.SubmissionBody)
    limit = of(request).settings.upload_limit
    outers = {EnvelopeId(name): outer for name, outer in asked.outers.items()}

    def rows(events: Sequence[object], state: Shared) -> list[Row]:
        return [row for event in events for row in _upload_rows(event, state, limit)]

    outcome = await order(request, asker, room, c.SubmitBid(asked.header, outers), body, rows)
    event = outcome.entries[0].event
    if not isinstance(event, BidReceived):
        raise Conflict("key_used_for_another_order")
    room = opening(outcome.room)
    parts = room.state.bids[event.bid].parts
    return answers.data(
        {
            "receipt": await of(request).receipts.of(room, event.bid),
            "uploads": {envelope: _address(event.bid, envelope) for envelope in parts},
        },
        status=201,
    )


async def withdraw(request: web.Request) -> web.Response:
    """Takes the bid back."""
    asker, room, _ = await bidder_in_room(request)
    asked, body = await reading.model_and_body(request, wire.WithdrawalBody)
    outcome = await order(request, asker, room, c.WithdrawBid(asked.withdrawal), body)
    event = outcome.entries[0].event
    if not isinstance(event, BidWithdrawn):
        raise Conflict("key_used_for_another_order")
    return answers.data(
        {"receipt": await of(request).receipts.of(opening(outcome.room), event.bid, "withdraw")}
    )


async def sign_in(request: web.Request) -> web.Response:
    """A representative signs in. The log gets a salted digest, the data stay erasable."""
    asker, room, viewer = await bidder_in_room(request)
    asked, body = await reading.model_and_body(request, wire.SignInBody)
    value: dict[str, Json] = {
        "name": asked.name,
        "id_number": asked.id_number,
        "phone": asked.phone,
        "authorisation": asked.authorisation,
    }
    digest, row = personal_row(room.id, asker.person, value)
    command = c.SignIn(digest, asked.emergency)
    outcome = await order(request, asker, room, command, body, lambda *_: [row])
    return answers.text(of(request).views.outcome(outcome, viewer))


async def mine(request: web.Request) -> web.Response:
    """Everything the bidder has in this room."""
    asker, room, _ = await bidder_in_room(request)
    known = room.state.bidders.get(asker.person)
    own = [bid for bid in room.state.bids.values() if bid.bidder == asker.person]
    live = room.state.bids[known.live] if known and known.live else None
    return answers.data(
        {
            "acceptance": _acceptance(room.state, known),
            "bid": live.id if live else None,
            "header_digest": live.digest if live else None,
            "header": encode(live.header) if live else None,
            "stored": {name: part.stored for name, part in live.parts.items()} if live else {},
            "uploads": await _uploads(request, room, live),
            "receipt": await of(request).receipts.of(room, live.id) if live else None,
            "signed_in": _signed_in(known),
            "history": [await _history(request, room, bid) for bid in own],
        }
    )


async def receipt_json(request: web.Request) -> web.Response:
    """The receipt of the bid that counts, as a file; `?bid=` and `?action=withdraw` name others."""
    _, bid, receipt = await _receipted(request)
    response = answers.data(receipt)
    response.headers["Content-Disposition"] = answers.disposition(f"receipt-{bid}.json")
    return response


async def receipt_pdf(request: web.Request) -> web.Response:
    """The same on paper, sealed, with the file inside."""
    room, bid, receipt = await _receipted(request)
    pdf = await of(request).slips.of(room.state, room.state.bids[bid], receipt, public_url(request))
    disposition = answers.disposition(f"receipt-{bid}.pdf")
    return web.Response(
        body=pdf, content_type="application/pdf", headers={"Content-Disposition": disposition}
    )


async def _receipted(request: web.Request) -> tuple[Opening, BidId, Json]:
    asker, room, _ = await bidder_in_room(request)
    known = room.state.bidders.get(asker.person)
    name = request.query.get("bid") or (known.live if known else None)
    bid = room.state.bids.get(BidId(name)) if name else None
    if bid is None or bid.bidder != asker.person:
        raise NotFound("unknown_bid")
    action: Action = "withdraw" if request.query.get("action") == "withdraw" else "submit"
    receipt = await of(request).receipts.of(room, bid.id, action)
    if receipt is None:
        raise NotFound
    return room, bid.id, receipt


def _upload_rows(event: object, state: Shared, limit: int) -> list[Row]:
    """An upload for each envelope of a bid."""
    if not isinstance(event, BidReceived) or not isinstance(state, State):
        return []
    rows: list[Row] = []
    for part in state.bids[event.bid].parts.values():
        if part.header.size > limit:
            raise TooLarge(limit)
        row = up.row_of(RoomId(state.opening), event.bidder, event.bid, part.header)
        rows.append((uploads, row))
    return rows


def _address(bid: BidId, envelope: EnvelopeId) -> str:
    return f"/api/uploads/{up.name_of(bid, envelope)}"


def _acceptance(state: State, known: Bidder | None) -> Json:
    if known is None:
        return None
    accepted = state.published[known.version - 1]
    return {
        "name": known.name,
        "version": known.version,
        "manifest": accepted.digest,
        "key": b64u(known.key),
        "deposit": known.deposit,
    }


def _signed_in(known: Bidder | None) -> Json:
    if known is None or known.signed_in is None:
        return None
    return {"late": known.signed_in.late, "emergency": known.signed_in.emergency}


async def _uploads(request: web.Request, room: Opening, live: Bid | None) -> dict[str, Json]:
    if live is None:
        return {}
    service = of(request).uploads
    found: dict[str, Json] = {}
    for each in await service.of_person(room.id, live.bidder):
        closes = await service.closes(each)
        if each.bid == live.id:
            found[each.envelope] = {
                "url": _address(each.bid, each.envelope),
                "offset": service.offset(each),
                "size": each.size,
                "expires_at": format_time(closes) if closes else None,
                "code": each.code,
            }
    return found


async def _history(request: web.Request, room: Opening, bid: Bid) -> Json:
    return {
        "bid": bid.id,
        "header_digest": bid.digest,
        "received_at": format_time(bid.received_at),
        "standing": bid.standing,
        "receipt": await of(request).receipts.of(room, bid.id),
        "withdrawal_receipt": await of(request).receipts.of(room, bid.id, "withdraw"),
    }
