"""What a stranger finds with the tools of any system, and no program of ours."""

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from server.rehearse import plan
from tests.server.commands import ROOT
from tests.server.rehearsed import Opening

DOCUMENT = ROOT / "docs" / "formats" / "audit.md"


@pytest.fixture(scope="module")
def unpacked(opening: Opening, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive's members as files."""
    folder = tmp_path_factory.mktemp("unpacked")
    subprocess.run(["unzip", "-q", opening.archive, "-d", folder], check=True)
    return folder


def run(*command: str | Path, cwd: Path | None = None) -> str:
    done = subprocess.run(command, check=True, cwd=cwd, capture_output=True, text=True)
    return done.stdout + done.stderr


def documented(step: int) -> str:
    """The commands that the procedure gives for a step."""
    text = DOCUMENT.read_text(encoding="utf-8")
    part = re.split(r"^## \d+ .*$", text, flags=re.MULTILINE)[step]
    blocks = re.findall(r"```sh\n(.*?)```", part, flags=re.DOTALL)
    assert blocks, f"step {step} has no commands"
    return "\n".join(blocks)


def shell(script: str, folder: Path) -> str:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        check=False,
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_age_opens_every_bid_to_what_was_submitted(opening: Opening, tmp_path: Path) -> None:
    for number in range(1, 5):
        tar = tmp_path / f"{number}.tar"
        run("age", "-d", "-i", opening.folder / f"keys/{number}.key", "-o", tar,
            opening.folder / f"bids/{number}.age")  # fmt: skip
        into = tmp_path / str(number)
        into.mkdir()
        run("tar", "xf", tar, "-C", into)
        assert json.loads((into / "form.json").read_text()) == plan.form_of(number)
        given = sorted((opening.folder / f"files/{number}").iterdir())
        assert given
        for file in given:
            assert (into / "files" / file.name).read_bytes() == file.read_bytes()


def test_pdfsig_calls_the_minutes_valid_and_trusted(opening: Opening, tmp_path: Path) -> None:
    run("certutil", "-N", "-d", tmp_path, "--empty-password")
    run("certutil", "-A", "-d", tmp_path, "-n", "root", "-t", "CT,C,C",
        "-i", opening.folder / "root.pem")  # fmt: skip
    said = run("pdfsig", "-nssdir", tmp_path, opening.folder / "minutes.pdf")
    assert "Signature is Valid." in said
    assert "Certificate is Trusted." in said
    assert "Total document signed" in said


def test_pdftotext_gives_the_chinese_names_back(opening: Opening) -> None:
    text = re.sub(r"\s", "", run("pdftotext", "-layout", opening.folder / "minutes.pdf", "-"))
    raw = re.sub(r"\s", "", run("pdftotext", "-raw", opening.folder / "minutes.pdf", "-"))
    for number in range(1, 5):
        assert plan.person(number) in text + raw
        assert plan.bidder(number).name in text + raw
    for rare in "𬭎㛃䶮":
        assert rare in text


def test_sha256sum_finds_every_file_as_listed(unpacked: Path) -> None:
    shell(documented(1), unpacked)


def test_heads_are_the_root_of_the_log_by_hand(unpacked: Path) -> None:
    assert shell(documented(2), unpacked).split() == ["true", "true"]
    said = shell(documented(3), unpacked)
    assert said.split() == ["head.txt", "True", "closing.txt", "True"]


def test_openssl_accepts_the_time_stamp_of_every_receipt(opening: Opening, unpacked: Path) -> None:
    for bid in opening.bids:
        said = shell(documented(7).replace("BID", bid), unpacked)
        assert "Verification: OK" in said


def test_openssl_refuses_the_time_stamp_of_another_receipt(
    opening: Opening, unpacked: Path
) -> None:
    first, second = opening.bids[:2]
    shell(documented(7).replace("BID", first), unpacked)
    other = json.loads((unpacked / f"receipts/{second}.json").read_text())["body"]
    text = json.dumps(other, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    digest = hashlib.sha256(f"{other['format']}\n{text}".encode()).hexdigest()
    refused = subprocess.run(
        ["openssl", "ts", "-verify", "-token_in", "-in", "token.der", "-digest", digest,
         "-CAfile", "root.pem"],
        check=False, cwd=unpacked, capture_output=True,
    )  # fmt: skip
    assert refused.returncode != 0


def test_a_bid_opens_by_hand_to_the_form_in_the_log(opening: Opening, unpacked: Path) -> None:
    for bid in opening.bids:
        lines = shell(documented(11).replace("BID", bid), unpacked).splitlines()
        header = json.loads((unpacked / f"headers/{bid}.json").read_text())["header"]
        assert lines[0].split()[0] == header["body"]["envelopes"][0]["sha256"]
        assert json.loads(lines[1]) == json.loads(lines[2])


def test_the_log_inside_the_minutes_begins_the_log(unpacked: Path, tmp_path: Path) -> None:
    shutil.copytree(unpacked, tmp_path / "copy")
    lines = shell(documented(13), tmp_path / "copy").splitlines()
    (found, named) = lines[-1].split()
    assert lines[-2].split()[0] == found == named
