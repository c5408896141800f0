"""Working days: promised times count them, and regions differ in their holidays.

A calendar is an argument; nothing here knows a year's holidays by itself.
"""

from collections.abc import Set
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from rooms.texts import BEIJING

_DAY = timedelta(days=1)
MOST_DAYS = 4_000
"""Days looked ahead at most: a calendar without working days is a mistake."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """`holidays` are days off in the week (放假), `working_weekends` weekend days that are worked
    (调休上班)."""

    holidays: Set[date] = frozenset()
    working_weekends: Set[date] = frozenset()

    def works(self, day: date) -> bool:
        """Whether this is a working day. A day listed as both is a holiday."""
        if day in self.holidays:
            return False
        return day.weekday() < 5 or day in self.working_weekends


def add(day: date, days: int, calendar: Calendar) -> date:
    """The working day that is `days` working days after `day`; the day itself does not count
    (民法典 201). ValueError for negative days, or where the calendar has no working days."""
    if days < 0:
        raise ValueError("working days are counted forwards")
    at = day
    for _ in range(MOST_DAYS):
        if days == 0:
            return at
        at += _DAY
        if calendar.works(at):
            days -= 1
    raise ValueError("the calendar has no working days")


def deadline(start: datetime, days: int, calendar: Calendar) -> datetime:
    """The end, in Beijing, of the day that is `days` working days after the start: the instant at
    which the day is over."""
    last = add(start.astimezone(BEIJING).date(), days, calendar)
    return datetime.combine(last + _DAY, time(), BEIJING)


def between(first: date, last: date, calendar: Calendar) -> int:
    """Working days after `first` up to and with `last`; negative if `last` is earlier."""
    if last < first:
        return -between(last, first, calendar)
    days = (last - first).days
    return sum(calendar.works(first + _DAY * number) for number in range(1, days + 1))
