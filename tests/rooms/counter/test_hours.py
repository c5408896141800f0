"""When two halls are open at once: never when one of them is closed."""

from datetime import UTC, date, datetime, timedelta, tzinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.counter.hours import (
    GRIDS,
    ZONES,
    DayKind,
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

MONDAY = date(2026, 11, 23)
SATURDAY = date(2026, 11, 28)
BEIJING = ZONES["Asia/Shanghai"]
XINJIANG = ZONES["Asia/Urumqi"]
WEEK: Week = {day: (Span(540, 720), Span(810, 1050)) for day in range(1, 6)}


def _open(week: Week, day: date, special: SpecialDay | None = None) -> list[tuple[int, int]]:
    return [(each.opens, each.closes) for each in spans_on(week, day, special)]


def test_a_weekday_has_its_hours_and_a_weekend_has_none() -> None:
    assert _open(WEEK, MONDAY) == [(540, 720), (810, 1050)]
    assert _open(WEEK, SATURDAY) == []


def test_a_holiday_closes_the_day() -> None:
    assert _open(WEEK, MONDAY, SpecialDay(DayKind.CLOSED)) == []


def test_a_working_weekend_has_the_hours_of_the_weekday_it_stands_for() -> None:
    week = {**WEEK, 5: (Span(540, 690),)}
    assert _open(week, SATURDAY, SpecialDay(DayKind.WORKING, as_weekday=5)) == [(540, 690)]


def test_a_half_day_narrows_the_usual_hours() -> None:
    half = SpecialDay(DayKind.SHORT, within=Span(600, 840))
    assert _open(WEEK, MONDAY, half) == [(600, 720), (810, 840)]


def test_a_half_day_opens_no_day_that_is_closed_anyway() -> None:
    half = SpecialDay(DayKind.SHORT, within=Span(600, 840))
    assert _open(WEEK, SATURDAY, half) == []


def test_spans_that_touch_are_one() -> None:
    assert _open({1: (Span(600, 720), Span(540, 600), Span(650, 700))}, MONDAY) == [(540, 720)]


def test_slots_lie_wholly_in_what_both_share() -> None:
    near = intervals_on((Span(545, 720),), MONDAY, BEIJING)
    far = intervals_on((Span(540, 630),), MONDAY, BEIJING)
    found = slots(shared(near, far), 20)
    # 09:05 to 10:30: the first whole slot begins at 09:20, the last at 10:00.
    assert [f"{each.astimezone(BEIJING):%H:%M}" for each in found] == ["09:20", "09:40", "10:00"]


def test_walls_in_two_zones_are_compared_as_instants() -> None:
    near = intervals_on((Span(540, 600),), MONDAY, BEIJING)
    assert shared(near, intervals_on((Span(540, 600),), MONDAY, XINJIANG)) == ()
    assert shared(near, intervals_on((Span(420, 480),), MONDAY, XINJIANG)) == near


def test_midnight_closes_a_day() -> None:
    (found,) = intervals_on((Span(1380, 1440),), MONDAY, BEIJING)
    assert found == Interval(
        datetime(2026, 11, 23, 15, tzinfo=UTC), datetime(2026, 11, 23, 16, tzinfo=UTC)
    )


def test_slots_that_do_not_fit_the_hour_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="7 minutes"):
        slots((), 7)


def test_working_days_pass_over_weekends_and_holidays() -> None:
    closed = {date(2026, 11, 24): SpecialDay(DayKind.CLOSED)}

    def works(day: date) -> bool:
        return is_working(day, closed.get(day))

    assert working_days_after(MONDAY, 0, works) == MONDAY
    assert working_days_after(MONDAY, 1, works) == date(2026, 11, 25)
    assert working_days_after(MONDAY, 4, works) == date(2026, 11, 30)


def test_a_working_weekend_counts_and_a_half_day_does_too() -> None:
    assert is_working(SATURDAY, SpecialDay(DayKind.WORKING))
    assert is_working(MONDAY, SpecialDay(DayKind.SHORT))
    assert not is_working(SATURDAY, SpecialDay(DayKind.SHORT))


def test_a_region_that_never_works_has_no_due_day() -> None:
    with pytest.raises(ValueError, match="not so many working days"):
        working_days_after(MONDAY, 1, lambda _: False)


SPANS = st.tuples(st.integers(0, 1440), st.integers(0, 1440)).map(lambda pair: Span(*pair))
WEEKS = st.dictionaries(st.integers(1, 7), st.lists(SPANS, max_size=4).map(tuple))
SPECIALS = st.none() | st.builds(SpecialDay, st.sampled_from(DayKind), st.integers(1, 7), SPANS)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
ZONE = st.sampled_from(sorted(ZONES)).map(lambda name: ZONES[name])


def _is_open(
    week: Week, special: SpecialDay | None, day: date, zone: tzinfo, instant: datetime
) -> bool:
    """The rule said minute by minute, without any intervals."""
    there = instant.astimezone(zone)
    if there.date() != day:
        return False
    minute = there.hour * 60 + there.minute
    weekday = day.isoweekday()
    match special:
        case SpecialDay(kind=DayKind.CLOSED):
            return False
        case SpecialDay(kind=DayKind.WORKING):
            weekday = special.as_weekday
        case SpecialDay(kind=DayKind.SHORT):
            if not special.within.opens <= minute < special.within.closes:
                return False
    return any(each.opens <= minute < each.closes for each in week.get(weekday, ()))


@given(WEEKS, SPECIALS, ZONE, WEEKS, SPECIALS, ZONE, DAYS, st.sampled_from(GRIDS))
def test_no_slot_has_a_minute_in_which_one_side_is_closed(
    near: Week,
    near_special: SpecialDay | None,
    near_zone: tzinfo,
    far: Week,
    far_special: SpecialDay | None,
    far_zone: tzinfo,
    day: date,
    length: int,
) -> None:
    both = shared(
        intervals_on(spans_on(near, day, near_special), day, near_zone),
        intervals_on(spans_on(far, day, far_special), day, far_zone),
    )
    found = slots(both, length)
    for start in found:
        assert start.minute % length == 0
        for minute in range(length):
            instant = start + timedelta(minutes=minute)
            assert _is_open(near, near_special, day, near_zone, instant)
            assert _is_open(far, far_special, day, far_zone, instant)
    # And none is missing: what both sides are open for, on the grid, is a slot.
    midnight = datetime.combine(day, datetime.min.time(), near_zone).astimezone(UTC)
    for at in range(0, 1440, length):
        start = midnight + timedelta(minutes=at)
        instants = [start + timedelta(minutes=minute) for minute in range(length)]
        if all(
            _is_open(near, near_special, day, near_zone, each)
            and _is_open(far, far_special, day, far_zone, each)
            for each in instants
        ):
            assert start in found
