"""The audit of a room's archive: numbered steps, what each proves, and what it found.

The steps are described in `docs/formats/audit.md`; code cites their numbers. A finding never stops
the audit: everything that can still be checked is checked.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from crypto.checkpoint import verify_checkpoint
from crypto.encoding import jcs, parse_json, unb64u
from crypto.errors import CryptoError
from crypto.merkle import leaf_hash, tree_hash
from rooms.archive import Container
from rooms.codec import Tagged
from rooms.log import Entry, from_bytes
from rooms.refusals import Refused
from rooms.texts import BEIJING

ANCHORS = {"site", "log_key", "platform_key", "root", "gate"}
"""The members of `site.json`."""

E = TypeVar("E")
S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be: the step that saw it, a code, and what it is about."""

    step: int
    code: str
    about: str
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """Something a step proved, with the numbers a reader wants."""

    step: int
    code: str
    params: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Report:
    """What an audit says. `ok` means that nothing was found."""

    findings: list[Finding] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.findings

    def found(self, step: int, code: str, about: str, **params: object) -> None:
        """Adds a finding."""
        self.findings.append(Finding(step, code, about, _texts(params)))

    def proved(self, step: int, code: str, **params: object) -> None:
        """Adds a fact."""
        self.facts.append(Fact(step, code, _texts(params)))


@dataclass(frozen=True, slots=True)
class Site:
    """The trust anchors an archive names; a reader compares them with what the site publishes."""

    name: str
    log_key: bytes
    platform_key: bytes
    root: str
    gate: bytes


@dataclass(frozen=True, slots=True)
class Replayed(Generic[E, S]):
    """A log that was read: its entries, their bytes, and the state after as many as were legal."""

    entries: tuple[Entry[E], ...]
    lines: tuple[bytes, ...]
    state: S


def check_container(container: Container, report: Report) -> None:
    """Step 1: the container is the one its members give, and they have the listed digests."""
    seen: set[tuple[str, str]] = set()
    for damage in container.damage:
        if (damage.code, damage.member) in seen:
            continue
        seen.add((damage.code, damage.member))
        where = {} if damage.offset is None else {"offset": damage.offset}
        report.found(1, damage.code, damage.member, **where)
    if not container.damage:
        report.proved(1, "container_whole", members=len(container.members))


def read_site(container: Container, report: Report) -> Site | None:
    """The trust anchors of `site.json`, which `root.pem` repeats (step 1)."""
    try:
        data = container.bytes("site.json")
        site = parse_json(data)
        if not isinstance(site, dict) or set(site) != ANCHORS or jcs(site) != data:
            raise ValueError("site.json")
        found = Site(
            name=str(site["site"]),
            log_key=unb64u(site["log_key"]),
            platform_key=unb64u(site["platform_key"]),
            root=str(site["root"]),
            gate=unb64u(site["gate"]),
        )
    except (KeyError, ValueError, CryptoError):
        report.found(1, "unreadable", "site.json")
        return None
    if "root.pem" not in container.members:
        report.found(1, "file_missing", "root.pem")
    elif container.bytes("root.pem") != found.root.encode():
        report.found(1, "root_pem_differs", "root.pem")
    return found


def read_log(
    data: bytes,
    events: Tagged[E],
    start: S,
    evolve: Callable[[S, E], S],
    report: Report,
    about: str = "log.jsonl",
    look: Callable[[S, Entry[E], Report, str], None] | None = None,
) -> Replayed[E, S]:
    """Steps 2 and 4: every line is a canonical entry, numbered on, not older than the one before
    it, and a legal move from the state before it. Reading stops where the log breaks.

    `look` sees each entry with the state before it.
    """
    lines = data.split(b"\n")
    if lines and not lines[-1]:
        lines.pop()
    entries: list[Entry[E]] = []
    state = start
    for number, line in enumerate(lines, 1):
        try:
            entry = from_bytes(line, events)
        except (Refused, CryptoError, ValueError):
            report.found(2, "entry_unreadable", about, entry=number)
            break
        if entry.seq != number:
            report.found(2, "entry_out_of_order", about, entry=number)
            break
        if entries and entry.at < entries[-1].at:
            report.found(2, "entry_goes_back_in_time", about, entry=number)
        if look is not None:
            look(state, entry, report, about)
        try:
            state = evolve(state, entry.event)
        except (ValueError, LookupError, TypeError, CryptoError, Refused):
            report.found(4, "illegal_move", about, entry=number, event=type(entry.event).__name__)
            break
        entries.append(entry)
    else:
        report.proved(2, "log_read", log=about, entries=len(entries))
        report.proved(4, "moves_legal", log=about)
    return Replayed(tuple(entries), tuple(lines), state)


def check_head(
    text: str, site: Site, origin: str, lines: Sequence[bytes], report: Report, about: str
) -> int | None:
    """Step 3: a head is signed by the site's log key and is the root of the log's first entries.

    Answers how many entries it covers, or None.
    """
    try:
        head = verify_checkpoint(text, site.name, site.log_key, origin)
    except CryptoError as error:
        report.found(3, "head_signature", about, reason=error.code)
        return None
    if head.size > len(lines):
        report.found(3, "head_beyond_log", about, size=head.size, entries=len(lines))
        return None
    if tree_hash([leaf_hash(line) for line in lines[: head.size]]) != head.root:
        report.found(3, "head_differs", about, size=head.size)
        return None
    report.proved(3, "head_matches", head=about, size=head.size)
    return head.size


def _texts(params: dict[str, object]) -> tuple[tuple[str, str], ...]:
    return tuple((name, _text(value)) for name, value in params.items())


def _text(value: object) -> str:
    """Instants as people here read them, everything else as it is."""
    if isinstance(value, datetime):
        return f"{value.astimezone(BEIJING):%Y-%m-%d %H:%M:%S} UTC+8"
    return str(value)
