"""Whether new rows can stand beside those that are there; every culprit by its path."""

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

from rooms.counter.hours import ZONES, DayKind
from rooms.counter.places import parse_degrees
from rooms.counter.validate import REGION_CODE, validate_item
from rooms.counter.values import is_date
from rooms.problems import Problem, attempt
from rooms.texts import check_name
from server.counter.catalogue.catalogue import Catalogue
from server.counter.catalogue.tables import EVERYTHING, Agreement, Day, Edition, Tables, merged

MOST_SKILLS = 200
MOST_ORGANISATIONS = 50
MOST_AGREED = 500
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)
_GROUP = re.compile(r"[a-z0-9-]{1,63}-\*", re.ASCII)
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00", re.ASCII)
_PHONE = re.compile(r"[0-9+() -]{3,40}", re.ASCII)

REFERENCES = frozenset(
    {
        "unknown_region",
        "unknown_hall",
        "unknown_item",
        "hall_elsewhere",
        "authority_elsewhere",
        "not_above",
        "versions_out_of_order",
    }
)
"""Codes of problems that may lie in another row than the one that has them."""

R = TypeVar("R")
Rows = Iterator[tuple[str, R]]


def check(new: Tables, old: Tables) -> list[Problem]:
    """Every problem that `new` has by itself, or would have beside `old`."""
    together = Catalogue(merged(old, new))
    return [
        *_regions(new, together),
        *_halls(new, together),
        *_moved(new, old),
        *_windows(new, together),
        *_hours(new, together),
        *_days(new, together),
        *_items(new, old, together),
        *_agreements(new, together),
    ]


def _regions(new: Tables, together: Catalogue) -> Iterator[Problem]:
    yield from _once("regions", new.regions, "code", lambda each: each.code)
    for path, each in _rows("regions", new.regions):
        yield from _matching(f"{path}.code", REGION_CODE, each.code)
        yield from attempt(f"{path}.name", check_name, each.name)
        parent = each.parent
        if parent is None:
            if len(_level(each.code)) > 2:
                yield Problem(f"{path}.parent", "missing")
        elif parent not in together.regions:
            yield Problem(f"{path}.parent", "unknown_region", {"region": parent[:64]})
        elif not _below(each.code, parent):
            yield Problem(f"{path}.parent", "not_above", {"region": parent})


def _halls(new: Tables, together: Catalogue) -> Iterator[Problem]:
    yield from _once("halls", new.halls, "id", lambda each: each.id)
    for path, each in _rows("halls", new.halls):
        yield from _matching(f"{path}.id", _ID, each.id)
        yield from _known_region(f"{path}.region", each.region, together)
        yield from attempt(f"{path}.name", check_name, each.name)
        yield from attempt(f"{path}.address", check_name, each.address)
        if parse_degrees(each.longitude, 180) is None:
            yield Problem(f"{path}.longitude", "degrees", {"most": 180})
        if parse_degrees(each.latitude, 90) is None:
            yield Problem(f"{path}.latitude", "degrees", {"most": 90})
        if each.phone:
            yield from _matching(f"{path}.phone", _PHONE, each.phone)
        if each.zone not in ZONES:
            yield Problem(f"{path}.zone", "unknown_zone", {"known": list(ZONES)})


def _moved(new: Tables, old: Tables) -> Iterator[Problem]:
    """Statistics and agreements go by where a hall is, and a window is its hall's."""
    regions = {each.id: each.region for each in old.halls}
    for path, hall in _rows("halls", new.halls):
        if regions.get(hall.id, hall.region) != hall.region:
            yield Problem(f"{path}.region", "cannot_move", {"region": regions[hall.id]})
    halls = {each.id: each.hall for each in old.windows}
    for path, window in _rows("windows", new.windows):
        if halls.get(window.id, window.hall) != window.hall:
            yield Problem(f"{path}.hall", "cannot_move", {"hall": halls[window.id]})


def _windows(new: Tables, together: Catalogue) -> Iterator[Problem]:
    yield from _once("windows", new.windows, "id", lambda each: each.id)
    codes = {each.item.code for each in together.tables.items}
    for path, each in _rows("windows", new.windows):
        yield from _matching(f"{path}.id", _ID, each.id)
        yield from _known_hall(f"{path}.hall", each.hall, together)
        yield from attempt(f"{path}.name", check_name, each.name)
        if not 1 <= len(each.skills) <= MOST_SKILLS:
            params = {"least": 1, "most": MOST_SKILLS}
            yield Problem(f"{path}.skills", "out_of_range", params)
        for skill in each.skills:
            if skill == EVERYTHING or _GROUP.fullmatch(skill):
                continue
            if skill not in codes:
                yield Problem(f"{path}.skills", "unknown_item", {"item": skill[:64]})
        if len(each.organisations) > MOST_ORGANISATIONS:
            params = {"least": 0, "most": MOST_ORGANISATIONS}
            yield Problem(f"{path}.organisations", "out_of_range", params)
        for organisation in each.organisations:
            yield from attempt(f"{path}.organisations", check_name, organisation)


