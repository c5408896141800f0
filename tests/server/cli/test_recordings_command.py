"""`yunkai recordings compose`: one file to look at, made of recordings."""

import hashlib
import json
import os
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rooms.ids import SYSTEM, PersonId, RecordingId
from rooms.log import Entry, to_bytes
from rooms.opening import events as e
from rooms.opening.events import FeedKind
from rooms.opening.wire import EVENTS
from server.cli.recordings import recordings
from tests.rooms.opening.tender import DEADLINE
from tests.server.commands import assert_one_line, yunkai
from tests.server.media.taps.probe import decoded
from tests.server.media.taps.sender import Camera, Microphone
from tests.server.media.taps.studio import GUEST, HOST, SCREEN, Studio


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Host with picture and sound for four seconds, a guest's sound, a screen, of two each."""
    folder = tmp_path_factory.mktemp("recordings")
    studio = Studio()
    host = studio.join(HOST, Camera(320, 240), Microphone())
    studio.join(GUEST, microphone=Microphone())
    studio.join(SCREEN, Camera(640, 360, ssrc=1003))
    for feed, name in ((HOST, "host"), (GUEST, "guest"), (SCREEN, "screen")):
        studio.record(feed, name, folder / f"{name}.webm")
    studio.run(2)
    studio.leave(GUEST)
    studio.leave(SCREEN)
    host.camera = Camera(640, 480, ssrc=1009)  # another size in the middle
    studio.run(2)
    studio.taps.stop(60)
    return folder


def duration(file: Path) -> float:
    """What the file itself says, as a player reads it before it seeks."""
    done = subprocess.run(
        ["ffprobe", "-v", "error", "-of", "json", "-show_format", str(file)],
        capture_output=True,
        check=True,
    )
    return float(json.loads(done.stdout)["format"]["duration"])


def test_one_recording_is_copied_without_loss_and_gets_an_index(
    recorded: Path, tmp_path: Path
) -> None:
    ran = yunkai("recordings", "compose", recorded / "host.webm", "--out", tmp_path / "out.webm")
    assert (ran.returncode, ran.stderr) == (0, "")
    out = tmp_path / "out.webm"
    digest = hashlib.sha256(out.read_bytes()).hexdigest()
    assert ran.stdout == f"{digest}  out.webm\n"
    assert (tmp_path / "out.webm.sha256").read_text() == ran.stdout
    subprocess.run(["sha256sum", "--strict", "-c", "out.webm.sha256"], cwd=tmp_path, check=True)
    before, after = decoded(recorded / "host.webm"), decoded(out)
    assert (after.pictures, after.samples) == (before.pictures, before.samples)
    assert duration(out) == pytest.approx(4.0, abs=0.1)
    assert bytes.fromhex("1c53bb6b") in out.read_bytes()  # Cues: it can be sought in
    assert sorted(each.name for each in tmp_path.iterdir()) == ["out.webm", "out.webm.sha256"]


