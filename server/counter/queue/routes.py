"""Where something is done: from the near hall and the items to the far hall, by what is agreed on
between the regions; and whether both are open."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rooms.counter.hours import ZONES
from rooms.counter.terms import Item
from server.counter.catalogue.catalogue import Catalogue
from server.errors import Conflict, Invalid, NotFound

MOST_ITEMS = 10
FARTHEST = timedelta(days=30)
"""How far ahead a time can be booked."""
RIGHT_AFTER = timedelta(minutes=1)
"""A time that begins sooner than this can't be booked any more: take a ticket."""


@dataclass(frozen=True, slots=True)
class Route:
    """The items in the versions of the day, both sites, and how many windows serve them there."""

    items: tuple[Item, ...]
    near_hall: str
    near_region: str
    far_hall: str
    far_region: str
    near_places: int
    far_places: int


def find_route(
    catalogue: Catalogue, codes: tuple[str, ...], near_hall: str, far_region: str | None, day: date
) -> Route:
    """Where these items are served for people of the near hall's region on a day.

    Raises NotFound; Invalid `bad_items`, `not_served` with the item no agreement speaks of,
    `not_served_together`; Refused for an unknown item.
    """
    near = catalogue.hall(near_hall)
    if not near.active:
        raise NotFound("unknown_hall")
    if not 1 <= len(codes) <= MOST_ITEMS or len(set(codes)) != len(codes):
        raise Invalid("bad_items")
    items = tuple(catalogue.item(code, day) for code in codes)
    halls: dict[str, str] = {}
    for code in codes:
        agreement = catalogue.agreement(near.region, code, day, far_region)
        if agreement is None:
            raise Invalid("not_served", {"item": code})
        halls[agreement.hall] = agreement.far
    if len(halls) > 1:
        raise Invalid("not_served_together")
    far_hall, far_agreed = next(iter(halls.items()))
    return Route(
        items=items,
        near_hall=near.id,
        near_region=near.region,
        far_hall=far_hall,
        far_region=far_agreed,
        near_places=catalogue.capacity(near.id, codes),
        far_places=catalogue.capacity(far_hall, codes),
    )


def check_open(catalogue: Catalogue, near: str, far: str, now: datetime) -> None:
    """Whether somebody who takes a ticket now can be served today: the hall is open, and the other
    one is too before this one closes. Raises Conflict `hall_closed`, `far_closed`."""
    day = now.astimezone(ZONES[catalogue.hall(near).zone]).date()
    if not any(each.start <= now < each.end for each in catalogue.open_on(near, day)):
        raise Conflict("hall_closed", {"hall": near})
    if not any(now < each.end for each in catalogue.shared_hours(near, far, day)):
        raise Conflict("far_closed", {"hall": far})
