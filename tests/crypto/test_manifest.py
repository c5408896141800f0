import pytest

from crypto.errors import ManifestError, SignatureRefused
from crypto.manifest import Card, Envelope, LogIdentity, Manifest, build_manifest, make_card
from crypto.signing import SigningKey
from crypto.suite import KemKey
from tests.crypto.world import CREATED, DEADLINE, world

WORLD = world("either")


def test_a_manifest_comes_back_from_its_json() -> None:
    again = Manifest.parse(WORLD.manifest.signed.to_json(), WORLD.platform.public)
    assert again == WORLD.manifest
    assert (again.count, again.threshold, again.shared) == (3, 2, True)
    assert again.deadline == DEADLINE
    assert [trustee.name for trustee in again.trustees] == ["受托人1", "受托人2", "受托人3"]


def test_a_manifest_of_another_platform_is_refused() -> None:
    with pytest.raises(SignatureRefused, match="signer"):
        Manifest.parse(WORLD.manifest.signed.to_json(), SigningKey.generate().public)


def test_a_new_version_names_the_one_it_replaces() -> None:
    old = WORLD.manifest
    new = build_manifest(
        opening=old.opening,
        version=2,
        previous=old.digest,
        terms=old.terms,
        deadline=old.deadline,
        policy=old.policy,
        threshold=3,
        cards=[trustee.card.signed for trustee in old.trustees],
        gate=old.gate,
        log=old.log,
        envelopes=old.envelopes,
        offline_page="0" * 64,
        key=WORLD.platform,
    )
    assert (new.previous, new.threshold) == (old.digest, 3)
    assert new.digest != old.digest


def test_a_card_shows_that_its_signer_wrote_it() -> None:
    kem, key = KemKey.generate(), SigningKey.generate()
    card = make_card(person="t-9", name="公证处", kem=kem.public, created=CREATED, key=key)
    assert Card.parse(card.to_json()).key == kem.public
    with pytest.raises(SignatureRefused, match="signature"):
        Card.parse(card.to_json() | {"body": {**card.body, "name": "公证处二"}})


def test_a_trustee_cannot_be_counted_twice() -> None:
    card = WORLD.manifest.trustees[0].card.signed
    with pytest.raises(ManifestError, match="trustee_duplicate"):
        build_manifest(
            opening="bridge-7",
            version=1,
            previous=None,
            terms={},
            deadline=DEADLINE,
            policy="trustees",
            threshold=2,
            cards=[card, card],
            gate=WORLD.gate.public,
            log=LogIdentity("a/b", bytes(32)),
            envelopes=[Envelope("a", "A")],
            offline_page=None,
            key=WORLD.platform,
        )


def test_only_the_bidder_policy_has_no_trustees() -> None:
    assert world("bidder").manifest.trustees == ()
    assert not world("bidder").manifest.shared
