"""The platform's seal and people's signatures, as independent programs see them."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from crypto.pades import PdfRefused, check_pdf
from server.documents.authority import Authority
from server.documents.fonts import Fonts
from server.documents.render import render
from server.documents.sign import finish_signature, prepare_signature, preserve, seal
from server.documents.timestamp import LocalTimestamper
from tests.server.documents.person import Person
from tests.server.documents.samples import opening

CHINA = timezone(timedelta(hours=8))
Look = Callable[[bytes], str]


@pytest.fixture(scope="module")
def complete(sealed: bytes, authority: Authority, stamps: LocalTimestamper, fonts: Fonts) -> bytes:
    """Sealed, signed by host and supervisor, preserved."""
    pdf = sealed
    for field, name in (("host", "赵敏"), ("supervisor", "钱𬭎")):
        person = Person(name, authority)
        now = datetime.now(CHINA)
        prepared = prepare_signature(pdf, field, name, person.chain[0], fonts, now)
        pdf = finish_signature(prepared, person.chain, person.sign(prepared.attributes), stamps)
    return preserve(pdf, authority, stamps, datetime.now(UTC))


def test_pdfsig_calls_the_seal_valid_trusted_and_total(sealed: bytes, pdfsig: Look) -> None:
    said = pdfsig(sealed)
    assert said.count("Signature Validation: Signature is Valid.") == 1
    assert said.count("Certificate Validation: Certificate is Trusted.") == 1
    assert said.count("Total document signed") == 1
    assert "Signature #1:\n  - Signature Field Name: seal\n" in said


def test_the_sealed_record_begins_with_the_rendered_one(unsealed: bytes, sealed: bytes) -> None:
    assert sealed.startswith(unsealed)


def test_pdfsig_accepts_the_signatures_of_platform_host_and_supervisor(
    complete: bytes, pdfsig: Look
) -> None:
    said = pdfsig(complete)
    # pdfsig judges the three signatures; of a document time stamp it only tells what it covers
    assert said.count("Signature Validation: Signature is Valid.") == 3
    assert said.count("Certificate Validation: Certificate is Trusted.") == 3
    assert said.count("  - Total document signed") == 1


def test_pyhanko_s_own_command_accepts_every_signature(
    complete: bytes, authority_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "it.pdf").write_bytes(complete)
    asked = [Path(sys.executable).with_name("pyhanko"), "sign", "validate", "--trust-replace"]
    asked += ["--trust", authority_folder / "root.pem"]
    done = subprocess.run(
        [*asked, tmp_path / "it.pdf"], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(":INTACT:TRUSTED,TIMESTAMP_TOKEN<INTACT:TRUSTED>") == 3


def test_openssl_accepts_the_seal_as_cades(
    sealed: bytes, authority_folder: Path, tmp_path: Path
) -> None:
    with pikepdf.open(BytesIO(sealed)) as opened:
        signature = opened.Root.AcroForm.Fields[0].V
        start, length, after, rest = (int(number) for number in signature.ByteRange)
        container = bytes(signature.Contents)
    (tmp_path / "signed").write_bytes(sealed[start : start + length] + sealed[after : after + rest])
    (tmp_path / "container").write_bytes(container)
    asked = ["openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in"]
    asked += [tmp_path / "container", "-content", tmp_path / "signed", "-out", "/dev/null"]
    asked += ["-CAfile", authority_folder / "root.pem"]
    done = subprocess.run(asked, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_check_finds_every_signature_good(complete: bytes, authority: Authority) -> None:
    found = check_pdf(complete, [authority.root_pem])
    assert [(each.field, each.kind, each.problems) for each in found] == [
        ("seal", "seal", ()),
        ("host", "signature", ()),
        ("supervisor", "signature", ()),
        ("archive", "timestamp", ()),
    ]
    assert [each.covers_file for each in found] == [False, False, False, True]


def test_the_preserved_file_carries_what_a_later_check_needs(complete: bytes) -> None:
    with pikepdf.open(BytesIO(complete)) as opened:
        store = opened.Root.DSS
        assert len(store.OCSPs) >= 3
        assert len(store.CRLs) >= 1
        assert len(store.Certs) >= 4


def test_marks_are_drawn_with_embedded_fonts(complete: bytes, fonts: Fonts) -> None:
    with pikepdf.open(BytesIO(complete)) as opened:
        for each in opened.Root.AcroForm.Fields:
            if str(each.T) not in ("seal", "host", "supervisor"):
                continue
            ((_, drawing),) = each.AP.N.Resources.XObject.items()
            written = drawing.Resources.Font.values()
            assert written
            assert all("/FontFile2" in font.FontDescriptor for font in written if font)


def test_nobody_signs_a_field_twice(complete: bytes, authority: Authority, fonts: Fonts) -> None:
    person = Person("赵敏", authority)
    with pytest.raises(PdfRefused) as refused:
        prepare_signature(complete, "host", "赵敏", person.chain[0], fonts, datetime.now(UTC))
    assert refused.value.code == "pdf_unsignable"


def test_nobody_signs_a_field_that_was_not_prepared(
    sealed: bytes, authority: Authority, fonts: Fonts
) -> None:
    person = Person("路人", authority)
    with pytest.raises(PdfRefused) as refused:
        prepare_signature(sealed, "guest", "路人", person.chain[0], fonts, datetime.now(UTC))
    assert refused.value.code == "no_such_field"


def test_another_key_cannot_fill_the_place(
    sealed: bytes, authority: Authority, stamps: LocalTimestamper, fonts: Fonts
) -> None:
    person, other = Person("赵敏", authority), Person("赵敏", authority)
    now = datetime.now(UTC)
    prepared = prepare_signature(sealed, "host", "赵敏", person.chain[0], fonts, now)
    with pytest.raises(PdfRefused) as refused:
        finish_signature(prepared, person.chain, other.sign(prepared.attributes), stamps)
    assert refused.value.code == "signature_wrong"
    with pytest.raises(PdfRefused) as refused:
        finish_signature(prepared, person.chain, b"short", stamps)
    assert refused.value.code == "signature_malformed"


def test_a_second_seal_is_refused(
    sealed: bytes, authority: Authority, stamps: LocalTimestamper, fonts: Fonts
) -> None:
    with pytest.raises(PdfRefused):
        seal(sealed, authority.seal, stamps, fonts, datetime.now(UTC))


def test_what_is_no_pdf_is_refused(
    authority: Authority, stamps: LocalTimestamper, fonts: Fonts
) -> None:
    with pytest.raises(PdfRefused) as refused:
        seal(b"no pdf", authority.seal, stamps, fonts, datetime.now(UTC))
    assert refused.value.code == "pdf_unreadable"


def test_two_hundred_bidders_are_sealed_like_three(
    authority: Authority, stamps: LocalTimestamper, fonts: Fonts
) -> None:
    pdf = seal(render(opening(200), fonts), authority.seal, stamps, fonts, datetime.now(UTC))
    (found,) = check_pdf(pdf, [authority.root_pem])
    assert found.good
    assert found.covers_file
