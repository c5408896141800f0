"""The shared form: filled in, confirmed field by field, signed."""

from dataclasses import dataclass

from rooms.counter.kinds import FieldValue, Origin
from rooms.ids import Digest, PersonId


@dataclass(frozen=True, slots=True)
class FieldFilled:
    """`value` is None where a field was emptied. Takes back the field's confirmation and the form's
    signature."""

    item: str
    field: str
    value: Digest | None
    origin: Origin


@dataclass(frozen=True, slots=True)
class FieldsConfirmed:
    """The applicant says that these values are right. `by_hand_of` as in ConsentGiven."""

    item: str
    fields: tuple[FieldValue, ...]
    by_hand_of: PersonId | None


@dataclass(frozen=True, slots=True)
class FormSigned:
    """`form` is the digest of all confirmed fields (rooms/counter/forms.py), `strokes` that of
    the SVG file of the signature."""

    item: str
    form: Digest
    strokes: Digest
    by_hand_of: PersonId | None
