"""Runs the audit (docs/formats/audit.md) on a file: an archive of either kind of room, or signed
minutes, a notice or a receipt by themselves."""

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from crypto.encoding import b64u
from crypto.errors import CryptoError
from crypto.pades import certificate
from rooms import archive
from rooms.audit import Report, check_container, read_log, read_site
from server.verify import minutes, receipt, recordings, sessions
from server.verify.heads import HEAD, text
from server.verify.kinds import AnyLog, Kind, kind_of

LARGEST_PDF = 256 << 20


class NotCheckable(Exception):
    """The file is neither an archive nor a PDF: exit code 2."""


def check_file(
    path: Path,
    roots: Sequence[bytes] = (),
    fallback: Sequence[bytes] = (),
    folder: Path | None = None,
) -> Report:
    """The audit of a file, and of the recordings in `folder`. `roots` are certificates (PEM) the
    reader trusts; without any, the one that an archive names is taken and shown for comparison.
    Minutes by themselves name none: they are held to `fallback`.

    Raises NotCheckable, OSError.
    """
    with path.open("rb") as file:
        return check(file, roots, fallback, folder)


def check(
    file: BinaryIO,
    roots: Sequence[bytes] = (),
    fallback: Sequence[bytes] = (),
    folder: Path | None = None,
) -> Report:
    """The same for an open, seekable file."""
    start = file.read(4)
    file.seek(0)
    if start == b"%PDF":
        return _check_pdf(file.read(LARGEST_PDF), roots or fallback, folder)
    return _check_archive(file, roots, folder)


def _check_pdf(data: bytes, roots: Sequence[bytes], folder: Path | None) -> Report:
    report = Report()
    if (kept := receipt.attached(data)) is not None:
        receipt.check(kept, roots, report)
        minutes.check_signatures(data, roots, report, "receipt.pdf")
        return report
    if (notice := sessions.attached(data)) is not None:
        sessions.check_notice(data, notice, roots, report, "notice.pdf")
        return report
    attached = minutes.check_attached(data, report)
    found = minutes.check_signatures(data, roots, report)
    if attached is not None:
        kind, log = attached
        minutes.check_places(found, log, report, kind)
        minutes.check_rendering(data, log, report, kind)
        if folder is not None:
            recordings.check(log, folder, report, minutes.attached_head(data))
    return report


def _check_archive(file: BinaryIO, roots: Sequence[bytes], folder: Path | None) -> Report:
    report = Report()
    container = archive.read(file)
    if not {archive.SUMS, "log.jsonl"} & set(container.members):
        raise NotCheckable
    check_container(container, report)
    site = read_site(container, report)
    if site is None:
        return report
    if "log.jsonl" not in container.members:
        report.found(2, "file_missing", "log.jsonl")
        return report
    root = site.root.encode()
    if roots and not _among(root, roots):
        report.found(1, "root_differs", "site.json")
    trusted = list(roots) or [root]
    report.proved(1, "site", site=site.name, log_key=b64u(site.log_key))

    data = container.bytes("log.jsonl")
    kind = kind_of(data)
    log = read_log(data, kind.events, kind.start, kind.evolve, report, look=kind.look)
    if not kind.audit(container, log, site, trusted, report):
        return report
    _check_minutes(container, kind, log, trusted, report)
    if folder is not None:
        recordings.check(log, folder, report, text(container, HEAD))
    return report


def _among(root: bytes, trusted: Sequence[bytes]) -> bool:
    try:
        return certificate(root).dump() in [certificate(each).dump() for each in trusted]
    except CryptoError:
        return False


def _check_minutes(
    container: archive.Container, kind: Kind, log: AnyLog, roots: Sequence[bytes], report: Report
) -> None:
    if "minutes.pdf" not in container.members:
        if log.state.record is not None:
            report.found(13, "file_missing", "minutes.pdf")
        return
    data = container.bytes("minutes.pdf")
    if log.state.record != container.digests["minutes.pdf"]:
        report.found(13, "minutes_digest", "minutes.pdf")
    attached = minutes.check_attached(data, report)
    found = minutes.check_signatures(data, roots, report)
    minutes.check_revisions(data, found, log, report)
    if attached is None:
        return
    inner, told = attached
    minutes.check_places(found, told, report, inner)
    if told.lines != log.lines[: len(told.lines)]:
        report.found(13, "minutes_of_another_log", "minutes.pdf")
    minutes.check_rendering(data, told, report, inner)
