"""Outcomes, joint review, rules, fees, and the end of the call."""

from dataclasses import replace
from datetime import timedelta

import pytest

from rooms.counter import commands as c
from rooms.counter import events as e
from rooms.counter.forms import ruled
from rooms.counter.kinds import Missing, Revealed, Role, Stance, Verdict
from rooms.counter.state import Decision
from rooms.counter.terms import Outcome
from rooms.ids import PersonId
from rooms.refusals import (
    AlreadyDone,
    CallOver,
    DateMissing,
    FeeNotNoted,
    FieldsMissing,
    FieldsUnconfirmed,
    FormUnsigned,
    IdentityMissing,
    ItemDecided,
    ItemsUndecided,
    MaterialsLacking,
    NothingMissing,
    NotInvited,
    OutOfPhase,
    OutOfRange,
    OwnMatter,
    SupplementTold,
    TextMissing,
    UnknownFee,
    UnknownMaterial,
    ValuesWanted,
    WrongAmount,
    WrongRole,
    WrongValue,
)
from tests.rooms.counter.matter import (
    ADDRESS,
    APPLICANT,
    BARE,
    BUNDLE,
    DAY,
    FAR,
    LAND,
    MANAGER,
    NAMES,
    NEAR,
    NOW,
    PENSION,
    SECOND_VISIT,
    TAX,
)
from tests.rooms.counter.visit import Visit

LACKS = (Missing("bank", "缺少背面"), Missing("", "须本人到场"))


def decision(visit: Visit, item: str = PENSION.code) -> Decision:
    found = visit.case(item).decision
    assert found is not None
    return found


def supplement(visit: Visit, **how: object) -> None:
    told = {"missing": LACKS, "until": visit.now + 5 * DAY, **how}
    visit.decide(Outcome.SUPPLEMENT, **told)  # type: ignore[arg-type]  # passed on


def invited(*people: PersonId) -> Visit:
    visit = Visit().signed()
    for person in people or (TAX,):
        invite = c.InviteDepartment(person, NAMES[person], "联审部门", PENSION.code)
        visit.order(invite, FAR)
    return visit


# --- granting ---


def test_what_is_accepted_has_a_promised_time_and_a_reminder_at_four_fifths_of_it() -> None:
    visit = Visit().decided()
    assert visit.phase == "decided"
    assert decision(visit).promised_at == NOW + 10 * DAY
    assert decision(visit).remind_at == NOW + 8 * DAY
    assert not decision(visit).overrides


def test_a_promise_lies_in_the_future() -> None:
    visit = Visit().signed()
    for promised in (None, NOW):
        with pytest.raises(DateMissing, match="promised_at"):
            visit.decide(Outcome.ACCEPTED, promised_at=promised)


def test_what_is_usually_done_on_the_spot_may_be_accepted_without_a_promise() -> None:
    visit = Visit(matter=BARE).identified()
    visit.decide(Outcome.ACCEPTED, ADDRESS.code, promised_at=None)
    assert decision(visit, ADDRESS.code).remind_at is None
    assert visit.end().tick(NOW + 100 * DAY) == []
    assert visit.phase == "processing"


def test_a_reminder_falls_on_a_whole_millisecond() -> None:
    visit = Visit().signed()
    visit.decide(Outcome.ACCEPTED, promised_at=NOW + timedelta(milliseconds=1001))
    assert decision(visit).remind_at == NOW + timedelta(milliseconds=800)


def test_only_the_far_clerk_decides() -> None:
    visit = Visit().signed()
    for person in (NEAR, APPLICANT):
        with pytest.raises(WrongRole):
            visit.order(c.Decide(PENSION.code, Outcome.DONE), person)


def test_nothing_is_decided_about_whom_one_does_not_know() -> None:
    with pytest.raises(IdentityMissing):
        Visit().consented().decide(Outcome.REJECTED, reason="x", remedy="y")


def test_nothing_is_granted_while_a_required_material_lacks() -> None:
    visit = Visit().identified()
    with pytest.raises(MaterialsLacking) as refusal:
        visit.decide(Outcome.ACCEPTED)
    assert refusal.value.params["materials"] == ["bank", "card"]


