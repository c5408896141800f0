"""Working days, with the holidays of a region."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.counter.workdays import Calendar, add, between, deadline

PLAIN = Calendar()
NATIONAL_DAY = Calendar(
    frozenset(date(2026, 10, day) for day in range(1, 8)), frozenset({date(2026, 10, 10)})
)
FRIDAY = date(2026, 11, 20)

days = st.dates(date(2020, 1, 1), date(2030, 1, 1))


def test_weekends_do_not_count() -> None:
    assert add(FRIDAY, 1, PLAIN) == date(2026, 11, 23)
    assert add(date(2026, 11, 21), 1, PLAIN) == date(2026, 11, 23)


def test_the_day_itself_does_not_count() -> None:
    assert add(FRIDAY, 0, PLAIN) == FRIDAY
    assert add(FRIDAY, 5, PLAIN) == date(2026, 11, 27)


def test_holidays_do_not_count_and_working_weekends_do() -> None:
    assert add(date(2026, 9, 30), 1, NATIONAL_DAY) == date(2026, 10, 8)
    assert add(date(2026, 9, 30), 3, NATIONAL_DAY) == date(2026, 10, 10)


def test_a_day_listed_as_both_is_a_holiday() -> None:
    both = Calendar(frozenset({date(2026, 11, 21)}), frozenset({date(2026, 11, 21)}))
    assert not both.works(date(2026, 11, 21))


def test_the_end_is_the_end_of_the_day_in_beijing() -> None:
    # 17:00 UTC on Friday is 01:00 on Saturday in Beijing.
    late = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
    assert deadline(late, 1, PLAIN) == datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


def test_a_holiday_on_one_side_only_makes_that_side_later() -> None:
    start = datetime(2026, 9, 30, 1, 0, tzinfo=UTC)
    assert deadline(start, 2, PLAIN) < deadline(start, 2, NATIONAL_DAY)


def test_working_days_are_counted_forwards() -> None:
    with pytest.raises(ValueError, match="forwards"):
        add(FRIDAY, -1, PLAIN)


def test_a_calendar_without_working_days_is_a_mistake() -> None:
    first = FRIDAY.toordinal()
    never = Calendar(frozenset(date.fromordinal(first + day) for day in range(5_000)))
    with pytest.raises(ValueError, match="no working days"):
        add(FRIDAY, 1, never)


@given(day=days, count=st.integers(1, 300))
def test_counting_back_gives_what_was_added(day: date, count: int) -> None:
    last = add(day, count, NATIONAL_DAY)
    assert NATIONAL_DAY.works(last)
    assert between(day, last, NATIONAL_DAY) == count
    assert between(last, day, NATIONAL_DAY) == -count
