"""From the first unlocked envelope to the import."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from rooms.ids import BidId, Digest, EnvelopeId, PersonId
from rooms.opening.events.kinds import Fault, FormValue, Sealed


@dataclass(frozen=True, slots=True)
class DecryptionStarted:
    """Shares and keys may be released until the instant. `envelope` is the one now unlocked."""

    envelope: EnvelopeId
    until: datetime


@dataclass(frozen=True, slots=True)
class GateOpened:
    """The gate took the outer layer off: digests of the wraps (SHA-256 of the n wraps together) per
    bid; null where it failed."""

    envelope: EnvelopeId
    wraps: Mapping[BidId, Digest | None]


@dataclass(frozen=True, slots=True)
class SharesReleased:
    """A trustee released its shares of all bids (kind "release"); its signature witnesses the
    closing head."""

    trustee: PersonId
    envelope: EnvelopeId
    release: Sealed


@dataclass(frozen=True, slots=True)
class ReleaseRefused:
    """A trustee's release was refused (wrong head, wrong clock, bad share); evidence."""

    trustee: PersonId
    code: str


@dataclass(frozen=True, slots=True)
class BidderKeyReleased:
    """A bidder released its key, or its half (kc or the half's commitment was checked). `key` is
    b64u, public from now on."""

    bidder: PersonId
    bid: BidId
    envelope: EnvelopeId
    key: str


@dataclass(frozen=True, slots=True)
class BidderKeyRefused:
    """A bidder offered a key that isn't the sealed bid's; evidence for the attribution."""

    bidder: PersonId
    bid: BidId
    envelope: EnvelopeId
    code: str


@dataclass(frozen=True, slots=True)
class BidOpened:
    """A bid opened. `key` is b64u of K: from here on anyone opens the bid with `age -d`."""

    bid: BidId
    envelope: EnvelopeId
    by: str  # "trustees" | "bidder" | "both"
    key: str
    form: Mapping[str, FormValue]
    files: tuple[Mapping[str, object], ...]  # name, size, sha256


@dataclass(frozen=True, slots=True)
class BidVoid:
    """A bid did not open: the code of the reason and whose fault the evidence proves."""

    bid: BidId
    envelope: EnvelopeId
    code: str
    step: int  # of docs/formats/seal.md, 8
    fault: Fault


@dataclass(frozen=True, slots=True)
class FaultRuled:
    """The host ruled on an unknown fault, with the evidence beside it."""

    bid: BidId
    fault: Fault
    reason: str


@dataclass(frozen=True, slots=True)
class RemedyGranted:
    """The decryption window was reopened for one bid; only its sealed key can be released."""

    bid: BidId
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class BidsImported:
    """批量导入: every counted bid has a final state."""

    opened: int
    void: int
