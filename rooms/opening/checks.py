"""Small checks that many orders share."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from rooms.codec import encode
from rooms.ids import BidId, PersonId
from rooms.opening.phases import OVER, Phase
from rooms.opening.state import Bid, Bidder, State
from rooms.refusals import (
    BidOfAnother,
    DeadlinePassed,
    NotEnrolled,
    OutOfPhase,
    OutOfRange,
    UnknownBid,
    WrongOpening,
)


def in_phase(state: State, *phases: Phase) -> None:
    """Refuses outside these phases."""
    if state.phase not in phases:
        raise OutOfPhase(phase=state.phase.value, allowed=[phase.value for phase in phases])


def before_deadline(state: State, now: datetime) -> None:
    """Refuses unless bids may still be handed in."""
    if state.phase is Phase.DRAFT:
        in_phase(state, Phase.RECEIVING)
    # >= : a deadline means before, so the instant itself is late.
    if state.phase is not Phase.RECEIVING or now >= state.deadline:
        if state.phase in OVER and not state.closed and now < state.deadline:
            in_phase(state, Phase.RECEIVING)
        raise DeadlinePassed(deadline=encode(state.deadline))


def bidder(state: State, by: PersonId) -> Bidder:
    """The enrolled bidder."""
    found = state.bidders.get(by)
    if found is None:
        raise NotEnrolled
    return found


def counted(state: State, by: PersonId) -> Bid:
    """The counted bid of this person."""
    found = state.counted_of(by)
    if found is None:
        raise NotEnrolled
    return found


def own_bid(state: State, bid: BidId, by: PersonId) -> Bid:
    """The counted bid with this id, if it is this person's."""
    found = counted_bid(state, bid)
    if found.bidder != by:
        raise BidOfAnother(bid=bid)
    return found


def counted_bid(state: State, bid: BidId) -> Bid:
    """The counted bid with this id."""
    if bid not in state.counted:
        raise UnknownBid(bid=bid)
    return state.bids[bid]


def this_opening(state: State, opening: str) -> None:
    """Refuses a signed object made for another opening."""
    if opening != state.opening:
        raise WrongOpening(found=opening)


def this_bidder(by: PersonId, named: str) -> None:
    """Refuses a signed object that names another bidder."""
    if named != by:
        raise BidOfAnother(bidder=named)


def within(value: int, field: str, least: int, most: int) -> int:
    """A number between its bounds, both included."""
    if not least <= value <= most:
        raise OutOfRange(field=field, least=least, most=most)
    return value


def later(now: datetime, seconds: int) -> datetime:
    return now + timedelta(seconds=seconds)


def some(ids: Iterable[str]) -> list[str]:
    """Ids for the parameters of a refusal, at most 20 of them."""
    return sorted(ids)[:20]
