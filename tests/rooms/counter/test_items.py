"""Which service items can stand: what can't is named by its path."""

from dataclasses import replace
from typing import Any

import pytest

from rooms.codec import decode, encode
from rooms.counter.terms import (
    Condition,
    Fee,
    Field,
    FieldKind,
    Item,
    Material,
    MaterialKind,
    Mode,
    Operator,
    Outcome,
    Rule,
)
from rooms.counter.validate import MOST_MATERIALS, check_item, validate_item
from rooms.refusals import ItemUnacceptable, UnknownItem

CARD = Material("id-card", "居民身份证", MaterialKind.ORIGINAL)
REASON = Field("reason", "原因", FieldKind.CHOICE, choices=("定居", "死亡"))
BALANCE = Field("balance", "储存额", FieldKind.MONEY)
FEE = Fee("card", "工本费", 2_000)
RULE = Rule("小额", (Condition("balance", Operator.AT_MOST, 100),), Outcome.DONE)
ITEM = Item(
    "520502-pension",
    1,
    "个人账户一次性支取",
    Mode.RECEIVED,
    "520502",
    "七星关区社会保险事业局",
    "参保人",
    promised_days=5,
    legal_days=30,
    materials=(CARD,),
    fields=(REASON, BALANCE),
    fees=(FEE,),
    rules=(RULE,),
    results=("核定单",),
    bundle=("520502-medical",),
)


def _rule(**changes: Any) -> dict[str, Any]:
    return {"rules": (replace(RULE, **changes),)}


def _condition(*parts: Any) -> dict[str, Any]:
    return _rule(all=(Condition(*parts),))


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "an upper-case code": ({"code": "PENSION"}, "code", "pattern"),
    "no version": ({"version": 0}, "version", "out_of_range"),
    "no name": ({"name": " "}, "name", "text_missing"),
    "a name that turns the line around": (
        {"name": "a\u202eb"},
        "name",
        "text_has_unknown_characters",
    ),
    "half a region": ({"region": "5205"}, "region", "pattern"),
    "more days than the law has": ({"promised_days": 31}, "promised_days", "over_legal_days"),
    "a material twice": ({"materials": (CARD, CARD)}, "materials[1].id", "repeated"),
    "a material without pages": (
        {"materials": (replace(CARD, most_pages=0),)},
        "materials[0].most_pages",
        "out_of_range",
    ),
    "too many materials": (
        {"materials": tuple(replace(CARD, id=f"m{at}") for at in range(MOST_MATERIALS + 1))},
        "materials",
        "too_many",
    ),
    "a field twice": ({"fields": (REASON, BALANCE, REASON)}, "fields[2].name", "repeated"),
    "a choice of nothing": (
        {"fields": (replace(REASON, choices=()), BALANCE)},
        "fields[0].choices",
        "missing",
    ),
    "a number with choices": (
        {"fields": (REASON, replace(BALANCE, choices=("1",)))},
        "fields[1].choices",
        "not_a_choice",
    ),
    "a negative fee": ({"fees": (replace(FEE, amount=-1),)}, "fees[0].amount", "out_of_range"),
    "a rule for everybody": (_rule(all=()), "rules[0].all", "missing"),
    "a rule that asks for more papers": (
        _rule(outcome=Outcome.SUPPLEMENT),
        "rules[0].outcome",
        "not_by_rule",
    ),
    "a rule on a field that is not there": (
        _condition("age", Operator.EQUAL, 1),
        "rules[0].all[0].field",
        "unknown_form_field",
    ),
    "a rule that puts choices in order": (
        _condition("reason", Operator.BELOW, "死亡"),
        "rules[0].all[0].op",
        "no_order",
    ),
    "a rule on a value the field never has": (
        _condition("reason", Operator.EQUAL, "其他"),
        "rules[0].all[0].value",
        "choice",
    ),
    "a rule on money as text": (
        _condition("balance", Operator.EQUAL, "100"),
        "rules[0].all[0].value",
        "type",
    ),
    "a bundle with itself": ({"bundle": ("520502-pension",)}, "bundle[0]", "itself"),
}


@pytest.mark.parametrize(("changes", "path", "code"), WRONG.values(), ids=WRONG.keys())
def test_what_cannot_stand_is_named(changes: dict[str, Any], path: str, code: str) -> None:
    found = [(each.path, each.code) for each in validate_item(replace(ITEM, **changes))]
    assert found == [(path, code)]


def test_an_item_without_fault_is_taken() -> None:
    check_item(ITEM)
    assert decode(Item, encode(ITEM)) == ITEM


def test_everything_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(ItemUnacceptable) as refused:
        check_item(replace(ITEM, code="", name="", fees=(replace(FEE, amount=-1),)))
    problems = refused.value.params["problems"]
    assert isinstance(problems, list)
    assert [each["path"] for each in problems] == ["code", "name", "fees[0].amount"]


def test_an_unknown_item_is_missing_from_the_catalogue() -> None:
    assert str(UnknownItem(item="520502-x")) == "unknown_item (item=520502-x)"
