"""Who sits where, who listens, who is away, who speaks and what is recorded."""

import pytest

from rooms.counter import commands as c
from rooms.counter import events as e
from rooms.counter.kinds import Missing, Role, Side
from rooms.counter.recordings import may_speak, recorded
from rooms.counter.rights import RIGHTS, name_of, role_of, roles_of
from rooms.counter.terms import Outcome
from rooms.counter.wire import COMMANDS, EVERY_COMMAND
from rooms.ids import SYSTEM, PersonId, RecordingId
from rooms.recording import FeedKind, Mark, RecordingStop
from rooms.refusals import (
    AlreadyDone,
    CallOver,
    FarMissing,
    NoOffer,
    NotRecorded,
    OutOfPhase,
    OutOfRange,
    OwnMatter,
    SeatTaken,
    UnknownPerson,
    UnknownRecording,
    WrongRole,
)
from tests.rooms.counter.matter import (
    AGENT,
    APPLICANT,
    BY_AGENT,
    FAR,
    MANAGER,
    MINUTE,
    NAMES,
    NEAR,
    NOW,
    OTHER_FAR,
    OTHER_NEAR,
    STRANGER,
    WATCH,
    digest,
)
from tests.rooms.counter.visit import Visit

R1 = RecordingId("r-1")


def hand_over(side: Side, to: PersonId, window: str = "") -> c.HandOver:
    return c.HandOver(side, to, NAMES[to], "交接班", window)


def offer(side: Side, to: PersonId, window: str = "5") -> c.OfferHandOver:
    return c.OfferHandOver(side, to, NAMES.get(to, "某人"), window, "交接班")


# --- rights ---


def test_every_command_has_its_rights_and_only_plain_ones_come_over_the_wire() -> None:
    assert set(RIGHTS) == set(EVERY_COMMAND.members.values())
    assert c.FillField.__name__ not in COMMANDS.members
    assert c.CallTicket.__name__ not in COMMANDS.members


def test_the_applicants_name_is_in_no_entry() -> None:
    visit = Visit().connecting()
    assert name_of(visit.state, APPLICANT) == ""
    assert role_of(visit.state, APPLICANT) is Role.APPLICANT
    assert name_of(visit.state, NEAR) == NAMES[NEAR]


def test_before_the_first_entry_nobody_has_a_role() -> None:
    assert roles_of(Visit().state, APPLICANT) == frozenset()


# --- the far clerk ---


def test_a_far_clerk_takes_what_nobody_has() -> None:
    visit = Visit().waiting()
    visit.routed()
    with pytest.raises(SeatTaken):
        visit.routed(OTHER_FAR)
    assert visit.state.far is not None
    assert visit.state.far.person == FAR


def test_nobody_is_made_far_clerk_by_another_clerk() -> None:
    with pytest.raises(WrongRole):
        Visit().called().order(c.AssignFar(FAR, NAMES[FAR], "12", "340123"), NEAR)


def test_routing_may_choose_anew_until_there_is_consent() -> None:
    visit = Visit().waiting()
    visit.routed()
    visit.order(c.AssignFar(OTHER_FAR, NAMES[OTHER_FAR], "13", "340123"))
    assert roles_of(visit.state, FAR) == frozenset()
    with pytest.raises(SeatTaken):
        visit.order(c.AssignFar(OTHER_FAR, NAMES[OTHER_FAR], "13", "340123"))
    with pytest.raises(OutOfPhase):
        Visit().identified().order(c.AssignFar(OTHER_FAR, NAMES[OTHER_FAR], "13", "340123"))


def test_nobody_serves_their_own_matter() -> None:
    with pytest.raises(OwnMatter):
        Visit().waiting().order(c.AssignFar(APPLICANT, "李", "12", "340123"))
    with pytest.raises(OwnMatter):
        Visit(matter=BY_AGENT).waiting().order(c.AssignFar(AGENT, "何", "12", "340123"))


def test_one_clerk_may_have_both_windows() -> None:
    visit = Visit().called()
    visit.order(c.AssignFar(NEAR, NAMES[NEAR], "3", "340123"), NEAR)
    assert roles_of(visit.state, NEAR) == {Role.NEAR, Role.FAR}


# --- handing over ---


