"""When a hall is open: weekly hours, holidays, half days and working weekends (调休).

Hours are read on the wall of the hall they belong to; two halls may have different walls. What is
compared and booked are instants.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from enum import StrEnum

DAY_MINUTES = 24 * 60
GRIDS = (5, 10, 15, 20, 30, 60)
"""Lengths of slots in minutes. They divide the hour, so that every pair of halls has the same
beginnings and a slot of one never overlaps half of another's."""
FARTHEST = 20 * 366
"""Days within which a count of working days must end."""

ZONES: Mapping[str, tzinfo] = {
    "Asia/Shanghai": timezone(timedelta(hours=8), "Asia/Shanghai"),
    "Asia/Hong_Kong": timezone(timedelta(hours=8), "Asia/Hong_Kong"),
    "Asia/Macau": timezone(timedelta(hours=8), "Asia/Macau"),
    "Asia/Urumqi": timezone(timedelta(hours=6), "Asia/Urumqi"),
}
"""The zones a hall's clock may have; none has summer time, so a fixed offset is the zone."""


class DayKind(StrEnum):
    """How a day differs from its weekday."""

    CLOSED = "closed"  # 放假
    WORKING = "working"  # 上班: a weekend that is worked, by another weekday's hours
    SHORT = "short"  # open within narrower hours only: 半天


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Part of a day in minutes after midnight; `closes` may be 1440 and belongs to it no more."""

    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day with hours of its own: `as_weekday` (1 Monday … 7) for a working one, `within` for a
    short one."""

    kind: DayKind
    as_weekday: int = 1
    within: Span = Span(0, DAY_MINUTES)


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """From `start` until before `end`."""

    start: datetime
    end: datetime


Week = Mapping[int, tuple[Span, ...]]
"""The spans of each weekday, 1 Monday … 7 Sunday; a weekday that is absent is closed."""


def spans_on(week: Week, day: date, special: SpecialDay | None) -> tuple[Span, ...]:
    """The parts of this day in which a hall is open, in order and without overlaps."""
    if special is None:
        return _joined(week.get(day.isoweekday(), ()))
    match special.kind:
        case DayKind.CLOSED:
            return ()
        case DayKind.WORKING:
            return _joined(week.get(special.as_weekday, ()))
        case DayKind.SHORT:
            least, most = special.within.opens, special.within.closes
            usual = week.get(day.isoweekday(), ())
            return _joined(Span(max(at.opens, least), min(at.closes, most)) for at in usual)


def intervals_on(spans: Iterable[Span], day: date, zone: tzinfo) -> tuple[Interval, ...]:
    """The same parts as instants, with the day's midnight in this zone."""
    midnight = datetime.combine(day, time(), zone).astimezone(UTC)
    return tuple(
        Interval(
            midnight + timedelta(minutes=each.opens), midnight + timedelta(minutes=each.closes)
        )
        for each in spans
    )


def shared(one: Iterable[Interval], other: Iterable[Interval]) -> tuple[Interval, ...]:
    """What lies in an interval of both."""
    others = tuple(other)
    found = (Interval(max(a.start, b.start), min(a.end, b.end)) for a in one for b in others)
    return tuple(sorted(each for each in found if each.start < each.end))


def slots(open_in: Iterable[Interval], minutes: int) -> tuple[datetime, ...]:
    """The beginnings of slots that lie wholly in one of the intervals.

    They fall on whole multiples of `minutes` (one of GRIDS) of the hour.
    """
    if minutes not in GRIDS:
        raise ValueError(f"slots of {minutes} minutes do not fit the hour")
    length = timedelta(minutes=minutes)
    found: list[datetime] = []
    for each in open_in:
        start = _next_on_grid(each.start, minutes)
        while start + length <= each.end:
            found.append(start)
            start += length
    return tuple(sorted(set(found)))


def is_working(day: date, special: SpecialDay | None) -> bool:
    """Whether the day counts as a working day (工作日) where `special` holds."""
    if special is None:
        return day.isoweekday() <= 5
    return special.kind is not DayKind.CLOSED and (
        special.kind is DayKind.WORKING or day.isoweekday() <= 5
    )


def working_days_after(day: date, count: int, works: Callable[[date], bool]) -> date:
    """The working day that is `count` working days after `day`, which itself is not counted.

    The day itself for a count of 0. Raises ValueError when no such day comes within twenty years.
    """
    left, found = count, day
    while left:
        if found - day > timedelta(days=FARTHEST):
            raise ValueError("there are not so many working days")
        found += timedelta(days=1)
        left -= works(found)
    return found


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """In order, without empty ones; what touches or overlaps becomes one."""
    found: list[Span] = []
    for each in sorted(each for each in spans if each.opens < each.closes):
        if found and each.opens <= found[-1].closes:
            found[-1] = Span(found[-1].opens, max(found[-1].closes, each.closes))
        else:
            found.append(each)
    return tuple(found)


def _next_on_grid(instant: datetime, minutes: int) -> datetime:
    whole = instant.replace(minute=0, second=0, microsecond=0)
    step = timedelta(minutes=minutes)
    return whole + -((whole - instant) // step) * step
