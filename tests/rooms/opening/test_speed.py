"""A thousand bidders: folding and deciding stay linear."""

import time
from dataclasses import replace

from rooms.ids import SYSTEM, BidId, Digest, PersonId
from rooms.opening import events as e
from rooms.opening.commands import Tick
from rooms.opening.events import Event
from rooms.opening.machine import State, decide, due, evolve
from tests.rooms.opening.hall import Hall
from tests.rooms.opening.tender import ACME, DEADLINE

MANY = 1_000


def many_received(hall: Hall) -> list[Event]:
    """A thousand bids, made of one sealed for real: what the fold sees of each differs."""
    (accepted,) = hall.happened(e.TenderAccepted)
    (received,) = hall.happened(e.BidReceived)
    assert isinstance(accepted, e.TenderAccepted)
    assert isinstance(received, e.BidReceived)
    events: list[Event] = []
    for number in range(MANY):
        person, bid = PersonId(f"p-{number}"), BidId(f"b-{number}")
        events += [
            replace(accepted, bidder=person),
            replace(received, bidder=person, bid=bid, header_digest=Digest(f"{number:064x}")),
            e.BidStored(bid, next(iter(received.outers)), 1),
        ]
    return events


def fold(state: State, events: list[Event]) -> State:
    for event in events:
        state = evolve(state, event)
    return state


def test_a_thousand_bids_are_folded_and_closed_within_seconds() -> None:
    hall = Hall().publish().with_bids(ACME)
    events = many_received(hall)
    started = time.process_time()
    state = fold(hall.state, events)
    (closed,) = decide(state, Tick(), by=SYSTEM, now=DEADLINE)
    state = evolve(state, closed)
    assert due(state, DEADLINE) == []
    assert len(state.counted) == MANY + 1
    assert time.process_time() - started < 3
