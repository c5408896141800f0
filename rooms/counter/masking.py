"""What of a session's personal data its record and its notices show, by salted digest.

Names, numbers, telephones and accounts are masked; of what an applicant wrote freely only the
beginning is shown. So a record goes on saying what was decided after its personal data are erased,
and never holds them itself.
"""

import re
from collections.abc import Callable, Iterable, Mapping

from rooms import masking
from rooms.counter import events as e
from rooms.counter import wording
from rooms.counter.events import Event
from rooms.counter.kinds import Matter
from rooms.counter.terms import Field, FieldKind, Value
from rooms.ids import Digest
from rooms.log import Entry

Payload = Mapping[str, object]
"""{"salt": b64u, "value": …} behind a digest."""

_LABELS: tuple[tuple[re.Pattern[str], Callable[[str], str]], ...] = (
    (re.compile("账号|帐号|账户|卡号"), masking.account),
    (re.compile("电话|手机|联系方式"), masking.phone),
    (re.compile("姓名|户名|联系人|收件人|亲属|配偶"), masking.name),
    (re.compile("号码|证号|编号|号$"), masking.number),
)
"""How a text is masked, by what its label asks for."""
_SHOWN = 2
"""Characters of any other text."""


def shown(entries: Iterable[Entry[Event]], people: Mapping[Digest, Payload]) -> dict[Digest, str]:
    """The masked text for each digest of an applicant, an authority or a field whose payload is
    there."""
    found: dict[Digest, str] = {}
    matter: Matter | None = None
    for entry in entries:
        event = entry.event
        if isinstance(event, e.SessionBooked | e.TicketIssued):
            matter = event.matter or matter
            if event.matter is not None:
                _put(found, people, event.matter.applicant, _person)
                if event.matter.agent is not None:
                    _put(found, people, event.matter.agent.authority, _authority)
        elif isinstance(event, e.FieldFilled) and event.value is not None and matter is not None:
            item = next(each for each in matter.items if each.code == event.item)
            field = item.field(event.field)
            _put(found, people, event.value, lambda value, field=field: _field(field, value))  # type: ignore[misc]  # bound default
    return found


def masked(field: Field, value: Value) -> str:
    """A field's value as the record shows it."""
    if isinstance(value, int):
        return wording.value(field.kind, value)
    match field.kind:
        case FieldKind.CHOICE | FieldKind.NUMBER | FieldKind.MONEY:
            return value
        case FieldKind.DATE:
            return f"{value[:4]}-**-**" if "生" in field.label else value
        case FieldKind.PHONE:
            return masking.phone(value)
        case FieldKind.ID_NUMBER:
            return masking.number(value)
        case _:
            mask = next((mask for label, mask in _LABELS if label.search(field.label)), _beginning)
            return mask(value)


def _put(
    found: dict[Digest, str],
    people: Mapping[Digest, Payload],
    digest: Digest,
    told: Callable[[object], str],
) -> None:
    if digest in people:
        found[digest] = told(people[digest].get("value"))


def _person(value: object) -> str:
    """Name, number and telephone of an applicant."""
    parts = value if isinstance(value, Mapping) else {}
    masks = (("name", masking.name), ("number", masking.number), ("phone", masking.phone))
    return "　".join(mask(str(parts[name])) for name, mask in masks if parts.get(name))


def _authority(value: object) -> str:
    """What gives an agent the right to come in for an applicant."""
    kind = value.get("kind", "") if isinstance(value, Mapping) else ""
    return wording.AUTHORITIES.get(str(kind), "")


def _field(field: Field, value: object) -> str:
    inner = value.get("value", "") if isinstance(value, Mapping) else value
    return masked(field, inner) if isinstance(inner, str | int) else ""


def _beginning(text: str) -> str:
    return text[:_SHOWN] + masking.text(text[_SHOWN:])
