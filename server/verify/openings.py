"""Steps 3 and 5 to 12 of the audit on the archive of an opening."""

from collections.abc import Sequence
from datetime import datetime

from crypto.errors import CryptoError
from crypto.pades import TokenRefused, verify_token
from rooms.archive import Container
from rooms.audit import Report, Site, check_head
from rooms.opening.audit import opened, signed
from server.verify.heads import check_whole, text


def check(
    container: Container, log: signed.Log, site: Site, roots: Sequence[bytes], report: Report
) -> bool:
    """What the log names and what people signed. False where the log is of no opening, so that
    nothing else can be checked either."""
    covered = _check_heads(container, log, site, report)
    if not log.state.published:
        report.found(5, "never_published", "log.jsonl")
        return False
    signed.check_manifests(log, site, report)
    signed.check_copies(log, container, report)
    signed.check_submissions(log, report)
    signed.check_receipts(log, container, site, _token_time(roots), report)
    opened.check_closing(log, covered, report)
    releases = opened.check_releases(log, text(container, "closing.txt"), report)
    opened.check_bids(log, container, releases, report)
    signed.check_people(log, container, report)
    signed.check_documents(log, container, report)
    return True


def _check_heads(container: Container, log: signed.Log, site: Site, report: Report) -> int | None:
    """Step 3: the final head covers the whole log; the closing head's coverage is answered."""
    origin = log.state.current.manifest.log.origin if log.state.published else ""
    check_whole(container, site, origin, log.lines, report)
    if "closing.txt" not in container.members:
        return None
    closing = text(container, "closing.txt")
    return check_head(closing, site, origin, log.lines, report, "closing.txt")


def _token_time(roots: Sequence[bytes]) -> signed.TokenTime:
    def check_token(token: bytes, digest: bytes) -> datetime:
        try:
            return verify_token(token, digest, roots)
        except (TokenRefused, CryptoError) as refusal:
            raise ValueError(str(refusal)) from None

    return check_token
