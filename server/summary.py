"""What lists and the scheduler know about a room."""

from datetime import datetime

from crypto.encoding import format_time
from rooms.opening.machine import next_instant
from rooms.opening.phases import Phase
from rooms.opening.state import State
from server.store.log import Summary


def summarise(state: State, before: Summary | None, created: datetime | None) -> Summary:
    """The summary of a state; `created` is given for a room's first one."""
    terms = state.terms
    due = next_instant(state)
    return Summary(
        kind="opening",
        created_at=before.created_at if before else format_time(created or terms.deadline),
        phase=state.phase,
        title=f"{terms.project_title} {terms.lot_title}".strip(),
        number=f"{terms.project_number} {terms.lot_number}".strip(),
        deadline=format_time(terms.deadline),
        published=state.phase is not Phase.DRAFT,
        next_at=format_time(due) if due else None,
        seats=frozenset(seat.person for seat in terms.seats),
    )
