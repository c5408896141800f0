"""The shared form: a value changes, and everything that rested on it is taken back."""

import pytest

from rooms.codec import encode
from rooms.counter import commands as c
from rooms.counter import events as e
from rooms.counter.forms import form_digest
from rooms.counter.kinds import FieldValue, Origin
from rooms.refusals import (
    AlreadyDone,
    FieldsChanged,
    FieldsMissing,
    FieldsUnconfirmed,
    FormChanged,
    TextMissing,
    UnknownFormField,
    WrongRole,
)
from tests.rooms.counter.matter import (
    AGENT,
    APPLICANT,
    BUNDLE,
    BY_AGENT,
    FAR,
    NEAR,
    PENSION,
    STRANGER,
    digest,
)
from tests.rooms.counter.visit import Visit


def test_near_and_far_fill_in_the_form_and_the_applicant_does_not() -> None:
    visit = Visit().materials()
    visit.fill("name", "李桂英", NEAR)
    visit.fill("amount", 100, FAR)
    assert visit.phase == "filling"
    for person in (APPLICANT, STRANGER):
        with pytest.raises(WrongRole):
            visit.fill("remark", "x", person)


def test_the_log_holds_no_value_of_a_form() -> None:
    visit = Visit().filling()
    written = [str(encode(entry.event)) for entry in visit.entries]
    assert not any("李桂英" in each or "2000000" in each for each in written)


def test_a_field_that_the_form_does_not_have_is_refused() -> None:
    visit = Visit().materials()
    with pytest.raises(UnknownFormField):
        visit.fill("salary", 1)
    with pytest.raises(UnknownFormField):
        visit.order(c.ConfirmFields(PENSION.code, (FieldValue("salary", digest("x")),)), APPLICANT)


def test_the_same_value_again_says_nothing_new_and_an_empty_field_can_be_emptied() -> None:
    visit = Visit().materials()
    same = c.FillField(PENSION.code, "remark", digest("x"), Origin.RECOGNISED)
    assert len(visit.order(same, NEAR)) == 1
    assert visit.order(same, NEAR) == []
    empty = c.FillField(PENSION.code, "remark", None)
    assert len(visit.order(empty, NEAR)) == 1
    assert visit.case().fields == {}
    assert visit.order(empty, NEAR) == []


def test_only_what_was_shown_is_confirmed() -> None:
    visit = Visit().filling()
    shown = visit.shown()
    visit.fill("amount", 2_000_001)
    with pytest.raises(FieldsChanged) as refusal:
        visit.order(c.ConfirmFields(PENSION.code, shown), APPLICANT)
    assert refusal.value.params == {"item": PENSION.code, "fields": ["amount"]}
    with pytest.raises(TextMissing):
        visit.order(c.ConfirmFields(PENSION.code, ()), APPLICANT)


def test_fields_are_confirmed_one_by_one_and_the_last_leads_to_signing() -> None:
    visit = Visit().filling()
    for value, phase in zip(visit.shown(), ("filling", "signing"), strict=True):
        visit.order(c.ConfirmFields(PENSION.code, (value,)), APPLICANT)
        assert visit.phase == phase
    assert visit.confirm() == []


def test_confirmation_by_the_clerks_hand_says_so_and_the_far_clerk_confirms_nothing() -> None:
    visit = Visit().filling()
    with pytest.raises(WrongRole):
        visit.confirm(FAR)
    visit.confirm(NEAR)
    assert {filled.by_hand_of for filled in visit.case().fields.values()} == {NEAR}


def test_a_changed_field_takes_back_its_confirmation_and_the_signature() -> None:
    visit = Visit().signed()
    assert visit.case().signature is not None
    visit.fill("amount", 1)
    assert visit.phase == "filling"
    assert visit.case().unconfirmed() == ("amount",)
    assert visit.case().signature is None
    with pytest.raises(FieldsUnconfirmed):
        visit.sign()
    visit.confirm()
    visit.sign()
    assert visit.phase == "signing"


def test_an_emptied_field_takes_the_signature_back_too() -> None:
    visit = Visit().filling()
    visit.fill("remark", "加急")
    visit.confirm()
    visit.sign()
    visit.order(c.FillField(PENSION.code, "remark", None), NEAR)
    assert visit.case().signature is None


def test_a_signature_is_over_a_complete_confirmed_and_present_form() -> None:
    visit = Visit().materials()
    with pytest.raises(FieldsMissing) as refusal:
        visit.sign()
    assert refusal.value.params["fields"] == ["amount", "name"]
    visit.filling()
    with pytest.raises(FieldsUnconfirmed):
        visit.sign()
    visit.confirm()
    with pytest.raises(FormChanged):
        visit.order(c.SignForm(PENSION.code, digest("older"), digest("strokes")), APPLICANT)
    visit.sign()
    with pytest.raises(AlreadyDone):
        visit.sign()


def test_nobody_signs_for_the_applicant_but_an_agent_who_says_so() -> None:
    visit = Visit().signing()
    for person in (NEAR, FAR):
        with pytest.raises(WrongRole):
            visit.sign(person)
    by_agent = Visit(matter=BY_AGENT).signing()
    by_agent.sign(AGENT)
    assert by_agent.case().signature is not None
    assert by_agent.case().signature.by_hand_of == AGENT


def test_the_digest_of_a_form_is_of_its_fields_in_the_forms_order() -> None:
    visit, other = Visit().materials(), Visit().materials()
    for each, names in ((visit, ("name", "amount")), (other, ("amount", "name"))):
        for name in names:
            value = digest(name)
            each.order(c.FillField(PENSION.code, name, value), NEAR)
    assert form_digest(visit.case()) == form_digest(other.case())
    before = form_digest(visit.case())
    visit.fill("name", "李")
    assert form_digest(visit.case()) != before


def test_with_several_items_signing_begins_when_every_form_is_confirmed() -> None:
    visit = Visit(matter=BUNDLE).signing()
    assert visit.phase == "signing"
    assert visit.happened(e.FieldsConfirmed)
