"""What a service item can be: every member that cannot stand is named by its path."""

import re
from collections.abc import Iterator

from rooms.counter.terms import Condition, Field, FieldKind, Item, Operator, Outcome
from rooms.counter.values import MOST_CHARACTERS, MOST_FEN, MOST_NUMBER, check_value
from rooms.problems import Problem, attempt, named, repeated
from rooms.refusals import ItemUnacceptable, ValueUnfit
from rooms.texts import check_name, check_optional

MOST_MATERIALS = 60
MOST_FIELDS = 100
MOST_FEES = 20
MOST_RULES = 50
MOST_CONDITIONS = 20
MOST_CHOICES = 200
MOST_RESULTS = 20
MOST_BUNDLED = 20
MOST_PAGES = 200
MOST_DAYS = 400
MOST_VERSION = 100_000
MOST_TEXT = 2_000
"""Characters of a field for free text."""
MOST_FEE = 10**10

ITEM_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)
REGION_CODE = re.compile(r"[1-9]\d{5}", re.ASCII)
"""GB/T 2260: two digits each for province, prefecture and county."""
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}", re.ASCII)
_RULED = frozenset({Outcome.ACCEPTED, Outcome.REJECTED, Outcome.DONE})
_IN_ORDER = frozenset({FieldKind.NUMBER, FieldKind.MONEY, FieldKind.DATE})
_TEST_OF_EQUALITY = frozenset({Operator.EQUAL, Operator.OTHER})


def check_item(item: Item) -> None:
    """Refuses an item with problems: ItemUnacceptable."""
    if problems := validate_item(item):
        raise ItemUnacceptable(item=item.code[:64], problems=named(problems))


def validate_item(item: Item) -> list[Problem]:
    """Every problem of this item by itself, by path; what it refers to is not looked up."""
    return [
        *_itself(item),
        *_materials(item),
        *_fields(item),
        *_fees(item),
        *_rules(item),
        *_lists(item),
    ]


def _itself(item: Item) -> Iterator[Problem]:
    yield from _matching("code", ITEM_CODE, item.code)
    yield from _matching("region", REGION_CODE, item.region)
    yield from _within("version", item.version, 1, MOST_VERSION)
    for name in ("name", "authority", "audience"):
        yield from attempt(name, check_name, getattr(item, name))
    yield from _optional_name("name_en", item.name_en)
    yield from attempt("basis", check_optional, item.basis)
    yield from _within("promised_days", item.promised_days, 0, MOST_DAYS)
    yield from _within("legal_days", item.legal_days, 0, MOST_DAYS)
    if item.legal_days and item.promised_days > item.legal_days:
        yield Problem("promised_days", "over_legal_days", {"most": item.legal_days})


def _materials(item: Item) -> Iterator[Problem]:
    yield from _at_most("materials", len(item.materials), MOST_MATERIALS)
    yield from _each_once("materials", "id", [each.id for each in item.materials])
    for at, each in enumerate(item.materials):
        path = f"materials[{at}]"
        yield from _matching(f"{path}.id", _NAME, each.id)
        yield from attempt(f"{path}.name", check_name, each.name)
        yield from _optional_name(f"{path}.name_en", each.name_en)
        yield from _within(f"{path}.most_pages", each.most_pages, 1, MOST_PAGES)
        yield from attempt(f"{path}.note", check_optional, each.note)
        yield from attempt(f"{path}.source", check_optional, each.source)


def _fields(item: Item) -> Iterator[Problem]:
    yield from _at_most("fields", len(item.fields), MOST_FIELDS)
    yield from _each_once("fields", "name", [each.name for each in item.fields])
    for at, each in enumerate(item.fields):
        path = f"fields[{at}]"
        yield from _matching(f"{path}.name", _NAME, each.name)
        yield from attempt(f"{path}.label", check_name, each.label)
        yield from _optional_name(f"{path}.label_en", each.label_en)
        yield from _within(f"{path}.most", each.most, 0, _largest(each.kind))
        yield from _choices(path, each)


