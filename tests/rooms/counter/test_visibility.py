"""What each audience sees of the log."""

from typing import Any

from rooms.counter import commands as c
from rooms.counter.evolve import evolve
from rooms.counter.kinds import Role
from rooms.counter.state import START
from rooms.counter.visibility import (
    NOBODY,
    SUPERVISOR,
    applicant_audience,
    audience_of,
    project,
    staff_audience,
)
from rooms.ids import RecordingId
from rooms.recording import FeedKind, Mark
from tests.rooms.counter.matter import (
    AGENT,
    APPLICANT,
    BY_AGENT,
    DAY,
    FAR,
    NAMES,
    NEAR,
    NOW,
    PENSION,
    STRANGER,
    TAX,
    WATCH,
    digest,
)
from tests.rooms.counter.visit import Visit

CLIENT = applicant_audience(APPLICANT)


def stream(visit: Visit, audience: str) -> list[dict[str, Any]]:
    state, shown = START, []
    for entry in visit.entries:
        seen = project(state, entry, audience)
        if seen is not None:
            shown.append(seen)
        state = evolve(state, entry.event)
    return shown


def kinds(visit: Visit, audience: str) -> list[str]:
    return [each["event"]["type"] for each in stream(visit, audience)]


def test_everybody_in_the_session_has_an_audience_and_nobody_else_sees_anything() -> None:
    visit = Visit(matter=BY_AGENT).signed()
    visit.admit(WATCH, Role.SUPERVISOR)
    visit.order(c.InviteDepartment(TAX, NAMES[TAX], "税务局", PENSION.code), FAR)
    state = visit.state
    assert audience_of(state, NEAR) == staff_audience(NEAR)
    assert audience_of(state, TAX) == staff_audience(TAX)
    assert audience_of(state, WATCH) == SUPERVISOR
    assert audience_of(state, APPLICANT) == CLIENT
    assert audience_of(state, AGENT) == applicant_audience(AGENT)
    assert audience_of(state, STRANGER) == NOBODY
    assert stream(visit, NOBODY) == []


def test_the_applicant_sees_the_same_session_as_the_clerks() -> None:
    visit = Visit().decided()
    assert kinds(visit, CLIENT) == kinds(visit, staff_audience(FAR)) == kinds(visit, SUPERVISOR)


def test_clerks_are_named_even_in_the_entry_that_seats_them_and_the_applicant_is_not() -> None:
    visit = Visit().consented()
    authors = {each["event"]["type"]: each["by"] for each in stream(visit, CLIENT)}
    assert authors["TicketCalled"] == {"person": NEAR, "name": NAMES[NEAR], "role": "near"}
    assert authors["FarAssigned"] == {"person": FAR, "name": NAMES[FAR], "role": "far"}
    assert authors["ConsentGiven"] == {"person": APPLICANT, "name": "", "role": "applicant"}
    assert authors["TicketIssued"]["role"] == "system"


def test_supervision_and_bookkeeping_are_not_for_the_applicant() -> None:
    visit = Visit().consented()
    recording = RecordingId("r-1")
    visit.order(c.NoteRecording(recording, NEAR, FeedKind.CAMERA))
    visit.order(c.MarkRecordings((Mark(recording, 5, digest("5")),)))
    assert "RecordingsMarked" not in kinds(visit, CLIENT)
    assert "RecordingsMarked" in kinds(visit, staff_audience(FAR))
    late = Visit().processing()
    late.tick(NOW + 10 * DAY)
    assert {"Reminded", "Escalated"} <= set(kinds(late, staff_audience(FAR)))
    assert not {"Reminded", "Escalated"} & set(kinds(late, CLIENT))


def test_a_private_word_is_for_two_and_for_whoever_supervises() -> None:
    visit = Visit().identified()
    visit.order(c.PostChat("请核对一下", NEAR), FAR)
    visit.order(c.PostChat("我没带卡", NEAR), APPLICANT)
    visit.order(c.PostChat("您好"), FAR)
    heard = {
        audience: kinds(visit, audience).count("ChatPosted")
        for audience in (CLIENT, staff_audience(NEAR), staff_audience(FAR), SUPERVISOR)
    }
    assert list(heard.values()) == [2, 3, 2, 3]
