"""The steps of the audit that are a session's own: its head, materials, signatures, personal data
and notices (docs/formats/sessions.md)."""

from collections.abc import Sequence
from dataclasses import replace

from crypto import pades
from crypto.errors import CryptoError
from rooms.archive import Container
from rooms.audit import Report, Site
from rooms.counter import masking
from rooms.counter.audit import files
from rooms.counter.audit.files import Log, People
from rooms.counter.notices import NAME, Beside, Notice, notices
from rooms.ids import RoomId
from rooms.refusals import Refused
from server.counter.minutes import SessionInputs, draw_notice
from server.minutes import INPUTS, InputsUnreadable
from server.verify import signatures
from server.verify.heads import HEAD, check_whole, text

STEP = 18


def check(
    container: Container, log: Log, site: Site, roots: Sequence[bytes], report: Report
) -> bool:
    """What the log of a session names. False where it tells of none."""
    room = _room(container, site)
    check_whole(container, site, f"{site.name}/sessions/{room}", log.lines, report)
    if log.state.about is None:
        report.found(4, "never_begun", "log.jsonl")
        return False
    people = files.check_people(log, container, report)
    files.check_pages(log, container, people, report)
    files.check_signatures(log, container, people, report)
    names = _check_notices(container, log, people, room, roots, report)
    files.check_members(log, container, names, report)
    _check_inputs(container, log, people, room, report)
    return True


def attached(data: bytes) -> bytes | None:
    """The notice that a PDF carries, or None when it carries none."""
    try:
        return pades.attached(data, NAME)
    except CryptoError:
        return None


def check_notice(
    data: bytes, inner: bytes, roots: Sequence[bytes], report: Report, about: str
) -> Notice | None:
    """Step 18 on one notice: it is sealed, and its page is the one that its `notice.json` gives."""
    signatures.check(data, roots, report, about, STEP)
    try:
        notice = Notice.parse(inner)
        drawn = draw_notice(notice, signatures.fonts())
    except (CryptoError, Refused, ValueError, LookupError, TypeError):
        report.found(STEP, "notice_unreadable", about)
        return None
    if notice.to_bytes() != inner or not data.startswith(drawn):
        report.found(STEP, "notice_differs", about)
        return None
    report.proved(
        STEP,
        "notice_good",
        kind=notice.kind.value,
        item=notice.item_name,
        session=notice.session,
        at=notice.at,
    )
    return notice


def _room(container: Container, site: Site) -> RoomId:
    """The session that the head names."""
    origin = text(container, HEAD).partition("\n")[0]
    return RoomId(origin.removeprefix(f"{site.name}/sessions/"))


def _check_notices(
    container: Container,
    log: Log,
    people: People,
    room: RoomId,
    roots: Sequence[bytes],
    report: Report,
) -> set[str]:
    """Step 18: there is a sealed notice for each outcome, completion and fee of the log, and it
    says what the log says. Answers their names."""
    told = masking.shown(log.entries, people)
    names: set[str] = set()
    good = 0
    for wanted in notices(log.entries, Beside(room, "", "", "", {})):
        names.add(wanted.name)
        about = files.notice_file(wanted.name)
        if about not in container.members:
            report.found(STEP, "notice_missing", about)
            continue
        data = container.bytes(about)
        inner = attached(data)
        if inner is None:
            report.found(STEP, "notice_unreadable", about)
            continue
        found = check_notice(data, inner, roots, report, about)
        if found is None:
            continue
        # What stands beside the log is the notice's own word, but for the applicant.
        applicant = told.get(log.state.matter.applicant, found.applicant)
        beside = replace(
            wanted,
            issuer=found.issuer,
            verify_url=found.verify_url,
            near=found.near,
            far=found.far,
            applicant=applicant,
        )
        if beside != found:
            report.found(STEP, "notice_differs_from_log", about, entry=wanted.entry)
            continue
        good += 1
    report.proved(STEP, "notices_good", notices=good)
    return names


def _check_inputs(
    container: Container, log: Log, people: People, room: RoomId, report: Report
) -> None:
    """Step 13, for sessions: the minutes are this session's, and what they show of personal data
    that are still kept is masked from those very data."""
    if "minutes.pdf" not in container.members:
        return
    try:
        inputs = SessionInputs.parse(pades.attached(container.bytes("minutes.pdf"), INPUTS))
    except (CryptoError, InputsUnreadable):
        return  # found by whoever draws them again
    if inputs.room != room:
        report.found(13, "minutes_of_another_log", "minutes.pdf")
    for digest, shown in masking.shown(log.entries, people).items():
        if digest in inputs.masked and inputs.masked[digest] != shown:
            report.found(13, "masked_differs", "minutes.pdf", digest=digest)
