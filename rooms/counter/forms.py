"""The digests of what stands in a form: how one value is kept, and what a signature is over."""

from crypto.encoding import digest_hex, jcs, unb64u
from crypto.errors import CryptoError
from rooms.counter.kinds import Revealed
from rooms.counter.state import Case, State
from rooms.counter.terms import Rule, Value
from rooms.counter.values import deciding_rule
from rooms.ids import Digest
from rooms.log import personal_digest
from rooms.refusals import ValuesWanted, WrongValue


def field_row(item: str, field: str, value: Value) -> dict[str, Value]:
    """The personal data of one field: `FieldFilled.value` is the salted digest of this."""
    return {"item": item, "field": field, "value": value}


def form_digest(case: Case) -> Digest:
    """What the signature of an item's form is over: every field with the digest of its value, in
    the order of the form.

    SHA-256 of JCS {"format", "item", "version", "fields": [[name, digest], …]}.
    """
    named = (each.name for each in case.item.fields)
    content = {
        "format": "yunkai/form/v1",
        "item": case.item.code,
        "version": case.item.version,
        "fields": [[name, case.fields[name].value] for name in named if name in case.fields],
    }
    return Digest(digest_hex(jcs(content)))


def ruled(state: State, item: str, values: tuple[Revealed, ...]) -> Rule | None:
    """The first of the item's instant-decision rules that holds for its confirmed fields.

    `values` reveal the fields that the rules speak of. Raises ValuesWanted, WrongValue.
    """
    case = state.cases[item]
    spoken = {each.field for rule in case.item.rules for each in rule.all}
    confirmed = {name for name, filled in case.fields.items() if filled.confirmed}
    known = {each.field: _checked(case, each) for each in values}
    wanted = sorted((spoken & confirmed) - set(known))
    if wanted:
        raise ValuesWanted(item=item, fields=wanted)
    return deciding_rule(case.item, {name: known[name] for name in spoken & confirmed})


def _checked(case: Case, revealed: Revealed) -> Value:
    filled = case.fields.get(revealed.field)
    row = field_row(case.item.code, revealed.field, revealed.value)
    try:
        digest = personal_digest(row, unb64u(revealed.salt))
    except CryptoError:
        digest = None
    if filled is None or digest != filled.value:
        raise WrongValue(item=case.item.code, field=revealed.field)
    return revealed.value
