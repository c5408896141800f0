"""Which times can be booked for some items, and how many places each has left."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from crypto.encoding import format_time
from rooms.counter.hours import ZONES
from server.counter.catalogue.catalogue import SLOT_MINUTES, Catalogue
from server.counter.queue.routes import FARTHEST, RIGHT_AFTER, find_route

Taken = Callable[[str, datetime, datetime], Awaitable[Mapping[str, int]]]
"""How many places of a hall are taken between two instants, by the slots' beginnings."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A time at which both halls are open, and how many places are left at each."""

    starts_at: datetime
    ends_at: datetime
    near_left: int
    far_left: int


@dataclass(frozen=True, slots=True)
class Bookable:
    """The times of one day, and between which halls."""

    near_hall: str
    far_hall: str
    slots: tuple[Slot, ...]


async def bookable(
    catalogue: Catalogue,
    taken: Taken,
    near: str,
    items: Sequence[str],
    far: str | None,
    day: date,
    now: datetime,
) -> Bookable:
    """The times of a day on the near hall's wall that can be booked. Raises what `find_route`
    does."""
    route = find_route(catalogue, tuple(items), near, far, day)
    there = route.far_hall
    starts = [
        each
        for each in catalogue.slots(near, there, day)
        if now + RIGHT_AFTER <= each <= now + FARTHEST
    ]
    if not starts:
        return Bookable(near, there, ())
    until = starts[-1] + timedelta(minutes=SLOT_MINUTES)
    places = {near: route.near_places, there: route.far_places}
    used = {hall: await taken(hall, starts[0], until) for hall in (near, there)}

    def left(hall: str, start: datetime) -> int:
        return max(0, places[hall] - used[hall].get(format_time(start), 0))

    length = timedelta(minutes=SLOT_MINUTES)
    return Bookable(
        near,
        there,
        tuple(Slot(each, each + length, left(near, each), left(there, each)) for each in starts),
    )


def today(catalogue: Catalogue, hall: str, now: datetime) -> date:
    """The day on a hall's wall. Raises NotFound."""
    return now.astimezone(ZONES[catalogue.hall(hall).zone]).date()
