"""Runs the audit (docs/formats/audit.md) on a file: an archive, or signed minutes or a receipt by
themselves."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from crypto.encoding import b64u
from crypto.errors import CryptoError
from crypto.pades import TokenRefused, certificate, verify_token
from rooms import archive
from rooms.audit import Report, Site, check_container, check_head, read_log, read_site
from rooms.opening.audit import opened, signed
from rooms.opening.audit.events import check_event
from rooms.opening.evolve import evolve
from rooms.opening.state import START
from rooms.opening.wire import EVENTS
from server.verify import minutes, receipt, recordings

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
    log = minutes.check_attached(data, report)
    found = minutes.check_signatures(data, roots, report)
    if log is not None:
        minutes.check_places(found, log, report)
        minutes.check_rendering(data, log, report)
        if folder is not None:
            recordings.check(log, folder, report)
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

    log = read_log(container.bytes("log.jsonl"), EVENTS, START, evolve, report, look=check_event)
    covered = _check_heads(container, log, site, report)
    if not log.state.published:
        report.found(5, "never_published", "log.jsonl")
        return report
    signed.check_manifests(log, site, report)
    signed.check_copies(log, container, report)
    signed.check_submissions(log, report)
    signed.check_receipts(log, container, site, _token_time(trusted), report)
    opened.check_closing(log, covered, report)
    releases = opened.check_releases(log, _text(container, "closing.txt"), report)
    opened.check_bids(log, container, releases, report)
    signed.check_people(log, container, report)
    signed.check_documents(log, container, report)
    _check_minutes(container, log, trusted, report)
    if folder is not None:
        recordings.check(log, folder, report)
    return report


def _among(root: bytes, trusted: Sequence[bytes]) -> bool:
    try:
        return certificate(root).dump() in [certificate(each).dump() for each in trusted]
    except CryptoError:
        return False


def _check_heads(
    container: archive.Container, log: signed.Log, site: Site, report: Report
) -> int | None:
    """Step 3: the final head covers the whole log; the closing head's coverage is answered."""
    origin = log.state.current.manifest.log.origin if log.state.published else ""
    whole = check_head(_text(container, "head.txt"), site, origin, log.lines, report, "head.txt")
    if whole is not None and whole != len(log.lines):
        report.found(3, "entries_beyond_head", "log.jsonl", head=whole, entries=len(log.lines))
    if "closing.txt" not in container.members:
        return None
    closing = _text(container, "closing.txt")
    return check_head(closing, site, origin, log.lines, report, "closing.txt")


def _check_minutes(
    container: archive.Container, log: signed.Log, roots: Sequence[bytes], report: Report
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
    minutes.check_places(found, attached, report)
    if attached.lines != log.lines[: len(attached.lines)]:
        report.found(13, "minutes_of_another_log", "minutes.pdf")
    minutes.check_rendering(data, attached, report)


def _token_time(roots: Sequence[bytes]) -> signed.TokenTime:
    def check(token: bytes, digest: bytes) -> datetime:
        try:
            return verify_token(token, digest, roots)
        except (TokenRefused, CryptoError) as refusal:
            raise ValueError(str(refusal)) from None

    return check


def _text(container: archive.Container, name: str) -> str:
    if name not in container.members:
        return ""
    return container.bytes(name).decode("utf-8", "replace")
