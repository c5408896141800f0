"""What lists and the clock know about a session. Nothing in it is an applicant's personal data."""

from dataclasses import replace
from datetime import datetime

from crypto.encoding import format_time, jcs
from rooms.counter.machine import next_instant
from rooms.counter.rights import role_of
from rooms.counter.state import Clerk, State
from rooms.ids import PersonId
from server.store.log import Summary


def summarise(
    state: State, before: tuple[State, Summary] | None, created: datetime | None
) -> Summary:
    """The summary of a state. `before` is what the room was, none for its first entries.

    `deadline`, by which lists are ordered, is the booked time, or else when the ticket was taken.
    """
    due = next_instant(state)
    next_at = format_time(due) if due else None
    if before is not None and _same(before[0], state):
        # Most orders change nothing that lists show.
        known = before[1]
        return known if known.next_at == next_at else replace(known, next_at=next_at)
    matter = state.matter
    begun = before[1].created_at if before else format_time(created or _begins(state))
    return Summary(
        kind="session",
        created_at=begun,
        phase=state.phase,
        title=" ".join(item.name for item in matter.items),
        number=state.number,
        deadline=format_time(state.starts_at) if state.starts_at else begun,
        published=True,
        line=_line(state, begun),
        next_at=next_at,
        seats=_seats(state),
    )


def _begins(state: State) -> datetime:
    if state.starts_at is None:
        raise LookupError("a session that was not booked begins when its ticket is taken")
    return state.starts_at


def _same(before: State, state: State) -> bool:
    return (
        before.phase is state.phase
        and before.over == state.over
        and before.absent == state.absent
        and before.number == state.number
        and before.near is state.near
        and before.far is state.far
        and before.known is state.known
        and before.rating is state.rating
    )


def _line(state: State, begun: str) -> str:
    """A line of a list."""
    matter = state.matter
    return jcs(
        {
            "phase": state.phase.value,
            "over": state.over,
            "reconnecting": bool(state.absent),
            "number": state.number,
            "items": [
                {"code": item.code, "name": item.name, "name_en": item.name_en}
                for item in matter.items
            ],
            "mode": matter.mode.value,
            "near_hall": matter.near_hall,
            "far_hall": matter.far_hall,
            "near_region": matter.near_region,
            "far_region": matter.far_region,
            "priority": state.priority.value,
            "begun_at": begun,
            "starts_at": format_time(state.starts_at) if state.starts_at else None,
            "near": _clerk(state.near),
            "far": _clerk(state.far),
            "rating": state.rating.level if state.rating else None,
        }
    ).decode()


def _clerk(clerk: Clerk | None) -> dict[str, str] | None:
    return None if clerk is None else {"name": clerk.name, "window": clerk.window}


def _seats(state: State) -> frozenset[tuple[PersonId, str]]:
    people = {state.applicant, *state.known}
    if state.agent is not None:
        people.add(state.agent.person)
    for clerk in (state.near, state.far):
        if clerk is not None:
            people.add(clerk.person)
    roles = {person: role_of(state, person) for person in people}
    return frozenset((person, role.value) for person, role in roles.items() if role)
