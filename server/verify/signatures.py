"""Signatures in a PDF by themselves: whole, trusted, the platform's first."""

from collections.abc import Sequence
from functools import cache

from crypto import pades
from crypto.errors import CryptoError
from crypto.pades import SignatureFinding
from rooms.audit import Report
from server.documents.fonts import Fonts


def check(
    data: bytes, roots: Sequence[bytes], report: Report, about: str, step: int
) -> Sequence[SignatureFinding]:
    """Every signature is intact, trusted and stamped, the first is the platform's, and the last
    covers the whole file. Answers them."""
    try:
        found = pades.check_pdf(data, roots)
    except CryptoError as refusal:
        report.found(step, "pdf_unreadable", about, reason=refusal.code)
        return ()
    if not found:
        report.found(step, "not_signed", about)
        return ()
    for each in found:
        for problem in each.problems:
            if problem in ("untrusted", "no_timestamp") and not roots:
                continue
            report.found(step, f"signature_{problem}", each.field, signer=each.signer)
        if each.good:
            report.proved(
                step, "signature_good", signer=each.signer, at=each.signed_at, field=each.field
            )
        if each.kind == "seal" and each.signer != each.organisation:
            # Only the platform has a certificate in the organisation's own name.
            report.found(step, "seal_of_another", each.field, signer=each.signer)
    if found[0].kind != "seal":
        report.found(step, "not_sealed", about)
    if not found[-1].covers_file:
        report.found(step, "signature_bytes_added", about)
    if not roots:
        report.proved(step, "root_not_given", certificate=found[0].certificate)
    return found


@cache
def fonts() -> Fonts:
    """The typeface that everything is drawn in."""
    return Fonts.load()
