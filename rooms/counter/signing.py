"""The applicant's signature under a form."""

from rooms.counter import commands as c
from rooms.counter import events as e
from rooms.counter.checks import open_case, some, working
from rooms.counter.events import Event
from rooms.counter.forms import form_digest
from rooms.counter.rights import on_word
from rooms.counter.state import Case, State
from rooms.ids import PersonId
from rooms.refusals import AlreadyDone, FieldsMissing, FieldsUnconfirmed, FormChanged, FormUnsigned


def sign(state: State, command: c.SignForm, by: PersonId) -> list[Event]:
    working(state)
    case = open_case(state, command.item)
    _check_confirmed(case)
    if command.form != form_digest(case):
        raise FormChanged(item=command.item)
    if case.signature is not None:
        raise AlreadyDone(what="sign")
    return [
        e.FormSigned(command.item, command.form, command.strokes, on_word(state, by)),
    ]


def check_signed(case: Case) -> None:
    """Refuses unless the item's form, if it has one, is complete, confirmed and signed."""
    if not case.item.fields:
        return
    _check_confirmed(case)
    if case.signature is None:
        raise FormUnsigned(item=case.item.code)


def _check_confirmed(case: Case) -> None:
    if missing := case.unfilled():
        raise FieldsMissing(item=case.item.code, fields=some(missing))
    if unconfirmed := case.unconfirmed():
        raise FieldsUnconfirmed(item=case.item.code, fields=some(unconfirmed))
