from dataclasses import replace
from datetime import timedelta

import pytest

from crypto import gate, trustee
from crypto.checkpoint import Checkpoint, LogKey, sign_checkpoint
from crypto.encoding import Json, b64u
from crypto.errors import (
    CheckpointError,
    CryptoError,
    EncodingError,
    ReleaseRefused,
    ShareError,
    SignatureRefused,
)
from crypto.seal import outers_of
from crypto.signing import SealedObject, SigningKey, sign
from crypto.suite import KemKey
from tests.crypto.world import DEADLINE, SITE, sealed, world

WORLD = world("trustees")
BIDS = [sealed(WORLD) for _ in range(3)]
HEAD = Checkpoint(WORLD.manifest.log.origin, 9, bytes(range(32)))
CLOSING = sign_checkpoint(HEAD, SITE, WORLD.log)
LATER = DEADLINE + timedelta(seconds=5)


def wrapped(place: int) -> list[trustee.Wrapped]:
    """What the gate gives to the trustee at `place`, counted from 0."""
    found = []
    for made in BIDS:
        wraps = gate.open_outer(
            key=WORLD.gate,
            manifest=WORLD.manifest,
            header=made.bid.header,
            envelope="a",
            outer=outers_of(made.bid.submission)["a"],
        )
        found.append(trustee.Wrapped(made.bid.header, "a", wraps[place]))
    return found


def release(place: int, items: list[trustee.Wrapped] | None = None) -> SealedObject:
    kem, key = WORLD.trustees[place]
    return trustee.build_release(
        manifest=WORLD.manifest,
        person=f"t-{place + 1}",
        kem=kem,
        key=key,
        checkpoint=CLOSING,
        clock=LATER,
        wrapped=wrapped(place) if items is None else items,
    )


def resigned(place: int, **change: Json) -> dict[str, Json]:
    return sign("release", {**release(place).body, **change}, WORLD.trustees[place][1]).to_json()


def verified(obj: object) -> trustee.Release:
    return trustee.verify_release(obj, manifest=WORLD.manifest, closing=HEAD)


def test_one_release_has_the_shares_of_every_bid() -> None:
    releases = [verified(release(place).to_json()) for place in (0, 2)]
    for made in BIDS:
        shares, problems = trustee.accepted_shares(releases, made.bid.header, "a")
        assert [share.index for share in shares] == [1, 3]
        assert problems == {}


def test_a_wrap_that_does_not_open_is_reported_and_the_others_are_released() -> None:
    first, *others = wrapped(0)
    items = [replace(first, wrap=bytes(145)), *others]
    found = verified(release(0, items).to_json())
    assert [share.problem for share in found.shares] == ["unwrap", None, None]
    shares, problems = trustee.accepted_shares([found], first.header, "a")
    assert (shares, problems) == ([], {"t-1": "unwrap"})


def test_a_wrap_of_another_length_or_of_another_bid_is_reported() -> None:
    first, second, _ = wrapped(0)
    items = [replace(first, wrap=b""), replace(second, wrap=first.wrap)]
    found = verified(release(0, items).to_json())
    assert [share.problem for share in found.shares] == ["unwrap", "unwrap"]


def test_a_share_that_its_bidder_did_not_commit_to_is_reported_by_the_honest_trustee() -> None:
    first = wrapped(0)[0]
    envelope = replace(first.header.envelopes[0], shares=("0" * 64,) * 3)
    items = [replace(first, header=replace(first.header, envelopes=(envelope,)))]
    assert [share.problem for share in verified(release(0, items).to_json()).shares] == [
        "commitment"
    ]


def test_a_trustee_that_lies_about_a_share_is_found_out() -> None:
    entries = release(0).body["shares"]
    assert isinstance(entries, list)
    assert isinstance(entries[0], dict)
    lie = {**entries[0], "share": b64u(bytes(32))}
    found = verified(resigned(0, shares=[lie, *entries[1:]]))
    shares, problems = trustee.accepted_shares([found], BIDS[0].bid.header, "a")
    assert (shares, problems) == ([], {"t-1": "commitment"})
    assert trustee.accepted_shares([found], BIDS[1].bid.header, "a")[0]


