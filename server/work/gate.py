"""Taking the gate's layer off counted bids, after the close (docs/formats/seal.md, 8, step 2)."""

from collections.abc import Mapping

from crypto import gate
from crypto.encoding import digest_hex, unb64u
from crypto.errors import GateError
from crypto.header import Header
from crypto.suite import KemKey
from rooms.ids import BidId, Digest, EnvelopeId
from rooms.opening.state import Bid, State


def wraps_of(state: State, bid: Bid, envelope: EnvelopeId, key: KemKey) -> tuple[bytes, ...] | None:
    """The trustees' wraps of one envelope in the order of their indices; None where the outer layer
    is not what the header says.

    Computed anew each time it is asked for: the log holds only their digest.
    """
    outer = bid.outers.get(envelope)
    if outer is None:
        return None
    try:
        return gate.open_outer(
            key=key,
            manifest=state.version_of(bid).manifest,
            header=Header.parse(dict(bid.header)),
            envelope=envelope,
            outer=unb64u(outer),
        )
    except GateError:
        return None


def digests(state: State, envelope: EnvelopeId, key: KemKey) -> Mapping[BidId, Digest | None]:
    """Per bid in play, the digest of its wraps together; None where the gate could not open it."""
    found: dict[BidId, Digest | None] = {}
    for bid in state.in_play(envelope):
        wraps = wraps_of(state, bid, envelope, key)
        found[bid.id] = None if wraps is None else Digest(digest_hex(b"".join(wraps)))
    return found
