"""Step 13 of the audit: signed minutes against the log they carry."""

from collections.abc import Sequence
from functools import cache

from crypto import pades
from crypto.errors import CryptoError
from crypto.pades import PdfRefused
from rooms.audit import Report, read_log
from rooms.opening.audit.signed import Log
from rooms.opening.evolve import evolve
from rooms.opening.state import START
from rooms.opening.wire import EVENTS
from server.documents.fonts import Fonts
from server.minutes import INPUTS, VERSION, Inputs, InputsUnreadable, draw

ABOUT = "minutes.pdf"


def check_attached(data: bytes, report: Report) -> Log | None:
    """The log inside the PDF, read and replayed (steps 2 and 4 on it)."""
    try:
        attached = pades.attached_log(data)
    except PdfRefused as refusal:
        report.found(13, "no_attached_log", ABOUT, reason=refusal.code)
        return None
    return read_log(attached, EVENTS, START, evolve, report, ABOUT)


def check_signatures(
    data: bytes, roots: Sequence[bytes], report: Report, about: str = ABOUT
) -> None:
    """Every signature is intact, trusted and stamped, and the last covers the whole file."""
    try:
        found = pades.check_pdf(data, roots)
    except CryptoError as refusal:
        report.found(13, "pdf_unreadable", about, reason=refusal.code)
        return
    if not found:
        report.found(13, "not_signed", about)
        return
    for each in found:
        for problem in each.problems:
            if problem in ("untrusted", "no_timestamp") and not roots:
                continue
            report.found(13, f"signature_{problem}", each.field, signer=each.signer)
        if each.good:
            report.proved(
                13, "signature_good", signer=each.signer, at=each.signed_at, field=each.field
            )
    if not found[-1].covers_file:
        report.found(13, "signature_bytes_added", about)
    if not roots:
        report.proved(13, "root_not_given", certificate=found[0].certificate)


def check_rendering(data: bytes, log: Log, report: Report) -> None:
    """The minutes are the ones that the attached log gives, byte for byte, up to the first seal."""
    try:
        inputs = Inputs.parse(pades.attached(data, INPUTS))
        if inputs.version != VERSION:
            report.proved(13, "rendering_of_another_version", version=inputs.version)
            return
        drawn = draw(log.entries, inputs, _fonts())
    except (CryptoError, InputsUnreadable) as problem:
        report.found(13, "rendering_differs", ABOUT, reason=problem)
        return
    except (ValueError, LookupError, TypeError) as problem:
        # A log that broke off, or one that tells of no opening, gives no minutes.
        report.found(13, "rendering_differs", ABOUT, reason=type(problem).__name__)
        return
    if not data.startswith(drawn):
        report.found(13, "rendering_differs", ABOUT, reason="bytes")
        return
    report.proved(13, "rendering_same")


@cache
def _fonts() -> Fonts:
    return Fonts.load()
