"""Openings: lists, drafts, publication, orders, entries."""

import secrets
from collections.abc import Sequence

from aiohttp import web

from crypto.encoding import digest_hex
from crypto.manifest import Envelope
from crypto.signing import SealedObject
from rooms.ids import RoomId
from rooms.opening import commands as c
from rooms.opening.terms import Policy, Terms
from rooms.opening.wire import COMMANDS, decode_terms, encode_terms
from rooms.refusals import MalformedCommand, TrusteeNotReady
from server.errors import Forbidden, NotFound
from server.http import answers, reading
from server.http.auth import account, account_with
from server.http.orders import by, in_opening, in_room, once, order
from server.http.parts import of
from server.lists import When
from server.openings import OPENINGS, Opening, opening
from server.room import AnyRoom
from server.site import Site
from server.store.accounts import AccountRole

ELSEWHERE = (
    c.DraftTender,
    c.GiveTrusteeCard,
    c.PublishTender,
    c.AnswerRehearsal,
    c.AcceptTender,
    c.SubmitBid,
    c.WithdrawBid,
    c.SignIn,
    c.ReleaseShares,
)
"""Commands with a route of their own, where the desk adds what their sender can't know."""

_OF_BIDDERS = (c.ReleaseKey, c.ConfirmBid, c.DisputeBid, c.RaiseObjection)


async def list_openings(request: web.Request) -> web.Response:
    """Openings of a time, in the order of their deadlines."""
    asker = await account(request)
    when = reading.choice(request, "when", When, When.UPCOMING)
    page = reading.number(request, "page", 1, 1, 100_000)
    found, total = await of(request).lists.find(
        OPENINGS, asker, when, request.query.get("q", ""), page
    )
    return answers.data({"items": found, "total": total})


async def create(request: web.Request) -> web.Response:
    """A new draft. With an idempotency key the same draft is made once."""
    asker = await account_with(request, AccountRole.AGENCY)
    terms, body = await _terms(request)
    if terms is None:
        raise MalformedCommand(path="terms", problem="missing")
    key = once(request, body)
    room = RoomId(
        "o-"
        + (digest_hex(f"{asker.person} {key.key}".encode())[:20] if key else secrets.token_hex(10))
    )
    if key and await of(request).desk.exists(room):
        return answers.data({"id": room}, status=201)
    await of(request).desk.create(room, c.DraftTender(terms), by(request, asker))
    return answers.data({"id": room}, status=201)


async def detail(request: web.Request) -> web.Response:
    """One opening, as far as the asker may see it."""
    _, room, viewer = await in_opening(request)
    return answers.data(of(request).views.detail(room, viewer))


async def revise(request: web.Request) -> web.Response:
    """A changed draft."""
    asker, room, viewer = await in_opening(request)
    terms, body = await _terms(request)
    if terms is None:
        raise MalformedCommand(path="terms", problem="missing")
    outcome = await order(request, asker, room, c.DraftTender(terms), body)
    return answers.text(of(request).views.outcome(outcome, viewer))


async def publish(request: web.Request) -> web.Response:
    """The first version or a revision; the desk signs the manifest."""
    asker, room, viewer = await in_opening(request)
    given, body = await _terms(request)
    site, page = of(request).site, of(request).pages.offline_digest

    def make(room: AnyRoom) -> c.PublishTender:
        now = opening(room)
        return publication(now, given or now.tip.draft or now.tip.terms, site, page)

    outcome = await order(request, asker, room, make, body)
    return answers.text(of(request).views.outcome(outcome, viewer))


async def command(request: web.Request) -> web.Response:
    """Any order that has no route of its own."""
    asker, room, viewer = await in_opening(request)
    asked, body = await reading.json(request)
    made = COMMANDS.decode(asked)
    if isinstance(made, ELSEWHERE):
        raise MalformedCommand(path="type", problem="elsewhere")
    if isinstance(made, _OF_BIDDERS) and AccountRole.BIDDER not in asker.roles:
        raise Forbidden
    outcome = await order(request, asker, room, made, body)
    return answers.text(of(request).views.outcome(outcome, viewer))


async def entries(request: web.Request) -> web.Response:
    """The asker's stream after a number."""
    _, room, viewer = await in_room(request)
    after = reading.number(request, "after", 0, 0, 10**12)
    limit = reading.number(request, "limit", 1000, 1, 5000)
    return answers.text(of(request).views.page(room, viewer, after, limit))


async def manifest(request: web.Request) -> web.Response:
    """The sealed manifest; `?version=` names an older one."""
    _, room, _ = await in_opening(request)
    published = room.state.published
    version = reading.number(request, "version", len(published), 1, 10**6)
    if not 1 <= version <= len(published):
        raise NotFound
    return answers.data(published[version - 1].manifest.signed.to_json())


async def _terms(request: web.Request) -> tuple[Terms | None, bytes]:
    asked, body = await reading.json(request)
    if not isinstance(asked, dict) or set(asked) - {"terms"}:
        raise MalformedCommand(path="", problem="unknown")
    terms = asked.get("terms")
    return (None if terms is None else decode_terms(terms)), body


def publication(
    room: Opening, terms: Terms, site: Site, offline_page: str | None
) -> c.PublishTender:
    """The order to publish these terms, with the manifest the platform signs for it."""
    state = room.tip
    latest = state.published[-1] if state.published else None
    made = site.sign_manifest(
        room=room.id,
        version=len(state.published) + 1,
        previous=latest.digest if latest else None,
        terms=encode_terms(terms),
        deadline=terms.deadline,
        policy=terms.policy.value,
        threshold=terms.threshold,
        cards=_cards(room, terms),
        envelopes=[Envelope(each.id, each.title) for each in terms.envelopes],
        offline_page=offline_page,
    )
    return c.PublishTender(terms, made.signed.to_json())


def _cards(room: Opening, terms: Terms) -> Sequence[SealedObject]:
    if terms.policy is Policy.BIDDER:
        return ()
    cards = room.tip.cards
    missing = [seat.person for seat in terms.trustees() if seat.person not in cards]
    if missing:
        raise TrusteeNotReady(trustees=missing)
    return [SealedObject.parse(dict(cards[seat.person]), "trustee") for seat in terms.trustees()]
