"""Booking, ticket, call, no-show."""

from dataclasses import replace

import pytest

from rooms.counter import commands as c
from rooms.counter import events as e
from rooms.counter.kinds import Agent, Priority, Role
from rooms.counter.machine import due, next_instant
from rooms.refusals import (
    AlreadyDone,
    BookingOver,
    CalledEnough,
    CallLapsed,
    ItemUnacceptable,
    MatterUnfit,
    OutOfPhase,
    OwnMatter,
    RequeuedEnough,
    TextMissing,
    TicketTaken,
    WrongRole,
)
from tests.rooms.counter.matter import (
    ADDRESS,
    AGENT,
    APPLICANT,
    BY_AGENT,
    DAY,
    MANAGER,
    MATTER,
    MINUTE,
    MOMENT,
    NEAR,
    NOW,
    OTHER_NEAR,
    STRANGER,
    digest,
)
from tests.rooms.counter.visit import Visit


def test_a_booked_session_gets_its_ticket_and_keeps_what_was_booked() -> None:
    visit = Visit().booked()
    assert (visit.phase, visit.state.starts_at) == ("booked", NOW + DAY)
    visit.order(c.IssueTicket("A012", "浦东", Priority.ELDERLY), at=NOW + DAY)
    assert (visit.phase, visit.state.number) == ("waiting", "A012")
    assert visit.state.priority is Priority.ELDERLY
    assert visit.state.matter is MATTER


def test_a_ticket_without_a_booking_brings_what_the_session_is_about() -> None:
    assert Visit().waiting().state.matter == MATTER
    with pytest.raises(MatterUnfit, match="missing"):
        Visit().order(c.IssueTicket("A012", "浦东"))
    with pytest.raises(MatterUnfit, match="repeated"):
        Visit().booked().order(c.IssueTicket("A012", "浦东", matter=MATTER))


def test_a_second_ticket_for_the_same_session_is_refused() -> None:
    with pytest.raises(AlreadyDone):
        Visit().waiting().order(c.IssueTicket("A013", "浦东"))


@pytest.mark.parametrize(
    ("matter", "problem"),
    [
        (replace(MATTER, items=()), "no_items"),
        (replace(MATTER, items=(ADDRESS, ADDRESS)), "repeated"),
        (replace(MATTER, language="de"), "language"),
        (replace(MATTER, agent=Agent(APPLICANT, "何", "村", digest("x"))), "person"),
    ],
)
def test_a_session_about_something_impossible_is_refused(matter: object, problem: str) -> None:
    with pytest.raises(MatterUnfit, match=problem):
        Visit(matter=matter).waiting()  # type: ignore[arg-type]  # parametrised


def test_a_session_about_an_impossible_item_is_refused() -> None:
    broken = replace(ADDRESS, code="Not A Code")
    with pytest.raises(ItemUnacceptable):
        Visit(matter=replace(MATTER, items=(broken,))).waiting()


def test_a_booking_ends_after_it_begins_and_not_in_the_past() -> None:
    for starts, ends in ((NOW, NOW), (NOW - DAY, NOW)):
        with pytest.raises(MatterUnfit, match="times"):
            Visit().order(c.BookSession(MATTER, starts, ends))


def test_a_booking_for_which_nobody_comes_lapses_at_its_end() -> None:
    visit = Visit().booked()
    end = NOW + DAY * 2
    assert next_instant(visit.state) == end
    assert visit.tick(end - MOMENT) == []
    assert visit.tick(end) == [e.BookingLapsed()]
    assert visit.phase == "cancelled"


def test_at_the_end_of_the_booking_it_is_too_late_for_its_ticket() -> None:
    with pytest.raises(BookingOver):
        Visit().booked().order(c.IssueTicket("A012", "浦东"), at=NOW + DAY * 2)


def test_a_called_ticket_is_at_one_window_and_the_second_window_is_refused() -> None:
    visit = Visit().called(NEAR, "3")
    with pytest.raises(TicketTaken) as refusal:
        visit.called(OTHER_NEAR, "4")
    assert refusal.value.params == {"window": "3"}
    assert visit.state.near is not None
    assert visit.state.near.person == NEAR


def test_a_call_that_nobody_follows_lapses_after_three_minutes() -> None:
    visit = Visit().called()
    assert next_instant(visit.state) == NOW + 3 * MINUTE
    assert [str(each) for each in due(visit.state, NOW + 3 * MINUTE)] == ["tick"]
    assert visit.tick(NOW + 3 * MINUTE - MOMENT) == []
    assert visit.tick(NOW + 3 * MINUTE) == [e.TicketLapsed()]
    assert (visit.phase, visit.state.near, visit.state.lapses) == ("no_show", None, 1)


