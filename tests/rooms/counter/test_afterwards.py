"""After the call: steps, promised times, delivery, rating, minutes, archive."""

import pytest

from crypto.encoding import format_time
from rooms.counter import commands as c
from rooms.counter import events as e
from rooms.counter.kinds import Missing, Role, Way
from rooms.counter.machine import due, next_instant
from rooms.counter.terms import Outcome
from rooms.ids import RecordingId
from rooms.recording import FeedKind, RecordingStop
from rooms.refusals import (
    AlreadyDone,
    DateMissing,
    MinutesNotReady,
    NoResult,
    NotProcessing,
    NotRated,
    OutOfPhase,
    OutOfRange,
    RatingOpen,
    RetentionRunning,
    TextMissing,
    UnknownItem,
    WrongRole,
)
from tests.rooms.counter.matter import (
    ADDRESS,
    APPLICANT,
    BUNDLE,
    DAY,
    FAR,
    MANAGER,
    MOMENT,
    NEAR,
    NOW,
    PENSION,
    digest,
)
from tests.rooms.counter.visit import Visit

DUE = NOW + 10 * DAY
DELIVER = c.DeliverResult(PENSION.code, Way.POST, "SF1234567890")
WORDS = digest("words")


def rated(level: int = 1) -> Visit:
    visit = Visit().processing()
    visit.admit(MANAGER, Role.MANAGER)
    visit.order(c.RateSession(level, WORDS, NOW + 21 * DAY), APPLICANT)
    return visit


# --- steps ---


def test_steps_are_noted_until_the_item_is_completed() -> None:
    visit = Visit().processing()
    visit.order(c.BeginStep(PENSION.code, "复核", "转科长"), FAR)
    assert [each.step for each in visit.case().steps] == ["复核"]
    visit.order(c.CompleteItem(PENSION.code, "已拨付"), FAR)
    assert (visit.phase, visit.case().completed) == ("completed", True)
    with pytest.raises(OutOfPhase):
        visit.order(c.BeginStep(PENSION.code, "再复核"), FAR)


def test_an_item_that_is_not_being_processed_has_no_steps() -> None:
    visit = Visit(matter=BUNDLE).signed()
    visit.decide(Outcome.ACCEPTED)
    visit.decide(Outcome.DONE, ADDRESS.code)
    visit.end()
    with pytest.raises(NotProcessing):
        visit.order(c.CompleteItem(ADDRESS.code), FAR)
    with pytest.raises(UnknownItem):
        visit.order(c.CompleteItem("marriage"), FAR)
    with pytest.raises(WrongRole):
        visit.order(c.CompleteItem(PENSION.code), NEAR)


def test_a_session_is_completed_with_its_last_item_and_delivered_with_its_last_result() -> None:
    visit = Visit(matter=BUNDLE).signed()
    visit.decide(Outcome.ACCEPTED)
    visit.decide(Outcome.DONE, ADDRESS.code)
    visit.end()
    with pytest.raises(NoResult):
        visit.order(DELIVER, FAR)
    visit.order(c.DeliverResult(ADDRESS.code, Way.ELECTRONIC), FAR)
    assert visit.phase == "processing"
    visit.order(c.CompleteItem(PENSION.code), FAR)
    assert visit.phase == "completed"
    visit.order(DELIVER, FAR)
    assert visit.phase == "delivered"
    with pytest.raises(AlreadyDone):
        visit.order(DELIVER, FAR)


def test_what_is_done_on_the_spot_is_handed_over_in_the_call() -> None:
    visit = Visit().decided(Outcome.DONE)
    visit.order(c.DeliverResult(PENSION.code, Way.COUNTER), NEAR)
    assert visit.phase == "decided"
    visit.end()
    assert visit.phase == "delivered"


# --- promised time ---


