from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest

from rooms.audit import Report
from rooms.ids import Digest, PersonId, RecordingId
from rooms.opening import commands as c
from rooms.opening import events as e
from rooms.opening.audit.events import check_event
from rooms.opening.events import FeedKind, Mark, RecordingStop
from rooms.opening.evolve import evolve
from rooms.opening.machine import due
from rooms.opening.minutes import record
from rooms.opening.phases import IllegalTransition
from rooms.opening.state import START
from rooms.opening.visibility import project
from rooms.record import Table
from rooms.refusals import (
    AlreadyDone,
    OutOfPhase,
    OutOfRange,
    RecordingNotRunning,
    SignInNotOpen,
    UnknownPerson,
    UnknownRecording,
    WrongRole,
)
from tests.rooms.opening.hall import Hall
from tests.rooms.opening.tender import (
    ACME,
    BOLT,
    CORA,
    DEADLINE,
    DEPUTY,
    HOST,
    MINUTE,
    NAMES,
    TERMS,
    UNRECORDED,
    WATCH,
)

ONE, TWO = RecordingId("r-1"), RecordingId("r-2")


def digest(size: int) -> Digest:
    return Digest(sha256(bytes(size)).hexdigest())


def start(
    hall: Hall,
    recording: RecordingId = ONE,
    person: PersonId = HOST,
    kind: FeedKind = FeedKind.CAMERA,
) -> None:
    hall.order(c.NoteRecording(recording, person, kind))


def mark(hall: Hall, recording: RecordingId, size: int) -> list[e.Event]:
    return hall.order(c.MarkRecordings((Mark(recording, size, digest(size)),)))


def stop(hall: Hall, recording: RecordingId, size: int) -> None:
    hall.order(c.NoteRecordingEnd(recording, size, digest(size), RecordingStop.STOPPED))


def problems(hall: Hall) -> list[tuple[str, str]]:
    report, state = Report(), START
    for entry in hall.entries:
        check_event(state, entry, report, "log.jsonl")
        state = evolve(state, entry.event)
    return [(found.code, dict(found.params)["event"]) for found in report.findings]


@pytest.fixture
def hall() -> Hall:
    return Hall().publish().with_bids(ACME, BOLT, CORA).close()


def test_an_opening_starts_only_while_it_is_recorded(hall: Hall) -> None:
    with pytest.raises(RecordingNotRunning):
        hall.order(c.StartOpening("confirmed"), HOST)
    start(hall)
    hall.order(c.StartOpening("confirmed"), HOST)
    assert hall.state.recording == "confirmed"
    assert problems(hall) == []


def test_a_camera_of_the_hall_is_enough_but_a_screen_or_another_camera_is_not(hall: Hall) -> None:
    start(hall, ONE, HOST, FeedKind.SCREEN)
    start(hall, TWO, WATCH)
    with pytest.raises(RecordingNotRunning):
        hall.order(c.StartOpening("confirmed"), HOST)
    start(hall, RecordingId("r-3"), DEPUTY, FeedKind.HALL)
    hall.order(c.StartOpening("confirmed"), HOST)


def test_a_recording_that_is_over_confirms_nothing(hall: Hall) -> None:
    start(hall)
    stop(hall, ONE, 10)
    with pytest.raises(RecordingNotRunning):
        hall.order(c.StartOpening("confirmed"), HOST)


def test_after_a_change_of_hosts_it_is_the_new_hosts_camera_that_counts(hall: Hall) -> None:
    start(hall)
    hall.order(c.TakeOver(), DEPUTY)
    with pytest.raises(RecordingNotRunning):
        hall.order(c.StartOpening("confirmed"), DEPUTY)
    hall.order(c.StartOpening("设备故障，会场已另行录像"), DEPUTY)
    assert hall.state.recording == "设备故障，会场已另行录像"


def test_nothing_is_recorded_before_the_sign_in_window_opens() -> None:
    hall = Hall().publish()
    opens = DEADLINE - timedelta(seconds=TERMS.windows.sign_in)
    hall.now = opens - MINUTE
    with pytest.raises(SignInNotOpen):
        start(hall)
    hall.now = opens
    start(hall)
    assert hall.state.recordings[ONE].name == "王主持"


def test_nobody_but_the_system_notes_recordings_and_bidders_are_not_recorded_before_the_roll(
    hall: Hall,
) -> None:
    with pytest.raises(WrongRole):
        hall.order(c.NoteRecording(ONE, HOST, FeedKind.CAMERA), HOST)
    with pytest.raises(UnknownPerson):
        start(hall, ONE, ACME)
    hall.order(c.StartOpening(UNRECORDED), HOST)
    hall.order(c.PublishRoll(), HOST)
    start(hall, ONE, ACME)
    assert hall.state.recordings[ONE].name == NAMES[ACME]


def test_a_feed_has_one_recording_at_a_time(hall: Hall) -> None:
    start(hall)
    with pytest.raises(AlreadyDone):
        start(hall, TWO)
    with pytest.raises(AlreadyDone):
        start(hall, ONE, WATCH)
    stop(hall, ONE, 5)
    start(hall, TWO)
    assert [each.id for each in hall.state.running()] == [TWO]


