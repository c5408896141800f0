"""`yunkai verify`: its exit codes, its words, both languages."""

import re
from pathlib import Path

import pytest

from rooms.audit import Fact, Finding
from server.verify.words import FACTS, FINDINGS, STEPS, say
from tests.server.commands import ROOT, assert_one_line, yunkai
from tests.server.rehearsed import Opening, play


@pytest.fixture(scope="module")
def opening(tmp_path_factory: pytest.TempPathFactory) -> Opening:
    return play(tmp_path_factory.mktemp("openings"))[0]


def test_a_clean_archive_exits_0_and_says_what_was_proved(opening: Opening) -> None:
    ran = yunkai("verify", opening.archive, "--lang", "zh")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.splitlines()[-1] == "未发现问题。"
    # Recordings are not in the archive: they are looked at when their folder is given.
    for number, (chinese, _) in list(STEPS.items())[:13]:
        assert f"✓ {number:2} {chinese}" in ran.stdout


def test_clean_minutes_exit_0_with_the_root_their_reader_trusts(opening: Opening) -> None:
    root = opening.folder / "root.pem"
    ran = yunkai("verify", opening.folder / "minutes.pdf", "--root", root, "--lang", "en")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.splitlines()[-1] == "Nothing found."


def test_minutes_without_a_root_name_the_certificate_to_compare(opening: Opening) -> None:
    ran = yunkai("verify", opening.folder / "minutes.pdf", "--lang", "en")
    assert ran.returncode == 0
    assert "compare the certificate's digest" in ran.stdout


def test_findings_exit_1_and_name_what_was_touched(opening: Opening, tmp_path: Path) -> None:
    whole = bytearray(opening.archive.read_bytes())
    bid = f"bids/{opening.bids[0]}-a.age"
    whole[whole.index(opening.members[bid]) + 300] ^= 1
    (tmp_path / "touched.zip").write_bytes(whole)
    ran = yunkai("verify", tmp_path / "touched.zip", "--lang", "zh")
    assert ran.returncode == 1
    assert f"✗ {bid}：文件内容被改动" in ran.stdout


@pytest.mark.parametrize(
    ("name", "content"),
    [("empty", b""), ("text", b"hello\n"), ("zip", b"PK\x05\x06" + bytes(18)), ("half", b"PK\3\4")],
)
def test_what_is_neither_archive_nor_pdf_exits_2(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert_one_line(yunkai("verify", tmp_path / name), 2, name)


def test_a_file_that_is_not_there_exits_2(tmp_path: Path) -> None:
    assert_one_line(yunkai("verify", tmp_path / "nowhere.zip"), 2, "nowhere.zip")


def test_a_root_that_is_not_there_exits_2(opening: Opening, tmp_path: Path) -> None:
    ran = yunkai("verify", opening.archive, "--root", tmp_path / "nowhere.pem")
    assert_one_line(ran, 2, "nowhere.pem")


def test_a_root_that_is_no_certificate_exits_2(opening: Opening, tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_text("hello\n")
    ran = yunkai("verify", opening.archive, "--root", tmp_path / "root.pem")
    assert_one_line(ran, 2, "root.pem")


def test_a_pdf_of_somebody_else_exits_1(tmp_path: Path) -> None:
    (tmp_path / "other.pdf").write_bytes(b"%PDF-1.7\n%%EOF\n")
    ran = yunkai("verify", tmp_path / "other.pdf", "--lang", "en")
    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr


def test_every_code_in_the_audit_has_words_in_both_languages() -> None:
    sources = [
        *(ROOT / "rooms").glob("audit.py"),
        *(ROOT / "rooms" / "opening" / "audit").glob("*.py"),
        *(ROOT / "server" / "verify").glob("*.py"),
    ]
    text = "\n".join(each.read_text(encoding="utf-8") for each in sources)
    found = set(re.findall(r'\.found\(\s*\d+,\s*"(\w+)"', text))
    proved = set(re.findall(r'\.proved\(\s*\d+,\s*"(\w+)"', text))
    damage = set(re.findall(r'Damage\(\s*"(\w+)"', (ROOT / "rooms/archive.py").read_text()))
    assert found
    assert proved
    assert damage
    assert found | damage <= set(FINDINGS)
    assert proved <= set(FACTS)


def test_words_take_the_parameters_their_findings_have() -> None:
    zh = say(Finding(2, "entry_unreadable", "log.jsonl", (("entry", "7"),)), "zh")
    assert zh == "log.jsonl：第 7 条日志无法读取"
    assert say(Fact(2, "log_read", (("log", "x"), ("entries", "7"))), "en") == "x: 7 entries"
