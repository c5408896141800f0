"""Announcing the opened bids, letting their bidders confirm, hearing and answering objections."""

from datetime import datetime, timedelta

from crypto.acts import Confirmation as SignedConfirmation
from crypto.encoding import digest_hex, jcs
from rooms.codec import encode
from rooms.ids import BidId, Digest, PersonId
from rooms.opening import commands as c
from rooms.opening import events as e
from rooms.opening import sealed
from rooms.opening.checks import (
    bidder,
    counted,
    counted_bid,
    in_phase,
    own_bid,
    some,
    this_bidder,
    this_opening,
)
from rooms.opening.closing import check_minimum
from rooms.opening.events import Event
from rooms.opening.forms import announced_row
from rooms.opening.phases import AFTER_ROLL, Phase
from rooms.opening.state import Bid, Confirmation, State
from rooms.opening.terms import Regime
from rooms.refusals import (
    AbsentAcceptsResult,
    AlreadyDone,
    BidNotOpened,
    BidsNotAnnounced,
    EnvelopesLeft,
    ParameterNotDrawn,
    UnknownObjection,
    WindowOver,
    WrongRow,
)
from rooms.texts import check_text

HEARING = AFTER_ROLL[: AFTER_ROLL.index(Phase.CONFIRMING) + 1]
MOST_OBJECTIONS = 50
"""How many objections one bidder may raise."""


def unannounced(state: State) -> list[Bid]:
    """The bids that are open as far as envelopes are, and were not read out since."""
    if state.envelope is None:
        return []
    return [
        bid
        for bid in state.in_play(state.envelope)
        if bid.parts[state.envelope].opened and bid.announced != state.envelope
    ]


def start(state: State) -> list[Event]:
    """唱标 begins, once the minimum is settled and the parameter drawn."""
    in_phase(state, Phase.IMPORTED, Phase.PARAMETERS)
    check_minimum(state)
    if state.terms.draw is not None and state.drawing.value is None:
        raise ParameterNotDrawn
    return [e.AnnouncingStarted(state.terms.control_price)]


def announce(state: State, command: c.AnnounceBids) -> list[Event]:
    """Reads bids out; facts only, nothing is judged."""
    in_phase(state, Phase.ANNOUNCING)
    waiting = {bid.id: bid for bid in unannounced(state)}
    if not command.bids:
        if not waiting:
            raise AlreadyDone(what="announce")
        return [announcement(state, bid) for bid in waiting.values()]
    for each in command.bids:
        bid = counted_bid(state, each)
        if each not in waiting:
            raise (AlreadyDone(what="announce") if bid.row else BidNotOpened(bid=each))
    if len(set(command.bids)) != len(command.bids):
        raise AlreadyDone(what="announce")
    return [announcement(state, waiting[each]) for each in command.bids]


def announcement(state: State, bid: Bid) -> e.BidAnnounced:
    """The row of a bid, and the mark for a price above the control price."""
    forms = {name: part.opened.form for name, part in bid.parts.items() if part.opened}
    row = announced_row(state.version_of(bid).terms, forms)
    price, limit = row.get("price"), state.terms.control_price
    return e.BidAnnounced(
        bid.id, row, limit is not None and isinstance(price, int) and price > limit
    )


def start_confirmation(state: State, now: datetime) -> list[Event]:
    in_phase(state, Phase.ANNOUNCING)
    left = unannounced(state)
    if left:
        raise BidsNotAnnounced(bids=some(bid.id for bid in left))
    locked = [each.id for each in state.terms.envelopes[len(state.imported) :]]
    if locked:
        raise EnvelopesLeft(envelopes=locked)
    return [confirmation(state, now)]


def confirmation(state: State, now: datetime) -> e.ConfirmationStarted:
    windows = state.terms.windows
    return e.ConfirmationStarted(
        now + timedelta(seconds=windows.confirmation), now + timedelta(seconds=windows.objection)
    )


def row_digest(bid: Bid) -> Digest:
    """SHA-256 of JCS of the announced row: what a confirmation signs."""
    return Digest(digest_hex(jcs(dict(bid.row or {}))))


def confirm(state: State, command: c.ConfirmBid, by: PersonId, now: datetime) -> list[Event]:
    """A bidder confirms its row, signed with its key or under the login alone."""
    bid = _own_row(state, command.bid, by, now)
    if bid.confirmation is Confirmation.CONFIRMED:
        raise AlreadyDone(what="confirm")
    row = row_digest(bid)
    if command.confirmation is not None:
        with sealed.refusing():
            signed = SignedConfirmation.parse(dict(command.confirmation), bidder(state, by).key)
        this_opening(state, signed.opening)
        this_bidder(by, signed.bidder)
        if (signed.bid, signed.row) != (bid.id, row):
            raise WrongRow(expected=row, found=signed.row)
    return [e.BidConfirmed(by, bid.id, row, command.confirmation)]


def dispute(state: State, command: c.DisputeBid, by: PersonId, now: datetime) -> list[Event]:
    bid = _own_row(state, command.bid, by, now)
    if bid.confirmation is Confirmation.DISPUTED:
        raise AlreadyDone(what="dispute")
    return [e.BidDisputed(by, bid.id, check_text(command.reason, "reason"))]


def unconfirmed(state: State) -> list[BidId]:
    """The announced bids about which their bidders said nothing yet."""
    return [
        bid.id
        for bid in state.counted_bids()
        if bid.row is not None and bid.confirmation is Confirmation.NONE
    ]


def lapse(state: State, now: datetime) -> list[Event]:
    """逾期未确认: the window ended; nobody signs for somebody else."""
    if state.phase is not Phase.CONFIRMING or state.lapsed:
        return []
    if state.confirmation_until is None or now < state.confirmation_until:
        return []
    bids = unconfirmed(state)
    return [e.ConfirmationsLapsed(tuple(bids))] if bids else []


def object_to(state: State, command: c.RaiseObjection, by: PersonId, now: datetime) -> list[Event]:
    """An objection, at the opening itself: from the roll on until the window ends."""
    in_phase(state, *HEARING)
    counted(state, by)
    absent = bidder(state, by).signed_in is None
    if absent and state.terms.regime is Regime.PROCUREMENT:
        raise AbsentAcceptsResult
    until = state.objections_until
    if state.phase is Phase.CONFIRMING and until is not None and now >= until:
        raise WindowOver(window="objection", until=encode(until))
    mine = sum(each.by == by for each in state.objections.values())
    if command.objection in state.objections or mine >= MOST_OBJECTIONS:
        raise AlreadyDone(what="objection")
    return [e.ObjectionRaised(command.objection, by, check_text(command.text, "text"))]


def answer(state: State, command: c.AnswerObjection) -> list[Event]:
    in_phase(state, *HEARING)
    objection = state.objections.get(command.objection)
    if objection is None:
        raise UnknownObjection(objection=command.objection)
    if objection.answer is not None:
        raise AlreadyDone(what="answer")
    return [e.ObjectionAnswered(command.objection, check_text(command.text, "text"))]


def _own_row(state: State, bid: BidId, by: PersonId, now: datetime) -> Bid:
    in_phase(state, Phase.CONFIRMING)
    found = own_bid(state, bid, by)
    if found.row is None:
        raise BidNotOpened(bid=bid)
    if state.lapsed or state.confirmation_until is None or now >= state.confirmation_until:
        raise WindowOver(window="confirmation", until=encode(state.confirmation_until))
    return found