def test_marks_only_grow_and_a_file_never_ends_before_its_last_mark(hall: Hall) -> None:
    start(hall)
    assert mark(hall, ONE, 100) != []
    assert mark(hall, ONE, 100) == []
    assert mark(hall, ONE, 60) == []
    assert mark(hall, TWO, 5) == []
    with pytest.raises(OutOfRange):
        stop(hall, ONE, 99)
    stop(hall, ONE, 100)
    assert mark(hall, ONE, 200) == []
    with pytest.raises(AlreadyDone):
        stop(hall, ONE, 300)
    with pytest.raises(UnknownRecording):
        stop(hall, TWO, 1)
    assert (hall.state.recordings[ONE].size, hall.state.recordings[ONE].sha256) == (
        100,
        digest(100),
    )
    assert problems(hall) == []


def test_recordings_go_on_through_a_pause(hall: Hall) -> None:
    hall.order(c.StartOpening(UNRECORDED), HOST)
    hall.order(c.PauseOpening("核对设备"), HOST)
    start(hall)
    mark(hall, ONE, 3)
    stop(hall, ONE, 4)


def test_the_minutes_wait_for_the_last_recording_and_name_all_of_them() -> None:
    hall = Hall().publish().with_bids(ACME, BOLT, CORA)
    hall.close()
    start(hall)
    hall.order(c.StartOpening("confirmed"), HOST)
    hall.order(c.PublishRoll(), HOST)
    hall.order(c.FailOpening("系统演练"), HOST)
    assert due(hall.state, hall.now) == []
    mark(hall, ONE, 40)
    stop(hall, ONE, 50)
    assert [each.work for each in due(hall.state, hall.now)] == ["minutes"]
    annex = next(
        section
        for section in record(hall.entries, head="", issuer="云开").sections
        if isinstance(section, Table) and "录音录像摘要" in section.title
    )
    (row,) = annex.rows
    assert (row[0], row[1], row[2]) == (ONE, "王主持", "摄像头")
    assert "2026-11-21 09:00:00 至 2026-11-21 09:00:00" in row
    assert (row[4], row[5], row[6]) == ("50", digest(50), "开标结束")
    assert annex.note == "录音录像已确认启动。"


def test_after_the_opening_no_recording_begins(hall: Hall) -> None:
    hall.order(c.FailOpening("系统演练"), HOST)
    with pytest.raises(OutOfPhase):
        start(hall)
    with pytest.raises(IllegalTransition):
        evolve(hall.state, e.RecordingStarted(ONE, HOST, "王主持", FeedKind.CAMERA))


def test_marks_are_for_the_hosts_side_and_names_are_masked_for_observers() -> None:
    hall = Hall(replace(TERMS, masked_from_observers=True)).publish()
    hall.with_bids(ACME, BOLT, CORA).roll()
    hall.order(c.RequestFloor(), BOLT)
    hall.order(c.GrantFloor(BOLT), HOST)
    start(hall, ONE, BOLT)
    mark(hall, ONE, 7)
    stop(hall, ONE, 8)
    state, seen = START, dict[str, list[str]]()
    texts: list[str] = []
    for entry in hall.entries:
        for audience in ("staff", "trustee:trustee-1", "bidder:acme", "observer"):
            if shown := project(state, entry, audience):
                seen.setdefault(audience, []).append(shown["event"]["type"])
                texts += [repr(shown)] if audience == "observer" else []
        state = evolve(state, entry.event)
    assert [each for each, kinds in seen.items() if "RecordingsMarked" in kinds] == ["staff"]
    assert all("RecordingStarted" in kinds for kinds in seen.values())
    assert not any(NAMES[BOLT] in text or "'bolt'" in text for text in texts)
    assert any("'type': 'RecordingStarted'" in t and "投标人2" in t for t in texts)


def rewritten(hall: Hall, before: e.Event, after: e.Event) -> Hall:
    changed = [
        replace(entry, event=after) if entry.event == before else entry for entry in hall.entries
    ]
    return Hall(entries=changed)


def test_the_audit_finds_a_mark_that_shrinks_an_end_before_it_and_a_confirmation_of_nothing(
    hall: Hall,
) -> None:
    start(hall)
    mark(hall, ONE, 10)
    mark(hall, ONE, 20)
    hall.order(c.StartOpening("confirmed"), HOST)
    stop(hall, ONE, 30)
    assert problems(hall) == []
    begun = e.RecordingStarted(ONE, HOST, "王主持", FeedKind.CAMERA)
    ended = e.RecordingEnded(ONE, 30, digest(30), RecordingStop.STOPPED)
    shrunk = e.RecordingsMarked((Mark(ONE, 9, digest(9)),))
    for before, after, wanted in (
        (ended, replace(ended, size=19), "RecordingEnded"),
        (e.RecordingsMarked((Mark(ONE, 20, digest(20)),)), shrunk, "RecordingsMarked"),
        (begun, replace(begun, kind=FeedKind.SCREEN), "OpeningStarted"),
        (begun, replace(begun, person=ACME), "RecordingStarted"),
    ):
        assert ("event_differs", wanted) in problems(rewritten(hall, before, after))
