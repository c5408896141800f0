"""Step 3 of the audit: the signed heads of an archive."""

from collections.abc import Sequence

from rooms.archive import Container
from rooms.audit import Report, Site, check_head

HEAD = "head.txt"


def check_whole(
    container: Container, site: Site, origin: str, lines: Sequence[bytes], report: Report
) -> None:
    """The final head covers the whole log."""
    covered = check_head(text(container, HEAD), site, origin, lines, report, HEAD)
    if covered is not None and covered != len(lines):
        report.found(3, "entries_beyond_head", "log.jsonl", head=covered, entries=len(lines))


def text(container: Container, name: str) -> str:
    """A member as text; empty where there is none."""
    if name not in container.members:
        return ""
    return container.bytes(name).decode("utf-8", "replace")
