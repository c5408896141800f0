"""What the log names by digest: pages of materials and screenshots, signatures, personal data
(audit steps 15 to 17)."""

from collections.abc import Mapping
from typing import Any

from crypto.encoding import digest_hex, jcs, parse_json
from crypto.errors import CryptoError
from rooms.archive import SUMS, Container
from rooms.audit import Replayed, Report
from rooms.counter import events as e
from rooms.counter.events import Event
from rooms.counter.state import State
from rooms.ids import Digest
from rooms.refusals import Refused
from rooms.strokes import from_svg

ALWAYS = (
    SUMS,
    "log.jsonl",
    "head.txt",
    "site.json",
    "people.json",
    "minutes.pdf",
    "root.pem",
)

Log = Replayed[Event, State]
People = Mapping[Digest, Mapping[str, Any]]


def page_file(digest: Digest) -> str:
    """Where a page's bytes are, in an archive and among a room's files."""
    return f"materials/{digest}"


def signature_file(digest: Digest) -> str:
    """Where a signature's strokes are."""
    return f"signatures/{digest}.svg"


def notice_file(name: str) -> str:
    """Where a notice is."""
    return f"notices/{name}.pdf"


def pages(log: Log) -> dict[Digest, int]:
    """Digest and size of every page and screenshot the log names, those removed included."""
    return {each.sha256: each.size for each in log.state.pictures()}


def signatures(log: Log) -> list[Digest]:
    """The digest of every signature the log names, those taken back included."""
    found = (each.event.strokes for each in log.entries if isinstance(each.event, e.FormSigned))
    return list(dict.fromkeys(found))


def personal(log: Log) -> list[Digest]:
    """Every salted digest of personal data in the log."""
    found: list[Digest | None] = []
    for entry in log.entries:
        match entry.event:
            case e.SessionBooked(matter=matter) | e.TicketIssued(matter=matter):
                if matter is not None:
                    found.append(matter.applicant)
                    found.append(matter.agent.authority if matter.agent else None)
            case e.FieldFilled(value=digest):
                found.append(digest)
            case e.IdentityCaptured(document=digest):
                found.append(digest)
            case e.SessionRated(words=digest):
                found.append(digest)
            case _:
                pass
    return list(dict.fromkeys(each for each in found if each is not None))


def check_people(log: Log, container: Container, report: Report) -> People:
    """Step 17: personal data still kept have the digests that the log names. What was erased is
    counted and no finding; what the log says was erased and is there is one. Answers what is
    kept."""
    try:
        read: Any = parse_json(container.bytes("people.json"), most=256 << 20)
    except (KeyError, CryptoError):
        read = None
    if not isinstance(read, dict):
        report.found(17, "unreadable", "people.json")
        return {}
    named = personal(log)
    for digest, payload in read.items():
        if digest_hex(jcs(payload)) != digest or not isinstance(payload, dict):
            report.found(17, "person_differs", "people.json", digest=digest)
        elif digest not in named:
            report.found(17, "person_not_in_log", "people.json", digest=digest)
    kept = sum(digest in read for digest in named)
    report.proved(17, "personal_match", kept=kept, erased=len(named) - kept)
    if log.state.erased and kept:
        report.found(17, "person_not_erased", "people.json", kept=kept)
    return {Digest(digest): each for digest, each in read.items() if isinstance(each, dict)}


def check_pages(log: Log, container: Container, people: People, report: Report) -> None:
    """Step 15: every page has the bytes that the log names. Pages go with the applicant's personal
    data: where those are erased, a missing page is erased too."""
    wanted = pages(log)
    kept = 0
    for digest, size in wanted.items():
        name = page_file(digest)
        if name not in container.members:
            if not erased(log, people):
                report.found(15, "file_missing", name)
            continue
        if container.digests[name] != digest or container.members[name].size != size:
            report.found(15, "material_differs", name)
            continue
        kept += 1
    report.proved(15, "materials_match", kept=kept, erased=len(wanted) - kept)


def check_signatures(log: Log, container: Container, people: People, report: Report) -> None:
    """Step 16: every signature's strokes have the digest that the log names, and are strokes. That
    a signature is over all confirmed fields was computed in step 4."""
    wanted = signatures(log)
    kept = 0
    for digest in wanted:
        name = signature_file(digest)
        if name not in container.members:
            if not erased(log, people):
                report.found(16, "file_missing", name)
            continue
        data = container.bytes(name)
        try:
            from_svg(data)
        except Refused:
            report.found(16, "strokes_unreadable", name)
            continue
        if digest_hex(data) != digest:
            report.found(16, "strokes_differ", name)
            continue
        kept += 1
    report.proved(16, "signatures_bind", kept=kept, erased=len(wanted) - kept)


def check_members(log: Log, container: Container, notices: set[str], report: Report) -> None:
    """Step 15, last part: there is no file that the log knows nothing of."""
    known = {*ALWAYS, *map(notice_file, notices)}
    known |= {page_file(digest) for digest in pages(log)}
    known |= {signature_file(digest) for digest in signatures(log)}
    for name in container.members:
        if name not in known:
            report.found(15, "file_not_in_log", name)


def erased(log: Log, people: People) -> bool:
    """Whether the applicant's personal data are not kept any more."""
    return log.state.about is not None and log.state.matter.applicant not in people
