"""`yunkai rehearse`: what it leaves, on a server of its own and on a running one."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.server.cli.conftest import Served
from tests.server.commands import assert_one_line, yunkai


def assert_complete(out: Path, bids: int) -> None:
    """Everything the rehearsal promises is there, and the check finds nothing."""
    assert {each.name for each in out.iterdir()} == {
        "minutes.pdf", "archive.zip", "root.pem", "bids", "keys", "receipts", "files",
    }  # fmt: skip
    for number in range(1, bids + 1):
        assert (out / f"bids/{number}.age").read_bytes().startswith(b"age-encryption.org/v1\n")
        assert (out / f"keys/{number}.key").read_text().startswith("AGE-SECRET-KEY-1")
        assert json.loads((out / f"receipts/{number}.json").read_bytes())["token"]
    checked = yunkai("verify", out / "archive.zip", "--root", out / "root.pem")
    assert checked.returncode == 0, checked.stdout


def test_a_rehearsal_on_its_own_leaves_everything_and_cleans_up(tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    out = tmp_path / "out"
    ran = yunkai(
        "rehearse", "--bids", "2", "--trustees", "1/2", "--out", out, env={"TMPDIR": str(temporary)}
    )
    assert ran.returncode == 0, ran.stderr
    assert "Traceback" not in ran.stderr
    assert_complete(out, 2)
    assert list(temporary.iterdir()) == []


def test_a_rehearsal_against_a_running_server_with_files_of_ones_own(
    served: Served, tmp_path: Path
) -> None:
    given = tmp_path / "given"
    given.mkdir()
    (given / "投标函.txt").write_text("愿承担本项目。", encoding="utf-8")
    (given / "图纸.bin").write_bytes(bytes(range(256)) * 1000)
    ran = yunkai(
        "rehearse", "--bids", "3", "--files", given, "--server", served.url, "--out",
        tmp_path / "out", env={"YUNKAI_PASSWORD": served.password},
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    out = tmp_path / "out"
    (out / "files").mkdir(exist_ok=True)
    assert_complete(out, 3)


def test_the_rehearsed_minutes_say_that_they_count_for_nothing(
    served: Served, tmp_path: Path
) -> None:
    ran = yunkai(
        "rehearse", "--bids", "1", "--trustees", "1/1", "--server", served.url, "--out",
        tmp_path / "out", env={"YUNKAI_PASSWORD": served.password},
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    text = subprocess.run(
        ["pdftotext", tmp_path / "out" / "minutes.pdf", "-"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert "演练，不具效力" in text.replace("\n", "")


def test_a_wrong_password_is_said_in_one_line(served: Served, tmp_path: Path) -> None:
    ran = yunkai(
        "rehearse", "--server", served.url, "--out", tmp_path / "out",
        env={"YUNKAI_PASSWORD": "wrong"},
    )  # fmt: skip
    assert_one_line(ran, 1, "wrong_password")


def test_a_server_that_is_not_there_is_said_in_one_line(tmp_path: Path) -> None:
    ran = yunkai(
        "rehearse", "--server", "http://127.0.0.1:1", "--out", tmp_path / "out",
        env={"YUNKAI_PASSWORD": "x"},
    )  # fmt: skip
    assert_one_line(ran, 1, "yunkai rehearse:")


def test_files_that_are_not_there_are_said_in_one_line(tmp_path: Path) -> None:
    ran = yunkai("rehearse", "--files", tmp_path / "nowhere", "--out", tmp_path / "out")
    assert_one_line(ran, 1, "nowhere")


@pytest.mark.parametrize("trustees", ["3/2", "0/1", "x", "2/17"])
def test_impossible_trustees_are_refused(tmp_path: Path, trustees: str) -> None:
    ran = yunkai("rehearse", "--trustees", trustees, "--out", tmp_path / "out")
    assert ran.returncode == 2
    assert "--trustees" in ran.stderr


def test_results_are_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("x")
    ran = yunkai("rehearse", "--out", tmp_path)
    assert ran.returncode == 2
    assert "--out" in ran.stderr
