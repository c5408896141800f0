"""The whole catalogue in memory, and what is asked of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import cached_property

from rooms.counter.hours import (
    ZONES,
    Interval,
    Span,
    SpecialDay,
    Week,
    intervals_on,
    is_working,
    shared,
    slots,
    spans_on,
    working_days_after,
)
from rooms.counter.places import Place, kilometres, parse_degrees
from rooms.counter.terms import Item
from rooms.refusals import UnknownItem
from server.counter.catalogue.tables import (
    EVERYTHING,
    Agreement,
    Day,
    Edition,
    Hall,
    Region,
    Tables,
    Window,
)
from server.errors import NotFound

LEVELS = 3
"""Province, prefecture, county (GB/T 2260)."""
SLOT_MINUTES = 20
"""The length of a booked time."""


class Catalogue:
    """One revision of the catalogue; it never changes."""

    def __init__(self, tables: Tables, revision: int = 0) -> None:
        self.tables = tables
        self.revision = revision
        self.regions = {each.code: each for each in tables.regions}
        self.halls = {each.id: each for each in tables.halls}
        self.windows = {each.id: each for each in tables.windows}
        self._editions: dict[str, list[Edition]] = defaultdict(list)
        for edition in tables.items:
            self._editions[edition.item.code].append(edition)
        for editions in self._editions.values():
            editions.sort(key=lambda each: each.item.version)
        self._offered: tuple[date, list[Item]] | None = None  # nearly always asked of one day

    # Regions and halls

    def region(self, code: str) -> Region:
        """The region with this code. Raises NotFound."""
        if code not in self.regions:
            raise NotFound("unknown_region")
        return self.regions[code]

    def chain(self, code: str) -> Iterator[str]:
        """The region itself and those above it, the nearest first."""
        found = self.regions.get(code)
        # Bounded, because it is also asked of regions that are still being checked.
        for _ in range(LEVELS):
            if found is None:
                return
            yield found.code
            found = self.regions.get(found.parent) if found.parent else None

    def within(self, code: str, above: str) -> bool:
        """Whether a region is the other one or lies in it."""
        return above in self.chain(code)

    def hall(self, hall: str) -> Hall:
        """The hall with this id. Raises NotFound."""
        if hall not in self.halls:
            raise NotFound("unknown_hall")
        return self.halls[hall]

    def halls_in(self, region: str) -> list[Hall]:
        """The active halls of a region and of those below it, by their ids."""
        return [
            each for each in self.tables.halls if each.active and self.within(each.region, region)
        ]

    def kilometres(self, one: str, other: str) -> int:
        """How far two halls are apart. Raises NotFound."""
        return kilometres(_place(self.hall(one)), _place(self.hall(other)))

    # Windows

    def window(self, window: str) -> Window:
        """The window with this id. Raises NotFound."""
        if window not in self.windows:
            raise NotFound("unknown_window")
        return self.windows[window]

    def windows_of(self, hall: str) -> list[Window]:
        """The active windows of a hall, by their ids."""
        return self._windows_by_hall.get(hall, [])

    def window_names(self, halls: Iterable[str]) -> dict[str, str]:
        """What the windows of some halls are called by their ids, also of those long closed."""
        wanted = frozenset(halls)
        return {each.id: each.name for each in self.tables.windows if each.hall in wanted}

    @cached_property
    def _windows_by_hall(self) -> dict[str, list[Window]]:
        found: dict[str, list[Window]] = defaultdict(list)
        for each in self.tables.windows:
            if each.active:
                found[each.hall].append(each)
        return dict(found)

    def skills(self, window: str) -> frozenset[str] | None:
        """The codes of the items that a window serves; None when it serves all. Raises NotFound."""
        own = self.window(window).skills
        if EVERYTHING in own:
            return None
        return frozenset(code for code in self._editions if knows(own, code))

    def capacity(self, hall: str, items: Iterable[str]) -> int:
        """How many active windows of a hall serve all these items."""
        codes = tuple(items)
        return sum(
            all(knows(each.skills, code) for code in codes) for each in self.windows_of(hall)
        )

    # Items and who serves them

    def item(self, code: str, on: date) -> Item:
        """The version of an item that is offered on a day: the highest one valid by then.

        Raises UnknownItem.
        """
        for each in reversed(self._editions.get(code, ())):
            if each.valid_from <= on.isoformat():
                return each.item
        raise UnknownItem(item=code[:64])

    def version(self, code: str, version: int) -> Edition:
        """One version of an item. Raises UnknownItem."""
        for each in self._editions.get(code, ()):
            if each.item.version == version:
                return each
        raise UnknownItem(item=code[:64], version=version)

    def editions(self, code: str) -> list[Edition]:
        """All versions of an item, the first one first."""
        return list(self._editions.get(code, ()))

    def offered(self, on: date) -> list[Item]:
        """All items that are offered on a day, by their codes."""
        if self._offered is None or self._offered[0] != on:
            day = on.isoformat()
            current = [
                [each.item for each in editions if each.valid_from <= day]
                for _, editions in sorted(self._editions.items())
            ]
            self._offered = on, [versions[-1] for versions in current if versions]
        return list(self._offered[1])

    def agreements(self, code: str, on: date) -> list[Agreement]:
        """The agreements in force on a day that speak of an item, by their ids."""
        day = on.isoformat()
        return [
            each
            for each in self._by_item.get(code, ())
            if each.since <= day
            and (each.until is None or day <= each.until)
            and self.halls[each.hall].active
        ]

    @cached_property
    def _by_item(self) -> dict[str, list[Agreement]]:
        found: dict[str, list[Agreement]] = defaultdict(list)
        for each in self.tables.agreements:
            for code in each.items:
                found[code].append(each)
        return dict(found)

    def agreement(self, near: str, code: str, on: date, far: str | None = None) -> Agreement | None:
        """By which agreement an item is served for applicants of a region on a day.

        The one that speaks of the nearest region wins; `far` narrows it to agreements with that
        region or one in it.
        """
        fitting = [
            each
            for each in self.agreements(code, on)
            if far is None or self.within(each.far, far) or self.within(far, each.far)
        ]
        for region in self.chain(near):
            for each in fitting:
                if each.near == region:
                    return each
        return None

    # Hours

    def special(self, region: str, day: date) -> SpecialDay | None:
        """What makes a day special in a region: the nearest region's word counts."""
        return self.special_in(region, day)[1]

    def special_in(self, region: str, day: date) -> tuple[str, SpecialDay | None]:
        """The same, with the region that says so."""
        for code in self.chain(region):
            found = self._days.get((code, day.isoformat()))
            if found is not None:
                return code, found
        return region, None

    @cached_property
    def _days(self) -> dict[tuple[str, str], SpecialDay]:
        return {(each.region, each.day): _special(each) for each in self.tables.days}

    def week(self, hall: str) -> Week:
        """A hall's usual hours."""
        return self._weeks.get(hall, {})

    @cached_property
    def _weeks(self) -> dict[str, dict[int, tuple[Span, ...]]]:
        found: dict[str, dict[int, tuple[Span, ...]]] = defaultdict(dict)
        for each in self.tables.hours:
            span = Span(minutes(each.opens), minutes(each.closes))
            days = found[each.hall]
            days[each.weekday] = (*days.get(each.weekday, ()), span)
        return dict(found)

    def open_on(self, hall: str, day: date) -> tuple[Interval, ...]:
        """When a hall is open on a day of its own wall. Raises NotFound."""
        place = self.hall(hall)
        if not place.active:
            return ()
        spans = spans_on(self.week(hall), day, self.special(place.region, day))
        return intervals_on(spans, day, ZONES[place.zone])

    def shared_hours(self, near: str, far: str, day: date) -> tuple[Interval, ...]:
        """When both halls are open on a day of the near hall's wall. Raises NotFound."""
        # The same instants may belong to the day before or after on the far hall's wall.
        days = (day + timedelta(days=each) for each in (-1, 0, 1))
        theirs = [interval for each in days for interval in self.open_on(far, each)]
        return shared(self.open_on(near, day), theirs)

    def slots(self, near: str, far: str, day: date) -> tuple[datetime, ...]:
        """The times that can be booked on a day when nothing is booked yet. Raises NotFound."""
        return slots(self.shared_hours(near, far, day), SLOT_MINUTES)

    def due(self, region: str, day: date, working_days: int) -> date:
        """The working day of a region that is so many working days after a day."""
        return working_days_after(
            day, working_days, lambda each: is_working(each, self.special(region, each))
        )


def knows(skills: Iterable[str], code: str) -> bool:
    """Whether an item is among these skills."""
    return any(
        skill in (EVERYTHING, code) or (skill.endswith("-*") and code.startswith(skill[:-1]))
        for skill in skills
    )


def minutes(clock: str) -> int:
    """`09:30` as minutes after midnight."""
    return int(clock[:2]) * 60 + int(clock[3:])


def _special(day: Day) -> SpecialDay:
    return SpecialDay(day.kind, day.as_weekday, Span(minutes(day.opens), minutes(day.closes)))


def _place(hall: Hall) -> Place:
    return Place(parse_degrees(hall.longitude, 180) or 0.0, parse_degrees(hall.latitude, 90) or 0.0)
