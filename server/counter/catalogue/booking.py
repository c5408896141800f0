"""Which times can be booked for some items, and how many places each has left."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from crypto.encoding import format_time
from rooms.counter.hours import ZONES
from server.counter.catalogue.catalogue import SLOT_MINUTES, Catalogue
from server.errors import Invalid, NotFound

FARTHEST = timedelta(days=30)
"""How far ahead a time can be booked."""
RIGHT_AFTER = timedelta(minutes=1)
"""A time that begins sooner than this can't be booked any more: take a ticket."""

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


def far_hall(
    catalogue: Catalogue, near: str, items: Sequence[str], far: str | None, on: date
) -> str:
    """The hall that serves all these items for people of a hall's region.

    Raises Invalid `not_served` with the item, or `not_served_together`; NotFound, UnknownItem.
    """
    place = catalogue.hall(near)
    if not place.active:
        raise NotFound("unknown_hall")
    halls: set[str] = set()
    for code in items:
        catalogue.item(code, on)
        agreed = catalogue.agreement(place.region, code, on, far)
        if agreed is None:
            raise Invalid("not_served", {"item": code})
        halls.add(agreed.hall)
    if len(halls) != 1:
        raise Invalid("not_served_together")
    return halls.pop()


async def bookable(
    catalogue: Catalogue,
    taken: Taken,
    near: str,
    items: Sequence[str],
    far: str | None,
    day: date,
    now: datetime,
) -> Bookable:
    """The times of a day on the near hall's wall that can be booked. Raises what `far_hall`
    does."""
    there = far_hall(catalogue, near, items, far, day)
    starts = [
        each
        for each in catalogue.slots(near, there, day)
        if now + RIGHT_AFTER <= each <= now + FARTHEST
    ]
    if not starts:
        return Bookable(near, there, ())
    until = starts[-1] + timedelta(minutes=SLOT_MINUTES)
    places = {hall: catalogue.capacity(hall, items) for hall in (near, there)}
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