def test_nothing_is_granted_on_a_form_that_is_empty_unconfirmed_or_unsigned() -> None:
    visit = Visit().materials()
    with pytest.raises(FieldsMissing):
        visit.decide(Outcome.ACCEPTED)
    visit.filling()
    with pytest.raises(FieldsUnconfirmed):
        visit.decide(Outcome.ACCEPTED)
    visit.confirm()
    with pytest.raises(FormUnsigned):
        visit.decide(Outcome.ACCEPTED)


def test_an_item_without_checklist_and_form_is_done_as_soon_as_one_knows_who_asks() -> None:
    visit = Visit(matter=BARE).identified()
    visit.decide(Outcome.DONE, ADDRESS.code)
    assert visit.phase == "decided"
    assert decision(visit, ADDRESS.code).promised_at is None


def test_an_outcome_is_final() -> None:
    visit = Visit(matter=BUNDLE).identified()
    visit.decide(Outcome.DONE, ADDRESS.code)
    with pytest.raises(ItemDecided):
        visit.decide(Outcome.REJECTED, ADDRESS.code, reason="x", remedy="y")


def test_a_session_is_decided_with_its_last_item() -> None:
    visit = Visit(matter=BUNDLE).signed()
    visit.decide(Outcome.DONE, ADDRESS.code)
    assert visit.phase == "signing"
    visit.decide(Outcome.ACCEPTED)
    assert visit.phase == "decided"


# --- refusing ---


def test_a_rejection_has_a_reason_and_a_remedy() -> None:
    visit = Visit().identified()
    for how in ({"reason": "超出受理范围"}, {"remedy": "六十日内申请复议"}):
        with pytest.raises(TextMissing):
            visit.decide(Outcome.REJECTED, **how)
    visit.decide(Outcome.REJECTED, reason="超出受理范围", remedy="六十日内申请复议")
    assert decision(visit).remedy == "六十日内申请复议"


def test_a_supplement_lists_everything_that_is_missing_and_until_when() -> None:
    visit = Visit().identified()
    with pytest.raises(NothingMissing):
        supplement(visit, missing=())
    with pytest.raises(UnknownMaterial):
        supplement(visit, missing=(Missing("passport", "缺"),))
    with pytest.raises(TextMissing):
        supplement(visit, missing=(Missing("bank", " "),))
    with pytest.raises(DateMissing, match="until"):
        supplement(visit, until=NOW)
    supplement(visit)
    assert decision(visit).missing == LACKS
    assert visit.phase == "decided"


def test_what_is_missing_is_told_once() -> None:
    visit = Visit().identified()
    supplement(visit)
    with pytest.raises(OutOfPhase):
        supplement(visit)
    second = Visit(matter=SECOND_VISIT).identified()
    with pytest.raises(SupplementTold):
        supplement(second)
    supplement(second, untold="法规于上次之后修订")
    assert decision(second).untold == "法规于上次之后修订"


def test_the_first_supplement_needs_no_excuse() -> None:
    visit = Visit().identified()
    supplement(visit, untold="不适用")
    assert decision(visit).untold == ""


# --- instant decisions ---


def test_a_rule_decides_on_the_spot() -> None:
    visit = Visit().decided(Outcome.DONE)
    assert (decision(visit).by_rule, decision(visit).overrides) == ("小额即办", False)


def test_deciding_otherwise_than_the_rule_needs_a_reason() -> None:
    visit = Visit().signed(50_000)
    with pytest.raises(TextMissing):
        visit.decide(Outcome.ACCEPTED)
    visit.decide(Outcome.ACCEPTED, reason="账户有争议")
    assert (decision(visit).by_rule, decision(visit).overrides) == ("小额即办", True)


def test_a_rule_may_reject_and_where_none_holds_none_is_named() -> None:
    visit = Visit().signed(20_000_000)
    visit.decide(Outcome.REJECTED, reason="超限", remedy="向上级申请")
    assert (decision(visit).by_rule, decision(visit).overrides) == ("巨额不予", False)
    assert decision(Visit().decided()).by_rule is None


def test_a_rule_is_not_passed_over_by_leaving_out_its_values() -> None:
    visit = Visit().signed(50_000)
    with pytest.raises(ValuesWanted) as refusal:
        visit.decide(Outcome.ACCEPTED, values=())
    assert refusal.value.params["fields"] == ["amount"]


