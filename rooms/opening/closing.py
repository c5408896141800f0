"""At the deadline and right after it: closing, starting, the roll, the minimum of bidders."""

from datetime import datetime

from rooms.opening import commands as c
from rooms.opening import events as e
from rooms.opening import recordings
from rooms.opening.checks import in_phase
from rooms.opening.events import CountedBid, Event, Fault
from rooms.opening.phases import Phase
from rooms.opening.state import Bid, Standing, State
from rooms.refusals import EnoughBidders, FewerThanMinimum, NothingToOpen, RecordingNotRunning
from rooms.texts import check_text

UNATTENDED = "unattended"
"""What an unattended opening says in place of a confirmed recording."""


def close(state: State) -> list[Event]:
    """The list of counted bids, in the order of their receipt. The caller knows that it is time."""
    # In the order of the log, which decides between bids of the same millisecond.
    live = [bid for bid in state.bids.values() if bid.standing is Standing.LIVE]
    signed_in = tuple(
        person for person, bidder in state.bidders.items() if bidder.signed_in is not None
    )
    bids = tuple(_count(state, bid) for bid in live)
    return [e.BiddingClosed(state.deadline, bids, signed_in)]


def start(state: State, command: c.StartOpening) -> list[Event]:
    """The opening begins. It is recorded, or its host says why it is not."""
    in_phase(state, Phase.CLOSED)
    said = check_text(command.recording, "recording")
    if said == recordings.CONFIRMED and not recordings.confirmed(state):
        raise RecordingNotRunning(host=state.host)
    return [e.OpeningStarted(said)]


def publish_roll(state: State) -> list[Event]:
    in_phase(state, Phase.OPENING)
    return [roll(state)]


def roll(state: State) -> e.RollPublished:
    """The roll of bidders, with those who did not sign in."""
    # Bytes may have arrived since the close, so what is stored is looked at again.
    bids = tuple(_count(state, bid) for bid in state.counted_bids())
    absent = tuple(
        bid.bidder for bid in state.counted_bids() if not state.bidders[bid.bidder].signed_in
    )
    return e.RollPublished(bids, absent, len(bids) >= state.terms.minimum_bidders)


def remaining(state: State) -> int:
    """How many bids there are once those that the platform spoiled, or may have, are taken off.

    A bid that fails through its bidder's own fault still counts (domain rule 8).
    """
    return sum(bid.fault not in (Fault.PLATFORM, Fault.UNKNOWN) for bid in state.counted_bids())


def must_ask(state: State) -> bool:
    """Whether withdrawn bids left fewer than the minimum and the host has not decided yet."""
    if state.continued:
        return False
    spoiled = any(bid.fault in (Fault.PLATFORM, Fault.UNKNOWN) for bid in state.counted_bids())
    return spoiled and remaining(state) < state.terms.minimum_bidders


def check_minimum(state: State) -> None:
    """Refuses where the host has to continue or to fail the opening first."""
    if not state.enough:
        raise FewerThanMinimum(count=len(state.counted), minimum=state.terms.minimum_bidders)
    if state.imported and must_ask(state):
        raise FewerThanMinimum(count=remaining(state), minimum=state.terms.minimum_bidders)


def go_on(state: State, command: c.ContinueOpening) -> list[Event]:
    in_phase(state, Phase.ROLL_PUBLISHED, Phase.IMPORTED, Phase.PARAMETERS)
    if not state.counted:
        raise NothingToOpen
    if state.phase is Phase.ROLL_PUBLISHED:
        if state.enough:
            raise EnoughBidders
    elif not must_ask(state):
        raise EnoughBidders
    return [e.OpeningContinued(check_text(command.reason, "reason"))]


def fail(state: State, command: c.FailOpening) -> list[Event]:
    in_phase(
        state,
        Phase.CLOSED,
        Phase.OPENING,
        Phase.ROLL_PUBLISHED,
        Phase.DECRYPTING,
        Phase.IMPORTED,
        Phase.PARAMETERS,
    )
    return [e.OpeningFailed(check_text(command.reason, "reason"))]


def advance(state: State, now: datetime) -> list[Event]:
    """The next step of an unattended opening up to the roll."""
    if state.phase is Phase.CLOSED:
        return [e.OpeningStarted(UNATTENDED)]
    if state.phase is Phase.OPENING:
        return [roll(state)]
    return []


def _count(state: State, bid: Bid) -> CountedBid:
    bidder = state.bidders[bid.bidder]
    return CountedBid(
        bid=bid.id,
        bidder=bid.bidder,
        name=bidder.name,
        header_digest=bid.digest,
        received_at=bid.received_at,
        stored=bid.stored,
        manifest_version=state.version_of(bid).version,
        stale=bidder.version != state.current.version,
    )
