"""What several events speak of: faults and windows."""

from collections.abc import Mapping
from enum import StrEnum

Sealed = Mapping[str, object]
"""A sealed object as JSON: {"body", "key", "signature"} (docs/formats/seal.md, 1)."""
FormValue = str | int
"""A value in the announced form; money is an integer of fen."""


class Fault(StrEnum):
    """Whose fault it is that a bid did not open."""

    BIDDER = "bidder"  # 视为撤销
    PLATFORM = "platform"  # 视为撤回
    UNKNOWN = "unknown"  # 待裁决


class Window(StrEnum):
    """A running window with an end."""

    DECRYPTION = "decryption"
    CONFIRMATION = "confirmation"
    OBJECTION = "objection"
    UPLOAD = "upload"  # in which the bytes of punctual headers may still arrive
