"""Before the deadline: the tender, and bids, of which nobody may know before the close."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from rooms.ids import BidId, Digest, EnvelopeId, PersonId
from rooms.opening.events.kinds import Sealed
from rooms.opening.terms import Terms


@dataclass(frozen=True, slots=True)
class TenderDrafted:
    """A draft was made or changed (DRAFT only, or a revision of a published tender not yet
    published)."""

    terms: Terms


@dataclass(frozen=True, slots=True)
class TrusteeReady:
    """A trustee gave its card: KEM key, signing key, signed by the latter (kind "trustee")."""

    trustee: PersonId
    card: Sealed


@dataclass(frozen=True, slots=True)
class TenderPublished:
    """Version 1 opens RECEIVING; a later version is a revision. `manifest` is the sealed
    manifest."""

    version: int
    terms: Terms
    manifest: Sealed
    manifest_digest: Digest


@dataclass(frozen=True, slots=True)
class TrusteeRehearsed:
    trustee: PersonId
    answer: Sealed


@dataclass(frozen=True, slots=True)
class TenderAccepted:
    """A bidder accepted this version and enrolled (or renewed) its signing key (kind
    "acceptance")."""

    bidder: PersonId
    name: str
    version: int
    acceptance: Sealed
    deposit: str = "unpaid"  # "paid" | "unpaid" | "guarantee"


@dataclass(frozen=True, slots=True)
class BidReceived:
    """A header arrived in time. It replaces the bidder's earlier bid, if any."""

    bidder: PersonId
    bid: BidId
    header: Sealed
    header_digest: Digest
    outers: Mapping[EnvelopeId, str]  # b64u, sealed to the gate
    received_at: datetime


@dataclass(frozen=True, slots=True)
class BidStored:
    """All bytes of one envelope arrived and equal the header's digest."""

    bid: BidId
    envelope: EnvelopeId
    size: int


@dataclass(frozen=True, slots=True)
class BidBytesRefused:
    """Bytes of an upload were refused; kept as evidence for attributing a fault."""

    bid: BidId
    envelope: EnvelopeId
    code: str


@dataclass(frozen=True, slots=True)
class BidWithdrawn:
    bidder: PersonId
    bid: BidId
    withdrawal: Sealed
    withdrawal_digest: Digest
    received_at: datetime


@dataclass(frozen=True, slots=True)
class BidderSignedIn:
    """A representative signed in. `representative` is the salted digest of name, ID, phone,
    authorisation."""

    bidder: PersonId
    representative: Digest
    late: bool = False
    emergency: bool = False
