"""The floor: who may ask for it, who gives it, and whose sound is off."""

from rooms.ids import PersonId
from rooms.opening import commands as c
from rooms.opening import events as e
from rooms.opening.checks import in_phase
from rooms.opening.events import Event
from rooms.opening.phases import AFTER_ROLL, HELD
from rooms.opening.rights import roles_of
from rooms.opening.state import State
from rooms.opening.terms import Role
from rooms.refusals import AlreadyDone, NotEnrolled, OutOfPhase, UnknownPerson


def request(state: State, by: PersonId) -> list[Event]:
    """Raises a hand. Bidders do so from the roll on: a hand before it would tell that they bid."""
    in_phase(state, *HELD)
    if roles_of(state, by) == {Role.BIDDER}:
        if not state.rolled:
            raise OutOfPhase(phase=state.phase.value, allowed=[each.value for each in AFTER_ROLL])
        if state.counted_of(by) is None:
            raise NotEnrolled
    if by in state.hands or by == state.floor:
        raise AlreadyDone(what="request_floor")
    return [e.FloorRequested(by)]


def withdraw(state: State, by: PersonId) -> list[Event]:
    """Puts the own hand down, or gives the floor back."""
    in_phase(state, *HELD)
    if by not in state.hands and by != state.floor:
        raise AlreadyDone(what="withdraw_floor")
    return [e.FloorWithdrawn(by)]


def grant(state: State, command: c.GrantFloor) -> list[Event]:
    """Gives the floor; whoever had it has it no more."""
    in_phase(state, *HELD)
    if not may_speak(state, command.person):
        raise UnknownPerson(person=command.person)
    if command.person == state.floor:
        raise AlreadyDone(what="grant_floor")
    return [e.FloorGranted(command.person)]


def take(state: State) -> list[Event]:
    in_phase(state, *HELD)
    if state.floor is None:
        raise AlreadyDone(what="take_floor")
    return [e.FloorTaken(state.floor)]


def mute(state: State, command: c.MutePerson) -> list[Event]:
    """Turns a person's sound off or on; nobody but the host turns it on again."""
    in_phase(state, *HELD)
    if not may_speak(state, command.person):
        raise UnknownPerson(person=command.person)
    if (command.person in state.muted) is command.muted:
        raise AlreadyDone(what="mute_person")
    return [e.SoundMuted(command.person, command.muted)]


def may_speak(state: State, person: PersonId) -> bool:
    """Whether this person may be heard in the room at all; of bidders nothing is known before the
    roll."""
    if any(seat.role is not Role.OBSERVER for seat in state.seats_of(person)):
        return True
    return state.rolled and state.counted_of(person) is not None
