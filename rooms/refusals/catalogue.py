"""Refusals about service items: what they are, and what is written into their forms."""

from rooms.refusals.base import Missing, Unacceptable


class UnknownItem(Missing):
    """The room, or the catalogue, has no such item: `item`."""

    code = "unknown_item"


class UnknownMaterial(Missing):
    """The checklist of `item` has no `material`."""

    code = "unknown_material"


class UnknownFormField(Missing):
    """The form of `item` has no field `name`."""

    code = "unknown_form_field"


class ItemUnacceptable(Unacceptable):
    """`problems` lists {"path", "code", …} for each member of `item` that cannot stand."""

    code = "item_unacceptable"


class ValueUnfit(Unacceptable):
    """The `field` of `item` cannot hold the value; `problem` says why.

    `required`, `type`, `range` (with `least` and `most`), `date`, `choice`, `phone`,
    `id_number_form`, `id_number_check_digit`, `id_number_birth_date`, or the code of a text's
    refusal. The value itself is personal and is not repeated.
    """

    code = "value_unfit"
