"""What time does, and what waits to be done: the clock's part, and the printer's."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from rooms.counter import events as e
from rooms.counter.anytime import minutes_due
from rooms.counter.events import Event
from rooms.counter.phases import OVER, Phase
from rooms.counter.rating import waits
from rooms.counter.state import State

Work = Literal["tick", "minutes"]


@dataclass(frozen=True, slots=True)
class Due:
    """Something the desk's worker can do now."""

    work: Work

    def __str__(self) -> str:
        return self.work


def tick(state: State, now: datetime) -> list[Event]:
    """What the clock brings about. At the instant itself it has happened."""
    return [event for instant, event in _timed(state) if instant <= now]


def next_instant(state: State) -> datetime | None:
    """When the next `Tick` has something to do; None if only people or workers move on."""
    return min((instant for instant, _ in _timed(state)), default=None)


def due(state: State, now: datetime) -> list[Due]:
    """What can be done now: by a `Tick`, by the printer."""
    instant = next_instant(state)
    ticks = [Due("tick")] if instant is not None and instant <= now else []
    return ticks + ([Due("minutes")] if minutes_due(state) else [])


def _timed(state: State) -> Iterator[tuple[datetime, Event]]:
    if state.phase is Phase.BOOKED and state.ends_at is not None:
        yield state.ends_at, e.BookingLapsed()
    if state.phase is Phase.CALLED and state.lapses_at is not None:
        yield state.lapses_at, e.TicketLapsed()
    if state.phase is Phase.PROCESSING:
        yield from _promised(state)
    if state.phase in OVER:
        yield from _rated(state)


def _promised(state: State) -> Iterator[tuple[datetime, Event]]:
    for case in state.cases.values():
        decision = case.decision
        if decision is None or decision.promised_at is None or not case.processing:
            continue
        item, promised_at = case.item.code, decision.promised_at
        if not decision.reminded and decision.remind_at is not None:
            yield decision.remind_at, e.Reminded(item, promised_at)
        if not decision.escalated:
            yield promised_at, e.Escalated(item, promised_at)


def _rated(state: State) -> Iterator[tuple[datetime, Event]]:
    rating = state.rating
    if rating is None and state.invite_at is not None:
        yield state.invite_at, e.RatingInvited()
    if rating is not None and waits(state) and rating.answer_by and not rating.escalated:
        yield rating.answer_by, e.Escalated(None, rating.answer_by)
