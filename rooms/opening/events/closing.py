"""The close, the roll and the minimum of bidders."""

from dataclasses import dataclass
from datetime import datetime

from rooms.ids import BidId, Digest, PersonId


@dataclass(frozen=True, slots=True)
class CountedBid:
    """A bid that counts: its header was in time and was not replaced or withdrawn."""

    bid: BidId
    bidder: PersonId
    name: str
    header_digest: Digest
    received_at: datetime
    stored: bool
    manifest_version: int
    stale: bool  # the bidder did not accept the newest version (shown as a remark, decides nothing)


@dataclass(frozen=True, slots=True)
class BiddingClosed:
    """The deadline passed. The head over this entry fixes the list of counted bids."""

    deadline: datetime
    bids: tuple[CountedBid, ...]
    signed_in: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True)
class OpeningStarted:
    """The host started the opening. `recording` is "confirmed" or the reason why there is none."""

    recording: str


@dataclass(frozen=True, slots=True)
class RollPublished:
    """The roll of bidders became public. `enough` is false under the minimum."""

    bids: tuple[CountedBid, ...]
    absent: tuple[PersonId, ...]
    enough: bool


@dataclass(frozen=True, slots=True)
class OpeningContinued:
    """The host goes on though there are fewer bidders than the minimum, with reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class OpeningFailed:
    """流标."""

    reason: str
