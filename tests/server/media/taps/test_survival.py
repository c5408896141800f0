"""What is left of a recording when its process is killed, or when the disk is full."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

from tests.server.media.taps.probe import decoded

REPOSITORY = Path(__file__).resolve().parents[4]
CHILD = (sys.executable, "-m", "tests.server.media.taps.child")


def test_a_killed_process_loses_less_than_a_second_and_no_evidence(tmp_path: Path) -> None:
    child = subprocess.Popen([*CHILD, str(tmp_path)], cwd=REPOSITORY, stdout=subprocess.PIPE)
    marks = []
    pictures = 0
    with child:
        assert child.stdout is not None
        for line in child.stdout:
            said = json.loads(line)
            pictures = said["pictures"]
            marks += [each for each in said["told"] if each["recording"] == "a"]
            if len(marks) == 2:
                break
        child.kill()
    data = (tmp_path / "a.webm").read_bytes()
    for mark in marks:
        assert mark["ended"] == ""
        assert hashlib.sha256(data[: mark["size"]]).hexdigest() == mark["sha256"]
    assert decoded(tmp_path / "a.webm", cut=True).pictures > pictures - 30
    assert decoded(tmp_path / "b.webm", cut=True).samples > (pictures / 30 - 1) * 48000


def test_a_full_disk_ends_that_recording_and_disturbs_no_other(tmp_path: Path) -> None:
    limit = 1_500_000
    done = subprocess.run(
        [*CHILD, str(tmp_path), str(limit)], cwd=REPOSITORY, stdout=subprocess.PIPE, check=True
    )
    told = [each for line in done.stdout.splitlines() for each in json.loads(line)["told"]]
    ends = {each["recording"]: each for each in told if each["ended"]}
    assert {name: each["ended"] for name, each in ends.items()} == {"a": "failed", "b": "stopped"}
    for name, end in ends.items():
        data = (tmp_path / f"{name}.webm").read_bytes()
        assert (end["size"], end["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    assert ends["a"]["size"] == limit
    assert decoded(tmp_path / "a.webm", cut=True).pictures > 20
    assert decoded(tmp_path / "b.webm").samples >= 250 * 960
