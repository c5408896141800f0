"""The papers of a session: drawn, sealed, checked by `yunkai verify` and by outsiders' programs;
each forgery found, and what is erased no finding."""

import io
import subprocess
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from crypto.encoding import jcs, parse_json
from rooms.counter.audit.files import personal
from rooms.counter.events import OutcomeDecided
from rooms.counter.notices import NoticeKind
from rooms.strokes import Strokes, to_svg
from server.cli.verify import told
from server.counter.minutes import draw
from server.verify import check
from tests.rooms.counter.window import PENSION, SIGNATURE, Window, whole
from tests.server.counter.archives import Members, Office, checked, codes, facts, packed
from tests.server.documents.test_conformance import validate


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def window() -> Window:
    return whole()


@pytest.fixture(scope="module")
def members(office: Office, window: Window) -> Members:
    return office.finish(window)


def test_an_untouched_session_has_no_findings(members: Members, office: Office) -> None:
    report = checked(members, office.root)
    assert report.findings == []
    assert facts(report, "notices_good") == {"notices": "4"}
    assert facts(report, "materials_match")["erased"] == "0"
    assert facts(report, "personal_match")["erased"] == "0"
    assert facts(report, "signatures_bind")["kept"] == "1"
    assert any(each.code == "rendering_same" for each in report.facts)


def test_minutes_and_notices_are_checked_by_themselves(members: Members, office: Office) -> None:
    for name in ("minutes.pdf", "notices/pension-balance-2.pdf"):
        report = check.check(io.BytesIO(members[name]), [office.root])
        assert report.findings == [], name
        assert report.facts


def flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def test_a_changed_byte_of_a_page_is_found(members: Members) -> None:
    name = next(each for each in members if each.startswith("materials/"))
    report = checked({**members, name: flip(members[name], 5)})
    assert {(each.code, each.about) for each in report.findings} == {("material_differs", name)}


def test_a_page_that_is_gone_while_the_person_is_not_erased_is_found(members: Members) -> None:
    name = next(each for each in members if each.startswith("materials/"))
    assert codes(checked({n: raw for n, raw in members.items() if n != name})) == {"file_missing"}


def test_a_page_that_nobody_captured_is_found(members: Members) -> None:
    assert codes(checked({**members, f"materials/{'ab' * 32}": b"another"})) == {"file_not_in_log"}


def test_another_signature_in_its_place_is_found(members: Members) -> None:
    name = next(each for each in members if each.startswith("signatures/"))
    other = to_svg(Strokes(SIGNATURE.width, SIGNATURE.height, SIGNATURE.lines[1:]))
    assert codes(checked({**members, name: other})) == {"strokes_differ"}
    assert codes(checked({**members, name: b"<svg/>"})) == {"strokes_unreadable"}


def test_a_dropped_entry_is_found(office: Office, members: Members) -> None:
    lines = members["log.jsonl"].splitlines(keepends=True)
    cut = {**members, "log.jsonl": b"".join(lines[:20] + lines[21:])}
    assert {"entry_out_of_order", "head_beyond_log"} <= codes(checked(cut))

    def drop(entries: list[dict[str, Any]]) -> None:
        del entries[[e["event"]["type"] for e in entries].index("FieldsConfirmed")]

    assert "event_differs" in codes(checked(office.rewritten(members, drop)))


def test_a_platform_that_changes_an_outcome_afterwards_is_found(
    office: Office, members: Members
) -> None:
    def change(entries: list[dict[str, Any]]) -> None:
        decided = next(e for e in entries if e["event"]["type"] == "OutcomeDecided")
        decided["event"] |= {"reason": "另有原因"}

    found = codes(checked(office.rewritten(members, change)))
    assert {"minutes_of_another_log", "notice_differs_from_log"} <= found


def test_minutes_that_say_another_outcome_are_found(
    office: Office, window: Window, members: Members
) -> None:
    inputs = office.inputs(window)
    entries = window.entries[:-1]
    otherwise = [
        replace(entry, event=replace(entry.event, reason="另有原因"))
        if isinstance(entry.event, OutcomeDecided)
        else entry
        for entry in entries
    ]
    drawn = draw(otherwise, inputs, office.sealer.fonts)
    forged = office.sealer.seal(drawn)
    found = codes(checked({**members, "minutes.pdf": forged}))
    assert {"minutes_digest", "minutes_of_another_log"} <= found


def test_a_page_drawn_otherwise_than_its_log_says_is_found(
    office: Office, window: Window, members: Members
) -> None:
    inputs = office.inputs(window)
    name = window.state.matter.applicant
    other = replace(inputs, masked={**inputs.masked, name: "李*华　4301**********9999"})
    forged = office.sealer.seal(draw(window.entries[:-1], other, office.sealer.fonts))
    assert "masked_differs" in codes(checked({**members, "minutes.pdf": forged}))


def test_a_flipped_byte_of_the_minutes_is_found_by_itself(members: Members, office: Office) -> None:
    forged = flip(members["minutes.pdf"], 4000)
    found = codes(check.check(io.BytesIO(forged), [office.root]))
    assert found & {"signature_altered", "rendering_differs", "pdf_unreadable", "no_attached_log"}


def test_a_notice_that_says_something_else_is_found_though_it_is_sealed(
    office: Office, window: Window, members: Members
) -> None:
    accepted = next(n for n in office.notices(window) if n.kind is NoticeKind.ACCEPTED)
    forged = office.notice(replace(accepted, promised_at=None, reason="不予受理"))
    name = f"notices/{accepted.name}.pdf"
    assert codes(checked({**members, name: forged})) == {"notice_differs_from_log"}