def test_a_rule_speaks_of_the_confirmed_values_and_no_others() -> None:
    visit = Visit().signed(2_000_000)
    true = visit.revealed()
    forged = tuple(replace(each, value=1) if each.field == "amount" else each for each in true)
    with pytest.raises(WrongValue):
        visit.decide(Outcome.DONE, values=forged)
    for broken in (Revealed("amount", 2_000_000, "no salt!"), Revealed("remark", "x", "AAAA")):
        with pytest.raises(WrongValue):
            visit.decide(Outcome.DONE, values=(broken,))
    unconfirmed = Visit().filling(50_000)
    assert ruled(unconfirmed.state, PENSION.code, unconfirmed.revealed()) is None


# --- joint review ---


def test_a_department_gives_its_opinion_once_and_only_where_it_was_asked() -> None:
    visit = invited()
    assert visit.state.known[TAX].department == "联审部门"
    visit.order(c.GiveOpinion(PENSION.code, Stance.AGREE, ""), TAX)
    with pytest.raises(AlreadyDone):
        visit.order(c.GiveOpinion(PENSION.code, Stance.DISAGREE, "改主意"), TAX)
    with pytest.raises(WrongRole):
        visit.order(c.GiveOpinion(PENSION.code, Stance.AGREE, ""), LAND)
    bundle = Visit(matter=BUNDLE).signed()
    bundle.order(c.InviteDepartment(TAX, "冯税务", "税务局", ADDRESS.code), FAR)
    with pytest.raises(NotInvited):
        bundle.order(c.GiveOpinion(PENSION.code, Stance.AGREE, ""), TAX)


def test_who_does_not_simply_agree_says_why() -> None:
    visit = invited()
    for stance in (Stance.DISAGREE, Stance.CONDITIONS):
        with pytest.raises(TextMissing):
            visit.order(c.GiveOpinion(PENSION.code, stance, ""), TAX)


def test_a_department_is_invited_once_and_never_the_applicant() -> None:
    visit = invited()
    with pytest.raises(AlreadyDone):
        visit.order(c.InviteDepartment(TAX, "冯税务", "税务局", PENSION.code), FAR)
    with pytest.raises(OwnMatter):
        visit.order(c.InviteDepartment(APPLICANT, "李", "税务局", PENSION.code), FAR)


def test_there_are_not_endless_departments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rooms.counter.deciding.MOST_DEPARTMENTS", 1)
    with pytest.raises(OutOfRange):
        invited(TAX, LAND)


@pytest.mark.parametrize("opinion", [None, Stance.DISAGREE])
def test_granting_against_a_department_needs_a_reason(opinion: Stance | None) -> None:
    visit = invited()
    if opinion is not None:
        visit.order(c.GiveOpinion(PENSION.code, opinion, "欠税"), TAX)
    with pytest.raises(TextMissing):
        visit.decide(Outcome.ACCEPTED)
    visit.decide(Outcome.ACCEPTED, reason="已补缴")
    assert decision(visit).overrides


def test_with_every_department_agreeing_no_reason_is_needed() -> None:
    visit = invited(TAX, LAND)
    visit.order(c.GiveOpinion(PENSION.code, Stance.AGREE, ""), TAX)
    visit.order(c.GiveOpinion(PENSION.code, Stance.CONDITIONS, "须公示"), LAND)
    visit.decide(Outcome.ACCEPTED)
    assert not decision(visit).overrides


# --- fees ---


def test_a_fee_is_noted_and_paid_once_and_exactly() -> None:
    visit = Visit().signed()
    with pytest.raises(FeeNotNoted):
        visit.order(c.NotePayment(PENSION.code, "copy", 500, "sandbox-1"))
    with pytest.raises(UnknownFee):
        visit.order(c.NoteFee(PENSION.code, "bribe", 500, "sandbox-1"))
    with pytest.raises(OutOfRange):
        visit.order(c.NoteFee(PENSION.code, "copy", 0, "sandbox-1"))
    visit.order(c.NoteFee(PENSION.code, "copy", 500, "sandbox-1"))
    with pytest.raises(AlreadyDone):
        visit.order(c.NoteFee(PENSION.code, "copy", 500, "sandbox-2"))
    with pytest.raises(WrongAmount):
        visit.order(c.NotePayment(PENSION.code, "copy", 499, "sandbox-1"))
    visit.decide(Outcome.ACCEPTED)
    visit.order(c.NotePayment(PENSION.code, "copy", 500, "sandbox-1"))
    assert visit.case().fees["copy"].paid
    with pytest.raises(AlreadyDone):
        visit.order(c.NotePayment(PENSION.code, "copy", 500, "sandbox-1"))


