"""The gate: the server's own layer, which comes off only after the bidding has closed (§8 step 2).

When it may come off is not decided here: the caller has seen the room's `BiddingClosed`.
"""

from crypto import wraps
from crypto.encoding import digest_hex
from crypto.errors import GateError, ShareError
from crypto.header import Header
from crypto.manifest import Manifest
from crypto.suite import KemKey


def open_outer(
    *, key: KemKey, manifest: Manifest, header: Header, envelope: str, outer: bytes
) -> tuple[bytes, ...]:
    """The trustees' wraps, in the order of their indices."""
    if digest_hex(outer) != header.envelope(envelope).outer:
        raise GateError("outer", {"envelope": envelope})
    try:
        return wraps.open_outer(key, header.context(envelope), outer, manifest.count)
    except ShareError:
        raise GateError("outer_sealed", {"envelope": envelope}) from None
