"""What a trustee does: its card, the rehearsal, the wraps, the release."""

from aiohttp import web

from crypto.manifest import Card
from crypto.trustee import LARGEST_RELEASE
from rooms.ids import EnvelopeId, PersonId
from rooms.opening import commands as c
from rooms.opening.terms import Role
from rooms.refusals import GateNotOpened, TrusteeNotReady, UnknownEnvelope
from server.errors import Forbidden, Unreadable
from server.http import answers, reading, wire
from server.http.orders import in_opening, order
from server.http.parts import of
from server.openings import Opening


async def give_card(request: web.Request) -> web.Response:
    """A trustee's card."""
    asker, room, viewer = await in_opening(request)
    asked, body = await reading.model_and_body(request, wire.CardBody)
    outcome = await order(request, asker, room, c.GiveTrusteeCard(asked.card), body)
    return answers.text(of(request).views.outcome(outcome, viewer))


async def challenge(request: web.Request) -> web.Response:
    """Something only the holder of the card's key can open."""
    asker, room, _ = await in_opening(request)
    ciphertext = await of(request).rehearsals.challenge(room.id, _card(room, asker.person))
    return answers.data({"ciphertext": ciphertext})


async def rehearse(request: web.Request) -> web.Response:
    """The answer to the challenge."""
    asker, room, viewer = await in_opening(request)
    asked, body = await reading.model_and_body(request, wire.AnswerBody)
    nonce = await of(request).rehearsals.expected(room.id, _card(room, asker.person))
    outcome = await order(request, asker, room, c.AnswerRehearsal(asked.answer, nonce), body)
    return answers.text(of(request).views.outcome(outcome, viewer))


async def wraps(request: web.Request) -> web.Response:
    """The trustee's wraps of every bid being opened, with proofs that they are under the closing
    head."""
    asker, room, viewer = await in_opening(request)
    if viewer.role is not Role.TRUSTEE:
        raise Forbidden
    envelope = _envelope(request, room)
    if envelope not in room.state.gates:
        raise GateNotOpened(envelope=envelope)
    checkpoint = await of(request).heads.closing(room)
    index, found = await of(request).gate.wraps_for(room, envelope, asker.person)
    return answers.data(
        {
            "checkpoint": checkpoint,
            "manifest": room.state.current.manifest.signed.to_json(),
            "index": index,
            "wraps": found,
        }
    )


async def release(request: web.Request) -> web.Response:
    """A trustee's shares of every bid."""
    asker, room, viewer = await in_opening(request)
    asked, body = await reading.model_and_body(request, wire.ReleaseBody, limit=LARGEST_RELEASE)
    head = await of(request).heads.closing(room) or ""
    command = c.ReleaseShares(EnvelopeId(asked.envelope), asked.release, head)
    outcome = await order(request, asker, room, command, body)
    return answers.text(of(request).views.outcome(outcome, viewer))


def _card(room: Opening, person: PersonId) -> Card:
    card = room.state.cards.get(person)
    if card is None:
        raise TrusteeNotReady(trustees=[person])
    return Card.parse(dict(card))


def _envelope(request: web.Request, room: Opening) -> EnvelopeId:
    name = request.query.get("envelope")
    if name is None:
        raise Unreadable("bad_query", {"name": "envelope"})
    if name not in [each.id for each in room.state.terms.envelopes]:
        raise UnknownEnvelope(envelope=name)
    return EnvelopeId(name)