def test_what_is_offered_stays_with_its_clerk_until_a_colleague_takes_it() -> None:
    visit = Visit().filling()
    visit.order(offer(Side.NEAR, OTHER_NEAR), NEAR)
    visit.fill("remark", "x", NEAR)
    visit.order(c.TakeOver(Side.NEAR, "5"), OTHER_NEAR)
    assert visit.state.near is not None
    assert (visit.state.near.person, visit.state.near.window) == (OTHER_NEAR, "5")
    assert visit.state.offers == {}
    with pytest.raises(WrongRole):
        visit.fill("remark", "x", NEAR)
    visit.fill("remark", "x", OTHER_NEAR)
    [taken] = visit.happened(e.HandedOver)
    assert taken == e.HandedOver(Side.NEAR, NEAR, OTHER_NEAR, NAMES[OTHER_NEAR], "5", "交接班")


def test_only_whom_it_was_offered_to_takes_a_side() -> None:
    visit = Visit().identified()
    with pytest.raises(NoOffer):
        visit.order(c.TakeOver(Side.FAR, "13"), OTHER_FAR)
    visit.order(offer(Side.FAR, OTHER_FAR), FAR)
    for person, side in ((OTHER_NEAR, Side.FAR), (OTHER_FAR, Side.NEAR)):
        with pytest.raises(NoOffer):
            visit.order(c.TakeOver(side, "13"), person)
    with pytest.raises(OwnMatter):
        visit.order(c.TakeOver(Side.FAR, "13"), APPLICANT)


def test_an_offer_is_declined_withdrawn_or_made_to_somebody_else() -> None:
    visit = Visit().identified()
    visit.order(offer(Side.FAR, OTHER_FAR), FAR)
    assert visit.order(offer(Side.FAR, OTHER_FAR), FAR) == []
    with pytest.raises(NoOffer):
        visit.order(c.EndHandOverOffer(Side.FAR), NEAR)
    visit.order(c.EndHandOverOffer(Side.FAR), OTHER_FAR)
    visit.order(offer(Side.FAR, OTHER_FAR), FAR)
    visit.order(c.EndHandOverOffer(Side.FAR), FAR)
    ends = visit.happened(e.HandOverOfferEnded)
    assert [isinstance(each, e.HandOverOfferEnded) and each.declined for each in ends] == [
        True,
        False,
    ]
    visit.order(offer(Side.FAR, OTHER_FAR), FAR)
    visit.order(offer(Side.FAR, STRANGER), FAR)
    with pytest.raises(NoOffer):
        visit.order(c.TakeOver(Side.FAR, "13"), OTHER_FAR)


def test_an_offer_ends_with_the_call() -> None:
    visit = Visit().filling()
    visit.order(offer(Side.FAR, OTHER_FAR), FAR)
    visit.end("办事人有事")
    assert visit.state.offers == {}
    with pytest.raises(OutOfPhase):
        visit.order(c.TakeOver(Side.FAR, "5"), OTHER_FAR)
    visit = Visit().signing()
    visit.order(offer(Side.NEAR, OTHER_NEAR), NEAR)
    visit.decided()
    assert visit.state.offers == {}


def test_what_lapsed_or_was_given_to_another_far_clerk_is_not_offered_any_more() -> None:
    visit = Visit().called()
    visit.order(offer(Side.NEAR, OTHER_NEAR), NEAR)
    visit.tick(NOW + 5 * MINUTE)
    assert visit.state.offers == {}
    visit = Visit().waiting()
    visit.routed()
    visit.called()
    visit.order(offer(Side.FAR, STRANGER), FAR)
    visit.order(c.AssignFar(OTHER_FAR, NAMES[OTHER_FAR], "13", "340123"))
    assert visit.state.offers == {}


def test_one_offers_ones_own_side_only_and_to_somebody_else() -> None:
    visit = Visit().called()
    with pytest.raises(WrongRole):
        visit.order(offer(Side.FAR, OTHER_FAR), NEAR)
    with pytest.raises(AlreadyDone):
        visit.order(offer(Side.NEAR, NEAR), NEAR)
    with pytest.raises(OwnMatter):
        visit.order(c.OfferHandOver(Side.NEAR, APPLICANT, "李", "5", "x"), NEAR)


