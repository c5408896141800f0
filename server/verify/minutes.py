"""Step 13 of the audit: signed minutes against the log they carry."""

from collections.abc import Sequence

from crypto import pades
from crypto.encoding import digest_hex
from crypto.errors import CryptoError
from crypto.pades import PdfRefused, SignatureFinding
from rooms.audit import Report, read_log
from rooms.record import ARCHIVE_FIELD
from server.minutes import INPUTS, VERSION, InputsUnreadable
from server.verify import signatures
from server.verify.heads import HEAD
from server.verify.kinds import OPENING, AnyLog, Kind, kind_of

ABOUT = "minutes.pdf"


def check_attached(data: bytes, report: Report) -> tuple[Kind, AnyLog] | None:
    """The log inside the PDF with its kind, read and replayed (steps 2 and 4 on it)."""
    try:
        attached = pades.attached_log(data)
    except PdfRefused as refusal:
        report.found(13, "no_attached_log", ABOUT, reason=refusal.code)
        return None
    kind = kind_of(attached)
    return kind, read_log(attached, kind.events, kind.start, kind.evolve, report, ABOUT)


def attached_head(data: bytes) -> str:
    """The signed head inside the PDF; empty where there is none."""
    try:
        return pades.attached(data, HEAD).decode("utf-8", "replace")
    except CryptoError:
        return ""


def check_signatures(
    data: bytes, roots: Sequence[bytes], report: Report, about: str = ABOUT
) -> Sequence[SignatureFinding]:
    """What `signatures.check` says of them, as step 13. Answers them."""
    return signatures.check(data, roots, report, about, 13)


def check_places(
    found: Sequence[SignatureFinding], log: AnyLog, report: Report, kind: Kind = OPENING
) -> None:
    """People signed where the log inside prepared a place for them, in their own names."""
    named = kind.places(log.state)
    for each in found:
        if each.kind != "signature":
            continue
        if each.field not in named:
            report.found(13, "signature_without_place", each.field, signer=each.signer)
        elif each.signer != named[each.field]:
            report.found(13, "signature_of_another", each.field, signer=each.signer)


def check_revisions(
    data: bytes, found: Sequence[SignatureFinding], log: AnyLog, report: Report
) -> None:
    """Each revision that the archive's log names is a beginning of the file, and each signature is
    one that the log names, by the certificate it names."""
    state = log.state
    for each in state.revisions:
        if digest_hex(data[: each.size]) != each.sha256:
            report.found(13, "revision_differs", each.field, size=each.size)
    noted = {each.field: each for each in state.revisions}
    for signature in found:
        revision = noted.pop(signature.field, None)
        if revision is None:
            report.found(13, "signature_not_in_log", signature.field, signer=signature.signer)
        elif revision.person is not None and revision.certificate != signature.certificate:
            report.found(13, "signature_certificate", signature.field, signer=signature.signer)
    for field in noted:
        report.found(13, "signature_missing", field)
    if state.revisions and state.revisions[-1].field == ARCHIVE_FIELD:
        report.proved(13, "minutes_preserved", revisions=len(state.revisions))


def check_rendering(data: bytes, log: AnyLog, report: Report, kind: Kind = OPENING) -> None:
    """The minutes are the ones that the attached log gives, byte for byte, up to the first seal."""
    try:
        inputs = kind.inputs(pades.attached(data, INPUTS))
        if inputs.version != VERSION:
            report.proved(13, "rendering_of_another_version", version=inputs.version)
            return
        drawn = kind.draw(log.entries, inputs, signatures.fonts())
    except (CryptoError, InputsUnreadable) as problem:
        report.found(13, "rendering_differs", ABOUT, reason=problem)
        return
    except (ValueError, LookupError, TypeError) as problem:
        # A log that broke off, or one that tells of no room, gives no minutes.
        report.found(13, "rendering_differs", ABOUT, reason=type(problem).__name__)
        return
    if not data.startswith(drawn):
        report.found(13, "rendering_differs", ABOUT, reason="bytes")
        return
    report.proved(13, "rendering_same")
