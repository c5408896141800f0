"""What the record needs beyond the state: when things happened, and what is only said, not kept."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from rooms.ids import BidId, EnvelopeId, ObjectionId, PersonId, RecordingId
from rooms.log import Entry
from rooms.opening import events as e
from rooms.opening.events import Event
from rooms.opening.evolve import evolve
from rooms.opening.state import START, State


@dataclass(slots=True)
class History:
    """A log, read once from end to end; `state` is what it folds to."""

    entries: list[Entry[Event]] = field(default_factory=list)
    state: State = START
    closed: datetime | None = None
    started: datetime | None = None
    ended: datetime | None = None
    drawn: datetime | None = None
    closing_size: int = 0
    roll: tuple[e.CountedBid, ...] = ()
    signed_in: dict[PersonId, datetime] = field(default_factory=dict)
    opened: dict[tuple[BidId, EnvelopeId], datetime] = field(default_factory=dict)
    confirmed: dict[BidId, tuple[datetime, bool]] = field(default_factory=dict)
    signed: dict[PersonId, datetime] = field(default_factory=dict)
    raised: dict[ObjectionId, datetime] = field(default_factory=dict)
    answered: dict[ObjectionId, tuple[datetime, PersonId]] = field(default_factory=dict)
    recorded: dict[RecordingId, tuple[datetime, datetime | None]] = field(default_factory=dict)

    def of(self, *kinds: type[Event]) -> list[Entry[Event]]:
        """The entries with these events, in their order."""
        return [entry for entry in self.entries if isinstance(entry.event, kinds)]


def read(entries: Iterable[Entry[Event]]) -> History:
    """The history of a log."""
    history = History()
    for entry in entries:
        history.entries.append(entry)
        history.state = evolve(history.state, entry.event)
        _note(history, entry)
    return history


def _note(history: History, entry: Entry[Event]) -> None:
    at = entry.at
    match entry.event:
        case e.BidderSignedIn(bidder=bidder):
            history.signed_in[bidder] = at
        case e.BiddingClosed(bids=bids):
            history.closed, history.closing_size, history.roll = at, entry.seq, bids
        case e.OpeningStarted():
            history.started = at
        case e.RollPublished(bids=bids):
            history.roll = bids
        case e.BidOpened(bid=bid, envelope=envelope) | e.BidVoid(bid=bid, envelope=envelope):
            history.opened[bid, envelope] = at
        case e.ParameterDrawn():
            history.drawn = at
        case e.BidConfirmed(bid=bid, confirmation=confirmation):
            history.confirmed[bid] = at, confirmation is not None
        case e.ObjectionRaised(objection=objection):
            history.raised[objection] = at
        case e.ObjectionAnswered(objection=objection):
            history.answered[objection] = at, entry.by
        case e.RecordSigned(person=person):
            history.signed[person] = at
        case e.RecordingStarted(recording=recording):
            history.recorded[recording] = at, None
        case e.RecordingEnded(recording=recording):
            history.recorded[recording] = history.recorded[recording][0], at
        case e.Reconvened():
            history.signed.clear()
        case e.OpeningEnded() | e.OpeningFailed() | e.OpeningTerminated():
            history.ended = at
        case _:
            pass
