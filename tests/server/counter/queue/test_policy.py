"""The rules of waiting, over lines nobody thought of."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from rooms.ids import PersonId, RoomId
from server.counter.queue.policy import (
    BEHIND,
    BOOKED_AHEAD,
    LATE,
    PRIORITY_AHEAD,
    Duty,
    Waiting,
    by_hall,
    for_window,
    in_order,
    may_serve,
    place_behind,
    place_of_booking,
    place_of_ticket,
)

NINE = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
GREATEST = max(BOOKED_AHEAD, *PRIORITY_AHEAD.values())


def ticket(
    name: str, at: datetime = NINE, priority: str = "none", items: Sequence[str] = ("pension",)
) -> Waiting:
    return Waiting(
        room=RoomId(f"s-{name}"),
        number=name,
        place=place_of_ticket(at, priority),
        since=at,
        items=tuple(items),
        far_hall="far",
    )


def booked(name: str, starts_at: datetime, arrived_at: datetime) -> Waiting:
    place = place_of_booking(starts_at, arrived_at, "none")
    return replace(ticket(name, arrived_at), place=place, ripe_at=starts_at)


def duty(clerk: str, hall: str = "near", items: Sequence[str] | None = None) -> Duty:
    return Duty(f"w-{clerk}", hall, PersonId(clerk), clerk, tuple(items or ["*"]))


FAR = duty("far", "far")

tickets = st.builds(
    lambda number, minutes, priority, start: (
        ticket(f"A{number:03}", NINE + minutes * MINUTE, priority)
        if start is None
        else booked(f"A{number:03}", NINE + start * MINUTE, NINE + minutes * MINUTE)
    ),
    st.integers(0, 999),
    st.integers(0, 300),
    st.sampled_from(sorted(PRIORITY_AHEAD)),
    st.none() | st.integers(0, 300),
)
lines = st.lists(tickets, unique_by=lambda each: each.room, max_size=40)
instants = st.integers(0, 400).map(lambda minutes: NINE + minutes * MINUTE)


def test_who_took_a_ticket_first_is_called_first() -> None:
    later, earlier = ticket("A002", NINE + MINUTE), ticket("A001", NINE)
    assert in_order([later, earlier], NINE + 2 * MINUTE) == [earlier, later]


def test_an_old_person_goes_before_who_came_a_little_earlier() -> None:
    young, old = ticket("A001", NINE), ticket("A002", NINE + 10 * MINUTE, "elderly")
    assert in_order([young, old], NINE + 11 * MINUTE) == [old, young]


def test_but_not_before_who_has_waited_for_longer_than_the_head_start() -> None:
    young, old = ticket("A001", NINE), ticket("A002", NINE + 31 * MINUTE, "elderly")
    assert in_order([young, old], NINE + 32 * MINUTE) == [young, old]


def test_a_booked_time_comes_first_once_it_has_come() -> None:
    start = NINE + 30 * MINUTE
    walked_in, with_time = ticket("A001", NINE), booked("A002", start, NINE)
    assert in_order([walked_in, with_time], start - MINUTE) == [walked_in, with_time]
    assert in_order([walked_in, with_time], start) == [with_time, walked_in]


def test_who_comes_too_late_to_a_booked_time_waits_like_everybody() -> None:
    start = NINE
    walked_in = ticket("A001", NINE + MINUTE)
    late = booked("A002", start, start + LATE + MINUTE)
    assert in_order([walked_in, late], NINE + 20 * MINUTE) == [walked_in, late]


@given(lines, instants)
def test_the_order_does_not_depend_on_how_the_line_was_read(
    line: list[Waiting], now: datetime
) -> None:
    assert in_order(line, now) == in_order(reversed(line), now)


@given(lines, instants, instants)
def test_whose_time_has_come_never_change_places_among_themselves(
    line: list[Waiting], one: datetime, other: datetime
) -> None:
    now, later = sorted((one, other))
    ripe = {each.room for each in line if each.ripe_at is None or each.ripe_at <= now}
    before = [each.room for each in in_order(line, now) if each.room in ripe]
    after = [each.room for each in in_order(line, later) if each.room in ripe]
    assert before == after


@given(lines, st.sampled_from(sorted(PRIORITY_AHEAD)), instants)
def test_nobody_is_passed_by_who_comes_more_than_the_greatest_head_start_later(
    line: list[Waiting], priority: str, now: datetime
) -> None:
    mine = ticket("B001", NINE + timedelta(hours=1), priority)
    order = in_order([*line, mine], now)
    for each in order[: order.index(mine)]:
        came = each.since if each.ripe_at is None else min(each.since, each.ripe_at)
        assert came <= mine.since + GREATEST


@given(st.lists(st.sampled_from(sorted(PRIORITY_AHEAD)), min_size=200, max_size=200))
def test_nobody_starves_however_many_come_who_go_first(classes: list[str]) -> None:
    """Every minute somebody comes, of any class, and one is served: the first waits his turn."""
    line = [ticket("A000")]
    for minute, priority in enumerate(classes, start=1):
        now = NINE + minute * MINUTE
        line.append(ticket(f"B{minute:03}", now, priority))
        served = in_order(line, now)[0]
        if served.number == "A000":
            break
        line.remove(served)
    else:
        raise AssertionError("the first is waiting still")
    assert minute <= GREATEST / MINUTE + 1


@given(lines, st.lists(st.sampled_from(["one", "two", "three"]), min_size=45, max_size=45))
def test_whatever_windows_call_no_ticket_is_served_twice_and_all_are(
    line: list[Waiting], windows: list[str]
) -> None:
    now, left, served = NINE + 500 * MINUTE, list(line), []
    for window in windows:
        callable_now = for_window(duty(window), left, [FAR], now)
        if callable_now:
            left.remove(callable_now[0])
            served.append(callable_now[0].room)
    assert served == [each.room for each in in_order(line, now)]


def test_who_was_not_there_goes_behind_three_others() -> None:
    line = [ticket(f"A{number:03}", NINE + number * MINUTE) for number in range(6)]
    now = NINE + 10 * MINUTE
    gone = line[0]
    back = replace(gone, place=place_behind(gone.room, line, now), since=now)
    order = [each.number for each in in_order([*line[1:], back], now)]
    assert order == ["A001", "A002", "A003", "A000", "A004", "A005"]


@given(lines, instants)
def test_going_back_means_behind_three_or_behind_all(line: list[Waiting], now: datetime) -> None:
    gone = ticket("Z999", NINE)
    now = max([now, *(each.since for each in line)])
    back = replace(gone, place=place_behind(gone.room, line, now), since=now + MINUTE)
    order = in_order([*line, back], now + MINUTE)
    ripe = [each for each in in_order(line, now) if each.ripe_at is None or each.ripe_at <= now]
    ahead = {each.room for each in order[: order.index(back)]}
    assert {each.room for each in ripe[:BEHIND]} <= ahead


def test_a_window_calls_only_what_it_knows() -> None:
    pension, housing = ticket("A001"), ticket("B001", NINE + MINUTE, items=["housing"])
    window = duty("near", items=["housing"])
    assert for_window(window, [pension, housing], [FAR], NINE) == [housing]


def test_all_the_items_of_a_ticket_have_to_be_known() -> None:
    both = ticket("A001", items=["pension", "housing"])
    assert not may_serve(duty("near", items=["housing"]), both, by_hall([FAR]))
    assert may_serve(duty("near", items=["housing", "pension"]), both, by_hall([FAR]))


def test_a_ticket_is_not_called_while_nobody_is_there_to_decide_it() -> None:
    waiting = ticket("A001")
    assert for_window(duty("near"), [waiting], [], NINE) == []
    assert for_window(duty("near"), [waiting], [duty("x", "far", ["housing"])], NINE) == []
    assert for_window(duty("near"), [waiting], [FAR], NINE) == [waiting]


def test_nobody_is_both_sides_of_a_session() -> None:
    both = duty("clerk", "far")
    assert for_window(both, [ticket("A001")], [both], NINE) == []


def test_a_skill_may_stand_for_all_items_of_a_kind() -> None:
    assert duty("near", items=["pension-*"]).knows(["pension-balance", "pension-transfer"])
    assert not duty("near", items=["pension-*"]).knows(["pension-balance", "housing"])


def test_a_ticket_nobody_can_serve_now_keeps_its_place() -> None:
    first = replace(ticket("A001"), far_hall="closed")
    second = ticket("A002", NINE + MINUTE)
    assert for_window(duty("near"), [first, second], [FAR], NINE) == [second]
    both = [FAR, duty("back", "closed")]
    assert for_window(duty("near"), [first, second], both, NINE) == [first, second]