def _choices(path: str, field: Field) -> Iterator[Problem]:
    if field.kind is not FieldKind.CHOICE:
        if field.choices:
            yield Problem(f"{path}.choices", "not_a_choice")
        return
    if not field.choices:
        yield Problem(f"{path}.choices", "missing")
    yield from _at_most(f"{path}.choices", len(field.choices), MOST_CHOICES)
    yield from repeated(f"{path}.choices", field.choices)
    for at, choice in enumerate(field.choices):
        yield from attempt(f"{path}.choices[{at}]", check_name, choice)


def _fees(item: Item) -> Iterator[Problem]:
    yield from _at_most("fees", len(item.fees), MOST_FEES)
    yield from _each_once("fees", "id", [each.id for each in item.fees])
    for at, each in enumerate(item.fees):
        path = f"fees[{at}]"
        yield from _matching(f"{path}.id", _NAME, each.id)
        yield from attempt(f"{path}.name", check_name, each.name)
        yield from _within(f"{path}.amount", each.amount, 0, MOST_FEE)
        yield from attempt(f"{path}.basis", check_optional, each.basis)


def _rules(item: Item) -> Iterator[Problem]:
    yield from _at_most("rules", len(item.rules), MOST_RULES)
    yield from _each_once("rules", "name", [each.name for each in item.rules])
    fields = {each.name: each for each in item.fields}
    for at, each in enumerate(item.rules):
        path = f"rules[{at}]"
        yield from attempt(f"{path}.name", check_name, each.name)
        if each.outcome not in _RULED:
            # What is to be supplemented has to be said by a person, completely.
            yield Problem(f"{path}.outcome", "not_by_rule", {"outcome": each.outcome.value})
        if not each.all:
            yield Problem(f"{path}.all", "missing")
        yield from _at_most(f"{path}.all", len(each.all), MOST_CONDITIONS)
        for place, condition in enumerate(each.all):
            yield from _condition(f"{path}.all[{place}]", condition, fields)


def _condition(path: str, condition: Condition, fields: dict[str, Field]) -> Iterator[Problem]:
    field = fields.get(condition.field)
    if field is None:
        yield Problem(f"{path}.field", "unknown_form_field", {"name": condition.field[:64]})
        return
    if field.kind not in _IN_ORDER and condition.op not in _TEST_OF_EQUALITY:
        yield Problem(f"{path}.op", "no_order", {"kind": field.kind.value})
    if condition.value == "":
        yield Problem(f"{path}.value", "missing")
        return
    try:
        check_value(field, condition.value)
    except ValueUnfit as refusal:
        yield Problem(f"{path}.value", str(refusal.params["problem"]))


def _lists(item: Item) -> Iterator[Problem]:
    yield from _at_most("results", len(item.results), MOST_RESULTS)
    for at, each in enumerate(item.results):
        yield from attempt(f"results[{at}]", check_name, each)
    yield from _at_most("bundle", len(item.bundle), MOST_BUNDLED)
    yield from repeated("bundle", item.bundle)
    for at, code in enumerate(item.bundle):
        yield from _matching(f"bundle[{at}]", ITEM_CODE, code)
        if code == item.code:
            yield Problem(f"bundle[{at}]", "itself")


def _largest(kind: FieldKind) -> int:
    match kind:
        case FieldKind.TEXT:
            return MOST_TEXT
        case FieldKind.NUMBER:
            return MOST_NUMBER
        case FieldKind.MONEY:
            return MOST_FEN
        case _:
            return MOST_CHARACTERS


def _matching(path: str, pattern: re.Pattern[str], text: str) -> Iterator[Problem]:
    if not pattern.fullmatch(text):
        yield Problem(path, "pattern")


def _optional_name(path: str, text: str) -> Iterator[Problem]:
    if text:
        yield from attempt(path, check_name, text)


def _within(path: str, value: int, least: int, most: int) -> Iterator[Problem]:
    if not least <= value <= most:
        yield Problem(path, "out_of_range", {"least": least, "most": most})


def _at_most(path: str, count: int, most: int) -> Iterator[Problem]:
    if count > most:
        yield Problem(path, "too_many", {"most": most})


def _each_once(path: str, name: str, values: list[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for at, value in enumerate(values):
        if value in seen:
            yield Problem(f"{path}[{at}].{name}", "repeated")
        seen.add(value)
