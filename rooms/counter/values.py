"""Whether what is written into a form fits its fields, and which rule then decides."""

import operator
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from stdnum.cn import ric

from rooms.counter.terms import Condition, Field, FieldKind, Item, Operator, Rule, Value
from rooms.refusals import Refused, ValueUnfit
from rooms.texts import check_text

MOST_CHARACTERS = 500
"""Of a text for which its field sets no limit."""
MOST_NUMBER = 10**12
MOST_FEN = 10**15

_PHONE = re.compile(
    r"1[3-9]\d{9}"  # mobile
    r"|0\d{2,3}-?[2-9]\d{6,7}(-\d{1,6})?"  # landline with area code and extension
    r"|[48]00-?\d{3}-?\d{4}"
    r"|\+[1-9]\d{6,14}",  # E.164, for applicants with a foreign number
    re.ASCII,
)
_ID_NUMBER = re.compile(r"\d{17}[\dXx]", re.ASCII)
_FIRST_BIRTH = date(1880, 1, 1)

_COMPARE: dict[Operator, Callable[[Any, Any], bool]] = {
    Operator.EQUAL: operator.eq,
    Operator.OTHER: operator.ne,
    Operator.BELOW: operator.lt,
    Operator.AT_MOST: operator.le,
    Operator.ABOVE: operator.gt,
    Operator.AT_LEAST: operator.ge,
}


def values_ok(item: Item, name: str, value: Value) -> None:
    """Refuses a value that its field cannot hold: UnknownFormField, ValueUnfit.

    The empty text empties a field that is not required.
    """
    check_value(item.field(name), value, item.code)


def check_value(field: Field, value: Value, item: str = "") -> None:
    """Refuses a value that this field cannot hold: ValueUnfit."""
    if value == "":
        if field.required:
            raise _unfit(item, field, "required")
        return
    if field.kind in (FieldKind.NUMBER, FieldKind.MONEY):
        _check_number(item, field, value)
        return
    if not isinstance(value, str):
        raise _unfit(item, field, "type")
    match field.kind:
        case FieldKind.TEXT:
            try:
                check_text(value, field.name, field.most or MOST_CHARACTERS)
            except Refused as refusal:
                raise _unfit(item, field, refusal.code) from None
        case FieldKind.DATE:
            if not is_date(value):
                raise _unfit(item, field, "date")
        case FieldKind.CHOICE:
            if value not in field.choices:
                raise _unfit(item, field, "choice")
        case FieldKind.PHONE:
            if not _PHONE.fullmatch(value):
                raise _unfit(item, field, "phone")
        case FieldKind.ID_NUMBER:
            if problem := id_number_problem(value):
                raise _unfit(item, field, problem)


def id_number_problem(number: str) -> str | None:
    """What is wrong with an 18-character identity number (GB 11643-1999), or None.

    `id_number_form`, `id_number_check_digit` or `id_number_birth_date`. Its region is not looked
    up: numbers outlive the counties that issued them, and residence permits have codes of their
    own.
    """
    if not _ID_NUMBER.fullmatch(number):
        return "id_number_form"
    if ric.calc_check_digit(number) != number[-1].upper():
        return "id_number_check_digit"
    try:
        born = ric.get_birth_date(number)
    except ValueError:
        return "id_number_birth_date"
    return None if born >= _FIRST_BIRTH else "id_number_birth_date"


def is_date(text: str) -> bool:
    """Whether this is a day written as 2026-11-22."""
    try:
        # fromisoformat takes other spellings too; only the one with hyphens is compared as text.
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def deciding_rule(item: Item, values: Mapping[str, Value]) -> Rule | None:
    """The first of the item's rules whose conditions all hold for these values."""
    for rule in item.rules:
        if all(_holds(condition, values) for condition in rule.all):
            return rule
    return None


def _holds(condition: Condition, values: Mapping[str, Value]) -> bool:
    value = values.get(condition.field, "")
    if value == "" or isinstance(value, str) != isinstance(condition.value, str):
        return False
    return _COMPARE[condition.op](value, condition.value)


def _check_number(item: str, field: Field, value: Value) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _unfit(item, field, "type")
    most = field.most or (MOST_FEN if field.kind is FieldKind.MONEY else MOST_NUMBER)
    if not 0 <= value <= most:
        raise ValueUnfit(item=item, field=field.name, problem="range", least=0, most=most)


def _unfit(item: str, field: Field, problem: str) -> ValueUnfit:
    return ValueUnfit(item=item, field=field.name, problem=problem)
