"""What the demonstration serves: whole, in both languages, and bookable."""

from datetime import date, timedelta

import pytest

from rooms.counter.hours import GRIDS
from rooms.counter.terms import Item, Outcome, Value
from rooms.counter.values import deciding_rule
from server.counter.catalogue.catalogue import SLOT_MINUTES, Catalogue
from tests.server.counter.catalogue.conftest import demo_tables

DEMO = Catalogue(demo_tables())
TODAY = date(2026, 11, 23)
ITEMS = DEMO.offered(TODAY)
GUIDE_ONLY = {"530112-id-card"}
SELF = "已达退休年龄，累计缴费不足十五年，自愿终止"


@pytest.mark.parametrize("item", ITEMS, ids=[each.code for each in ITEMS])
def test_an_item_has_names_in_both_languages_and_a_checklist(item: Item) -> None:
    english = [item.name_en]
    english += [each.name_en for each in item.materials]
    english += [each.label_en for each in item.fields]
    assert all(text and text.isascii() for text in english)
    assert item.materials
    assert item.results
    assert item.basis.startswith("《")


@pytest.mark.parametrize("item", ITEMS, ids=[each.code for each in ITEMS])
def test_an_item_is_served_across_regions_or_is_a_guide_only(item: Item) -> None:
    agreed = DEMO.agreements(item.code, TODAY)
    assert bool(agreed) == (item.code not in GUIDE_ONLY)
    for each in agreed:
        for hall in DEMO.halls_in(each.near):
            assert DEMO.capacity(each.hall, [item.code]) > 0
            week = [TODAY + timedelta(days=day) for day in range(7)]
            assert any(DEMO.slots(hall.id, each.hall, day) for day in week)


def test_what_is_bundled_is_decided_in_one_hall() -> None:
    for item in ITEMS:
        halls = {
            each.hall for code in (item.code, *item.bundle) for each in DEMO.agreements(code, TODAY)
        }
        assert len(halls) <= 1


def test_small_balances_are_paid_out_at_once_and_full_pensions_are_not() -> None:
    pension = DEMO.item("520502-pension-refund", TODAY)
    values: dict[str, Value] = {"reason": SELF, "months_paid": 179, "balance": 5_000_000}
    cases: list[tuple[dict[str, Value], Outcome | None]] = [
        ({}, Outcome.DONE),
        ({"months_paid": 180}, Outcome.REJECTED),
        ({"balance": 5_000_001}, None),
        ({"reason": "出国（境）定居"}, None),
    ]
    for changes, outcome in cases:
        rule = deciding_rule(pension, values | changes)
        assert (rule.outcome if rule else None) is outcome


def test_a_slot_fits_the_hour() -> None:
    assert SLOT_MINUTES in GRIDS
