"""Joint review, fees, the decision, the end of the call."""

from datetime import datetime

from rooms.codec import floor
from rooms.counter import commands as c
from rooms.counter import events as e
from rooms.counter.checks import ahead, case_of, in_phase, on_call, open_case, some, within, working
from rooms.counter.events import Event
from rooms.counter.forms import ruled
from rooms.counter.kinds import Stance
from rooms.counter.phases import AFTER, TALKING, WORKING, Phase
from rooms.counter.seats import not_own
from rooms.counter.signing import check_signed
from rooms.counter.state import Case, State
from rooms.counter.terms import Outcome
from rooms.ids import PersonId
from rooms.refusals import (
    AlreadyDone,
    FeeNotNoted,
    ItemsUndecided,
    MaterialsLacking,
    NothingMissing,
    NotInvited,
    SupplementTold,
    UnknownFee,
    WrongAmount,
)
from rooms.texts import check_name, check_optional, check_text

MOST_FEE = 10**12
MOST_DEPARTMENTS = 20
_GRANTED = (Outcome.ACCEPTED, Outcome.DONE)


def invite(state: State, command: c.InviteDepartment) -> list[Event]:
    working(state)
    case = open_case(state, command.item)
    not_own(state, command.person)
    if command.person in case.opinions:
        raise AlreadyDone(what="invite")
    within(len(case.opinions) + 1, "departments", 1, MOST_DEPARTMENTS)
    name = check_name(command.name, "name")
    department = check_name(command.department, "department")
    return [e.DepartmentInvited(command.person, name, department, command.item)]


def give_opinion(state: State, command: c.GiveOpinion, by: PersonId) -> list[Event]:
    """Once; who does not simply agree says why."""
    working(state)
    case = open_case(state, command.item)
    invited = case.opinions.get(by)
    if invited is None:
        raise NotInvited(item=command.item)
    if invited.opinion is not None:
        raise AlreadyDone(what="opinion")
    if command.opinion is Stance.AGREE:
        text = check_optional(command.text, "text")
    else:
        text = check_text(command.text, "text")
    return [e.OpinionGiven(by, command.item, command.opinion, text)]


def note_fee(state: State, command: c.NoteFee) -> list[Event]:
    in_phase(state, *WORKING, *AFTER)
    case = case_of(state, command.item)
    if all(each.id != command.fee for each in case.item.fees):
        raise UnknownFee(item=command.item, fee=command.fee[:64])
    if command.fee in case.fees:
        raise AlreadyDone(what="fee")
    within(command.amount, "amount", 1, MOST_FEE)
    reference = check_name(command.reference, "reference")
    return [e.FeeNoted(command.item, command.fee, command.amount, reference)]


def note_payment(state: State, command: c.NotePayment) -> list[Event]:
    in_phase(state, *WORKING, *AFTER)
    noted = case_of(state, command.item).fees.get(command.fee)
    if noted is None:
        raise FeeNotNoted(item=command.item, fee=command.fee[:64])
    if noted.paid:
        raise AlreadyDone(what="payment")
    if noted.amount != command.amount:
        raise WrongAmount(noted=noted.amount, found=command.amount)
    reference = check_name(command.reference, "reference")
    return [e.FeePaid(command.item, command.fee, command.amount, reference)]


def decide(state: State, command: c.Decide, now: datetime) -> list[Event]:
    """An item's outcome, once and for all of this session."""
    working(state)
    case = open_case(state, command.item)
    match command.outcome:
        case Outcome.SUPPLEMENT:
            return [_supplement(state, case, command, now)]
        case Outcome.REJECTED:
            remedy = check_text(command.remedy, "remedy")
            by_rule, overrides = _against(state, case, command)
            reason = check_text(command.reason, "reason")
            return [_outcome(command, reason, by_rule, overrides, remedy=remedy)]
        case Outcome.ACCEPTED | Outcome.DONE:
            if lacking := case.lacking():
                raise MaterialsLacking(item=command.item, materials=some(lacking))
            check_signed(case)
            by_rule, overrides = _against(state, case, command)
            check = check_text if overrides else check_optional
            reason = check(command.reason, "reason")
            promised_at = None
            if command.outcome is Outcome.ACCEPTED:
                promised_at = _promised(case, command, now)
            return [_outcome(command, reason, by_rule, overrides, promised_at=promised_at, now=now)]


def end(state: State, command: c.EndSession) -> list[Event]:
    """With every item decided, or with a reason."""
    in_phase(state, *TALKING, Phase.DECIDED)
    on_call(state)
    undecided = [case.item.code for case in state.undecided()]
    if undecided and not command.reason.strip():
        raise ItemsUndecided(items=some(undecided))
    return [e.SessionEnded(check_optional(command.reason, "reason"))]


def _against(state: State, case: Case, command: c.Decide) -> tuple[str | None, bool]:
    """The rule that holds, and whether this decision is against it, or against a department."""
    rule = ruled(state, command.item, command.values)
    overrides = rule is not None and rule.outcome is not command.outcome
    if command.outcome in _GRANTED:
        unheard = (None, Stance.DISAGREE)
        overrides |= any(each.opinion in unheard for each in case.opinions.values())
    return (rule.name if rule else None), overrides


def _promised(case: Case, command: c.Decide, now: datetime) -> datetime | None:
    """Until when it will be done. What is done on the spot as a rule (即办件) promises no time."""
    if command.promised_at is None and case.item.promised_days == 0:
        return None
    return ahead(command.promised_at, "promised_at", now)


def _supplement(state: State, case: Case, command: c.Decide, now: datetime) -> Event:
    """补正: told once and completely, until when."""
    if not command.missing:
        raise NothingMissing(item=command.item)
    for each in command.missing:
        check_text(each.what, "missing.what")
        if each.material:
            case.item.material(each.material)
    until = ahead(command.until, "until", now)
    untold = ""
    if command.item in state.matter.supplemented:
        if not command.untold.strip():
            raise SupplementTold(item=command.item)
        untold = check_text(command.untold, "untold")
    reason = check_optional(command.reason, "reason")
    return e.OutcomeDecided(
        item=command.item,
        outcome=command.outcome,
        reason=reason,
        remedy="",
        missing=command.missing,
        until=until,
        promised_at=None,
        remind_at=None,
        by_rule=None,
        overrides=False,
        untold=untold,
    )


def _outcome(
    command: c.Decide,
    reason: str,
    by_rule: str | None,
    overrides: bool,
    *,
    remedy: str = "",
    promised_at: datetime | None = None,
    now: datetime | None = None,
) -> Event:
    remind_at = None
    if promised_at is not None and now is not None:
        # 80 % of the time, in whole milliseconds.
        remind_at = floor(now + (promised_at - now) * 4 / 5)
    return e.OutcomeDecided(
        item=command.item,
        outcome=command.outcome,
        reason=reason,
        remedy=remedy,
        missing=(),
        until=None,
        promised_at=promised_at,
        remind_at=remind_at,
        by_rule=by_rule,
        overrides=overrides,
        untold="",
    )