def _hours(new: Tables, together: Catalogue) -> Iterator[Problem]:
    spans: dict[tuple[str, int], list[tuple[str, str, str]]] = defaultdict(list)
    for path, each in _rows("hours", new.hours):
        yield from _known_hall(f"{path}.hall", each.hall, together)
        if not 1 <= each.weekday <= 7:
            yield Problem(f"{path}.weekday", "out_of_range", {"least": 1, "most": 7})
        problems = list(_span(path, each.opens, each.closes))
        yield from problems
        if not problems:
            spans[each.hall, each.weekday].append((each.opens, each.closes, path))
    for found in spans.values():
        for (_, closes, _), (opens, _, path) in pairwise(sorted(found)):
            if opens < closes:
                yield Problem(f"{path}.opens", "overlaps")


def _days(new: Tables, together: Catalogue) -> Iterator[Problem]:
    yield from _once("days", new.days, "day", lambda each: (each.region, each.day))
    for path, each in _rows("days", new.days):
        yield from _known_region(f"{path}.region", each.region, together)
        yield from _day(f"{path}.day", each.day)
        if each.name:
            yield from attempt(f"{path}.name", check_name, each.name)
        yield from _special(path, each)


def _special(path: str, day: Day) -> Iterator[Problem]:
    if not 1 <= day.as_weekday <= 7:
        yield Problem(f"{path}.as_weekday", "out_of_range", {"least": 1, "most": 7})
    yield from _span(path, day.opens, day.closes)
    if day.kind is not DayKind.SHORT and (day.opens, day.closes) != ("00:00", "24:00"):
        yield Problem(f"{path}.opens", "only_for_short_days")


def _items(new: Tables, old: Tables, together: Catalogue) -> Iterator[Problem]:
    yield from _once(
        "items", new.items, "item.version", lambda each: (each.item.code, each.item.version)
    )
    before = {(each.item.code, each.item.version): each for each in old.items}
    codes = {each.item.code for each in together.tables.items}
    for path, each in _rows("items", new.items):
        item = each.item
        for problem in validate_item(item):
            yield Problem(f"{path}.item.{problem.path}", problem.code, problem.params)
        yield from _day(f"{path}.valid_from", each.valid_from)
        yield from _known_region(f"{path}.item.region", item.region, together)
        was = before.get((item.code, item.version))
        if was is not None and was != each:
            # Sessions and notices name the version: it must go on meaning what it meant.
            yield Problem(f"{path}.item.version", "version_changed", {"item": item.code[:64]})
        for at, code in enumerate(item.bundle):
            if code not in codes:
                yield Problem(f"{path}.item.bundle[{at}]", "unknown_item", {"item": code[:64]})
    yield from _in_order(new.items, together)


def _in_order(new: Sequence[Edition], together: Catalogue) -> Iterator[Problem]:
    """A higher version is not valid from an earlier day than a lower one."""
    place = {(each.item.code, each.item.version): path for path, each in _rows("items", tuple(new))}
    editions: dict[str, list[Edition]] = defaultdict(list)
    for each in together.tables.items:
        editions[each.item.code].append(each)
    for code, found in editions.items():
        for lower, higher in pairwise(sorted(found, key=lambda each: each.item.version)):
            if higher.valid_from >= lower.valid_from:
                continue
            for each in (higher, lower):
                path = place.get((code, each.item.version))
                if path is not None:
                    params = {"version": lower.item.version, "valid_from": lower.valid_from}
                    yield Problem(f"{path}.valid_from", "versions_out_of_order", params)
                    break


