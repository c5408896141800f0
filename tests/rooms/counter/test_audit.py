"""A log that says what nobody may have done is found out."""

from dataclasses import replace

import pytest

from rooms.audit import Report
from rooms.counter import commands as c
from rooms.counter import events as e
from rooms.counter.audit.authors import ORDERED, OWN, TIMED
from rooms.counter.audit.events import check_event
from rooms.counter.events import Event
from rooms.counter.evolve import evolve
from rooms.counter.kinds import Role, Side
from rooms.counter.state import START
from rooms.counter.wire import EVENTS
from rooms.ids import SYSTEM, PersonId
from tests.rooms.counter.matter import (
    APPLICANT,
    DAY,
    FAR,
    MANAGER,
    MOMENT,
    NEAR,
    NOW,
    OTHER_FAR,
    PENSION,
    STRANGER,
)
from tests.rooms.counter.visit import Visit


def complete() -> Visit:
    visit = Visit().completed()
    visit.admit(MANAGER, Role.MANAGER)
    visit.order(c.PostChat("谢谢"), APPLICANT)
    visit.order(c.RateSession(1, None, NOW + 20 * DAY), APPLICANT)
    visit.tick(NOW + 20 * DAY)
    return visit


def findings(visit: Visit, kind: type[Event], **changes: object) -> list[str]:
    """The events that differ once the entries of one kind are changed: by whom, when, or what."""
    state, report = START, Report()
    for entry in visit.entries:
        if isinstance(entry.event, kind):
            told = {name: value for name, value in changes.items() if name in ("by", "at")}
            rest = {name: value for name, value in changes.items() if name not in told}
            event = replace(entry.event, **rest)
            entry = replace(entry, event=event, **told)  # type: ignore[arg-type]  # passed on
        check_event(state, entry, report, "log.jsonl")
        state = evolve(state, entry.event)
    return [dict(each.params)["event"] for each in report.findings]


def test_every_event_has_authors_it_may_have() -> None:
    assert {*ORDERED, *TIMED, *OWN} == set(EVENTS.members.values())


def test_nothing_is_found_in_a_log_as_it_was_written() -> None:
    assert findings(complete(), e.OutcomeDecided) == []


@pytest.mark.parametrize(
    ("kind", "by"),
    [
        (e.OutcomeDecided, NEAR),
        (e.IdentityChecked, NEAR),
        (e.MaterialJudged, APPLICANT),
        (e.FormSigned, NEAR),
        (e.ConsentGiven, FAR),
        (e.SessionRated, NEAR),
        (e.ItemCompleted, SYSTEM),
        (e.TicketIssued, STRANGER),
        (e.ChatPosted, NEAR),
        (e.TicketCalled, STRANGER),
        (e.FarAssigned, NEAR),
        (e.Escalated, MANAGER),
    ],
)
def test_an_entry_by_somebody_who_may_not_order_it_is_found(
    kind: type[Event], by: PersonId
) -> None:
    assert kind.__name__ in findings(complete(), kind, by=by)


def test_a_confirmation_that_hides_whose_hand_it_was_is_found() -> None:
    visit = Visit().filling()
    visit.confirm(NEAR)
    assert findings(visit, e.FieldsConfirmed, by_hand_of=None) == ["FieldsConfirmed"]


def test_an_applicant_at_the_other_side_of_the_counter_is_found() -> None:
    assert "FarAssigned" in findings(
        Visit().connecting(), e.FarAssigned, clerk=APPLICANT, by=SYSTEM
    )
    assert findings(Visit().connecting(), e.FarAssigned, clerk=OTHER_FAR, by=SYSTEM) == []


def test_whoever_took_over_without_being_offered_it_is_found() -> None:
    visit = Visit().identified().hand_over(Side.FAR, OTHER_FAR)
    assert findings(visit, e.HandedOver) == []
    assert findings(visit, e.HandedOver, by=STRANGER, clerk=STRANGER) == ["HandedOver"]
    assert findings(visit, e.HandOverOffered, by=NEAR) == []
    assert findings(visit, e.HandOverOffered, by=STRANGER) == ["HandOverOffered"]


def test_an_offer_ended_by_a_stranger_is_found() -> None:
    visit = Visit().identified()
    visit.order(c.OfferHandOver(Side.FAR, OTHER_FAR, "钱", "13", "交接班"), FAR)
    visit.order(c.EndHandOverOffer(Side.FAR), OTHER_FAR)
    assert findings(visit, e.HandOverOfferEnded) == []
    assert findings(visit, e.HandOverOfferEnded, by=STRANGER) == ["HandOverOfferEnded"]
    assert findings(visit, e.HandOverOfferEnded, declined=False) == ["HandOverOfferEnded"]


def test_a_ticket_that_lapsed_too_early_is_found() -> None:
    visit = Visit().called()
    visit.tick(NOW + 180_000 * MOMENT)
    visit.order(c.RequeueTicket(), NEAR)
    assert findings(visit, e.TicketLapsed) == []
    assert findings(visit, e.TicketLapsed, at=NOW + DAY * 0) == ["TicketLapsed"]


def test_an_escalation_before_its_time_is_found() -> None:
    visit = Visit().processing()
    visit.tick(NOW + 10 * DAY)
    early = NOW + 10 * DAY - MOMENT
    assert findings(visit, e.Escalated, at=early) == ["Escalated"]
    assert findings(visit, e.Reminded, item=PENSION.code, at=early) == []
