"""Drafting, publishing and revising a tender; the rehearsal."""

import hashlib
from dataclasses import replace

import pytest

from crypto.encoding import b64u
from crypto.signing import sign
from rooms.ids import Digest, PersonId
from rooms.opening import commands as c
from rooms.opening.terms import Policy
from rooms.refusals import (
    DeadlinePassed,
    ManifestMismatch,
    RehearsalFailed,
    SealingTermsFrozen,
    TermsUnacceptable,
    TrusteeNotReady,
    WrongKey,
    WrongRole,
)
from tests.rooms.opening.hall import Hall, card, signing_key
from tests.rooms.opening.tender import (
    ACME,
    BOLT,
    CORA,
    DEADLINE,
    HOST,
    SEATS,
    TERMS,
    TRUSTEES,
    TWO_ENVELOPES,
    WATCH,
)


def three(terms: object = TERMS) -> Hall:
    return Hall(terms).publish().with_bids(ACME, BOLT, CORA)  # type: ignore[arg-type]  # Terms


def test_whoever_drafts_a_tender_is_its_host() -> None:
    with pytest.raises(WrongRole):
        Hall().order(c.DraftTender(TERMS), WATCH)
    hall = Hall()
    hall.order(c.DraftTender(TERMS), HOST)
    handed_over = (replace(SEATS[0], person=PersonId("other")), *SEATS[1:])
    with pytest.raises(WrongRole):
        hall.order(c.DraftTender(replace(TERMS, seats=handed_over)), HOST)


def test_a_tender_is_published_when_every_trustee_gave_its_card() -> None:
    hall = Hall()
    hall.order(c.DraftTender(TERMS), HOST)
    for person in TRUSTEES[:2]:
        hall.order(c.GiveTrusteeCard(card(person, f"受托人{person[-1]}").to_json()), person)
    with pytest.raises(TrusteeNotReady) as refused:
        hall.order(c.PublishTender(TERMS, {}), HOST)
    assert refused.value.params == {"trustees": ["trustee-3"]}


def test_a_trustee_gives_its_own_card_and_not_after_publishing() -> None:
    hall = Hall()
    hall.order(c.DraftTender(TERMS), HOST)
    with pytest.raises(WrongKey):
        hall.order(c.GiveTrusteeCard(card(TRUSTEES[0], "受托人1").to_json()), TRUSTEES[1])
    hall.publish()
    with pytest.raises(SealingTermsFrozen):
        hall.order(c.GiveTrusteeCard(card(TRUSTEES[0], "受托人1").to_json()), TRUSTEES[0])


def test_the_manifest_says_what_the_terms_say() -> None:
    hall = Hall().publish()
    other = hall.manifest(replace(TERMS, control_price=None)).signed.to_json()
    with pytest.raises(ManifestMismatch) as refused:
        hall.order(c.PublishTender(TERMS, other), HOST)
    assert refused.value.params == {"field": "terms"}


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("policy", {"policy": Policy.EITHER}),
        ("threshold", {"threshold": 1}),
        ("envelopes", {"envelopes": TWO_ENVELOPES.envelopes}),
        ("trustees", {"seats": SEATS[:-1]}),
    ],
)
def test_what_bids_are_sealed_under_is_frozen_once_published(
    field: str, change: dict[str, object]
) -> None:
    hall = Hall().publish()
    with pytest.raises(SealingTermsFrozen) as refused:
        hall.order(c.DraftTender(replace(TERMS, **change)), HOST)  # type: ignore[arg-type]  # fields of Terms
    assert refused.value.params == {"field": field}


def test_a_tender_is_neither_published_nor_revised_from_its_deadline_on() -> None:
    hall = Hall()
    hall.order(c.DraftTender(TERMS), HOST)
    with pytest.raises(TermsUnacceptable):
        hall.order(c.PublishTender(TERMS, {}), HOST, DEADLINE)
    published = Hall().publish()
    with pytest.raises(DeadlinePassed):
        published.order(c.PublishTender(TERMS, {}), HOST, DEADLINE)


def test_a_trustee_proves_in_a_rehearsal_that_it_holds_its_key() -> None:
    hall, person = Hall().publish(), TRUSTEES[0]
    nonce = bytes(range(32))
    digest = Digest(hashlib.sha256(nonce).hexdigest())
    said = {"opening": "bridge-7", "trustee": person, "nonce": b64u(nonce)}
    for wrong in ({"nonce": b64u(bytes(32))}, {"trustee": "trustee-2"}, {"opening": "bridge-8"}):
        answer = sign("rehearsal", {**said, **wrong}, signing_key(person)).to_json()
        with pytest.raises(RehearsalFailed):
            hall.order(c.AnswerRehearsal(answer, digest), person)
    answer = sign("rehearsal", said, signing_key(person)).to_json()
    hall.order(c.AnswerRehearsal(answer, digest), person)
    assert hall.state.rehearsed == {person}
