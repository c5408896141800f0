"""What time does, and what waits to be done: the clock's part, an unattended opening, the worker's
list."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from rooms.ids import BidId, EnvelopeId
from rooms.opening import announcing, closing, decrypting, signing
from rooms.opening import events as e
from rooms.opening.closing import must_ask
from rooms.opening.events import Event
from rooms.opening.evolve import evolve
from rooms.opening.phases import Phase
from rooms.opening.state import State

Work = Literal["tick", "gate", "open", "minutes", "preserve"]


@dataclass(frozen=True, slots=True)
class Due:
    """Something the desk's worker can do now. `str` gives `gate:a` or `open:b-…:a`."""

    work: Work
    bid: BidId | None = None
    envelope: EnvelopeId | None = None

    def __str__(self) -> str:
        return ":".join(each for each in (self.work, self.bid, self.envelope) if each)


def tick(state: State, now: datetime) -> list[Event]:
    """What the clock brings about; nothing while the opening is paused."""
    if _bidding(state):
        # >= : a deadline means before, so at the instant itself bidding is closed.
        return closing.close(state) if now >= state.deadline else []
    if state.paused:
        return []
    return [*decrypting.lapse(state, now), *announcing.lapse(state, now)]


def advance(state: State, now: datetime) -> list[Event]:
    """All steps that an unattended opening takes by itself, up to CONFIRMING.

    It stops where a person has to decide: under the minimum of bidders, before or after bids were
    withdrawn by the platform's fault.
    """
    events: list[Event] = []
    while not state.paused and (step := _step(state, now)):
        for event in step:
            state = evolve(state, event)
        events += step
    return events


def _step(state: State, now: datetime) -> list[Event]:
    if not state.published or not state.terms.unattended:
        return []
    if state.phase is Phase.ROLL_PUBLISHED and state.enough:
        first = state.terms.envelopes[0].id
        return decrypting.unlock(state, first, now)
    if state.phase is Phase.DECRYPTING:
        return [] if any(state.pending()) else [decrypting.imported(state)]
    if state.phase is Phase.IMPORTED and not must_ask(state):
        return [e.AnnouncingStarted(state.terms.control_price)]
    if state.phase is Phase.ANNOUNCING:
        waiting = announcing.unannounced(state)
        if waiting:
            return [announcing.announcement(state, bid) for bid in waiting]
        return [announcing.confirmation(state, now)]
    return closing.advance(state, now)


def due(state: State, now: datetime) -> list[Due]:
    """What can be done now: by a `Tick`, by the gate, by the worker that opens bids, by the
    printer."""
    return list(_due(state, now))


def next_instant(state: State) -> datetime | None:
    """When the next `Tick` has something to do; None if only people or workers move on."""
    return min(_instants(state), default=None)


def _bidding(state: State) -> bool:
    """Whether the deadline is still to come; also for a tender terminated before it, whose record
    would otherwise tell who bid.
    """
    return state.phase is Phase.RECEIVING or (state.phase is Phase.TERMINATED and not state.closed)


def _due(state: State, now: datetime) -> Iterator[Due]:
    instant = next_instant(state)
    if instant is not None and instant <= now:
        yield Due("tick")
    if state.phase is Phase.DECRYPTING and state.envelope is not None:
        envelope = state.envelope
        if state.shared and envelope not in state.gates:
            yield Due("gate", envelope=envelope)
        for bid in state.pending():
            if decrypting.openable(state, bid):
                yield Due("open", bid.id, envelope)
    unrecorded = state.phase in (Phase.FAILED, Phase.TERMINATED) and state.record is None
    over = state.phase is Phase.ENDED or (unrecorded and state.closed)
    # The minutes name every recording with its digest, so they wait for the last one's end.
    if over and not any(state.running()):
        yield Due("minutes")
    if not state.preserved and signing.closed(state):
        yield Due("preserve")


def _instants(state: State) -> Iterator[datetime]:
    if _bidding(state):
        yield state.deadline
    if state.paused:
        return
    if state.phase is Phase.DECRYPTING and state.envelope is not None:
        for bid in state.pending():
            if not bid.parts[state.envelope].stored:
                if state.upload_until is not None:
                    yield state.upload_until
            elif not decrypting.openable(state, bid):
                until = state.remedies.get(bid.id, state.decryption_until)
                if until is not None:
                    yield until
    until = state.confirmation_until
    waiting = state.phase is Phase.CONFIRMING and not state.lapsed
    if waiting and until is not None and announcing.unconfirmed(state):
        yield until