def test_nobody_is_made_clerk_of_a_running_call_without_being_asked() -> None:
    visit = Visit().identified()
    with pytest.raises(WrongRole):
        visit.order(hand_over(Side.FAR, OTHER_FAR), FAR)


def test_after_the_call_a_file_goes_to_a_colleague_and_the_window_stays() -> None:
    visit = Visit().processing()
    with pytest.raises(WrongRole):
        visit.order(hand_over(Side.FAR, OTHER_FAR), NEAR)
    visit.order(hand_over(Side.FAR, OTHER_FAR), FAR)
    assert visit.state.far is not None
    assert (visit.state.far.window, visit.state.far.region) == ("12", "340123")


def test_a_far_clerk_who_left_is_replaced_by_a_manager_and_is_not_waited_for() -> None:
    visit = Visit().identified()
    visit.order(c.NotePresence(FAR, False))
    with pytest.raises(WrongRole):
        visit.order(hand_over(Side.FAR, OTHER_FAR), NEAR)
    visit.admit(MANAGER, Role.MANAGER)
    visit.order(hand_over(Side.FAR, OTHER_FAR), MANAGER)
    assert visit.state.absent == {}


def test_a_hand_over_needs_somebody_who_hands_over_and_somebody_else() -> None:
    visit = Visit().called()
    with pytest.raises(FarMissing):
        visit.order(hand_over(Side.FAR, OTHER_FAR))
    with pytest.raises(AlreadyDone):
        visit.order(hand_over(Side.NEAR, NEAR))
    with pytest.raises(OwnMatter):
        visit.order(c.HandOver(Side.NEAR, APPLICANT, "李", "x"))


# --- listeners and absences ---


def test_everybody_sees_that_a_supervisor_listens() -> None:
    visit = Visit().identified()
    visit.admit(WATCH, Role.SUPERVISOR)
    visit.admit(WATCH, Role.SUPERVISOR)
    entered = e.PersonAdmitted(WATCH, NAMES[WATCH], Role.SUPERVISOR)
    assert visit.happened(e.PersonAdmitted) == [entered]
    visit.order(c.IssueWarning("请核对身份"), WATCH)
    with pytest.raises(WrongRole):
        visit.order(c.IssueWarning("请核对身份"), NEAR)


def test_only_supervisors_and_managers_enter_like_that() -> None:
    visit = Visit().identified()
    with pytest.raises(WrongRole):
        visit.order(c.AdmitPerson(STRANGER, "某", Role.FAR))
    with pytest.raises(OwnMatter):
        visit.order(c.AdmitPerson(APPLICANT, "某", Role.MANAGER))


def test_who_is_away_is_said_once_and_the_same_session_goes_on() -> None:
    visit = Visit().filling()
    visit.order(c.NotePresence(APPLICANT, False), at=NOW + MINUTE)
    assert visit.order(c.NotePresence(APPLICANT, False)) == []
    assert visit.state.absent == {APPLICANT: NOW + MINUTE}
    visit.order(c.NotePresence(APPLICANT, True), at=NOW + 11 * MINUTE)
    assert visit.order(c.NotePresence(APPLICANT, True)) == []
    assert visit.happened(e.SeatReturned) == [e.SeatReturned(APPLICANT, NOW + MINUTE)]
    assert visit.phase == "filling"


@pytest.mark.parametrize(
    "reached",
    ["connecting", "consented", "identified", "materials", "filling", "signing", "decided"],
)
def test_a_call_that_drops_goes_on_where_it_was(reached: str) -> None:
    visit: Visit = getattr(Visit(), reached)()
    for here in (False, True):
        visit.order(c.NotePresence(FAR, here))
    assert (visit.phase, visit.state.absent) == (reached, {})


def test_nobody_unknown_is_away_and_nobody_after_the_call() -> None:
    visit = Visit().filling()
    for person in (STRANGER, SYSTEM):
        with pytest.raises(UnknownPerson):
            visit.order(c.NotePresence(person, False))
    Visit().decided().order(c.NotePresence(APPLICANT, False))
    with pytest.raises(OutOfPhase):
        Visit().processing().order(c.NotePresence(APPLICANT, False))


