"""Which times can be booked, and how many places are left of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from crypto.encoding import format_time
from server.clock import Clock
from server.counter.catalogue.store import CatalogueStore
from server.counter.queue.routes import FARTHEST, RIGHT_AFTER, find_route
from server.counter.queue.slots import Slots

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Time:
    """A bookable time, and the places left at both sites."""

    starts_at: datetime
    near_left: int
    far_left: int


@dataclass(frozen=True, slots=True)
class Free:
    """The times of a day of the near hall's wall; whether the sites are open at all then."""

    far_hall: str
    near_open: bool
    far_open: bool
    times: Sequence[Time]


class Times:
    """What is asked before booking."""

    def __init__(self, clock: Clock, catalogue: CatalogueStore, slots: Slots) -> None:
        self._clock = clock
        self._catalogue = catalogue
        self._slots = slots

    async def of_day(
        self, items: tuple[str, ...], near: str, far_region: str | None, day: date
    ) -> Free:
        """The times of a day for these items. Raises as `find_route`."""
        catalogue, now = await self._catalogue.current(), self._clock()
        route = find_route(catalogue, items, near, far_region, day)
        starts = [
            each
            for each in catalogue.slots(route.near_hall, route.far_hall, day)
            if now + RIGHT_AFTER <= each <= now + FARTHEST
        ]
        near_taken = far_taken = dict[str, int]()
        if starts:
            until = starts[-1] + DAY
            near_taken = await self._slots.taken(route.near_hall, starts[0], until)
            far_taken = await self._slots.taken(route.far_hall, starts[0], until)
        return Free(
            far_hall=route.far_hall,
            near_open=bool(catalogue.open_on(route.near_hall, day)),
            far_open=bool(catalogue.open_on(route.far_hall, day)),
            times=[
                Time(
                    each,
                    max(0, route.near_places - near_taken.get(format_time(each), 0)),
                    max(0, route.far_places - far_taken.get(format_time(each), 0)),
                )
                for each in starts
            ],
        )
