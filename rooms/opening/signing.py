"""Signing the sealed minutes themselves: who has a place in them, who signed, and when that is
over (docs/formats/minutes.md, 3)."""

from dataclasses import dataclass

from rooms.ids import Digest, PersonId
from rooms.opening import commands as c
from rooms.opening import events as e
from rooms.opening.events import Event
from rooms.opening.state import State
from rooms.opening.terms import Role
from rooms.refusals import (
    AlreadyDone,
    FieldOfAnother,
    MinutesChanged,
    MinutesNotReady,
    OutOfRange,
    SigningClosed,
    UnknownField,
)

SIGNERS = (Role.HOST, Role.SUPERVISOR, Role.TENDERER)
"""Whose seats get a place in the minutes."""
MOST = 20
"""Places in one file at most: the time a check takes grows with their square."""


@dataclass(frozen=True, slots=True)
class Place:
    """A signature field of the minutes, and whose it is. `field` is its name in the PDF."""

    field: str
    role: Role
    person: PersonId
    name: str


def places(state: State) -> tuple[Place, ...]:
    """The places for signatures, in the order of the seats."""
    counts: dict[Role, int] = {}
    found: list[Place] = []
    for seat in state.terms.seats:
        if seat.role in SIGNERS and len(found) < MOST:
            counts[seat.role] = counts.get(seat.role, 0) + 1
            field = f"{seat.role.value}-{counts[seat.role]}"
            found.append(Place(field, seat.role, seat.person, seat.name))
    return tuple(found)


def place(state: State, field: str, person: PersonId) -> Place:
    """The free place with this name, if this person may sign there now.

    Raises MinutesNotReady, SigningClosed, UnknownField, FieldOfAnother, AlreadyDone.
    """
    record(state)
    if state.archived or state.preserved:
        raise SigningClosed
    found = next((each for each in places(state) if each.field == field), None)
    if found is None:
        raise UnknownField(field=field)
    if found.person != person:
        raise FieldOfAnother(field=field, name=found.name)
    if field in _signed(state):
        raise AlreadyDone(what="sign")
    return found


def record(state: State) -> Digest:
    """The digest of the newest revision of the sealed minutes. Raises MinutesNotReady."""
    if state.record is None:
        raise MinutesNotReady(phase=state.phase.value)
    return state.record


def sign(state: State, command: c.SignMinutes, by: PersonId) -> list[Event]:
    """A person's signature was checked and embedded."""
    found = place(state, command.field, by)
    if command.previous != state.record:
        raise MinutesChanged(expected=state.record, found=command.previous)
    _longer(state, command.size)
    return [
        e.MinutesSigned(by, found.field, command.certificate, command.sha256, command.size),
    ]


def preserve(state: State, command: c.NotePreserved) -> list[Event]:
    """The last time stamp is over the signed minutes."""
    if state.preserved:
        raise AlreadyDone(what="preserve")
    if not closed(state) or command.previous != state.record:
        raise MinutesChanged(expected=state.record, found=command.previous)
    _longer(state, command.size)
    return [e.MinutesPreserved(command.sha256, command.size)]


def closed(state: State) -> bool:
    """Whether people signed and nobody will any more: everybody has, or the room is archived."""
    signed = _signed(state)
    return bool(signed) and (state.archived or all(each.field in signed for each in places(state)))


def follows(state: State, event: e.MinutesSigned | e.MinutesPreserved) -> bool:
    """Whether the event can have come next: its own place, and a file that only grew."""
    if state.record is None or state.preserved or event.size <= state.revisions[-1].size:
        return False
    if isinstance(event, e.MinutesPreserved):
        return closed(state)
    free = {each.field: each.person for each in places(state) if each.field not in _signed(state)}
    return free.get(event.field) == event.person and not state.archived


def _signed(state: State) -> set[str]:
    return {each.field for each in state.revisions if each.person is not None}


def _longer(state: State, size: int) -> None:
    least = state.revisions[-1].size + 1
    if size < least:
        raise OutOfRange(field="size", least=least, most=None)
