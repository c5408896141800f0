"""`yunkai rehearse --session`: a whole session over the real interfaces, and what it leaves."""

import json
import zipfile
from pathlib import Path

from tests.server.commands import yunkai


def test_a_rehearsed_session_leaves_papers_that_hold_and_name_nobody(tmp_path: Path) -> None:
    out = tmp_path / "out"
    ran = yunkai("rehearse", "--session", "--out", out)
    assert ran.returncode == 0, ran.stderr
    assert "Traceback" not in ran.stderr
    assert {each.name for each in out.iterdir()} == {
        "minutes.pdf", "archive.zip", "root.pem", "notices",
    }  # fmt: skip
    assert [each.name for each in (out / "notices").iterdir()] == ["520502-pension-refund-1.pdf"]
    for file in ("archive.zip", "minutes.pdf", "notices/520502-pension-refund-1.pdf"):
        checked = yunkai("verify", out / file, "--root", out / "root.pem")
        assert checked.returncode == 0, checked.stdout
    with zipfile.ZipFile(out / "archive.zip") as archive:
        log = archive.read("log.jsonl").decode()
        kinds = [json.loads(line)["event"]["type"] for line in log.splitlines()]
    assert kinds[0] == "TicketIssued"
    assert "SessionRated" in kinds
    for personal in ("李秀兰", "11010519491231002X", "13800138000", "6228480000000000000"):
        assert personal not in log
