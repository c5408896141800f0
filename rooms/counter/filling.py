"""The shared form, field by field."""

from rooms.counter import commands as c
from rooms.counter import events as e
from rooms.counter.checks import open_case, some, working
from rooms.counter.events import Event
from rooms.counter.rights import on_word
from rooms.counter.state import State
from rooms.ids import PersonId
from rooms.refusals import FieldsChanged, TextMissing


def fill(state: State, command: c.FillField) -> list[Event]:
    """Whoever changes a field takes back its confirmation, and the form's signature."""
    working(state)
    case = open_case(state, command.item)
    case.item.field(command.field)
    filled = case.fields.get(command.field)
    if command.value == (filled.value if filled else None):
        return []
    return [e.FieldFilled(command.item, command.field, command.value, command.origin)]


def confirm(state: State, command: c.ConfirmFields, by: PersonId) -> list[Event]:
    """Only what was shown is confirmed: a field that changed meanwhile refuses the whole order."""
    working(state)
    case = open_case(state, command.item)
    if not command.fields:
        raise TextMissing(field="fields")
    changed = []
    for each in command.fields:
        case.item.field(each.field)
        filled = case.fields.get(each.field)
        if filled is None or filled.value != each.value:
            changed.append(each.field)
    if changed:
        raise FieldsChanged(item=command.item, fields=some(changed))
    if all(case.fields[each.field].confirmed for each in command.fields):
        return []
    return [e.FieldsConfirmed(command.item, command.fields, on_word(state, by))]
