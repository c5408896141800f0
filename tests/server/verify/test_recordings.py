"""Recordings against their log: what somebody could do to the files, each by name."""

import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rooms.audit import Replayed, Report
from rooms.ids import SYSTEM, Digest, PersonId, RecordingId
from rooms.log import Entry
from rooms.opening import events as e
from rooms.opening.audit.signed import Log
from rooms.opening.events import Event, FeedKind, RecordingStop
from rooms.opening.state import START
from server.verify import recordings
from tests.server.commands import assert_one_line, yunkai
from tests.server.rehearsed import Opening, checked, found, packed

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
HOST = RecordingId("host")
GUEST = RecordingId("guest")


def started(recording: RecordingId) -> Event:
    return e.RecordingStarted(recording, PersonId("p"), "甲", FeedKind.CAMERA)


def mark(recording: RecordingId, data: bytes) -> e.Mark:
    return e.Mark(recording, len(data), Digest(hashlib.sha256(data).hexdigest()))


def ended(
    recording: RecordingId, data: bytes, reason: RecordingStop = RecordingStop.STOPPED
) -> Event:
    end = mark(recording, data)
    return e.RecordingEnded(recording, end.size, end.sha256, reason)


def log_of(*events: Event) -> Log:
    entries = tuple(
        Entry(number, NOON + timedelta(seconds=number), SYSTEM, event, bytes(16))
        for number, event in enumerate(events, 1)
    )
    return Replayed(entries, (), START)


class Evidence:
    """Two recordings of 3 MB and 2 MB with marks at each MB, as their log has them."""

    def __init__(self, folder: Path, end: RecordingStop = RecordingStop.STOPPED) -> None:
        self.folder = folder
        self.host, self.guest = os.urandom(3_000_000), os.urandom(2_000_000)
        self.files = {HOST: folder / "host.webm", GUEST: folder / "guest.webm"}
        self.files[HOST].write_bytes(self.host)
        self.files[GUEST].write_bytes(self.guest)
        self.log = log_of(
            started(HOST),
            started(GUEST),
            e.RecordingsMarked((mark(HOST, self.host[:1_000_000]),)),
            e.RecordingsMarked(
                (mark(HOST, self.host[:2_000_000]), mark(GUEST, self.guest[:1_000_000]))
            ),
            ended(HOST, self.host, end),
            ended(GUEST, self.guest, end),
        )

    def check(self) -> Report:
        report = Report()
        recordings.check(self.log, self.folder, report)
        return report


@pytest.fixture
def evidence(tmp_path: Path) -> Evidence:
    return Evidence(tmp_path)


def test_recordings_as_they_were_made_are_clean(evidence: Evidence) -> None:
    report = evidence.check()
    assert report.ok
    (fact,) = report.facts
    assert (fact.code, dict(fact.params)) == (
        "recordings_match",
        {"recordings": "2", "marks": "5", "bytes": "5000000"},
    )


@pytest.mark.parametrize(
    ("byte", "good", "size"),
    [(0, 0, 1_000_000), (1_000_000, 1_000_000, 2_000_000), (2_999_999, 2_000_000, 3_000_000)],
)
def test_one_changed_bit_is_found_between_its_marks(
    evidence: Evidence, byte: int, good: int, size: int
) -> None:
    with evidence.files[HOST].open("r+b") as file:
        file.seek(byte)
        file.write(bytes([evidence.host[byte] ^ 1]))
    (finding,) = evidence.check().findings
    assert (finding.code, finding.about) == ("recording_altered", "host.webm")
    assert dict(finding.params) == {"good": str(good), "size": str(size)}


@pytest.mark.parametrize("size", [0, 1, 1_000_000, 2_999_999])
def test_a_file_that_was_cut_is_found(evidence: Evidence, size: int) -> None:
    os.truncate(evidence.files[HOST], size)
    (finding,) = evidence.check().findings
    assert (finding.code, finding.about) == ("recording_cut", "host.webm")
    assert dict(finding.params) == {"size": str(size), "expected": "3000000"}


def test_what_was_written_behind_the_end_is_found(evidence: Evidence) -> None:
    with evidence.files[HOST].open("ab") as file:
        file.write(b"more")
    assert found(evidence.check()) == {("recording_longer", "host.webm")}


def test_a_missing_file_is_found(evidence: Evidence) -> None:
    evidence.files[GUEST].unlink()
    assert found(evidence.check()) == {("recording_missing", "guest.webm")}


