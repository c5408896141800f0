"""What can be written into a form, and which rule then decides."""

import pytest

from rooms.counter.terms import (
    Condition,
    Field,
    FieldKind,
    Item,
    Material,
    MaterialKind,
    Mode,
    Operator,
    Outcome,
    Rule,
    Value,
)
from rooms.counter.values import deciding_rule, id_number_problem, values_ok
from rooms.refusals import UnknownFormField, UnknownMaterial, ValueUnfit

FORM = (
    Field("name", "姓名", FieldKind.TEXT, most=10),
    Field("note", "备注", FieldKind.TEXT, required=False),
    Field("months", "月数", FieldKind.NUMBER, most=600),
    Field("balance", "储存额", FieldKind.MONEY),
    Field("on", "日期", FieldKind.DATE),
    Field("reason", "原因", FieldKind.CHOICE, choices=("定居", "死亡")),
    Field("phone", "电话", FieldKind.PHONE),
    Field("number", "公民身份号码", FieldKind.ID_NUMBER),
)
RULES = (
    Rule(
        "小额即办",
        (
            Condition("balance", Operator.AT_MOST, 5_000_000),
            Condition("months", Operator.BELOW, 180),
            Condition("on", Operator.AT_LEAST, "2026-01-01"),
        ),
        Outcome.DONE,
    ),
    Rule("其他原因", (Condition("reason", Operator.OTHER, "定居"),), Outcome.REJECTED),
)
ITEM = Item(
    "520502-pension",
    1,
    "个人账户一次性支取",
    Mode.RECEIVED,
    "520502",
    "七星关区社会保险事业局",
    "参保人",
    materials=(Material("id-card", "居民身份证", MaterialKind.ORIGINAL),),
    fields=FORM,
    rules=RULES,
)

FITS: list[tuple[str, Value]] = [
    ("name", "欧阳小明"),
    ("name", "𬭎㛃"),
    ("note", ""),
    ("months", 0),
    ("months", 600),
    ("balance", 1_234_567),
    ("on", "2024-02-29"),
    ("reason", "死亡"),
    ("phone", "13800000000"),
    ("phone", "0857-8222345"),
    ("phone", "+85291234567"),
    ("number", "11010519491231002X"),
    ("number", "11010519491231002x"),
]


@pytest.mark.parametrize(("field", "value"), FITS)
def test_what_fits_is_taken(field: str, value: Value) -> None:
    values_ok(ITEM, field, value)


UNFIT: list[tuple[str, Value, str]] = [
    ("name", "", "required"),
    ("name", "十个字放不下的很长很长的名字", "text_too_long"),
    ("name", "a\x00b", "text_has_unknown_characters"),
    ("name", 7, "type"),
    ("months", "12", "type"),
    ("months", True, "type"),
    ("months", -1, "range"),
    ("months", 601, "range"),
    ("balance", 10**15 + 1, "range"),
    ("on", "2026-02-29", "date"),
    ("on", "2026-1-5", "date"),
    ("on", "20260105", "date"),
    ("reason", "不知道", "choice"),
    ("phone", "110", "phone"),
    ("phone", "１３８００００００００", "phone"),
    ("number", "110105194912310021", "id_number_check_digit"),
    ("number", "11010519491231002", "id_number_form"),
    ("number", "１１０１０５194912310021", "id_number_form"),
    ("number", "110105194902300020", "id_number_birth_date"),
]


@pytest.mark.parametrize(("field", "value", "problem"), UNFIT)
def test_what_does_not_fit_is_refused_without_repeating_it(
    field: str, value: Value, problem: str
) -> None:
    with pytest.raises(ValueUnfit) as refused:
        values_ok(ITEM, field, value)
    assert refused.value.params["problem"] == problem
    assert refused.value.params["field"] == field
    assert "value" not in refused.value.params


def test_any_digit_that_is_mistyped_is_noticed() -> None:
    right = "11010519491231002X"
    assert id_number_problem(right) is None
    for place in range(17):
        for digit in "0123456789":
            if digit != right[place]:
                wrong = right[:place] + digit + right[place + 1 :]
                assert id_number_problem(wrong) == "id_number_check_digit"


def test_a_field_or_material_the_item_has_not_is_told() -> None:
    with pytest.raises(UnknownFormField):
        values_ok(ITEM, "colour", "red")
    with pytest.raises(UnknownMaterial):
        ITEM.material("passport")
    assert ITEM.material("id-card").name == "居民身份证"


def test_what_is_required_and_not_there_is_listed() -> None:
    assert ITEM.missing(frozenset()) == ("id-card",)
    assert ITEM.missing(frozenset({"id-card"})) == ()
    filled = frozenset({"name", "months", "balance", "on", "reason"})
    assert ITEM.unfilled(filled) == ("phone", "number")


SMALL: dict[str, Value] = {
    "balance": 5_000_000,
    "months": 179,
    "on": "2026-01-01",
    "reason": "定居",
}


def test_the_first_rule_that_holds_decides() -> None:
    found = deciding_rule(ITEM, SMALL | {"reason": "死亡"})
    assert found is not None
    assert found.outcome is Outcome.DONE


@pytest.mark.parametrize(
    "other", [{"balance": 5_000_001}, {"months": 180}, {"on": "2025-12-31"}, {"on": ""}]
)
def test_a_rule_decides_only_when_all_its_conditions_hold(other: dict[str, Value]) -> None:
    assert deciding_rule(ITEM, SMALL | other) is None


def test_an_empty_field_fulfils_no_condition() -> None:
    assert deciding_rule(ITEM, {}) is None
    assert deciding_rule(ITEM, {"reason": ""}) is None
    found = deciding_rule(ITEM, {"reason": "死亡"})
    assert found is not None
    assert found.name == "其他原因"
