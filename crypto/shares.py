"""Sharing a secret of 32 bytes among trustees, so that everything can be recomputed by whoever has
the secret (§3).

Shamir's scheme over GF(2^8) with the polynomial 0x11b, byte by byte; the coefficients and the
blinds of the commitments are derived from the secret. Multiplication goes through
`bytes.translate`, which handles all 32 bytes at once. Table look-ups are not constant in time:
shares are dealt on the bidder's own machine and are public once combined.
"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from crypto.encoding import lp, u8
from crypto.errors import ShareError

SECRET = 32
MOST_TRUSTEES = 16


@dataclass(frozen=True, slots=True)
class Share:
    """One trustee's share: `index` counts from 1, `value` and `blind` are 32 bytes each."""

    index: int
    value: bytes
    blind: bytes


def context(manifest: bytes, bidder: str, bid: str, envelope: str) -> bytes:
    """`ctx`: what every hash and seal of an envelope is bound to. `manifest` is the raw digest of
    32 bytes.
    """
    return lp(manifest) + lp(bidder) + lp(bid) + lp(envelope)


def coefficients(secret: bytes, ctx: bytes, threshold: int) -> tuple[bytes, ...]:
    """coef_1 … coef_{t-1}."""
    return tuple(_derive(secret, b"yunkai/coef/v1", ctx, number) for number in range(1, threshold))


def deal(secret: bytes, ctx: bytes, threshold: int, count: int) -> tuple[Share, ...]:
    """The shares of all `count` trustees, any `threshold` of which give `secret`."""
    if len(secret) != SECRET or not 1 <= threshold <= count <= MOST_TRUSTEES:
        raise ShareError("threshold", {"threshold": threshold, "count": count})
    polynomial = (secret, *coefficients(secret, ctx, threshold))
    return tuple(
        Share(index, _evaluate(polynomial, index), _derive(secret, b"yunkai/blind/v1", ctx, index))
        for index in range(1, count + 1)
    )


def commitment(ctx: bytes, share: Share) -> str:
    """C_i in hexadecimal."""
    return hashlib.sha256(
        b"yunkai/share/v1" + ctx + u8(share.index) + share.value + share.blind
    ).hexdigest()


def commitments(secret: bytes, ctx: bytes, threshold: int, count: int) -> tuple[str, ...]:
    """C_1 … C_n as an honest bidder commits to them; comparing all of them is §8 step 4."""
    return tuple(commitment(ctx, share) for share in deal(secret, ctx, threshold, count))


def combine(shares: Iterable[Share], threshold: int) -> bytes:
    """The secret, by interpolation at 0 from the first `threshold` shares given.

    Nothing is checked about the values: recompute `commitments` before the result is believed.
    """
    used = list(shares)[:threshold]
    indices = [share.index for share in used]
    if len(used) < threshold or len(set(indices)) != len(indices):
        raise ShareError("threshold", {"threshold": threshold, "count": len(set(indices))})
    if any(not 1 <= share.index <= MOST_TRUSTEES or len(share.value) != SECRET for share in used):
        raise ShareError("share")
    secret = 0
    for share in used:
        secret ^= _scaled(share.value, _weight(share.index, tuple(indices)))
    return secret.to_bytes(SECRET, "big")


def key_commitment(ctx: bytes, key: bytes) -> str:
    """kc in hexadecimal."""
    return hashlib.sha256(b"yunkai/key/v1" + ctx + key).hexdigest()


def half_commitment(ctx: bytes, which: int, half: bytes) -> str:
    """The commitment to a half of K: `which` is 1 for the trustees', 2 for the bidder's."""
    return hashlib.sha256(b"yunkai/half/v1" + ctx + u8(which) + half).hexdigest()


def xor(left: bytes, right: bytes) -> bytes:
    """The other half, or the whole, of a key of 32 bytes."""
    return (int.from_bytes(left, "big") ^ int.from_bytes(right, "big")).to_bytes(SECRET, "big")


def _derive(secret: bytes, label: bytes, ctx: bytes, number: int) -> bytes:
    return hmac.digest(secret, label + ctx + u8(number), "sha256")


def _evaluate(polynomial: Sequence[bytes], at: int) -> bytes:
    power, value = 1, 0
    for coefficient in polynomial:
        value ^= _scaled(coefficient, power)
        power = _product(power, at)
    return value.to_bytes(SECRET, "big")


def _scaled(data: bytes, factor: int) -> int:
    return int.from_bytes(data.translate(_multiples(factor)), "big")


@cache
def _multiples(factor: int) -> bytes:
    return bytes(_product(factor, byte) for byte in range(256))


@cache
def _weight(index: int, indices: tuple[int, ...]) -> int:
    """Lagrange's weight of `index` at 0: the product of j / (j - i), where subtraction is XOR."""
    weight = 1
    for other in indices:
        if other != index:
            weight = _product(weight, _product(other, _inverse(other ^ index)))
    return weight


def _inverse(value: int) -> int:
    # a^254 = a^-1, since the multiplicative group has 255 elements.
    result = 1
    for _ in range(254):
        result = _product(result, value)
    return result


def _product(left: int, right: int) -> int:
    result = 0
    while right:
        if right & 1:
            result ^= left
        left <<= 1
        if left & 0x100:
            left ^= 0x11B
        right >>= 1
    return result