def test_a_file_put_there_is_found(evidence: Evidence) -> None:
    (evidence.folder / "other.webm").write_bytes(b"hello")
    assert found(evidence.check()) == {("recording_not_in_log", "other.webm")}


def test_two_files_with_their_names_swapped_are_found(evidence: Evidence) -> None:
    host, guest = evidence.files[HOST], evidence.files[GUEST]
    host.rename(evidence.folder / "x")
    guest.rename(host)
    (evidence.folder / "x").rename(guest)
    assert {about for _, about in found(evidence.check())} == {"host.webm", "guest.webm"}


def test_a_folder_in_the_place_of_a_file_is_unreadable(evidence: Evidence) -> None:
    evidence.files[HOST].unlink()
    evidence.files[HOST].mkdir()
    assert found(evidence.check()) == {("unreadable", "host.webm")}


def test_what_an_engine_wrote_after_its_last_word_is_told_and_proves_nothing(
    tmp_path: Path,
) -> None:
    evidence = Evidence(tmp_path, RecordingStop.ENGINE)
    with evidence.files[HOST].open("ab") as file:
        file.write(b"more")
    report = evidence.check()
    assert report.ok
    assert ("recording_goes_on", {"file": "host.webm", "more": "4"}) in [
        (each.code, dict(each.params)) for each in report.facts
    ]
    os.truncate(evidence.files[HOST], 2_999_999)
    assert found(evidence.check()) == {("recording_cut", "host.webm")}


def test_a_log_that_stops_before_the_end_proves_what_it_marks(evidence: Evidence) -> None:
    evidence.log = log_of(*(entry.event for entry in evidence.log.entries[:4]))
    report = evidence.check()
    assert report.ok
    assert {each.code for each in report.facts} == {"recordings_match", "recording_goes_on"}


def test_a_recording_that_failed_before_its_first_byte_needs_no_file(evidence: Evidence) -> None:
    evidence.log = log_of(
        *(entry.event for entry in evidence.log.entries),
        started(RecordingId("late")),
        ended(RecordingId("late"), b"", RecordingStop.FAILED),
    )
    assert evidence.check().ok


def with_recording(opening: Opening, data: bytes) -> bytes:
    """The archive of an opening in which this was recorded while it was held."""
    entries = opening.entries
    at = [entry["event"]["type"] for entry in entries].index("BiddingClosed") + 1
    half, whole = mark(HOST, data[:100]), mark(HOST, data)
    facts = [
        {"type": "RecordingStarted", "recording": HOST, "person": "p", "name": "甲",
         "kind": "camera"},
        {"type": "RecordingsMarked",
         "marks": [{"recording": HOST, "size": half.size, "sha256": half.sha256}]},
        {"type": "RecordingEnded", "recording": HOST, "size": whole.size,
         "sha256": whole.sha256, "reason": "left"},
    ]  # fmt: skip
    entries[at:at] = [{**entries[at - 1], "by": SYSTEM, "event": fact} for fact in facts]
    return packed(opening.rewritten(entries))


def test_the_command_checks_the_recordings_of_an_archive(opening: Opening, tmp_path: Path) -> None:
    data = os.urandom(1000)
    archive = tmp_path / "archive.zip"
    archive.write_bytes(with_recording(opening, data))
    # The log of this archive is not the one in its minutes; nothing else may be found.
    before = found(checked(archive.read_bytes()))
    room = tmp_path / "recordings" / opening.room
    room.mkdir(parents=True)
    (room / "host.webm").write_bytes(data)
    for folder in (room, room.parent):
        ran = yunkai("verify", archive, "--recordings", folder, "--lang", "zh")
        assert "✓ 14 录像文件" in ran.stdout
        assert ran.returncode == (1 if before else 0)
    (room / "host.webm").write_bytes(data[:500])
    ran = yunkai("verify", archive, "--recordings", room, "--lang", "en")
    assert "✗ host.webm: the recording was cut to 500 bytes, the log names 1000" in ran.stdout
    assert ran.returncode == 1


def test_minutes_prove_recordings_too(opening: Opening, tmp_path: Path) -> None:
    (tmp_path / "other.webm").write_bytes(b"hello")
    ran = yunkai("verify", opening.folder / "minutes.pdf", "--recordings", tmp_path, "--lang", "en")
    assert "✗ other.webm: the log knows nothing of this recording" in ran.stdout


def test_a_folder_that_is_not_there_exits_2(opening: Opening, tmp_path: Path) -> None:
    ran = yunkai("verify", opening.archive, "--recordings", tmp_path / "nowhere")
    assert_one_line(ran, 2, "nowhere")
