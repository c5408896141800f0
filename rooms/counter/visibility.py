"""What a viewer may see of a log (docs/http.md, entries and streams).

Audiences are `supervisor` (supervisors and managers, who see everything), `staff:<person>` (a
clerk, or a department's person), `applicant:<person>` (the applicant, or the agent) and `nobody`.
Whether an entry is in a stream depends on the event alone, so a stream never changes behind a
viewer's back. What personal data is in an entry is there as a digest, which everybody in the
session sees.
"""

from typing import Any

from rooms.codec import encode
from rooms.counter import events as e
from rooms.counter.events import Event
from rooms.counter.kinds import Role
from rooms.counter.rights import name_of, role_of, roles_of
from rooms.counter.state import State
from rooms.counter.wire import EVENTS
from rooms.ids import PersonId
from rooms.log import Entry

Json = dict[str, Any]

STAFF = "staff"
SUPERVISOR = "supervisor"
APPLICANT = "applicant"
NOBODY = "nobody"

_STAFF_ROLES = frozenset({Role.NEAR, Role.FAR, Role.DEPARTMENT})
_OVERSEERS = frozenset({Role.SUPERVISOR, Role.MANAGER})
_APPLICANTS = frozenset({Role.APPLICANT, Role.AGENT})


def staff_audience(person: PersonId) -> str:
    """The audience of one clerk, or one department's person."""
    return f"{STAFF}:{person}"


def applicant_audience(person: PersonId) -> str:
    """The audience of the applicant, or of the agent."""
    return f"{APPLICANT}:{person}"


def audience_of(state: State, person: PersonId) -> str:
    """The audience of somebody with an account."""
    roles = roles_of(state, person)
    if roles & _OVERSEERS:
        return SUPERVISOR
    if roles & _STAFF_ROLES:
        return staff_audience(person)
    return applicant_audience(person) if roles & _APPLICANTS else NOBODY


def project(before: State, entry: Entry[Event], audience: str) -> Json | None:
    """An entry as this audience sees it, without its number `n`; None if it does not.

    `before` is the state in front of the entry.
    """
    shown = visible(entry.event, audience)
    if shown is None:
        return None
    person = _author(before, entry)
    return {"at": encode(entry.at), "by": person, "event": shown}


def visible(event: Event, audience: str) -> Json | None:
    """An event as this audience sees it."""
    kind, _, person = audience.partition(":")
    if kind not in (STAFF, SUPERVISOR, APPLICANT):
        return None
    match event:
        case e.ChatPosted():
            heard = event.to is None or kind == SUPERVISOR or person in (event.by, event.to)
            return EVENTS.encode(event) if heard else None
        case e.RecordingsMarked() | e.Reminded() | e.Escalated():
            # Bookkeeping and supervision: not for the applicant.
            return EVENTS.encode(event) if kind != APPLICANT else None
        case _:
            return EVENTS.encode(event)


def _author(before: State, entry: Entry[Event]) -> Json:
    name, role = name_of(before, entry.by), role_of(before, entry.by)
    match entry.event:
        case e.TicketCalled() | e.FarAssigned() if entry.event.clerk == entry.by:
            # The call itself is what seats its author.
            near = isinstance(entry.event, e.TicketCalled)
            name, role = entry.event.clerk_name, Role.NEAR if near else Role.FAR
        case _:
            pass
    return {"person": entry.by, "name": name, "role": role.value if role else ""}
