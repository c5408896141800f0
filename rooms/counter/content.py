"""What a signature on a form stands for: the item in its version, and the digests of all its
fields."""

from crypto.encoding import digest_hex, jcs
from rooms.counter.state import Case
from rooms.ids import Digest

FORMAT = "yunkai/form/v1"


def form_digest(case: Case) -> Digest:
    """SHA-256 of JCS of the item's code and version, and each filled field with the salted digest
    of its value. What a field holds can be told later by its owner alone."""
    content = {
        "format": FORMAT,
        "item": case.item.code,
        "version": case.item.version,
        "fields": {name: filled.value for name, filled in case.fields.items()},
    }
    return Digest(digest_hex(jcs(content)))
