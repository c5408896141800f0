import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import ShareError
from crypto.shares import (
    Share,
    coefficients,
    combine,
    commitment,
    commitments,
    context,
    deal,
    xor,
)

SECRETS = st.binary(min_size=32, max_size=32)
CTX = context(bytes(32), "acme", "b-abcdefghij234567abcd", "a")


@st.composite
def thresholds(draw: st.DrawFn) -> tuple[int, int]:
    count = draw(st.integers(1, 16))
    return draw(st.integers(1, count)), count


@given(SECRETS, thresholds(), st.randoms())
def test_any_t_shares_give_the_secret(
    secret: bytes, sizes: tuple[int, int], chance: object
) -> None:
    threshold, count = sizes
    dealt = list(deal(secret, CTX, threshold, count))
    chance.shuffle(dealt)  # type: ignore[attr-defined]  # hypothesis types its Random as object
    assert combine(dealt[:threshold], threshold) == secret


@given(SECRETS, SECRETS, st.integers(2, 8))
def test_one_share_fewer_than_t_fits_every_secret(
    secret: bytes, guess: bytes, threshold: int
) -> None:
    dealt = deal(secret, CTX, threshold, threshold)[:-1]
    # Moving every index by XOR with t puts the missing share at 0 and the guessed secret at t.
    moved = [Share(share.index ^ threshold, share.value, b"") for share in dealt]
    missing = combine([*moved, Share(threshold, guess, b"")], threshold)
    assert combine([*dealt, Share(threshold, missing, b"")], threshold) == guess


def test_every_share_is_the_polynomial_evaluated_by_the_textbook() -> None:
    secret = bytes(range(32))
    polynomial = (secret, *coefficients(secret, CTX, 4))
    for share in deal(secret, CTX, 4, 6):
        for position in range(32):
            assert share.value[position] == _horner([c[position] for c in polynomial], share.index)


def _horner(polynomial: list[int], at: int) -> int:
    value = 0
    for coefficient in reversed(polynomial):
        value = _times(value, at) ^ coefficient
    return value


def _times(left: int, right: int) -> int:
    """FIPS 197 §4.2: multiplication as repeated xtime."""
    product = 0
    for bit in range(8):
        if right >> bit & 1:
            term = left
            for _ in range(bit):
                term = (term << 1) ^ (0x11B if term & 0x80 else 0)
            product ^= term
    return product


def test_the_field_is_the_one_of_aes() -> None:
    # FIPS 197 §4.2: {57} times {83} is {c1}; a secret of 0x57s and a coefficient of 0x83s show it.
    assert _times(0x57, 0x83) == 0xC1
    shares = [Share(index, bytes([0x57 ^ _times(0x83, index)]) * 32, bytes(32)) for index in (5, 9)]
    assert combine(shares, 2) == b"\x57" * 32


@given(SECRETS, thresholds())
def test_whoever_has_the_secret_recomputes_every_commitment(
    secret: bytes, sizes: tuple[int, int]
) -> None:
    dealt = deal(secret, CTX, *sizes)
    assert commitments(secret, CTX, *sizes) == tuple(commitment(CTX, share) for share in dealt)


def test_another_bidder_bid_or_envelope_gives_other_shares_and_commitments() -> None:
    places = [
        context(manifest, bidder, bid, envelope)
        for manifest, bidder, bid, envelope in itertools.product(
            (bytes(32), bytes(31) + b"\1"), ("acme", "acm"), ("b-1", "eb-1"), ("a", "b")
        )
    ]
    assert len({commitments(bytes(32), ctx, 2, 3) for ctx in places}) == len(places)


def test_a_bad_dealing_gives_the_same_verdict_for_every_attending_subset() -> None:
    secret = bytes(range(32))
    dealt = list(deal(secret, CTX, 3, 5))
    dealt[3] = Share(4, bytes(32), dealt[3].blind)
    committed = tuple(commitment(CTX, share) for share in dealt)
    verdicts = {
        commitments(combine(subset, 3), CTX, 3, 5) == committed
        for subset in itertools.combinations(dealt, 3)
    }
    assert verdicts == {False}


def test_too_few_or_equal_or_impossible_shares_are_refused() -> None:
    one, two, _ = deal(bytes(32), CTX, 2, 3)
    for shares in ([], [one], [one, one]):
        with pytest.raises(ShareError, match="threshold"):
            combine(shares, 2)
    with pytest.raises(ShareError, match="share"):
        combine([Share(0, bytes(32), bytes(32)), two], 2)


@pytest.mark.parametrize(("threshold", "count"), [(0, 3), (4, 3), (1, 0), (2, 17)])
def test_impossible_thresholds_are_refused(threshold: int, count: int) -> None:
    with pytest.raises(ShareError, match="threshold"):
        deal(bytes(32), CTX, threshold, count)


@given(SECRETS, SECRETS)
def test_two_halves_make_the_key_again(key: bytes, half: bytes) -> None:
    assert xor(xor(key, half), half) == key


def test_a_thousand_bids_of_five_trustees_are_combined_and_rechecked_within_a_second() -> None:
    bids = []
    for number in range(1000):
        ctx = context(bytes(32), "acme", f"b-{number}", "a")
        secret = number.to_bytes(32, "big")
        bids.append((ctx, secret, deal(secret, ctx, 3, 5), commitments(secret, ctx, 3, 5)))
    start = time.process_time()
    for ctx, secret, dealt, committed in bids:
        found = combine(dealt[2:], 3)
        assert found == secret
        assert commitments(found, ctx, 3, 5) == committed
    assert time.process_time() - start < 1
