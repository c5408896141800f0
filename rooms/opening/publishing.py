"""Before bids are taken: drafting, trustees' cards, publishing and revising, the rehearsal."""

from datetime import datetime

from crypto.encoding import digest_hex, unb64u
from crypto.errors import CryptoError
from crypto.manifest import Card, Manifest
from rooms.codec import encode
from rooms.ids import Digest, PersonId
from rooms.opening import commands as c
from rooms.opening import events as e
from rooms.opening import sealed
from rooms.opening.checks import before_deadline, in_phase
from rooms.opening.events import Event
from rooms.opening.phases import Phase
from rooms.opening.state import State
from rooms.opening.terms import Policy, Role, Terms
from rooms.opening.validate import check_terms
from rooms.opening.wire import encode_terms
from rooms.refusals import (
    ManifestMismatch,
    RehearsalFailed,
    SealingTermsFrozen,
    TrusteeNotReady,
    WrongKey,
    WrongRole,
)


def draft(state: State, command: c.DraftTender, by: PersonId, now: datetime) -> list[Event]:
    """A draft of the tender, or of its revision."""
    if state.phase is not Phase.DRAFT:
        before_deadline(state, now)
        _check_frozen(state, command.terms)
    check_terms(command.terms)
    _check_seated(command.terms, by)
    return [e.TenderDrafted(command.terms)]


def give_card(state: State, command: c.GiveTrusteeCard, by: PersonId) -> list[Event]:
    """A trustee's card; a second one replaces the first until the tender is published."""
    if state.published:
        raise SealingTermsFrozen(field="trustees")
    with sealed.refusing():
        card = Card.parse(dict(command.card))
    if card.person != by:
        raise WrongKey(person=card.person)
    return [e.TrusteeReady(by, command.card)]


def publish(state: State, command: c.PublishTender, by: PersonId, now: datetime) -> list[Event]:
    """The first version, or a revision that bidders must accept anew."""
    if state.phase is not Phase.DRAFT:
        before_deadline(state, now)
        _check_frozen(state, command.terms)
    check_terms(command.terms, now)
    _check_seated(command.terms, by)
    if command.terms.policy is not Policy.BIDDER:
        wanted = [seat.person for seat in command.terms.trustees()]
        missing = [person for person in wanted if person not in state.cards]
        if missing:
            raise TrusteeNotReady(trustees=missing)
    with sealed.refusing():
        manifest = Manifest.parse(dict(command.manifest))
    _check_manifest(state, command.terms, manifest)
    return [
        e.TenderPublished(
            manifest.version, command.terms, command.manifest, Digest(manifest.digest)
        )
    ]


def answer_rehearsal(state: State, command: c.AnswerRehearsal, by: PersonId) -> list[Event]:
    """A trustee proved that it holds the key of its card."""
    in_phase(state, Phase.DRAFT, Phase.RECEIVING)
    if by not in state.cards:
        raise TrusteeNotReady(trustees=[by])
    answer = sealed.check(command.answer, "rehearsal", sealed.key(state.cards[by]))
    if set(answer.body) != {"format", "opening", "trustee", "nonce"}:
        raise RehearsalFailed(trustee=by)
    try:
        nonce = digest_hex(unb64u(sealed.text(answer.body, "nonce")))
    except (CryptoError, TypeError):
        raise RehearsalFailed(trustee=by) from None
    right_room = not state.published or answer.body["opening"] == state.opening
    if nonce != command.nonce or answer.body["trustee"] != by or not right_room:
        raise RehearsalFailed(trustee=by)
    return [e.TrusteeRehearsed(by, command.answer)]


def _check_seated(terms: Terms, by: PersonId) -> None:
    """Whoever makes the terms keeps a seat at the host's table, so that nobody locks itself out."""
    if not any(seat.person == by and seat.role in (Role.HOST, Role.DEPUTY) for seat in terms.seats):
        raise WrongRole(allowed=[Role.HOST.value, Role.DEPUTY.value])


def _check_frozen(state: State, terms: Terms) -> None:
    first = state.published[0].terms
    kept = {
        "policy": (first.policy, terms.policy),
        "threshold": (first.threshold, terms.threshold),
        "envelopes": (first.envelopes, terms.envelopes),
        "trustees": (
            [seat.person for seat in first.trustees()],
            [seat.person for seat in terms.trustees()],
        ),
        "rehearsal": (first.rehearsal, terms.rehearsal),
    }
    for field, (before, after) in kept.items():
        if before != after:
            raise SealingTermsFrozen(field=field)


def _check_manifest(state: State, terms: Terms, manifest: Manifest) -> None:
    cards = [dict(state.cards[seat.person]) for seat in terms.trustees()]
    latest = state.published[-1] if state.published else None
    said = {
        "version": (manifest.version, len(state.published) + 1),
        "previous": (manifest.previous, latest.digest if latest else None),
        "opening": (manifest.opening, latest.manifest.opening if latest else manifest.opening),
        "gate": (manifest.gate, latest.manifest.gate if latest else manifest.gate),
        "log": (manifest.log, latest.manifest.log if latest else manifest.log),
        "terms": (manifest.terms, encode_terms(terms)),
        "deadline": (encode(manifest.deadline), encode(terms.deadline)),
        "policy": (manifest.policy, terms.policy.value),
        "threshold": (manifest.threshold, terms.threshold),
        "trustees": ([each.card.signed.to_json() for each in manifest.trustees], cards),
        "envelopes": (
            [(each.id, each.title) for each in manifest.envelopes],
            [(each.id, each.title) for each in terms.envelopes],
        ),
    }
    for field, (found, wanted) in said.items():
        if found != wanted:
            raise ManifestMismatch(field=field)
