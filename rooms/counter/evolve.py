"""The fold: what each event makes of the state. It checks the table of phases and believes
everything else."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar, assert_never

from rooms import recording
from rooms.counter import events as e
from rooms.counter.events import Event
from rooms.counter.kinds import IdentityResult, Interruption, Matter, Role, Side, Verdict
from rooms.counter.phases import IllegalTransition, Phase, possible
from rooms.counter.state import (
    Case,
    Clerk,
    Consent,
    Decision,
    Delivery,
    Filled,
    Identity,
    Judged,
    Known,
    Offer,
    Opinion,
    Page,
    Payment,
    Rating,
    Screenshot,
    Signature,
    State,
    Step,
)
from rooms.facts import Revision
from rooms.ids import PageId, PersonId
from rooms.record import SEAL_FIELD

K = TypeVar("K")
V = TypeVar("V")


def evolve(state: State, event: Event) -> State:
    """The state after an event; `IllegalTransition` where the table of phases has no place for
    it."""
    targets = possible(state.phase, event)
    after = _apply(state, event)
    phase = targets[0] if len(targets) == 1 else _phase(after, event)
    if phase not in targets:
        raise IllegalTransition(state.phase, event)
    return after if phase is after.phase else replace(after, phase=phase)


def _phase(after: State, event: Event) -> Phase:
    """Where an event leads that may lead to several phases."""
    match event:
        case e.IdentityChecked():
            passed = event.result is IdentityResult.PASSED
            return Phase.IDENTIFIED if passed else after.phase
        case e.MaterialJudged():
            return Phase.MATERIALS if event.verdict is Verdict.RETURNED else after.phase
        case e.FieldsConfirmed():
            ready = all(case.confirmed() for case in after.undecided())
            return Phase.SIGNING if ready else after.phase
        case e.OutcomeDecided():
            return Phase.DECIDED if after.decided() else after.phase
        case e.SessionEnded() if all(case.decision is None for case in after.cases.values()):
            return Phase.ENDED
        case e.SessionEnded() | e.ItemCompleted() | e.ResultDelivered():
            return aftermath(after) if after.over else after.phase
        case _:
            return after.phase


def aftermath(state: State) -> Phase:
    """Where a session is after its call, by what is left to do about its outcomes."""
    cases = state.cases.values()
    if any(case.processing for case in cases):
        return Phase.PROCESSING
    results = [case for case in cases if case.finished]
    if not results:
        return Phase.DECIDED
    delivered = all(case.delivery is not None for case in results)
    return Phase.DELIVERED if delivered else Phase.COMPLETED


def _apply(state: State, event: Event) -> State:
    match event:
        case e.SessionBooked():
            state = replace(state, starts_at=event.starts_at, ends_at=event.ends_at)
            return _begin(state, event.matter)
        case e.BookingLapsed():
            return replace(state, over=True, stale=True)
        case e.TicketIssued():
            if event.matter is not None:
                state = _begin(state, event.matter)
            return replace(state, number=event.number, hall=event.hall, priority=event.priority)
        case e.SessionCancelled():
            return replace(state, outcome=event.reason, over=True, lapses_at=None, stale=True)
        case e.TicketCalled():
            return _call(state, event)
        case e.TicketLapsed():
            return replace(state, near=None, lapses_at=None, lapses=state.lapses + 1, offers={})
        case e.TicketRequeued():
            mine = state.requeued_by_applicant or event.by_applicant
            return replace(state, requeued=state.requeued + 1, requeued_by_applicant=mine)
        case e.FarAssigned():
            state = _know(state, event.clerk, event.clerk_name, Role.FAR)
            clerk = Clerk(event.clerk, event.clerk_name, event.window, event.region)
            return replace(state, far=clerk, offers=_without(state.offers, Side.FAR))
        case e.HandOverOffered():
            offer = Offer(event.to, event.to_name, event.window, event.reason)
            return replace(state, offers={**state.offers, event.side: offer})
        case e.HandOverOfferEnded():
            return replace(state, offers=_without(state.offers, event.side))
        case e.HandedOver():
            return _hand_over(state, event)
        case e.PersonAdmitted():
            return _know(state, event.person, event.name, event.role)
        case e.SessionConnected():
            return replace(state, recording=event.recording, lapses_at=None)
        case e.ConsentGiven():
            consent = Consent(event.text, event.version, event.by_hand_of)
            return replace(state, consent=consent, reuse=event.reuse)
        case e.ConsentRefused():
            return _over(state)
        case e.ReuseAllowed():
            return replace(state, reuse=True)
        case e.IdentityCaptured():
            shown = Identity(event.method, event.number_valid, event.masked, event.document)
            return replace(state, identity=shown)
        case e.IdentityChecked():
            checked = Identity(
                event.method,
                event.number_valid,
                event.masked,
                event.document,
                event.likeness,
                event.result,
                event.remark,
            )
            return replace(state, identity=checked)
        case e.MaterialCaptured():
            page = Page(event.page, event.item, event.material, event.picture, event.source)
            pages = (*_present(state, event.item, event.material), event.page)
            state = replace(state, pages={**state.pages, page.id: page})
            return _lay(state, event.item, event.material, pages)
        case e.PageReplaced():
            return _replace_page(state, event)
        case e.PagesOrdered():
            # The same pages in another order are judged already.
            case = state.cases[event.item]
            ordered = {**case.pages, event.material: event.pages}
            return _case(state, replace(case, pages=ordered))
        case e.PageRemoved():
            page = state.pages[event.page]
            gone = replace(page, removed=True)
            left = tuple(x for x in _present(state, page.item, page.material) if x != page.id)
            state = replace(state, pages={**state.pages, page.id: gone})
            return _lay(state, page.item, page.material, left)
        case e.MaterialJudged():
            case = state.cases[event.item]
            judged = {**case.judged, event.material: Judged(event.verdict, event.remark)}
            return _case(state, replace(case, judged=judged))
        case e.ScreenshotTaken():
            taken = Screenshot(event.picture, event.of, event.note)
            return replace(state, screenshots=(*state.screenshots, taken))
        case e.FieldFilled():
            case = state.cases[event.item]
            fields = _without(case.fields, event.field)
            if event.value is not None:
                fields = {**case.fields, event.field: Filled(event.value, event.origin)}
            return _case(state, replace(case, fields=fields, signature=None))
        case e.FieldsConfirmed():
            return _confirm(state, event)
        case e.FormSigned():
            case = state.cases[event.item]
            signature = Signature(event.form, event.strokes, event.by_hand_of)
            return _case(state, replace(case, signature=signature))
        case e.DepartmentInvited():
            state = _know(state, event.person, event.name, Role.DEPARTMENT, event.department)
            invited = Opinion(event.person, event.name, event.department)
            return _opinion(state, event.item, invited)
        case e.OpinionGiven():
            invited = state.cases[event.item].opinions[event.person]
            said = replace(invited, opinion=event.opinion, text=event.text)
            return _opinion(state, event.item, said)
        case e.FeeNoted():
            return _fee(state, event, paid=False)
        case e.FeePaid():
            return _fee(state, event, paid=True)
        case e.OutcomeDecided():
            return _decide(state, event)
        case e.SessionEnded():
            return replace(_over(state), outcome=event.reason)
        case e.StepNoted():
            case = state.cases[event.item]
            step = Step(event.step, event.note)
            return _case(state, replace(case, steps=(*case.steps, step)))
        case e.ItemCompleted():
            done = replace(state.cases[event.item], completed=True)
            return replace(_case(state, done), invite_at=event.invite_at, stale=True)
        case e.ResultDelivered():
            delivery = Delivery(event.way, event.tracking)
            delivered = replace(state.cases[event.item], delivery=delivery)
            return replace(_case(state, delivered), stale=True)
        case e.Reminded():
            return _decision(state, event.item, reminded=True)
        case e.Escalated():
            if event.item is not None:
                return _decision(state, event.item, escalated=True)
            return replace(state, rating=replace(_rating(state), escalated=True))
        case e.RatingInvited():
            return replace(state, invite_at=None)
        case e.SessionRated():
            rating = Rating(event.level, event.words, event.answer_by)
            return replace(state, rating=rating, invite_at=None, stale=True)
        case e.RatingAnswered():
            answered = replace(_rating(state), answer=event.text)
            return replace(state, rating=answered, stale=True)
        case e.SeatLeft():
            return replace(state, absent={**state.absent, event.person: event.since})
        case e.SeatReturned():
            return replace(state, absent=_without(state.absent, event.person))
        case e.ServiceInterrupted():
            gap = Interruption(event.since, event.back)
            lapses_at = event.lapses_at or state.lapses_at
            return replace(state, interruptions=(*state.interruptions, gap), lapses_at=lapses_at)
        case e.RecordingStarted() | e.RecordingsMarked() | e.RecordingEnded():
            return replace(state, recordings=recording.after(state.recordings, event))
        case e.RecordPublished():
            made = Revision(event.sha256, event.size, SEAL_FIELD)
            return replace(
                state,
                record=event.sha256,
                revisions=(made,),
                issues=state.issues + 1,
                stale=False,
            )
        case e.RoomArchived():
            return replace(state, archived=True)
        case e.ApplicantErased():
            return replace(state, erased=True)
        case e.ChatPosted() | e.WarningIssued():
            return state
        case _:
            assert_never(event)


def _begin(state: State, about: Matter) -> State:
    state = replace(state, about=about, cases={each.code: Case(each) for each in about.items})
    if about.agent is not None:
        agent = about.agent
        state = _know(state, agent.person, agent.name, Role.AGENT)
    return state


def _over(state: State) -> State:
    """The call is over; who is away is not waited for any more."""
    return replace(state, over=True, stale=True, absent={}, offers={})


def _call(state: State, event: e.TicketCalled) -> State:
    state = _know(state, event.clerk, event.clerk_name, Role.NEAR)
    near = Clerk(event.clerk, event.clerk_name, event.window, state.matter.near_region)
    return replace(state, near=near, times=event.times, lapses_at=event.lapses_at)


def _hand_over(state: State, event: e.HandedOver) -> State:
    side = Role.NEAR if event.side is Side.NEAR else Role.FAR
    state = _know(state, event.clerk, event.clerk_name, side)
    before = state.near if event.side is Side.NEAR else state.far
    if before is None:
        raise LookupError("nobody sits at this window")
    clerk = Clerk(event.clerk, event.clerk_name, event.window, before.region)
    absent, offers = _without(state.absent, event.previous), _without(state.offers, event.side)
    state = replace(state, absent=absent, offers=offers)
    if event.side is Side.NEAR:
        return replace(state, near=clerk)
    return replace(state, far=clerk)


def _know(state: State, person: PersonId, name: str, role: Role, department: str = "") -> State:
    known = state.known.get(person)
    roles = frozenset({role}) | (known.roles if known else frozenset())
    department = department or (known.department if known else "")
    return replace(state, known={**state.known, person: Known(name, roles, department)})


def _present(state: State, item: str, material: str) -> tuple[PageId, ...]:
    return state.cases[item].pages.get(material, ())


def _lay(state: State, item: str, material: str, pages: tuple[PageId, ...]) -> State:
    """The pages of a material changed: what was said of them holds no more."""
    case = state.cases[item]
    case = replace(
        case,
        pages={**case.pages, material: pages},
        judged=_without(case.judged, material),
    )
    return _case(state, case)


def _replace_page(state: State, event: e.PageReplaced) -> State:
    before = state.pages[event.previous]
    page = Page(event.page, before.item, before.material, event.picture, event.source)
    gone = replace(before, removed=True, replaced_by=page.id)
    old = _present(state, before.item, before.material)
    pages = tuple(page.id if each == before.id else each for each in old)
    state = replace(state, pages={**state.pages, before.id: gone, page.id: page})
    return _lay(state, before.item, before.material, pages)


def _confirm(state: State, event: e.FieldsConfirmed) -> State:
    case = state.cases[event.item]
    fields = dict(case.fields)
    for each in event.fields:
        fields[each.field] = replace(
            fields[each.field], confirmed=True, by_hand_of=event.by_hand_of
        )
    return _case(state, replace(case, fields=fields))


def _opinion(state: State, item: str, opinion: Opinion) -> State:
    case = state.cases[item]
    return _case(state, replace(case, opinions={**case.opinions, opinion.person: opinion}))


def _fee(state: State, event: e.FeeNoted | e.FeePaid, paid: bool) -> State:
    case = state.cases[event.item]
    payment = Payment(event.amount, event.reference, paid)
    state = _case(state, replace(case, fees={**case.fees, event.fee: payment}))
    return replace(state, stale=True) if state.over else state


def _decide(state: State, event: e.OutcomeDecided) -> State:
    decision = Decision(
        event.outcome,
        event.reason,
        event.remedy,
        event.missing,
        event.until,
        event.promised_at,
        event.remind_at,
        event.by_rule,
        event.overrides,
        event.untold,
    )
    state = _case(state, replace(state.cases[event.item], decision=decision))
    return replace(state, offers={}) if state.decided() else state


def _decision(
    state: State, item: str, reminded: bool | None = None, escalated: bool | None = None
) -> State:
    case = state.cases[item]
    if case.decision is None:
        raise LookupError("the item is not decided")
    decision = replace(
        case.decision,
        reminded=case.decision.reminded if reminded is None else reminded,
        escalated=case.decision.escalated if escalated is None else escalated,
    )
    return _case(state, replace(case, decision=decision))


def _rating(state: State) -> Rating:
    if state.rating is None:
        raise LookupError("the session is not rated")
    return state.rating


def _case(state: State, case: Case) -> State:
    return replace(state, cases={**state.cases, case.item.code: case})


def _without(mapping: Mapping[K, V], key: K) -> dict[K, V]:
    return {each: value for each, value in mapping.items() if each != key}
