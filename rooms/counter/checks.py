"""Small checks that many orders share."""

from collections.abc import Iterable
from datetime import datetime

from rooms.codec import floor
from rooms.counter.phases import WORKING, Phase
from rooms.counter.state import Case, State
from rooms.refusals import (
    CallOver,
    ConsentMissing,
    DateMissing,
    IdentityMissing,
    ItemDecided,
    OutOfPhase,
    OutOfRange,
    UnknownItem,
)


def in_phase(state: State, *phases: Phase) -> None:
    """Refuses outside these phases."""
    if state.phase not in phases:
        raise OutOfPhase(phase=state.phase.value, allowed=[phase.value for phase in phases])


def working(state: State) -> None:
    """Refuses unless materials and forms may be worked on: after consent and identity, and before
    everything is decided."""
    if state.phase is Phase.CONNECTING:
        raise ConsentMissing
    if state.phase is Phase.CONSENTED:
        raise IdentityMissing
    in_phase(state, *WORKING)


def on_call(state: State) -> None:
    """Refuses once the call is over."""
    if state.over:
        raise CallOver


def case_of(state: State, item: str) -> Case:
    """The session's item with this code."""
    found = state.cases.get(item)
    if found is None:
        raise UnknownItem(item=item[:64])
    return found


def open_case(state: State, item: str) -> Case:
    """The item, if it has no outcome yet."""
    found = case_of(state, item)
    if found.decision is not None:
        raise ItemDecided(item=item)
    return found


def ahead(moment: datetime | None, field: str, now: datetime) -> datetime:
    """An instant in the future."""
    if moment is None or floor(moment) <= now:
        raise DateMissing(field=field)
    return floor(moment)


def within(value: int, field: str, least: int, most: int) -> int:
    """A number between its bounds, both included."""
    if not least <= value <= most:
        raise OutOfRange(field=field, least=least, most=most)
    return value


def some(ids: Iterable[str]) -> list[str]:
    """Ids for the parameters of a refusal, at most 20 of them."""
    return sorted(ids)[:20]