def _agreements(new: Tables, together: Catalogue) -> Iterator[Problem]:
    yield from _once("agreements", new.agreements, "id", lambda each: each.id)
    authorities: dict[str, set[str]] = defaultdict(set)
    for edition in together.tables.items:
        authorities[edition.item.code].add(edition.item.region)
    for path, each in _rows("agreements", new.agreements):
        yield from _matching(f"{path}.id", _ID, each.id)
        yield from _known_region(f"{path}.near", each.near, together)
        yield from _known_region(f"{path}.far", each.far, together)
        yield from _known_hall(f"{path}.hall", each.hall, together)
        hall = together.halls.get(each.hall)
        if hall is not None and not together.within(hall.region, each.far):
            yield Problem(f"{path}.hall", "hall_elsewhere", {"region": each.far[:64]})
        if each.near == each.far:
            yield Problem(f"{path}.far", "same_region")
        yield from _day(f"{path}.since", each.since)
        if each.until is not None:
            yield from _day(f"{path}.until", each.until)
            if each.until < each.since:
                yield Problem(f"{path}.until", "ends_before_it_begins")
        yield from _agreed_items(path, each, authorities, together)
    yield from _doubled(new, together)


def _agreed_items(
    path: str, each: Agreement, authorities: dict[str, set[str]], together: Catalogue
) -> Iterator[Problem]:
    if not 1 <= len(each.items) <= MOST_AGREED or len(set(each.items)) != len(each.items):
        yield Problem(f"{path}.items", "out_of_range", {"least": 1, "most": MOST_AGREED})
    for code in each.items:
        if code not in authorities:
            yield Problem(f"{path}.items", "unknown_item", {"item": code[:64]})
        elif not any(
            together.within(each.far, region) or together.within(region, each.far)
            for region in authorities[code]
        ):
            params = {"item": code, "region": each.far[:64]}
            yield Problem(f"{path}.items", "authority_elsewhere", params)


def _doubled(new: Tables, together: Catalogue) -> Iterator[Problem]:
    """Two agreements that say at the same time who serves an item for a pair of regions."""
    place = {each.id: path for path, each in _rows("agreements", new.agreements)}
    pairs: dict[tuple[str, str, str], list[Agreement]] = defaultdict(list)
    for each in together.tables.agreements:
        for code in set(each.items):
            pairs[each.near, each.far, code].append(each)
    told: set[str] = set()
    for (_, _, code), found in pairs.items():
        lasting: Agreement | None = None
        for each in sorted(found, key=lambda each: (each.since, each.id)):
            if lasting is not None and each.since <= _last(lasting):
                culprit, other = (each, lasting) if each.id in place else (lasting, each)
                if culprit.id in place and culprit.id not in told:
                    told.add(culprit.id)
                    params = {"item": code[:64], "agreement": other.id[:64]}
                    yield Problem(f"{place[culprit.id]}.items", "doubled", params)
            if lasting is None or _last(each) > _last(lasting):
                lasting = each


def _last(agreement: Agreement) -> str:
    return agreement.until or "9999-12-31"


def _rows(table: str, rows: Sequence[R]) -> Rows[R]:
    for at, each in enumerate(rows):
        yield f"{table}[{at}]", each


def _once(
    table: str, rows: Sequence[R], member: str, key: Callable[[R], Hashable]
) -> Iterator[Problem]:
    seen: set[Hashable] = set()
    for path, each in _rows(table, rows):
        if key(each) in seen:
            yield Problem(f"{path}.{member}", "repeated")
        seen.add(key(each))


def _level(code: str) -> str:
    """The digits of a region's code that say something: `53`, `5301`, `530112`."""
    return code[: 2 if code.endswith("0000") else 4 if code.endswith("00") else 6]


def _below(code: str, parent: str) -> bool:
    above = _level(parent)
    return len(above) < len(_level(code)) and code.startswith(above)


def _known_region(path: str, code: str, together: Catalogue) -> Iterator[Problem]:
    if code not in together.regions:
        yield Problem(path, "unknown_region", {"region": code[:64]})


def _known_hall(path: str, hall: str, together: Catalogue) -> Iterator[Problem]:
    if hall not in together.halls:
        yield Problem(path, "unknown_hall", {"hall": hall[:64]})


def _matching(path: str, pattern: re.Pattern[str], text: str) -> Iterator[Problem]:
    if not pattern.fullmatch(text):
        yield Problem(path, "pattern")


def _day(path: str, text: str) -> Iterator[Problem]:
    if not is_date(text):
        yield Problem(path, "date")


def _span(path: str, opens: str, closes: str) -> Iterator[Problem]:
    problems: list[Problem] = []
    for name, text in (("opens", opens), ("closes", closes)):
        if not _CLOCK.fullmatch(text):
            problems.append(Problem(f"{path}.{name}", "clock"))
    if not problems and closes <= opens:
        problems.append(Problem(f"{path}.closes", "ends_before_it_begins"))
    yield from problems