def test_a_payment_that_comes_after_the_call_makes_newer_minutes() -> None:
    visit = Visit().signed()
    visit.order(c.NoteFee(PENSION.code, "copy", 500, "sandbox-1"))
    visit.decide(Outcome.ACCEPTED)
    visit.end()
    visit.minutes()
    visit.order(c.NotePayment(PENSION.code, "copy", 500, "sandbox-1"))
    assert visit.state.stale


# --- the end of the call ---


def test_a_call_ends_with_every_item_decided_or_with_a_reason() -> None:
    visit = Visit(matter=BUNDLE).identified()
    with pytest.raises(ItemsUndecided) as refusal:
        visit.end()
    assert refusal.value.params["items"] == [ADDRESS.code, PENSION.code]
    visit.end("办事人离开")
    assert (visit.phase, visit.state.outcome) == ("ended", "办事人离开")


@pytest.mark.parametrize("reached", ["connecting", "consented", "filling"])
def test_a_call_is_given_up_anywhere(reached: str) -> None:
    visit: Visit = getattr(Visit(), reached)()
    visit.end("线路中断")
    assert visit.phase == "ended"


def test_what_was_decided_before_a_call_was_given_up_is_carried_out_all_the_same() -> None:
    visit = Visit(matter=BUNDLE).signed()
    visit.decide(Outcome.ACCEPTED)
    visit.end("办事人离开")
    assert visit.phase == "processing"
    told = Visit(matter=BUNDLE).identified()
    supplement(told)
    told.end("办事人离开")
    assert told.phase == "decided"


@pytest.mark.parametrize("reached", ["identified", "materials", "filling", "signing"])
@pytest.mark.parametrize(
    ("outcome", "phase"),
    [
        (None, "ended"),
        (Outcome.SUPPLEMENT, "decided"),
        (Outcome.ACCEPTED, "processing"),
        (Outcome.DONE, "completed"),
    ],
)
def test_a_call_given_up_anywhere_keeps_what_was_decided(
    reached: str, outcome: Outcome | None, phase: str
) -> None:
    visit: Visit = getattr(Visit(matter=BUNDLE), reached)()
    if outcome is Outcome.SUPPLEMENT:
        supplement(visit, item=ADDRESS.code, missing=(Missing("", "须本人到场"),))
    elif outcome is not None:
        visit.decide(outcome, ADDRESS.code)
    assert visit.phase == reached
    assert visit.end("线路中断").phase == phase
    if phase == "ended":
        visit.minutes()
        visit.order(c.ArchiveRoom())
        assert visit.phase == "archived"


@pytest.mark.parametrize(
    ("outcome", "phase"), [(Outcome.ACCEPTED, "processing"), (Outcome.DONE, "completed")]
)
def test_after_the_call_comes_what_is_left_to_do(outcome: Outcome, phase: str) -> None:
    assert Visit().decided(outcome).end().phase == phase


def test_a_call_ends_once_and_by_a_clerk_or_the_hall() -> None:
    visit = Visit().identified()
    with pytest.raises(WrongRole):
        visit.order(c.EndSession("x"), APPLICANT)
    visit.admit(MANAGER, Role.MANAGER)
    supplement(visit)
    visit.order(c.EndSession(), MANAGER)
    with pytest.raises(CallOver):
        visit.order(c.EndSession(), NEAR)


def test_waived_materials_count_as_given() -> None:
    visit = Visit().identified()
    for material in ("card", "bank"):
        visit.judge(material, Verdict.WAIVED, "共享数据")
    visit.fill("name", "李")
    visit.fill("amount", 2_000_000)
    visit.confirm()
    visit.sign()
    visit.decide(Outcome.ACCEPTED)
    assert visit.happened(e.OutcomeDecided)