def test_several_are_side_by_side_at_their_times(recorded: Path, tmp_path: Path) -> None:
    listed = [{"recording": name, "start": start} for name, start in STARTS.items()]
    (tmp_path / "starts.json").write_text(json.dumps(listed))
    names = [recorded / f"{name}.webm" for name in STARTS]
    ran = yunkai(
        "recordings", "compose", *names,
        "--out", tmp_path / "out.webm", "--starts", tmp_path / "starts.json",
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")
    what = decoded(tmp_path / "out.webm")
    # Two pictures in the grid; the screen ends five seconds after the host begins.
    assert what.sizes == [(1280, 360)]
    assert what.pictures == pytest.approx(5 * 25, abs=3)
    assert what.samples == pytest.approx(4 * 48000, abs=5000)


STARTS = {"host": 100.0, "guest": 101.0, "screen": 103.0}


def test_the_times_are_taken_from_the_log(recorded: Path, tmp_path: Path) -> None:
    lines = [
        to_bytes(
            Entry(
                number,
                DEADLINE + timedelta(seconds=start),
                SYSTEM,
                e.RecordingStarted(RecordingId(name), PersonId("p"), "甲", FeedKind.CAMERA),
                bytes(16),
            ),
            EVENTS,
        )
        for number, (name, start) in enumerate(STARTS.items(), 1)
    ]
    (tmp_path / "log.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    ran = yunkai(
        "recordings", "compose", recorded / "guest.webm", recorded / "host.webm",
        "--out", tmp_path / "out.webm", "--starts", tmp_path / "log.jsonl",
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")
    assert decoded(tmp_path / "out.webm").sizes == [(640, 360)]
    assert duration(tmp_path / "out.webm") == pytest.approx(4.0, abs=0.15)


def test_sound_alone_is_mixed(recorded: Path, tmp_path: Path) -> None:
    (tmp_path / "again.webm").write_bytes((recorded / "guest.webm").read_bytes())
    (tmp_path / "s.json").write_text(
        '[{"recording": "guest", "start": 0}, {"recording": "again", "start": 1.5}]'
    )
    ran = yunkai(
        "recordings", "compose", recorded / "guest.webm", tmp_path / "again.webm",
        "--out", tmp_path / "out.webm", "--starts", tmp_path / "s.json",
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")
    what = decoded(tmp_path / "out.webm")
    assert (what.pictures, what.samples) == (0, pytest.approx(3.5 * 48000, abs=2000))


def test_a_recording_that_was_cut_off_can_be_composed(recorded: Path, tmp_path: Path) -> None:
    whole = (recorded / "host.webm").read_bytes()
    (tmp_path / "cut.webm").write_bytes(whole[: len(whole) // 2])
    ran = yunkai("recordings", "compose", tmp_path / "cut.webm", "--out", tmp_path / "out.webm")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert decoded(tmp_path / "out.webm", cut=True).pictures > 20


def refused(*arguments: str | Path, code: str, about: str) -> None:
    ran = CliRunner().invoke(recordings, ["compose", *map(str, arguments)])
    assert ran.exit_code == 1
    (line,) = ran.stderr.splitlines()
    assert line.startswith(f"yunkai recordings compose: {code}: ")
    assert about in line


def test_without_ffmpeg_it_says_so(recorded: Path, tmp_path: Path) -> None:
    ran = yunkai(
        "recordings", "compose", recorded / "host.webm",
        "--out", tmp_path / "out.webm", env={"PATH": str(tmp_path)},
    )  # fmt: skip
    assert_one_line(ran, 1, "ffmpeg_missing")


def test_what_can_not_be_composed_is_named(recorded: Path, tmp_path: Path) -> None:
    host, guest, out = recorded / "host.webm", recorded / "guest.webm", tmp_path / "out.webm"
    (tmp_path / "text.webm").write_text("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n")
    (tmp_path / "empty.webm").touch()
    (tmp_path / "bad.json").write_text('[{"recording": 1}]')
    (tmp_path / "other.json").write_text('[{"recording": "host", "start": 1}]')
    there = tmp_path / "there.webm"
    there.touch()
    refused(tmp_path / "no.webm", "--out", out, code="file_missing", about="no.webm")
    for name in ("text.webm", "empty.webm"):
        refused(tmp_path / name, "--out", out, code="recording_broken", about=name)
    refused(host, "--out", there, code="out_exists", about="there.webm")
    refused(host, "--out", tmp_path / "no" / "out.webm", code="out_unwritable", about="")
    refused(host, guest, "--out", out, code="start_unknown", about="--starts")
    for name, code, about in (
        ("bad.json", "starts_unreadable", "bad.json"),
        ("text.webm", "starts_unreadable", "text.webm"),
        ("no.json", "file_missing", "no.json"),
        ("other.json", "start_unknown", "guest.webm"),
    ):
        starts = ("--starts", tmp_path / name)
        refused(host, guest, "--out", out, *starts, code=code, about=about)
    assert not out.exists()
    assert not [each for each in os.listdir(tmp_path) if each.endswith(".part")]
