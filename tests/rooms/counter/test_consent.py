"""Consent first, then who it is, then everything else."""

import pytest

from rooms.counter import commands as c
from rooms.counter import events as e
from rooms.counter.kinds import IdentityMethod, IdentityResult, Source
from rooms.recording import FeedKind
from rooms.refusals import (
    AlreadyDone,
    ConsentMissing,
    IdentityMissing,
    IdentityUnproven,
    OutOfPhase,
    PictureUnfit,
    ReuseNotAllowed,
    WrongRole,
)
from tests.rooms.counter.matter import (
    AGENT,
    APPLICANT,
    BY_AGENT,
    FAR,
    NEAR,
    PENSION,
    digest,
    picture,
)
from tests.rooms.counter.visit import CONSENT, Visit

PASSED = c.CheckIdentity(True, IdentityResult.PASSED)
SHOWN = c.CaptureIdentity(IdentityMethod.CARD, True, "3101**********1234", digest("card"))


def test_the_applicant_consents_to_the_text_that_was_shown() -> None:
    visit = Visit().consented()
    assert visit.happened(e.ConsentGiven) == [e.ConsentGiven(CONSENT, "2026-1", None, False)]
    assert visit.phase == "consented"


def test_consent_by_the_clerks_hand_says_so() -> None:
    visit = Visit().connecting()
    visit.order(c.GiveConsent(CONSENT, "2026-1"), NEAR)
    assert visit.state.consent is not None
    assert visit.state.consent.by_hand_of == NEAR


def test_an_agent_consents_in_the_applicants_place_and_the_record_says_so() -> None:
    visit = Visit(matter=BY_AGENT).connecting()
    visit.order(c.GiveConsent(CONSENT, "2026-1"), AGENT)
    assert visit.state.consent is not None
    assert visit.state.consent.by_hand_of == AGENT


def test_the_far_clerk_consents_for_nobody() -> None:
    with pytest.raises(WrongRole):
        Visit().connecting().order(c.GiveConsent(CONSENT, "2026-1"), FAR)


def test_consent_is_given_once_and_after_the_connection() -> None:
    with pytest.raises(AlreadyDone):
        Visit().consented().order(c.GiveConsent(CONSENT, "2026-1"), APPLICANT)
    with pytest.raises(OutOfPhase):
        Visit().called().order(c.GiveConsent(CONSENT, "2026-1"), APPLICANT)


def test_who_does_not_consent_ends_the_session_and_minutes_say_so() -> None:
    visit = Visit().connecting()
    visit.order(c.RefuseConsent(), APPLICANT)
    assert (visit.phase, visit.state.over) == ("ended", True)
    visit.minutes()
    assert visit.state.record is not None


def test_before_consent_nothing_is_captured_checked_or_recorded() -> None:
    visit = Visit().connecting()
    page = c.CaptureMaterial("p-1", PENSION.code, "card", picture("p-1"), Source.CAMERA)  # type: ignore[arg-type]  # a PageId
    fill = c.FillField(PENSION.code, "name", digest("李"))
    for order, by in ((SHOWN, NEAR), (PASSED, FAR), (page, NEAR), (fill, NEAR)):
        with pytest.raises(ConsentMissing):
            visit.order(order, by)
    with pytest.raises(ConsentMissing):
        visit.order(c.NoteRecording("r-1", APPLICANT, FeedKind.CAMERA))  # type: ignore[arg-type]  # a RecordingId


def test_before_the_identity_is_checked_nothing_is_captured_or_filled_in() -> None:
    visit = Visit().consented()
    visit.show()
    for order in (
        lambda: visit.capture("p-1"),
        lambda: visit.fill("name", "李"),
        lambda: visit.judge("card"),
    ):
        with pytest.raises(IdentityMissing):
            order()


def test_the_far_clerk_checks_what_the_near_clerk_shows() -> None:
    visit = Visit().consented()
    with pytest.raises(IdentityMissing):
        visit.order(PASSED, FAR)
    visit.show()
    with pytest.raises(WrongRole):
        visit.order(PASSED, NEAR)
    visit.order(PASSED, FAR)
    assert visit.phase == "identified"
    assert visit.state.identity is not None
    assert visit.state.identity.masked == "3101**********1234"


@pytest.mark.parametrize("result", [IdentityResult.FAILED, IdentityResult.AGAIN])
def test_what_does_not_pass_is_shown_anew_before_it_is_checked_again(
    result: IdentityResult,
) -> None:
    visit = Visit().consented()
    visit.show()
    visit.order(c.CheckIdentity(False, result, "照片不清"), FAR)
    assert visit.phase == "consented"
    with pytest.raises(IdentityMissing):
        visit.order(PASSED, FAR)
    visit.show()
    visit.order(PASSED, FAR)
    assert visit.phase == "identified"


def test_a_wrong_check_digit_or_another_face_never_passes() -> None:
    visit = Visit().consented()
    visit.show(valid=False)
    with pytest.raises(IdentityUnproven, match="number"):
        visit.order(PASSED, FAR)
    visit.show()
    with pytest.raises(IdentityUnproven, match="likeness"):
        visit.order(c.CheckIdentity(False, IdentityResult.PASSED), FAR)


def test_a_passport_has_no_check_digit_to_hold() -> None:
    visit = Visit().consented()
    visit.show(IdentityMethod.PASSPORT, valid=False)
    visit.order(PASSED, FAR)
    assert visit.phase == "identified"


def test_an_agents_document_needs_an_agent() -> None:
    with pytest.raises(IdentityUnproven, match="agent"):
        Visit().consented().show(IdentityMethod.AGENT)
    visit = Visit(matter=BY_AGENT).consented()
    visit.show(IdentityMethod.AGENT)
    visit.order(PASSED, FAR)
    assert visit.phase == "identified"


def test_pages_of_an_earlier_session_need_their_own_consent() -> None:
    visit = Visit().identified()
    reused = c.CaptureMaterial("p-1", PENSION.code, "card", picture("p-1"), Source.REUSE, "s-1")  # type: ignore[arg-type]  # ids
    with pytest.raises(ReuseNotAllowed):
        visit.order(reused, NEAR)
    visit.order(c.AllowReuse(), APPLICANT)
    with pytest.raises(AlreadyDone):
        visit.order(c.AllowReuse(), APPLICANT)
    visit.order(reused, NEAR)
    [captured] = visit.happened(e.MaterialCaptured)
    assert isinstance(captured, e.MaterialCaptured)
    assert captured.earlier == "s-1"


def test_consent_may_allow_reuse_at_once_but_the_page_says_where_it_comes_from() -> None:
    visit = Visit().identified(reuse=True)
    with pytest.raises(PictureUnfit, match="earlier"):
        visit.capture("p-1", source=Source.REUSE)
