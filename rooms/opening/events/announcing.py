"""Parameters, announcing, confirming, objecting."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from rooms.ids import BidId, Digest, ObjectionId, PersonId
from rooms.opening.events.kinds import FormValue, Sealed


@dataclass(frozen=True, slots=True)
class DrawCommitted:
    """Somebody committed to a seed: SHA-256("yunkai/draw/v1" | lp(person) | seed)."""

    by: PersonId
    commitment: Digest


@dataclass(frozen=True, slots=True)
class DrawRevealed:
    by: PersonId
    seed: str  # b64u, 32 bytes


@dataclass(frozen=True, slots=True)
class ParameterDrawn:
    """value = low + step * (SHA-256("yunkai/draw-value/v1" | seeds in order of commitment) mod
    steps)."""

    name: str
    value: int
    seeds: tuple[PersonId, ...]
    unrevealed: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True)
class AnnouncingStarted:
    control_price: int | None


@dataclass(frozen=True, slots=True)
class BidAnnounced:
    """Name and announced items of one bid were read out. `over_limit`: price above the control
    price (a mark, no verdict)."""

    bid: BidId
    row: Mapping[str, FormValue]
    over_limit: bool


@dataclass(frozen=True, slots=True)
class ConfirmationStarted:
    until: datetime
    objections_until: datetime


@dataclass(frozen=True, slots=True)
class BidConfirmed:
    bidder: PersonId
    bid: BidId
    row: Digest
    confirmation: (
        Sealed | None
    )  # None: confirmed under the login alone, from a device without the key


@dataclass(frozen=True, slots=True)
class BidDisputed:
    bidder: PersonId
    bid: BidId
    reason: str


@dataclass(frozen=True, slots=True)
class ConfirmationsLapsed:
    """逾期未确认: nobody signs for somebody else."""

    bids: tuple[BidId, ...]


@dataclass(frozen=True, slots=True)
class ObjectionRaised:
    objection: ObjectionId
    by: PersonId
    text: str


@dataclass(frozen=True, slots=True)
class ObjectionAnswered:
    objection: ObjectionId
    text: str