def test_a_recalled_ticket_has_three_minutes_again_and_is_called_three_times_at_most() -> None:
    visit = Visit().called()
    visit.order(c.RecallTicket(), NEAR, NOW + MINUTE)
    [called] = visit.order(c.RecallTicket(), NEAR, NOW + 2 * MINUTE)
    assert isinstance(called, e.TicketCalled)
    assert (called.times, called.lapses_at) == (3, NOW + 5 * MINUTE)
    with pytest.raises(CalledEnough):
        visit.order(c.RecallTicket(), NEAR)


def test_when_a_call_has_lapsed_it_is_neither_repeated_nor_answered() -> None:
    visit = Visit().called()
    for order in (c.RecallTicket(), c.ConnectSession("confirmed")):
        with pytest.raises(CallLapsed):
            visit.order(order, NEAR, NOW + 3 * MINUTE)


def test_a_ticket_goes_back_into_the_queue_twice_behind_three_others() -> None:
    visit = Visit().called()
    for _ in range(2):
        visit.tick(visit.now + 3 * MINUTE)
        assert visit.order(c.RequeueTicket(), NEAR) == [e.TicketRequeued(3, False)]
        assert visit.phase == "waiting"
        visit.called()
    visit.tick(visit.now + 3 * MINUTE)
    with pytest.raises(RequeuedEnough):
        visit.order(c.RequeueTicket(), NEAR)


def test_the_applicant_goes_back_into_the_queue_once() -> None:
    visit = Visit().called()
    visit.tick(visit.now + 3 * MINUTE)
    assert visit.order(c.RequeueTicket(), APPLICANT) == [e.TicketRequeued(3, True)]
    visit.called()
    visit.tick(visit.now + 3 * MINUTE)
    with pytest.raises(RequeuedEnough) as refusal:
        visit.order(c.RequeueTicket(), APPLICANT)
    assert refusal.value.params == {"most": 1}
    visit.order(c.RequeueTicket())
    assert visit.phase == "waiting"


def test_after_a_no_show_another_window_may_call() -> None:
    visit = Visit().called()
    visit.tick(NOW + 3 * MINUTE)
    visit.order(c.RequeueTicket(), NEAR)
    visit.called(OTHER_NEAR, "4")
    assert visit.state.times == 1
    with pytest.raises(WrongRole):
        visit.order(c.RecallTicket(), NEAR)


@pytest.mark.parametrize("phase", ["booked", "waiting", "called"])
def test_who_does_not_need_it_any_more_cancels(phase: str) -> None:
    visit: Visit = getattr(Visit(), phase)()
    visit.order(c.CancelSession("不办了"), APPLICANT)
    assert (visit.phase, visit.state.outcome) == ("cancelled", "不办了")


def test_a_ticket_that_lapsed_is_cancelled_by_the_hall() -> None:
    visit = Visit().called()
    visit.tick(NOW + 3 * MINUTE)
    visit.admit(MANAGER, Role.MANAGER)
    visit.order(c.CancelSession(), MANAGER)
    assert visit.phase == "cancelled"


def test_a_session_that_began_is_not_cancelled() -> None:
    with pytest.raises(OutOfPhase):
        Visit().connecting().order(c.CancelSession(), APPLICANT)


def test_nobody_calls_their_own_ticket() -> None:
    with pytest.raises(OwnMatter):
        Visit().waiting().order(c.CallTicket("3", "我"), APPLICANT)
    with pytest.raises(OwnMatter):
        Visit(matter=BY_AGENT).waiting().order(c.CallTicket("3", "我"), AGENT)


def test_a_ticket_is_called_by_somebody() -> None:
    with pytest.raises(WrongRole):
        Visit().waiting().order(c.CallTicket("3", "窗口"))


def test_a_stranger_orders_nothing_in_a_session() -> None:
    visit = Visit().called()
    for order in (c.CancelSession(), c.ConnectSession("confirmed"), c.PostChat("在吗")):
        with pytest.raises(WrongRole):
            visit.order(order, STRANGER)


def test_what_is_not_recorded_has_a_reason() -> None:
    with pytest.raises(TextMissing):
        Visit().connecting(recording=" ")
    assert Visit().connecting("设备故障").state.recording == "设备故障"


def test_the_service_being_away_gives_a_running_call_its_time_back() -> None:
    visit = Visit().called()
    gap = c.NoteInterruption(NOW + MINUTE, NOW + 2 * MINUTE)
    visit.order(gap, at=NOW + 2 * MINUTE)
    assert visit.state.lapses_at == NOW + 4 * MINUTE
    assert visit.order(gap) == []
    assert len(visit.state.interruptions) == 1


def test_the_service_being_away_is_noted_where_nothing_runs() -> None:
    visit = Visit().waiting()
    visit.order(c.NoteInterruption(NOW - MINUTE, NOW))
    assert visit.happened(e.ServiceInterrupted) == [e.ServiceInterrupted(NOW - MINUTE, NOW, None)]
    with pytest.raises(OutOfPhase):
        Visit().order(c.NoteInterruption(NOW - MINUTE, NOW))
