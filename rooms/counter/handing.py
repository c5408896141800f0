"""Handing one side of a session over: offered to a colleague who takes it, or, for a clerk who is
gone, by a manager."""

from rooms.counter import commands as c
from rooms.counter import events as e
from rooms.counter.checks import in_phase
from rooms.counter.events import Event
from rooms.counter.kinds import Role, Side
from rooms.counter.phases import HELD, TALKING, Phase
from rooms.counter.rights import roles_of
from rooms.counter.seats import not_own
from rooms.counter.state import Clerk, Offer, State
from rooms.ids import PersonId
from rooms.refusals import AlreadyDone, FarMissing, NoOffer, WrongRole
from rooms.texts import check_name, check_text

OWN = {Side.NEAR: Role.NEAR, Side.FAR: Role.FAR}
"""The role of who has a side."""
_OFFERED = (Phase.CALLED, *TALKING)
"""Once everything is decided there is only the call to end, and nothing to offer."""


def offer(state: State, command: c.OfferHandOver, by: PersonId) -> list[Event]:
    """To the clerk at another window, by the one whose side it is."""
    in_phase(state, *_OFFERED)
    _check_own(state, command.side, by)
    _check_other(state, _seat(state, command.side), command.to)
    name, window = check_name(command.to_name, "to_name"), check_name(command.window, "window")
    made = Offer(command.to, name, window, check_text(command.reason, "reason"))
    if state.offers.get(command.side) == made:
        return []
    return [e.HandOverOffered(command.side, made.to, made.name, made.window, made.reason)]


def take(state: State, command: c.TakeOver, by: PersonId) -> list[Event]:
    """By whom it was offered to: from now on the side is theirs."""
    in_phase(state, *_OFFERED)
    made = state.offers.get(command.side)
    if made is None or made.to != by:
        raise NoOffer
    window = check_name(command.window, "window")
    seat = _seat(state, command.side)
    return [e.HandedOver(command.side, seat.person, by, made.name, window, made.reason)]


def end_offer(state: State, command: c.EndHandOverOffer, by: PersonId) -> list[Event]:
    """Withdrawn by whose side it is, or declined by whom it was offered to."""
    made = state.offers.get(command.side)
    if made is None or by not in (made.to, _seat(state, command.side).person):
        raise NoOffer
    return [e.HandOverOfferEnded(command.side, made.to, declined=by == made.to)]


def hand_over(state: State, command: c.HandOver, by: PersonId) -> list[Event]:
    """To another clerk without asking: for one who is gone by a manager, after the call by the one
    whose file it is."""
    in_phase(state, Phase.CALLED, *HELD, Phase.PROCESSING, Phase.COMPLETED)
    if not roles_of(state, by) & {Role.MANAGER, Role.SYSTEM}:
        if not state.over:
            raise WrongRole(allowed=[Role.MANAGER.value])
        _check_own(state, command.side, by)
    seat = _seat(state, command.side)
    _check_other(state, seat, command.to)
    check_name(command.to_name, "to_name")
    reason = check_text(command.reason, "reason")
    window = check_name(command.window, "window") if command.window else seat.window
    to = (command.to, command.to_name, window)
    return [e.HandedOver(command.side, seat.person, *to, reason)]


def _seat(state: State, side: Side) -> Clerk:
    seat = state.near if side is Side.NEAR else state.far
    if seat is None:
        raise FarMissing
    return seat


def _check_own(state: State, side: Side, by: PersonId) -> None:
    if OWN[side] not in roles_of(state, by):
        raise WrongRole(allowed=[OWN[side].value, Role.MANAGER.value])


def _check_other(state: State, seat: Clerk, to: PersonId) -> None:
    not_own(state, to)
    if seat.person == to:
        raise AlreadyDone(what="hand_over")
