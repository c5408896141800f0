"""Screenshots: clerks keep single pictures of a call that may be recorded."""

from dataclasses import replace

import pytest

from rooms.counter import commands as c
from rooms.counter import events as e
from rooms.counter.kinds import Seen
from rooms.counter.screenshots import MOST
from rooms.refusals import (
    AlreadyDone,
    ConsentMissing,
    OutOfPhase,
    PictureUnfit,
    TooManyPages,
    WrongRole,
)
from tests.rooms.counter.matter import APPLICANT, FAR, NEAR, picture
from tests.rooms.counter.visit import Visit


def shot(name: str = "face", of: Seen = Seen.APPLICANT) -> c.TakeScreenshot:
    return c.TakeScreenshot(picture(name), of, "核验时")


def test_either_clerk_keeps_a_picture_from_consent_to_the_end_of_the_call() -> None:
    visit = Visit().consented()
    visit.order(shot(), FAR)
    visit.identified().order(shot("desk", Seen.SCREEN), NEAR)
    taken = visit.happened(e.ScreenshotTaken)
    assert [(each.of, each.note) for each in taken] == [
        (Seen.APPLICANT, "核验时"),
        (Seen.SCREEN, "核验时"),
    ]
    assert [each.picture for each in taken] == list(visit.state.pictures())


def test_nobody_else_takes_one_and_nobody_before_consent_or_after_the_call() -> None:
    visit = Visit().connecting()
    with pytest.raises(ConsentMissing):
        visit.order(shot(), NEAR)
    visit = Visit().consented()
    with pytest.raises(WrongRole):
        visit.order(shot(), APPLICANT)
    over = Visit().processing()
    with pytest.raises(OutOfPhase):
        over.order(shot(), NEAR)


def test_the_same_picture_counts_once_and_there_is_an_end_to_them() -> None:
    visit = Visit().consented()
    for number in range(MOST):
        visit.order(shot(f"{number}"), NEAR)
        if not number:
            with pytest.raises(AlreadyDone):
                visit.order(shot("0"), FAR)
    with pytest.raises(TooManyPages):
        visit.order(shot("more"), NEAR)


def test_a_document_is_no_screenshot() -> None:
    paper = replace(picture("paper"), media_type="application/pdf")
    with pytest.raises(PictureUnfit):
        Visit().consented().order(c.TakeScreenshot(paper, Seen.APPLICANT), NEAR)