def test_the_clock_reminds_at_four_fifths_and_escalates_at_the_promised_time() -> None:
    visit = Visit().processing()
    assert next_instant(visit.state) == NOW + 8 * DAY
    assert visit.tick(NOW + 8 * DAY - MOMENT) == []
    assert visit.tick(NOW + 8 * DAY) == [e.Reminded(PENSION.code, DUE)]
    assert next_instant(visit.state) == DUE
    assert visit.tick(DUE) == [e.Escalated(PENSION.code, DUE)]
    assert visit.tick(DUE + DAY) == []
    assert next_instant(visit.state) is None


def test_a_clock_that_stood_still_does_both_at_once() -> None:
    visit = Visit().processing()
    assert [type(each) for each in visit.tick(DUE)] == [e.Reminded, e.Escalated]


def test_what_is_completed_in_time_is_neither_reminded_of_nor_escalated() -> None:
    visit = Visit().completed()
    assert visit.tick(DUE) == [e.RatingInvited()]
    assert visit.happened(e.Escalated) == []


# --- rating ---


@pytest.mark.parametrize("reached", ["decided", "processing", "completed"])
def test_a_rating_is_possible_from_the_decision_on_and_stops_nothing(reached: str) -> None:
    visit: Visit = getattr(Visit(), reached)()
    visit.order(c.RateSession(5), APPLICANT)
    assert visit.phase == reached
    assert visit.state.rating is not None
    assert visit.state.rating.level == 5


def test_a_rating_is_given_once_and_not_before_there_is_something_to_rate() -> None:
    with pytest.raises(OutOfPhase):
        Visit().signed().order(c.RateSession(5), APPLICANT)
    with pytest.raises(AlreadyDone):
        rated().order(c.RateSession(5), APPLICANT)
    with pytest.raises(WrongRole):
        Visit().decided().order(c.RateSession(5), NEAR)


@pytest.mark.parametrize("level", [0, 6])
def test_there_are_five_levels(level: int) -> None:
    with pytest.raises(OutOfRange):
        Visit().decided().order(c.RateSession(level), APPLICANT)


def test_a_call_that_was_given_up_may_be_rated_too() -> None:
    visit = Visit().filling().end("系统故障")
    visit.order(c.RateSession(1, WORDS, NOW + DAY), APPLICANT)
    assert visit.phase == "ended"


def test_a_bad_rating_is_a_case_with_an_end() -> None:
    with pytest.raises(DateMissing, match="answer_by"):
        Visit().decided().order(c.RateSession(2), APPLICANT)
    visit = rated(2)
    visit.order(c.CompleteItem(PENSION.code), FAR)
    assert next_instant(visit.state) == NOW + 21 * DAY
    assert visit.tick(NOW + 21 * DAY) == [e.Escalated(None, NOW + 21 * DAY)]
    visit.order(c.AnswerRating("已致歉并整改"), MANAGER)
    assert visit.state.rating is not None
    assert visit.state.rating.answer == "已致歉并整改"
    with pytest.raises(NotRated):
        visit.order(c.AnswerRating("再次致歉"), MANAGER)


def test_a_good_rating_is_no_case() -> None:
    visit = rated(3)
    assert visit.state.rating is not None
    assert visit.state.rating.answer_by is None
    with pytest.raises(NotRated):
        visit.order(c.AnswerRating("谢谢"), MANAGER)


def test_an_answer_says_something_and_comes_from_the_hall() -> None:
    visit = rated()
    with pytest.raises(TextMissing):
        visit.order(c.AnswerRating(" "), MANAGER)
    with pytest.raises(WrongRole):
        visit.order(c.AnswerRating("已整改"), NEAR)


def test_who_has_not_rated_is_asked_again_three_days_after_completion() -> None:
    visit = Visit().completed()
    assert visit.tick(NOW + 3 * DAY - MOMENT) == []
    assert visit.tick(NOW + 3 * DAY) == [e.RatingInvited()]
    assert visit.tick(NOW + 4 * DAY) == []


def test_who_has_rated_is_not_asked_again() -> None:
    visit = Visit().completed()
    visit.order(c.RateSession(5), APPLICANT)
    assert next_instant(visit.state) is None


# --- minutes and archive ---


