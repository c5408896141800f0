"""What lists and the scheduler know about a room."""

from dataclasses import replace
from datetime import datetime

from crypto.encoding import format_time, jcs
from rooms.ids import PersonId
from rooms.opening.machine import next_instant
from rooms.opening.phases import Phase
from rooms.opening.state import State
from rooms.opening.terms import Role
from server.store.log import Summary


def summarise(
    state: State, before: tuple[State, Summary] | None, created: datetime | None
) -> Summary:
    """The summary of a state. `before` is what the room was, none for its first entries."""
    due = next_instant(state)
    next_at = format_time(due) if due else None
    if before is not None and _same(before[0], state):
        # Most orders change nothing that lists show.
        known = before[1]
        return known if known.next_at == next_at else replace(known, next_at=next_at)
    terms = state.terms
    return Summary(
        kind="opening",
        created_at=before[1].created_at if before else format_time(created or terms.deadline),
        phase=state.phase,
        title=f"{terms.project_title} {terms.lot_title}".strip(),
        number=f"{terms.project_number} {terms.lot_number}".strip(),
        deadline=format_time(terms.deadline),
        published=state.phase is not Phase.DRAFT,
        line=_line(state),
        next_at=next_at,
        seats=_seats(state),
    )


def _same(before: State, state: State) -> bool:
    return (
        before.terms is state.terms
        and before.phase is state.phase
        and before.paused == state.paused
        # Bidders come and never go: as many as before are the same.
        and len(before.bidders) == len(state.bidders)
    )


def _line(state: State) -> str:
    """A line of a list. Nothing in it depends on bids before the close."""
    terms = state.terms
    return jcs(
        {
            "phase": state.phase.value,
            "paused": state.paused,
            "version": len(state.published),
            "deadline": format_time(terms.deadline),
            "project_number": terms.project_number,
            "project_title": terms.project_title,
            "lot_number": terms.lot_number,
            "lot_title": terms.lot_title,
            "regime": terms.regime.value,
            "tenderer": terms.tenderer,
            "agency": terms.agency,
            "place": terms.place,
            "rehearsal": terms.rehearsal,
        }
    ).decode()


def _seats(state: State) -> frozenset[tuple[PersonId, str]]:
    roles: dict[PersonId, str] = dict.fromkeys(state.bidders, Role.BIDDER.value)
    # The first seat in the order of the terms is the one a person is listed with.
    for seat in reversed(state.terms.seats):
        roles[seat.person] = seat.role.value
    return frozenset(roles.items())