def test_a_notice_of_somebody_else_is_found(
    office: Office, window: Window, members: Members
) -> None:
    done = next(n for n in office.notices(window) if n.kind is NoticeKind.DONE)
    forged = office.notice(replace(done, applicant="李*华"))
    name = f"notices/{done.name}.pdf"
    assert codes(checked({**members, name: forged})) == {"notice_differs_from_log"}


def test_a_notice_without_the_seal_of_the_platform_is_found(
    office: Office, window: Window, members: Members, tmp_path: Path
) -> None:
    done = next(n for n in office.notices(window) if n.kind is NoticeKind.DONE)
    stranger = Office(tmp_path)
    name = f"notices/{done.name}.pdf"
    found = codes(checked({**members, name: stranger.notice(done)}, office.root))
    assert "signature_untrusted" in found
    assert codes(checked({n: raw for n, raw in members.items() if n != name})) == {"notice_missing"}
    extra = {**members, "notices/pension-balance-9.pdf": members[name]}
    assert codes(checked(extra)) == {"file_not_in_log"}


def test_personal_data_that_were_swapped_are_found(members: Members, window: Window) -> None:
    people: Any = parse_json(members["people.json"])
    people[window.state.matter.applicant]["value"]["name"] = "李小华"
    found = codes(checked({**members, "people.json": jcs(people)}))
    assert {"person_differs", "masked_differs"} <= found


def test_a_session_whose_personal_data_were_erased_still_verifies(
    members: Members, office: Office, window: Window
) -> None:
    gone = ("materials/", "signatures/")
    erased = {n: raw for n, raw in members.items() if not n.startswith(gone)}
    report = checked({**erased, "people.json": b"{}"}, office.root)
    assert report.findings == []
    assert facts(report, "personal_match") == {"kept": "0", "erased": str(len(window.people))}
    assert facts(report, "materials_match")["kept"] == "0"
    assert any(each.code == "rendering_same" for each in report.facts)


def test_every_piece_of_personal_data_in_the_log_is_known_to_the_audit(
    members: Members, window: Window
) -> None:
    class Log:
        entries = window.entries

    assert set(personal(Log())) == set(window.people)  # type: ignore[arg-type]  # only the entries are asked


def test_no_personal_data_are_in_any_paper(members: Members) -> None:
    for name, data in members.items():
        if name.endswith(".pdf") or name == "log.jsonl":
            for secret in ("王小明", "430102199001011234", "13812345678", "6222020200112233445"):
                assert secret.encode() not in data, name
                assert secret.encode("utf-16-be") not in data, name


def test_outsiders_find_the_seal_valid_and_the_files_archival(
    members: Members, office: Office, tmp_path: Path
) -> None:
    papers = {
        "minutes.pdf": members["minutes.pdf"],
        "notice.pdf": members[f"notices/{PENSION.code}-1.pdf"],
    }
    said = validate(tmp_path, papers, "3a,ua1")
    assert sorted(said) == sorted(
        f"{name} {kind} conforms" for name in papers for kind in ("3a", "ua1")
    )
    database, root = tmp_path / "db", tmp_path / "root.pem"
    root.write_bytes(office.root)
    database.mkdir()
    subprocess.run(["certutil", "-N", "-d", database, "--empty-password"], check=True)
    trust = ("certutil", "-A", "-d", database, "-n", "root", "-t", "CT,C,C", "-i", root)
    subprocess.run(trust, check=True)
    for name in papers:
        asked = ("pdfsig", "-nssdir", database, tmp_path / name)
        found = subprocess.run(asked, check=True, capture_output=True, text=True).stdout
        assert "Signature is Valid." in found, name
        assert "Certificate is Trusted." in found, name
        assert "Total document signed" in found, name


def test_an_archive_of_a_session_is_recognised_by_what_is_inside(
    members: Members, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(packed(members))
    assert check.check_file(tmp_path / "file").ok


def test_a_flipped_byte_of_any_member_is_found(members: Members) -> None:
    for name, raw in members.items():
        # A seal's container has room to spare at its end: it says nothing, and nobody signs it.
        said = raw.rindex(b"/Contents") if name.startswith("notices/") else len(raw)
        at = int.from_bytes(sha256(name.encode()).digest()[:4], "big") % said
        assert not checked({**members, name: flip(raw, at)}).ok, (name, at)


def test_a_signature_that_was_dropped_from_the_log_is_found(
    office: Office, members: Members
) -> None:
    def drop(entries: list[dict[str, Any]]) -> None:
        del entries[[e["event"]["type"] for e in entries].index("FormSigned")]

    report = checked(office.rewritten(members, drop))
    assert ("event_differs", "OutcomeDecided") in {
        (each.code, dict(each.params).get("event")) for each in report.findings
    }


def test_the_command_says_in_both_languages_what_it_found(office: Office, members: Members) -> None:
    report = checked(members, office.root)
    chinese, english = told(report, "zh"), told(report, "en")
    assert "✓ 18 通知书" in chinese
    assert "4 份通知书与日志一致" in chinese
    assert "未发现问题" in chinese
    assert "4 notice(s) say what the log says" in english
    name = next(each for each in members if each.startswith("notices/"))
    forged = checked({n: raw for n, raw in members.items() if n != name})
    assert f"✗ {name}：缺少应当出具的通知书" in told(forged, "zh")
