"""Handing a side of a session over: to whom it can be offered, and what a clerk is offered."""

from collections.abc import Sequence
from dataclasses import dataclass

from rooms.counter import commands as c
from rooms.counter.kinds import Side
from rooms.counter.state import Clerk, State
from rooms.ids import PersonId, RoomId
from rooms.refusals import NoOffer
from server.counter.queue.duty import Roster
from server.counter.queue.engaged import Engaged
from server.counter.queue.policy import Duty
from server.desk import Actor, Desk
from server.errors import Conflict, Forbidden, NotFound


@dataclass(frozen=True, slots=True)
class Colleague:
    """A clerk at another window of the hall who could go on with a session; not while `busy` with
    one of their own."""

    duty: Duty
    busy: bool


class Handing:
    """Offers of hand-overs."""

    def __init__(self, desk: Desk, roster: Roster, engaged: Engaged) -> None:
        self._desk = desk
        self._roster = roster
        self._engaged = engaged

    async def colleagues(self, room: RoomId, by: PersonId) -> Sequence[Colleague]:
        """To whom this clerk can offer their side. Raises NotFound, Forbidden."""
        state = await self._state(room)
        side = own_side(state, by)
        found = [each for each in await self._roster.duties() if _could(each, state, side)]
        busy = await self._engaged.of({each.clerk for each in found})
        return [Colleague(each, each.clerk in busy) for each in found]

    async def offer(self, room: RoomId, to: str, reason: str, by: Actor) -> None:
        """Offers one's side to whoever sits at the window `to`.

        Raises Conflict `window_closed` when nobody does, `not_served_here`, `clerk_busy`;
        Forbidden, NotFound, Refused.
        """
        state = await self._state(room)
        side = own_side(state, by.person)
        duty = next((each for each in await self._roster.duties() if each.window == to), None)
        if duty is None:
            raise Conflict("window_closed", {"window": to})
        await self._check(duty, state, side)
        order = c.OfferHandOver(side, duty.clerk, duty.clerk_name, duty.window, reason)
        await self._desk.order(room, order, by)

    async def take(self, room: RoomId, by: Actor) -> None:
        """Takes what one was offered. Raises Conflict, Forbidden `window_not_open`, NotFound,
        Refused."""
        state = await self._state(room)
        side = _offered_side(state, by.person)
        duties = await self._roster.duties()
        duty = next((each for each in duties if each.clerk == by.person), None)
        if duty is None:
            raise Forbidden("window_not_open")
        await self._check(duty, state, side)
        await self._desk.order(room, c.TakeOver(side, duty.window), by)

    async def end(self, room: RoomId, by: Actor) -> None:
        """Declines what one was offered, or withdraws one's own offer. Raises NotFound, Refused."""
        state = await self._state(room)
        offered = [side for side, made in state.offers.items() if made.to == by.person]
        side = offered[0] if offered else own_side(state, by.person)
        await self._desk.order(room, c.EndHandOverOffer(side), by)

    async def _check(self, duty: Duty, state: State, side: Side) -> None:
        if not _could(duty, state, side):
            raise Conflict("not_served_here")
        if room := (await self._engaged.of({duty.clerk})).get(duty.clerk):
            raise Conflict("clerk_busy", {"room": room})

    async def _state(self, room: RoomId) -> State:
        state = (await self._desk.room(room)).state
        if not isinstance(state, State):
            raise NotFound("no_such_room")
        return state


def own_side(state: State, clerk: PersonId) -> Side:
    """The side that is this clerk's. Raises Forbidden."""
    for side in Side:
        seat = _seat(state, side)
        if seat is not None and seat.person == clerk:
            return side
    raise Forbidden


def _offered_side(state: State, clerk: PersonId) -> Side:
    for side, made in state.offers.items():
        if made.to == clerk:
            return side
    raise NoOffer


def _could(duty: Duty, state: State, side: Side) -> bool:
    """Whether this window is where the side is served, and its clerk on neither side yet."""
    hall = state.matter.near_hall if side is Side.NEAR else state.matter.far_hall
    seats = [_seat(state, each) for each in Side]
    seated = any(seat is not None and seat.person == duty.clerk for seat in seats)
    return duty.hall == hall and duty.knows(state.cases) and not seated


def _seat(state: State, side: Side) -> Clerk | None:
    return state.near if side is Side.NEAR else state.far
