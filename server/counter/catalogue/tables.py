"""The rows of a catalogue, as the document and the database have them.

Days are `2026-11-22`, times of day `09:00` on the wall of the hall, regions GB/T 2260 codes,
coordinates decimal degrees (CGCS2000) as text, because no format here has fractions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from rooms.counter.hours import DayKind
from rooms.counter.terms import Item

T = TypeVar("T")

SHANGHAI = "Asia/Shanghai"
EVERYTHING = "*"
"""The skill that stands for all items."""


@dataclass(frozen=True, slots=True)
class Region:
    """A region below its parent; provinces have none."""

    code: str
    name: str
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Hall:
    """A service hall (政务服务大厅) or an agent point in a village (帮办代办点)."""

    id: str
    region: str
    name: str
    address: str
    longitude: str
    latitude: str
    phone: str = ""
    zone: str = SHANGHAI
    active: bool = True


@dataclass(frozen=True, slots=True)
class Window:
    """A window of a hall. Its skills are item codes, `prefix-*` for a group of them, or `*`.

    Clerks of these `organisations`, as their accounts name them, may sit there; anybody's where
    there is none.
    """

    id: str
    hall: str
    name: str
    skills: tuple[str, ...] = (EVERYTHING,)
    active: bool = True
    organisations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hours:
    """A span of a weekday (1 Monday … 7 Sunday) in which a hall is open."""

    hall: str
    weekday: int
    opens: str
    closes: str


@dataclass(frozen=True, slots=True)
class Day:
    """A day on which all halls of a region, and of the regions below it, keep other hours.

    `as_weekday` is for working days, `opens` and `closes` for short ones.
    """

    region: str
    day: str
    kind: DayKind
    name: str = ""
    as_weekday: int = 1
    opens: str = "00:00"
    closes: str = "24:00"


@dataclass(frozen=True, slots=True)
class Edition:
    """An item in one version, offered from a day on."""

    valid_from: str
    item: Item


@dataclass(frozen=True, slots=True)
class Agreement:
    """Who is served for whom: applicants of `near` by `hall` in `far`, for these items, from
    `since` to the last day `until`."""

    id: str
    near: str
    far: str
    hall: str
    items: tuple[str, ...]
    since: str
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Tables:
    """A catalogue, or the part of one that is brought in."""

    regions: tuple[Region, ...] = ()
    halls: tuple[Hall, ...] = ()
    windows: tuple[Window, ...] = ()
    hours: tuple[Hours, ...] = ()
    days: tuple[Day, ...] = ()
    items: tuple[Edition, ...] = ()
    agreements: tuple[Agreement, ...] = ()


ROWS: dict[str, type] = {
    "regions": Region,
    "halls": Hall,
    "windows": Window,
    "hours": Hours,
    "days": Day,
    "items": Edition,
    "agreements": Agreement,
}
"""The form of each table's rows, in the order in which they refer to one another."""

assert list(ROWS) == [each.name for each in fields(Tables)]


def merged(old: Tables, new: Tables) -> Tables:
    """What is there after `new` was brought in.

    Regions, halls, windows, agreements and versions of items are added or changed, never taken
    away. Hours are replaced for the halls, and days for the regions, that the new ones speak of.
    Every table is in the order of its keys.
    """
    halls = {each.hall for each in new.hours}
    regions = {each.region for each in new.days}
    kept_hours = (each for each in old.hours if each.hall not in halls)
    kept_days = (each for each in old.days if each.region not in regions)
    return Tables(
        regions=_by_key({each.code: each for each in (*old.regions, *new.regions)}),
        halls=_by_key({each.id: each for each in (*old.halls, *new.halls)}),
        windows=_by_key({each.id: each for each in (*old.windows, *new.windows)}),
        hours=_by_key(
            {(each.hall, each.weekday, each.opens): each for each in (*kept_hours, *new.hours)}
        ),
        days=_by_key({(each.region, each.day): each for each in (*kept_days, *new.days)}),
        items=_by_key(
            {(each.item.code, each.item.version): each for each in (*old.items, *new.items)}
        ),
        agreements=_by_key({each.id: each for each in (*old.agreements, *new.agreements)}),
    )


def _by_key(rows: Mapping[Any, T]) -> tuple[T, ...]:
    return tuple(rows[key] for key in sorted(rows))