def test_minutes_are_made_when_the_call_is_over_and_no_recording_runs() -> None:
    visit = Visit().consented()
    visit.order(c.NoteRecording(RecordingId("r-1"), APPLICANT, FeedKind.CAMERA))
    visit.end("线路中断")
    assert due(visit.state, visit.now) == []
    with pytest.raises(MinutesNotReady):
        visit.minutes()
    visit.order(c.NoteRecordingEnd(RecordingId("r-1"), 9, digest("r"), RecordingStop.STOPPED))
    assert [str(each) for each in due(visit.state, visit.now)] == ["minutes"]
    visit.minutes()
    assert due(visit.state, visit.now) == []
    with pytest.raises(AlreadyDone):
        visit.minutes()


def test_there_are_no_minutes_of_a_call_that_goes_on() -> None:
    with pytest.raises(MinutesNotReady):
        Visit().decided().minutes()


def test_later_steps_make_newer_minutes() -> None:
    visit = Visit().processing()
    visit.minutes()
    first = visit.state.record
    visit.order(c.CompleteItem(PENSION.code), FAR)
    visit.minutes()
    visit.order(c.RateSession(5), APPLICANT)
    visit.minutes()
    assert visit.state.record != first
    assert (visit.state.issues, len(visit.state.revisions)) == (3, 1)
    assert len(visit.happened(e.RecordPublished)) == 3


def test_what_is_still_to_be_done_is_not_archived() -> None:
    visit = rated()
    with pytest.raises(OutOfPhase):
        visit.order(c.ArchiveRoom(), MANAGER)
    visit.order(c.CompleteItem(PENSION.code), FAR)
    with pytest.raises(RatingOpen):
        visit.order(c.ArchiveRoom(), MANAGER)
    visit.order(c.AnswerRating("已整改"), MANAGER)
    with pytest.raises(MinutesNotReady):
        visit.order(c.ArchiveRoom(), MANAGER)
    visit.minutes()
    visit.order(c.ArchiveRoom(), MANAGER)
    assert (visit.phase, visit.state.archived) == ("archived", True)
    with pytest.raises(AlreadyDone):
        visit.order(c.ArchiveRoom())


def test_a_call_that_goes_on_is_not_archived() -> None:
    with pytest.raises(OutOfPhase):
        Visit().decided().order(c.ArchiveRoom())


def test_a_supplement_is_archived_as_what_it_is() -> None:
    visit = Visit().identified()
    missing = (Missing("bank", "缺"),)
    visit.decide(Outcome.SUPPLEMENT, missing=missing, until=NOW + DAY)
    visit.end()
    visit.minutes()
    visit.order(c.ArchiveRoom())
    assert visit.phase == "archived"


def test_a_cancelled_session_has_its_record_before_it_is_archived() -> None:
    visit = Visit().waiting()
    visit.order(c.CancelSession(), APPLICANT)
    with pytest.raises(MinutesNotReady):
        visit.order(c.ArchiveRoom())
    visit.minutes()
    visit.order(c.ArchiveRoom())
    assert visit.phase == "archived"


def test_personal_data_are_erased_once_and_not_before_their_date() -> None:
    visit = Visit().waiting()
    visit.order(c.CancelSession(), APPLICANT)
    until = visit.now + DAY
    with pytest.raises(OutOfPhase):
        visit.order(c.EraseApplicant(visit.now))
    visit.minutes()
    visit.order(c.ArchiveRoom())
    with pytest.raises(RetentionRunning) as early:
        visit.order(c.EraseApplicant(until))
    assert early.value.params == {"until": format_time(until)}
    with pytest.raises(WrongRole):
        visit.order(c.EraseApplicant(until), APPLICANT, at=until)
    visit.order(c.EraseApplicant(until, MANAGER), at=until)
    assert visit.state.erased
    assert visit.happened(e.ApplicantErased) == [e.ApplicantErased(until, MANAGER)]
    with pytest.raises(AlreadyDone):
        visit.order(c.EraseApplicant(until))
