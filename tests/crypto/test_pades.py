"""What the check of a signed PDF sees when somebody meddles with it."""

import zlib
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import cms
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from crypto.pades import PdfRefused, attached, attached_log, check_pdf
from server.documents.authority import Authority
from server.documents.fonts import Fonts
from server.documents.render import render
from server.documents.sign import seal
from server.documents.timestamp import LocalTimestamper
from tests.server.documents.samples import opening


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.create(tmp_path_factory.mktemp("authority"), b"x")


@pytest.fixture(scope="module")
def sealed(authority: Authority) -> bytes:
    fonts, now = Fonts.load(), datetime.now(UTC)
    stamps = LocalTimestamper(authority.tsa, lambda: now)
    return seal(render(opening(3), fonts), authority.seal, stamps, fonts, now)


def problems(pdf: bytes, authority: Authority) -> set[str]:
    try:
        found = check_pdf(pdf, [authority.root_pem])
    except PdfRefused as refused:
        return {refused.code}
    return {problem for each in found for problem in each.problems}


def with_another_page_content(pdf: bytes) -> bytes:
    """The signed file with a later revision that draws something else on the first page."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"0 0 99 99 re f"))
    writer.update_container(page)
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def with_another_log(pdf: bytes) -> bytes:
    """The signed file with a later revision whose attachment is another log."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    spec = writer.root["/AF"][0]
    spec["/EF"]["/F"] = writer.add_object(generic.StreamObject(stream_data=b"another log"))
    writer.update_container(spec)
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def test_an_untouched_seal_is_good(sealed: bytes, authority: Authority) -> None:
    (found,) = check_pdf(sealed, [authority.root_pem])
    assert found.good
    assert found.intact
    assert found.trusted
    assert found.unchanged
    assert found.covers_file
    assert found.kind == "seal"
    assert found.signer == "云开公共服务平台"
    assert found.signed_at is not None


def test_the_log_comes_out_as_it_went_in(sealed: bytes) -> None:
    assert attached_log(sealed) == opening(3).log


def test_other_attached_files_come_out_by_name() -> None:
    record = replace(opening(1), attachments=(("inputs.json", b"{}"),))
    pdf = render(record, Fonts.load())
    assert attached(pdf, "inputs.json") == b"{}"
    assert attached(pdf, "log.jsonl") == record.log
    with pytest.raises(PdfRefused):
        attached(pdf, "missing.json")


def test_der_and_pem_roots_serve_alike(sealed: bytes, authority: Authority) -> None:
    assert check_pdf(sealed, [authority.root.chain[0]]) == check_pdf(sealed, [authority.root_pem])


def test_a_byte_changed_under_the_signature_is_found(sealed: bytes, authority: Authority) -> None:
    place = sealed.index(b"/Producer") if b"/Producer" in sealed else 2000
    altered = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
    assert problems(altered, authority)


def test_no_changed_byte_goes_unnoticed(sealed: bytes, authority: Authority) -> None:
    hole = sealed.index(b"/Contents <3") + len(b"/Contents <")
    end = sealed.index(b">", hole)
    padding = len(sealed[hole:end].rstrip(b"0"))
    places = {*range(0, len(sealed), len(sealed) // 97), hole, hole + 40, hole + padding - 200}
    for place in sorted(places):
        if hole + padding <= place < end:
            continue  # zeros after the signature container: no byte of it
        altered = sealed[:place] + bytes([sealed[place] ^ 0x15]) + sealed[place + 1 :]
        assert problems(altered, authority), place


def test_a_damaged_signature_is_a_finding_and_never_a_failure(
    sealed: bytes, authority: Authority
) -> None:
    start = sealed.index(b"/Contents <3") + len(b"/Contents <")
    container = bytes.fromhex(sealed[start : sealed.index(b">", start)].decode())
    protected = what_the_signature_protects(container)
    for place in range(0, len(container.rstrip(b"\0")), 12):
        at, bit = start + 2 * place, 1 << place // 12 % 8
        altered = sealed[:at] + b"%02x" % (container[place] ^ bit) + sealed[at + 2 :]
        assert problems(altered, authority) or place not in protected, place


def what_the_signature_protects(container: bytes) -> set[int]:
    """Places in a signature container (CMS): the signer's certificate, the signed attributes and
    the signature's value. The other certificates and what precedes them are no part of it."""
    signed = cms.ContentInfo.load(container)["content"]
    signer = signed["signer_infos"][0]
    number = signer["sid"].chosen["serial_number"].native
    parts = (
        next(each.dump() for each in signed["certificates"] if each.chosen.serial_number == number),
        signer["signed_attrs"].contents,
        signer["signature"].contents,
    )
    starts = [container.index(part) for part in parts]
    return {
        place
        for start, part in zip(starts, parts, strict=True)
        for place in range(start, start + len(part))
    }


def test_a_page_changed_by_a_later_revision_is_found(sealed: bytes, authority: Authority) -> None:
    (found,) = check_pdf(with_another_page_content(sealed), [authority.root_pem])
    assert found.problems == ("changed_afterwards",)
    assert found.intact
    assert not found.covers_file


def test_a_log_exchanged_by_a_later_revision_is_found(sealed: bytes, authority: Authority) -> None:
    (found,) = check_pdf(with_another_log(sealed), [authority.root_pem])
    assert "changed_afterwards" in found.problems


def test_bytes_after_the_end_are_found(sealed: bytes, authority: Authority) -> None:
    (found,) = check_pdf(sealed + b"\n% more\n", [authority.root_pem])
    assert not found.covers_file


def test_a_stranger_s_seal_is_not_trusted(sealed: bytes, tmp_path: Path) -> None:
    stranger = Authority.create(tmp_path, b"x")
    (found,) = check_pdf(sealed, [stranger.root_pem])
    assert found.intact
    assert not found.trusted
    assert found.signed_at is None
    assert set(found.problems) == {"untrusted", "no_timestamp"}


def test_a_root_over_an_unknown_curve_trusts_nothing(sealed: bytes, authority: Authority) -> None:
    root = authority.root.chain[0]
    p256 = bytes.fromhex("06082a8648ce3d030107")
    for curve in ("06082a8648ce3d131307", "06082a8648ce3d030187"):
        (found,) = check_pdf(sealed, [root.replace(p256, bytes.fromhex(curve))])
        assert not found.trusted
        assert found.problems


def test_a_pdf_without_signatures_has_none() -> None:
    plain = BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(plain)
    assert check_pdf(plain.getvalue(), []) == []
    with pytest.raises(PdfRefused, match="no_attached_log"):
        attached_log(plain.getvalue())


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"PK\x03\x04", zlib.compress(b"x" * 999)])
def test_what_is_no_pdf_is_refused(data: bytes) -> None:
    with pytest.raises(PdfRefused, match="pdf_unreadable"):
        check_pdf(data, [])


def test_a_truncated_pdf_is_refused_or_lacks_its_seal(sealed: bytes, authority: Authority) -> None:
    for part in (0.2, 0.5, 0.9, 0.999):
        cut = sealed[: int(len(sealed) * part)]
        try:
            found = check_pdf(cut, [authority.root_pem])
        except PdfRefused:
            continue
        assert not any(each.good for each in found)
