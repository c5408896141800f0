"""How long people are told they will wait."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from server.counter.queue.estimate import FALLBACK, Durations, left_of, minutes_to_wait

MINUTE = timedelta(minutes=1)
spans = st.integers(60, 3600).map(lambda seconds: timedelta(seconds=seconds))


def test_what_an_item_takes_is_the_median_of_what_it_took() -> None:
    known = Durations({"pension": [600, 660, 9000]}, [60, 60, 60])
    assert known.expected(["pension"]) == 11 * MINUTE


def test_an_item_done_too_rarely_takes_what_any_session_of_the_hall_takes() -> None:
    assert Durations({"pension": [9000]}, [300, 360, 420]).expected(["pension"]) == 6 * MINUTE


def test_a_new_hall_expects_a_quarter_of_an_hour() -> None:
    assert Durations().expected(["pension"]) == FALLBACK


def test_two_items_take_as_long_as_both() -> None:
    known = Durations({"pension": [600] * 3, "housing": [300] * 3})
    assert known.expected(["pension", "housing"]) == 15 * MINUTE


def test_nobody_is_told_a_time_while_no_window_is_open() -> None:
    assert minutes_to_wait([FALLBACK], []) is None


def test_who_is_first_at_a_free_window_does_not_wait() -> None:
    assert minutes_to_wait([], [timedelta(0)]) == 0


def test_three_before_at_two_windows() -> None:
    assert minutes_to_wait([10 * MINUTE] * 3, [timedelta(0), 4 * MINUTE]) == 14


def test_a_session_over_its_time_is_about_to_end() -> None:
    assert left_of(10 * MINUTE, 30 * MINUTE) == MINUTE


@given(st.lists(spans, max_size=30), st.lists(spans, min_size=1, max_size=8))
def test_one_more_window_never_makes_anybody_wait_longer(
    ahead: list[timedelta], free: list[timedelta]
) -> None:
    fewer, more = minutes_to_wait(ahead, free), minutes_to_wait(ahead, [*free, timedelta(0)])
    assert fewer is not None
    assert more is not None
    assert more <= fewer


@given(st.lists(spans, max_size=30), st.lists(spans, min_size=1, max_size=8), spans)
def test_one_more_before_never_makes_anybody_wait_less(
    ahead: list[timedelta], free: list[timedelta], one: timedelta
) -> None:
    less, more = minutes_to_wait(ahead, free), minutes_to_wait([*ahead, one], free)
    assert less is not None
    assert more is not None
    assert less <= more
