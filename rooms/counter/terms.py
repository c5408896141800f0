"""What a service item (事项) is: its checklist, form, fees and rules, as the authority set them.

A session's first entry holds its items whole, so that a later change of the catalogue does not
reach it. An item's text is the authority's own; where it has no English, the Chinese is shown.
"""

from dataclasses import dataclass
from enum import StrEnum

from rooms.refusals import UnknownFormField, UnknownMaterial

Value = str | int
"""What is written into a field: an integer for numbers and money (fen), text for all else."""


class Mode(StrEnum):
    """How an item is served across regions."""

    ONLINE = "online"  # 全程网办
    RECEIVED = "received"  # 异地代收代办: received here, decided there
    JOINT = "joint"  # 多地联办: several authorities together


class MaterialKind(StrEnum):
    """What is put under the camera."""

    ORIGINAL = "original"  # 原件
    COPY = "copy"  # 复印件
    FORM = "form"  # a form to be filled in and signed: 表单


class FieldKind(StrEnum):
    """How a field's value is written and checked."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"  # integer fen
    DATE = "date"  # 2026-11-22
    CHOICE = "choice"
    PHONE = "phone"
    ID_NUMBER = "id_number"  # 公民身份号码, GB 11643


class Outcome(StrEnum):
    """What is decided about an item in the session."""

    ACCEPTED = "accepted"  # 受理
    SUPPLEMENT = "supplement"  # 补正
    REJECTED = "rejected"  # 不予受理
    DONE = "done"  # 即办


class Operator(StrEnum):
    """How a condition compares a field's value with its own."""

    EQUAL = "eq"
    OTHER = "ne"
    BELOW = "lt"
    AT_MOST = "le"
    ABOVE = "gt"
    AT_LEAST = "ge"


@dataclass(frozen=True, slots=True)
class Material:
    """One line of the checklist. `source` says where the applicant gets it from."""

    id: str
    name: str
    kind: MaterialKind
    required: bool = True
    most_pages: int = 10
    note: str = ""
    source: str = ""
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the form.

    `most` is the largest number or amount, or the most characters of a text; 0 leaves it to the
    kind's own limit.
    """

    name: str
    label: str
    kind: FieldKind
    required: bool = True
    choices: tuple[str, ...] = ()
    most: int = 0
    label_en: str = ""


@dataclass(frozen=True, slots=True)
class Fee:
    """A fee in fen and the rule it is taken by."""

    id: str
    name: str
    amount: int
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """A field's value compared with `value`; an empty field fulfils no condition."""

    field: str
    op: Operator
    value: Value


@dataclass(frozen=True, slots=True)
class Rule:
    """An instant decision (即办秒批): when all conditions hold, `outcome` is proposed."""

    name: str
    all: tuple[Condition, ...]
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Item:
    """A service item in one version. `region` is the authority's, as a GB/T 2260 code.

    Days are working days: `promised_days` 0 means on the spot (即办件); `legal_days` 0 that the law
    sets no limit. `bundle` holds the codes of the items that are served together with it (一件事).
    """

    code: str
    version: int
    name: str
    mode: Mode
    region: str
    authority: str
    audience: str
    basis: str = ""
    promised_days: int = 0
    legal_days: int = 0
    materials: tuple[Material, ...] = ()
    fields: tuple[Field, ...] = ()
    fees: tuple[Fee, ...] = ()
    rules: tuple[Rule, ...] = ()
    results: tuple[str, ...] = ()
    bundle: tuple[str, ...] = ()
    name_en: str = ""

    def material(self, id: str) -> Material:  # noqa: A002 - materials are named by their id
        """The checklist's line with this id. Raises UnknownMaterial."""
        for each in self.materials:
            if each.id == id:
                return each
        raise UnknownMaterial(item=self.code, material=id[:64])

    def field(self, name: str) -> Field:
        """The form's field with this name. Raises UnknownFormField."""
        for each in self.fields:
            if each.name == name:
                return each
        raise UnknownFormField(item=self.code, name=name[:64])

    def missing(self, given: frozenset[str]) -> tuple[str, ...]:
        """The required materials whose ids are not among the given ones."""
        return tuple(each.id for each in self.materials if each.required and each.id not in given)

    def unfilled(self, filled: frozenset[str]) -> tuple[str, ...]:
        """The required fields whose names are not among the filled ones."""
        return tuple(each.name for each in self.fields if each.required and each.name not in filled)