def test_a_release_over_another_head_is_refused() -> None:
    other = sign_checkpoint(replace(HEAD, size=10), SITE, WORLD.log)
    with pytest.raises(ReleaseRefused, match="release_checkpoint"):
        verified(resigned(0, checkpoint=other))


def test_a_release_before_the_deadline_is_refused_by_the_trustees_own_clock() -> None:
    with pytest.raises(ReleaseRefused, match="clock"):
        verified(resigned(0, clock="2026-11-21T00:59:59.999Z"))


def test_a_trustee_cannot_release_in_anothers_name_or_place() -> None:
    with pytest.raises(SignatureRefused, match="signer"):
        verified(resigned(0, trustee="t-2"))
    with pytest.raises(ReleaseRefused, match="trustee_index"):
        verified(resigned(0, index=2))
    with pytest.raises(ReleaseRefused, match="trustee"):
        verified(resigned(0, trustee="stranger"))


def test_a_release_for_another_opening_or_with_a_bid_twice_is_refused() -> None:
    entries = release(0).body["shares"]
    assert isinstance(entries, list)
    for change, code in (
        ({"opening": "bridge-8"}, "manifest"),
        ({"manifest": "0" * 64}, "manifest"),
        ({"shares": [entries[0], entries[0]]}, "release_duplicate"),
    ):
        with pytest.raises(ReleaseRefused, match=code):
            verified(resigned(0, **change))


@pytest.mark.parametrize(
    "change",
    [
        {"share": None},
        {"blind": None},
        {"problem": "unwrap"},
        {"share": None, "blind": None},
        {"problem": "bored"},
        {"bid": "x"},
    ],
)
def test_a_share_is_there_or_has_a_problem_never_both_or_neither(change: dict[str, Json]) -> None:
    entries = release(0).body["shares"]
    assert isinstance(entries, list)
    assert isinstance(entries[0], dict)
    with pytest.raises(EncodingError, match="value"):
        verified(resigned(0, shares=[{**entries[0], **change}]))


def test_a_client_looks_at_its_own_clock_before_anything_else() -> None:
    early = DEADLINE - timedelta(milliseconds=1)
    with pytest.raises(ReleaseRefused, match="clock"):
        trustee.check_closing(
            manifest=WORLD.manifest, checkpoint=CLOSING, log_name=SITE, clock=early
        )
    found = trustee.check_closing(
        manifest=WORLD.manifest, checkpoint=CLOSING, log_name=SITE, clock=DEADLINE
    )
    assert found == HEAD


def test_a_client_refuses_a_head_that_the_log_did_not_sign() -> None:
    forged = sign_checkpoint(HEAD, SITE, LogKey.generate())
    with pytest.raises(CheckpointError, match="checkpoint_signature"):
        trustee.check_closing(
            manifest=WORLD.manifest, checkpoint=forged, log_name=SITE, clock=LATER
        )


def test_a_rehearsal_shows_that_both_keys_are_held() -> None:
    kem, key = WORLD.trustees[0]
    card = WORLD.manifest.trustees[0].card
    challenge, nonce = trustee.rehearse(opening="bridge-7", person="t-1", kem=card.key)
    answer = trustee.answer_rehearsal(challenge, opening="bridge-7", person="t-1", kem=kem, key=key)
    trustee.check_rehearsal(answer.to_json(), opening="bridge-7", card=card, nonce=nonce)
    with pytest.raises(ReleaseRefused, match="rehearsal"):
        trustee.check_rehearsal(answer.to_json(), opening="bridge-7", card=card, nonce=bytes(32))
    with pytest.raises(ShareError, match="hpke"):
        trustee.answer_rehearsal(
            challenge, opening="bridge-7", person="t-1", kem=KemKey.generate(), key=key
        )
    stranger = trustee.answer_rehearsal(
        challenge, opening="bridge-7", person="t-1", kem=kem, key=SigningKey.generate()
    )
    with pytest.raises(SignatureRefused, match="signer"):
        trustee.check_rehearsal(stranger.to_json(), opening="bridge-7", card=card, nonce=nonce)


def test_a_real_wrap_cannot_be_had_by_calling_it_a_rehearsal() -> None:
    kem, key = WORLD.trustees[0]
    with pytest.raises(CryptoError, match="hpke"):
        trustee.answer_rehearsal(
            wrapped(0)[0].wrap, opening="bridge-7", person="t-1", kem=kem, key=key
        )
