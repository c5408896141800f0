"""The host's rulings on faults, and the remedy for a bid whose key did not come."""

from datetime import datetime, timedelta

from rooms.opening import commands as c
from rooms.opening import events as e
from rooms.opening.checks import counted_bid, in_phase, within
from rooms.opening.events import Event, Fault
from rooms.opening.evidence import NO_KEY
from rooms.opening.phases import Phase
from rooms.opening.state import State
from rooms.opening.terms import Remedy
from rooms.refusals import BidNotPending, FaultProven, OutOfRange, RemedyNotAllowed
from rooms.texts import check_text

MOST_MINUTES = 120


def rule(state: State, command: c.RuleFault) -> list[Event]:
    """The host rules where the evidence proves nothing; it may rule anew until the signing."""
    in_phase(
        state,
        Phase.DECRYPTING,
        Phase.IMPORTED,
        Phase.PARAMETERS,
        Phase.ANNOUNCING,
        Phase.CONFIRMING,
    )
    bid = counted_bid(state, command.bid)
    if bid.void is None:
        raise BidNotPending(bid=bid.id)
    if bid.void.fault is not Fault.UNKNOWN:
        raise FaultProven(bid=bid.id, fault=bid.void.fault.value)
    if command.fault is Fault.UNKNOWN:
        raise OutOfRange(field="fault", least=Fault.BIDDER.value, most=Fault.PLATFORM.value)
    return [e.FaultRuled(bid.id, command.fault, check_text(command.reason, "reason"))]


def remedy(state: State, command: c.GrantRemedy, now: datetime) -> list[Event]:
    """补救: the window opens again for one bid, in which only its sealed key can be released."""
    in_phase(state, Phase.DECRYPTING, Phase.IMPORTED)
    bid = counted_bid(state, command.bid)
    within(command.minutes, "minutes", 1, MOST_MINUTES)
    check_text(command.reason, "reason")
    if state.terms.remedy is not Remedy.HOST_MAY_REOPEN_WINDOW:
        raise RemedyNotAllowed(bid=bid.id, remedy=state.terms.remedy.value)
    part = bid.parts[state.envelope] if state.envelope else None
    if part is None or part.void is None or part.void.code != NO_KEY:
        raise RemedyNotAllowed(bid=bid.id)
    return [e.RemedyGranted(bid.id, now + timedelta(minutes=command.minutes), command.reason)]


def unruled(state: State) -> list[str]:
    """The bids whose fault nobody knows yet."""
    return [bid.id for bid in state.counted_bids() if bid.fault is Fault.UNKNOWN]
