"""New rows beside those that are there: what they may not contradict."""

from collections.abc import Callable
from typing import Any

import pytest

from server.counter.catalogue.source import understood
from server.counter.catalogue.tables import Tables, merged
from tests.server.counter.catalogue.conftest import demo_tables
from tests.server.counter.catalogue.files import as_source, document, told

PENSION = "520502-pension-refund"


def _only(table: str) -> dict[str, Any]:
    """A document with one table of the demonstration."""
    whole = document(demo_tables())
    return {"format": whole["format"], table: whole[table]}


def _edition(code: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        each for each in _only("items")["items"] if each["item"]["code"] == code
    )
    return found


def _codes(changed: dict[str, Any]) -> set[tuple[str, str]]:
    return {(field, code) for _, _, field, code in told(as_source(changed), demo_tables())}


def test_a_part_stands_on_what_is_there() -> None:
    for table in document(demo_tables()):
        if table != "format":
            assert told(as_source(_only(table)), demo_tables()) == []


def test_a_version_that_is_out_never_changes() -> None:
    changed = _only("items")
    changed["items"] = [_edition(PENSION)]
    changed["items"][0]["item"]["materials"][0]["most_pages"] = 9
    assert _codes(changed) == {("items[0].item.version", "version_changed")}


def test_a_changed_checklist_is_a_new_version_beside_the_old_one() -> None:
    changed = _only("items")
    edition = _edition(PENSION)
    edition["valid_from"] = "2026-12-01"
    edition["item"]["version"] = 2
    edition["item"]["materials"].pop()
    changed["items"] = [edition]
    after = merged(demo_tables(), understood(as_source(changed), demo_tables()))
    versions = [each.item.version for each in after.items if each.item.code == PENSION]
    assert versions == [1, 2]


def _with(table: str, change: Callable[[list[dict[str, Any]]], object]) -> dict[str, Any]:
    document = _only(table)
    change(document[table])
    return document


def _again(rows: list[dict[str, Any]], **changes: Any) -> None:
    rows.append({**rows[0], **changes})


def _newer(rows: list[dict[str, Any]], valid_from: str) -> None:
    rows[:] = [{"valid_from": valid_from, "item": {**rows[0]["item"], "version": 2}}]


CONTRADICTIONS: dict[str, tuple[dict[str, Any], str, str]] = {
    "a newer version from an earlier day": (
        _with("items", lambda rows: _newer(rows, "2025-12-31")),
        "items[0].valid_from",
        "versions_out_of_order",
    ),
    "the same version twice": (
        _with("items", _again),
        f"items[{len(demo_tables().items)}].item.version",
        "repeated",
    ),
    "a hall that moves to another region": (
        _with("halls", lambda rows: rows[0].update(region="530112")),
        "halls[0].region",
        "cannot_move",
    ),
    "a window that moves to another hall": (
        _with("windows", lambda rows: rows[0].update(hall="xishan")),
        "windows[0].hall",
        "cannot_move",
    ),
    "hours that overlap": (
        _with("hours", lambda rows: _again(rows, opens="10:00", closes="11:00")),
        f"hours[{len(demo_tables().hours)}].opens",
        "overlaps",
    ),
    "a day that is special twice": (
        _with("days", _again),
        f"days[{len(demo_tables().days)}].day",
        "repeated",
    ),
    "hours on a whole holiday": (
        _with("days", lambda rows: rows[0].update(opens="09:00")),
        "days[0].opens",
        "only_for_short_days",
    ),
    "two agreements about the same": (
        _with("agreements", lambda rows: _again(rows, id="another", since="2026-06-01")),
        "agreements[2].items",
        "doubled",
    ),
    "an agreement about an item of another authority": (
        _with("agreements", lambda rows: rows[0].update(items=[PENSION])),
        "agreements[0].items",
        "authority_elsewhere",
    ),
    "an agreement about nothing": (
        _with("agreements", lambda rows: rows[0].update(items=[])),
        "agreements[0].items",
        "out_of_range",
    ),
    "a region within its own county": (
        _with("regions", lambda rows: rows[0].update(parent="520502")),
        "regions[0].parent",
        "not_above",
    ),
    "a county without a parent": (
        _with("regions", lambda rows: rows[2].update(parent=None)),
        "regions[2].parent",
        "missing",
    ),
    "a bundle with an unknown item": (
        _with(
            "items",
            lambda rows: rows.append(
                {
                    "valid_from": "2026-01-01",
                    "item": {**rows[0]["item"], "code": "520502-new", "bundle": ["520502-none"]},
                }
            ),
        ),
        f"items[{len(demo_tables().items)}].item.bundle[0]",
        "unknown_item",
    ),
}


@pytest.mark.parametrize(
    ("changed", "field", "code"), CONTRADICTIONS.values(), ids=list(CONTRADICTIONS)
)
def test_a_contradiction_is_told(changed: dict[str, Any], field: str, code: str) -> None:
    assert _codes(changed) == {(field, code)}


def test_an_agreement_may_follow_another_that_has_ended() -> None:
    changed = _only("agreements")
    old = changed["agreements"][0]
    changed["agreements"] = [
        {**old, "until": "2026-12-31"},
        {**old, "id": "renewed", "since": "2027-01-01"},
    ]
    assert told(as_source(changed), demo_tables()) == []


def test_hours_are_replaced_for_the_halls_that_are_spoken_of() -> None:
    changed = _only("hours")
    changed["hours"] = [
        {"hall": "xishan", "weekday": 1, "opens": "08:00", "closes": "12:00"},
    ]
    after = merged(demo_tables(), understood(as_source(changed), demo_tables()))
    assert [each.opens for each in after.hours if each.hall == "xishan"] == ["08:00"]
    before = [each for each in demo_tables().hours if each.hall != "xishan"]
    assert [each for each in after.hours if each.hall != "xishan"] == before


def test_regions_that_are_above_one_another_end_no_walk() -> None:
    rows = [
        {"code": "530100", "name": "昆明市", "parent": "530112"},
        {"code": "530112", "name": "西山区", "parent": "530100"},
    ]
    changed = {"format": "yunkai/catalogue/v1", "regions": rows}
    assert ("regions[0].parent", "not_above") in {
        (field, code) for _, _, field, code in told(as_source(changed), Tables())
    }
