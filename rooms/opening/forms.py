"""The announced form: whether values fit the tender's items (docs/formats/seal.md, 8, step 9)."""

from collections.abc import Mapping
from datetime import date

from rooms.ids import EnvelopeId
from rooms.opening.events import FormValue
from rooms.opening.terms import FormItem, ItemKind, Terms
from rooms.opening.validate import MOST_MONEY
from rooms.refusals import FormUnfit, Refused
from rooms.texts import check_text

MOST_DAYS = 36_500
MOST_PERCENT = 1_000_000


def check_form(terms: Terms, envelope: EnvelopeId, form: Mapping[str, FormValue]) -> None:
    """Refuses a form with unknown, missing or unfit items. `FormUnfit` names the item."""
    items = {item.id: item for item in terms.items(envelope)}
    for name in form:
        if name not in items:
            raise FormUnfit(item=name[:64], problem="unknown")
    for item in items.values():
        if item.id in form:
            _check(item, form[item.id])
        elif item.required:
            raise FormUnfit(item=item.id, problem="missing")


def announced_row(terms: Terms, forms: Mapping[EnvelopeId, Mapping[str, FormValue]]) -> dict[
    str, FormValue
]:  # fmt: skip
    """The items of the opened envelopes that are read out, in the order of the tender's form."""
    known = {name: value for form in forms.values() for name, value in form.items()}
    return {item.id: known[item.id] for item in terms.form if item.announced and item.id in known}


def _check(item: FormItem, value: FormValue) -> None:
    match item.kind:
        case ItemKind.TEXT:
            if not isinstance(value, str):
                raise FormUnfit(item=item.id, problem="type")
            try:
                check_text(value, item.id)
            except Refused as refusal:
                raise FormUnfit(item=item.id, problem=refusal.code) from None
        case ItemKind.DATE:
            if not isinstance(value, str):
                raise FormUnfit(item=item.id, problem="type")
            if not _is_date(value):
                raise FormUnfit(item=item.id, problem="date")
        case ItemKind.MONEY:
            _whole(item, value, 0, MOST_MONEY)
        case ItemKind.DAYS:
            _whole(item, value, 0, MOST_DAYS)
        case ItemKind.PERCENT:
            _whole(item, value, -MOST_PERCENT, MOST_PERCENT)
        case ItemKind.INTEGER:
            _whole(item, value, -MOST_MONEY, MOST_MONEY)


def _whole(item: FormItem, value: FormValue, least: int, most: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise FormUnfit(item=item.id, problem="type")
    if not least <= value <= most:
        raise FormUnfit(item=item.id, problem="range")


def _is_date(text: str) -> bool:
    try:
        # fromisoformat takes other spellings too; only the one with hyphens is announced.
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