def test_with_the_call_who_was_away_is_not_waited_for_any_more() -> None:
    visit = Visit().filling()
    visit.order(c.NotePresence(APPLICANT, False))
    visit.end("办事人未返回")
    assert visit.state.absent == {}


# --- chat ---


def test_people_of_the_session_write_to_all_or_to_one() -> None:
    visit = Visit().identified()
    visit.order(c.PostChat("请出示背面"), FAR)
    visit.order(c.PostChat("收到", NEAR), FAR)
    assert len(visit.happened(e.ChatPosted)) == 2
    for person in (STRANGER, SYSTEM):
        with pytest.raises(UnknownPerson):
            visit.order(c.PostChat("在吗", person), NEAR)


# --- recordings ---


def test_a_session_is_recorded_from_its_consent_to_the_end_of_the_call() -> None:
    visit = Visit().connecting()
    assert not recorded(visit.state)
    visit.order(c.GiveConsent(digest("text"), "1"), APPLICANT)
    assert recorded(visit.state)
    assert may_speak(visit.state, APPLICANT)
    assert not may_speak(visit.state, STRANGER)
    visit.end("线路中断")
    assert not recorded(visit.state)
    assert not may_speak(visit.state, APPLICANT)


def test_where_the_clerk_said_why_not_nothing_is_recorded() -> None:
    visit = Visit().consented(recording="设备故障")
    with pytest.raises(NotRecorded) as refusal:
        visit.order(c.NoteRecording(R1, APPLICANT, FeedKind.CAMERA))
    assert refusal.value.params == {"reason": "设备故障"}


def test_a_recording_begins_once_grows_and_ends() -> None:
    visit = Visit().consented()
    visit.order(c.NoteRecording(R1, APPLICANT, FeedKind.CAMERA))
    [begun] = visit.happened(e.RecordingStarted)
    assert isinstance(begun, e.RecordingStarted)
    assert begun.name == ""
    for again in (R1, RecordingId("r-2")):
        with pytest.raises(AlreadyDone):
            visit.order(c.NoteRecording(again, APPLICANT, FeedKind.CAMERA))
    visit.order(c.MarkRecordings((Mark(R1, 5, digest("5")),)))
    assert visit.order(c.MarkRecordings((Mark(R1, 5, digest("5")),))) == []
    with pytest.raises(OutOfRange):
        visit.order(c.NoteRecordingEnd(R1, 4, digest("4"), RecordingStop.LEFT))
    visit.order(c.NoteRecordingEnd(R1, 9, digest("9"), RecordingStop.LEFT))
    with pytest.raises(AlreadyDone):
        visit.order(c.NoteRecordingEnd(R1, 9, digest("9"), RecordingStop.LEFT))
    assert visit.state.recordings[R1].size == 9


@pytest.mark.parametrize(
    ("reached", "phase"),
    [
        ("processing", "processing"),
        ("completed", "completed"),
        ("delivered", "delivered"),
        ("filling", "ended"),
    ],
)
def test_a_recording_that_went_on_to_the_end_is_closed_after_it(reached: str, phase: str) -> None:
    visit = Visit().consented()
    visit.order(c.NoteRecording(R1, APPLICANT, FeedKind.CAMERA))
    getattr(visit, reached)()
    if reached == "filling":
        visit.end("线路中断")
    assert visit.phase == phase
    visit.order(c.MarkRecordings((Mark(R1, 5, digest("5")),)))
    visit.order(c.NoteRecordingEnd(R1, 9, digest("9"), RecordingStop.ENGINE))
    visit.minutes()


def test_strangers_and_unknown_recordings_are_refused() -> None:
    visit = Visit().consented()
    with pytest.raises(UnknownPerson):
        visit.order(c.NoteRecording(R1, STRANGER, FeedKind.CAMERA))
    with pytest.raises(UnknownRecording):
        visit.order(c.NoteRecordingEnd(R1, 9, digest("9"), RecordingStop.LEFT))


def test_nothing_begins_to_be_recorded_after_the_call() -> None:
    visit = Visit().identified()
    missing = (Missing("bank", "缺"),)
    visit.decide(Outcome.SUPPLEMENT, missing=missing, until=NOW + MINUTE)
    with pytest.raises(CallOver):
        visit.end().order(c.NoteRecording(R1, APPLICANT, FeedKind.CAMERA))
