"""What the demonstration's catalogue answers: who serves what, when both sites are open."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from rooms.refusals import UnknownItem
from server.counter.catalogue.booking import bookable, today
from server.counter.catalogue.catalogue import Catalogue, knows
from server.counter.catalogue.search import search
from server.counter.catalogue.tables import Agreement, Edition, Tables, Window, merged
from server.counter.queue.routes import Route, find_route
from server.errors import Invalid, NotFound
from tests.server.counter.catalogue.conftest import demo_tables

DEMO = Catalogue(demo_tables())
XISHAN, QIXINGGUAN = "xishan", "qixingguan"
PENSION = "520502-pension-refund"
TRADER = "530112-sole-trader"
FUND = "520500-housing-fund"
MONDAY = date(2026, 11, 23)


def _with(**tables: object) -> Catalogue:
    return Catalogue(merged(demo_tables(), Tables(**tables)))  # type: ignore[arg-type]


def _clock(catalogue: Catalogue, day: date) -> list[str]:
    return [
        f"{each.start + timedelta(hours=8):%H:%M}-{each.end + timedelta(hours=8):%H:%M}"
        for each in catalogue.shared_hours(XISHAN, QIXINGGUAN, day)
    ]


SHARED: dict[str, tuple[date, list[str]]] = {
    "an ordinary Monday": (MONDAY, ["09:00-12:00", "13:30-17:00"]),
    "a Saturday on which one side works": (date(2026, 11, 28), []),
    "a Sunday": (date(2026, 11, 29), []),
    "a holiday of both": (date(2026, 10, 1), []),
    "a working Sunday of both": (date(2026, 9, 20), ["09:00-12:00", "13:30-17:00"]),
    "a day on which the far side is closed": (date(2026, 12, 28), []),
    "a half day of the near side": (date(2026, 12, 31), ["09:00-12:00"]),
}


@pytest.mark.parametrize(("day", "hours"), SHARED.values(), ids=list(SHARED))
def test_both_sites_are_open_at_the_same_time(day: date, hours: list[str]) -> None:
    assert _clock(DEMO, day) == hours


def test_a_closed_hall_has_no_hours() -> None:
    hall = replace(DEMO.hall(QIXINGGUAN), active=False)
    assert _clock(_with(halls=(hall,)), MONDAY) == []


def test_a_hall_with_another_wall_is_open_when_its_own_clock_says_so() -> None:
    later = _with(halls=(replace(DEMO.hall(QIXINGGUAN), zone="Asia/Urumqi"),))
    # 09:00–12:00 and 13:30–17:30 in Ürümqi are two hours later in Kunming.
    assert _clock(later, MONDAY) == ["11:00-12:00", "13:00-14:00", "15:30-17:00"]


def test_slots_are_twenty_minutes_long_and_within_the_shared_hours() -> None:
    found = DEMO.slots(XISHAN, QIXINGGUAN, MONDAY)
    assert found[0] == datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    assert found[-1] == datetime(2026, 11, 23, 8, 40, tzinfo=UTC)
    assert len(found) == 19


def test_an_item_is_served_by_agreement_only() -> None:
    agreed = DEMO.agreement("530112", PENSION, MONDAY)
    assert agreed is not None
    assert agreed.hall == QIXINGGUAN
    assert DEMO.agreement("520502", PENSION, MONDAY) is None
    assert DEMO.agreement("530112", "530112-id-card", MONDAY) is None


@pytest.mark.parametrize(
    ("day", "served"),
    [("2025-12-31", False), ("2026-01-01", True), ("2030-12-31", True), ("2031-01-01", False)],
)
def test_an_agreement_holds_from_its_first_to_its_last_day(day: str, served: bool) -> None:
    found = DEMO.agreement("520502", TRADER, date.fromisoformat(day))
    assert (found is not None) == served


def test_the_agreement_of_the_nearest_region_wins() -> None:
    wide = Agreement("yunnan", "530000", "520500", QIXINGGUAN, (PENSION,), "2026-01-01")
    both = _with(agreements=(wide,))
    near = both.agreement("530112", PENSION, MONDAY)
    wider = both.agreement("530100", PENSION, MONDAY)
    assert near is not None
    assert wider is not None
    assert (near.id, wider.id) == ("xishan-qixingguan", "yunnan")


def test_the_far_region_narrows_the_choice() -> None:
    assert DEMO.agreement("530112", FUND, MONDAY, far="520500") is not None
    assert DEMO.agreement("530112", FUND, MONDAY, far="530000") is None


def test_the_version_of_the_day_is_offered_and_the_old_one_is_kept() -> None:
    item = replace(DEMO.item(PENSION, MONDAY), version=2, name="新版")
    newer = _with(items=(Edition("2026-12-01", item),))
    assert newer.item(PENSION, date(2026, 11, 30)).version == 1
    assert newer.item(PENSION, date(2026, 12, 1)).version == 2
    assert newer.version(PENSION, 1).item == DEMO.item(PENSION, MONDAY)
    with pytest.raises(UnknownItem):
        newer.item(PENSION, date(2025, 12, 31))
    with pytest.raises(UnknownItem):
        newer.version(PENSION, 3)


def test_windows_serve_items_groups_or_everything() -> None:
    assert knows(("520502-*",), PENSION)
    assert not knows(("520502-*",), FUND)
    assert knows(("*",), FUND)
    assert DEMO.skills("xishan-1") is None
    assert DEMO.skills("qixingguan-1") == frozenset(
        {PENSION, "520502-medical-remote", "520502-household-proof", "520502-driving-licence", FUND}
    )


def test_capacity_counts_windows_that_serve_all_of_it() -> None:
    assert DEMO.capacity(QIXINGGUAN, [PENSION]) == 3
    assert DEMO.capacity(QIXINGGUAN, [PENSION, "520502-household-proof"]) == 2
    shut = _with(windows=(Window("qixingguan-3", QIXINGGUAN, "综合收件窗口", ("*",), False),))
    assert shut.capacity(QIXINGGUAN, [PENSION]) == 2
    assert DEMO.capacity("nowhere", [PENSION]) == 0


def test_promised_days_are_working_days_of_the_deciding_region() -> None:
    assert DEMO.due("520502", date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert DEMO.due("520502", date(2026, 10, 9), 1) == date(2026, 10, 10)
    assert DEMO.due("520502", date(2026, 12, 25), 1) == date(2026, 12, 29)
    assert DEMO.due("530112", date(2026, 12, 25), 1) == date(2026, 12, 28)


def test_unknown_places_are_not_found() -> None:
    for ask in (DEMO.region, DEMO.hall, DEMO.window, DEMO.skills):
        with pytest.raises(NotFound):
            ask("nowhere")


def test_items_are_found_by_what_people_call_them() -> None:
    assert [each.code for each in search(DEMO, "养老 支取", None, MONDAY)] == [PENSION]
    assert [each.code for each in search(DEMO, "PENSION insurance account", None, MONDAY)] == [
        PENSION
    ]
    assert [each.code for each in search(DEMO, "ＰＥＮＳＩＯＮ　account", None, MONDAY)] == [
        PENSION
    ]
    assert search(DEMO, "结婚", None, MONDAY) == []
    # In the name first, then in the authority's.
    found = [each.code for each in search(DEMO, "住房公积金", None, MONDAY)]
    assert found == [FUND]
    assert len(search(DEMO, "", None, MONDAY)) == 9


def test_a_region_sees_its_own_items_and_those_it_is_served_by_agreement() -> None:
    near = {each.code for each in search(DEMO, "", "530112", MONDAY)}
    assert {PENSION, "530112-id-card"} <= near
    far = {each.code for each in search(DEMO, "", "520502", MONDAY)}
    assert "530112-id-card" not in far


async def _nothing(hall: str, since: datetime, until: datetime) -> dict[str, int]:
    return {}


async def test_what_is_booked_is_taken_from_what_is_left() -> None:
    async def taken(hall: str, since: datetime, until: datetime) -> dict[str, int]:
        return {"2026-11-23T01:00:00.000Z": 5 if hall == QIXINGGUAN else 1}

    now = datetime(2026, 11, 22, tzinfo=UTC)
    found = await bookable(DEMO, taken, XISHAN, [PENSION], None, MONDAY, now)
    first, second = found.slots[:2]
    assert (found.near_hall, found.far_hall) == (XISHAN, QIXINGGUAN)
    assert (first.near_left, first.far_left) == (2, 0)
    assert (second.near_left, second.far_left) == (3, 3)
    assert second.ends_at - second.starts_at == timedelta(minutes=20)


async def test_what_has_begun_or_is_too_far_ahead_is_not_offered() -> None:
    noon = datetime(2026, 11, 23, 4, tzinfo=UTC)
    found = await bookable(DEMO, _nothing, XISHAN, [PENSION], None, MONDAY, noon)
    assert found.slots[0].starts_at == datetime(2026, 11, 23, 5, 40, tzinfo=UTC)
    late = noon - timedelta(days=60)
    found = await bookable(DEMO, _nothing, XISHAN, [PENSION], None, MONDAY, late)
    assert found.slots == ()


def _route(catalogue: Catalogue, items: list[str], near: str = XISHAN) -> Route:
    return find_route(catalogue, tuple(items), near, None, MONDAY)


def test_items_that_nobody_serves_together_are_refused() -> None:
    with pytest.raises(Invalid, match="not_served"):
        _route(DEMO, [TRADER])
    elsewhere = replace(DEMO.hall(QIXINGGUAN), id="bijie", region="520500")
    two = _with(
        halls=(elsewhere,),
        agreements=(
            Agreement("x", "530112", "520500", "bijie", (FUND,), "2026-01-01"),
            replace(DEMO.tables.agreements[1], items=(PENSION,)),
        ),
    )
    with pytest.raises(Invalid, match="not_served_together"):
        _route(two, [PENSION, FUND])
    with pytest.raises(UnknownItem):
        _route(DEMO, ["520502-none"])
    with pytest.raises(NotFound):
        _route(DEMO, [PENSION], "nowhere")
    shut = _with(halls=(replace(DEMO.hall(XISHAN), active=False),))
    with pytest.raises(NotFound):
        _route(shut, [PENSION])


def test_the_day_is_the_one_on_the_wall_of_the_hall() -> None:
    late = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)
    assert today(DEMO, XISHAN, late) == MONDAY
    west = _with(halls=(replace(DEMO.hall(XISHAN), zone="Asia/Urumqi"),))
    assert today(west, XISHAN, late) == date(2026, 11, 22)
