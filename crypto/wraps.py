"""The two layers around a share: one for its trustee, one more for the gate (§3)."""

from collections.abc import Sequence

from crypto.encoding import u8
from crypto.errors import GateError
from crypto.shares import SECRET, Share
from crypto.suite import OVERHEAD, KemKey, hpke_open, hpke_seal

WRAP = 2 * SECRET + OVERHEAD
"""The length of a wrap: 145 bytes."""


def outer_length(count: int) -> int:
    """The length of the outer layer around `count` wraps."""
    return count * WRAP + OVERHEAD


def wrap(trustee: bytes, ctx: bytes, share: Share) -> bytes:
    """wrap_i: the share, sealed to the trustee's KEM point."""
    return hpke_seal(trustee, b"yunkai/wrap/v1" + ctx + u8(share.index), share.value + share.blind)


def unwrap(key: KemKey, ctx: bytes, index: int, wrapped: bytes) -> Share:
    """The share in wrap_i. Whether it is the one committed to is not checked here."""
    plain = hpke_open(key, b"yunkai/wrap/v1" + ctx + u8(index), wrapped)
    return Share(index, plain[:SECRET], plain[SECRET:])


def seal_outer(gate: bytes, ctx: bytes, wraps: Sequence[bytes]) -> bytes:
    """outer: all wraps, sealed to the gate's point."""
    return hpke_seal(gate, b"yunkai/gate/v1" + ctx, b"".join(wraps))


def open_outer(gate: KemKey, ctx: bytes, outer: bytes, count: int) -> tuple[bytes, ...]:
    """The wraps under the outer layer (§8 step 2)."""
    if len(outer) != outer_length(count):
        raise GateError("outer_length", {"expected": outer_length(count), "found": len(outer)})
    joined = hpke_open(gate, b"yunkai/gate/v1" + ctx, outer)
    return tuple(joined[start : start + WRAP] for start in range(0, len(joined), WRAP))
