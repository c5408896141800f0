"""A session's archive in memory: its papers drawn and sealed by a site of its own."""

import hashlib
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crypto.encoding import jcs, parse_json
from crypto.merkle import leaf_hash, tree_hash
from rooms import archive
from rooms.audit import Report
from rooms.counter import commands as c
from rooms.counter.masking import shown
from rooms.counter.notices import Beside, Notice, notices
from rooms.counter.wire import EVENTS
from rooms.ids import Digest
from rooms.log import to_bytes
from server.clock import utc_now
from server.counter.minutes import SessionInputs, draw, draw_notice
from server.site import Site
from server.verify import check
from server.work.archive import text_member
from server.work.sealing import Sealer
from tests.rooms.counter.window import NAMES, ROOM, Window

Members = dict[str, bytes]


@dataclass
class Office:
    """A site that makes papers of sessions."""

    folder: Path
    site: Site = field(init=False)
    sealer: Sealer = field(init=False)

    def __post_init__(self) -> None:
        self.site = Site.open("gov.example", self.folder, b"correct horse", "", utc_now)
        self.sealer = Sealer(self.site, utc_now)

    @property
    def root(self) -> bytes:
        return self.site.authority.root_pem

    def head(self, window: Window) -> str:
        leaves = [leaf_hash(to_bytes(entry, EVENTS)) for entry in window.entries]
        return self.site.sign_head(ROOM, len(leaves), tree_hash(leaves))

    def inputs(self, window: Window) -> SessionInputs:
        return SessionInputs(
            room=ROOM,
            head=self.head(window),
            issuer=self.sealer.issuer,
            verify_url="",
            verify_hint="",
            masked=shown(window.entries, window.people),
            names=NAMES,
            certificates=self.sealer.certificates,
            strokes={
                Digest(Path(name).stem): data.decode()
                for name, data in window.files.items()
                if name.startswith("signatures/")
            },
        )

    def minutes(self, window: Window) -> bytes:
        """The sealed minutes, not yet in the log."""
        return self.sealer.seal(draw(window.entries, self.inputs(window), self.sealer.fonts))

    def notices(self, window: Window) -> tuple[Notice, ...]:
        applicant = shown(window.entries, window.people)[window.state.matter.applicant]
        beside = Beside(ROOM, self.sealer.issuer, "", applicant, NAMES)
        return notices(window.entries, beside)

    def notice(self, notice: Notice) -> bytes:
        return self.sealer.seal(draw_notice(notice, self.sealer.fonts))

    def finish(self, window: Window) -> Members:
        """Makes the minutes, notes them, and answers the members of the archive."""
        pdf = self.minutes(window)
        digest = Digest(hashlib.sha256(pdf).hexdigest())
        window.order(c.NoteRecord(digest, len(pdf), len(window.entries)))
        made = {f"notices/{each.name}.pdf": self.notice(each) for each in self.notices(window)}
        return {
            "log.jsonl": b"".join(to_bytes(entry, EVENTS) + b"\n" for entry in window.entries),
            "head.txt": self.head(window).encode(),
            "site.json": jcs(dict(self.site.anchors())),
            "people.json": jcs({str(k): dict(v) for k, v in window.people.items()}),
            **dict(sorted(window.files.items())),
            **made,
            "minutes.pdf": pdf,
            "root.pem": self.root,
        }

    def rewritten(
        self, members: Members, change: Callable[[list[dict[str, Any]]], None]
    ) -> Members:
        """The archive of a platform that wrote its log anew and signed it."""
        entries: list[dict[str, Any]] = [
            parse_json(line)  # type: ignore[misc]  # an entry
            for line in members["log.jsonl"].splitlines()
        ]
        change(entries)
        for number, entry in enumerate(entries, 1):
            entry["seq"] = number
        lines = [jcs(entry) for entry in entries]
        root = tree_hash([leaf_hash(line) for line in lines])
        return {
            **members,
            "log.jsonl": b"".join(line + b"\n" for line in lines),
            "head.txt": self.site.sign_head(ROOM, len(lines), root).encode(),
        }


def packed(members: Mapping[str, bytes]) -> bytes:
    """An archive of these members, its digests made anew: what an attacker would pass on."""
    out = io.BytesIO()
    archive.write(out, [text_member(name, raw) for name, raw in members.items()])
    return out.getvalue()


def checked(members: Mapping[str, bytes], *roots: bytes) -> Report:
    """What the audit says of an archive of these members."""
    return check.check(io.BytesIO(packed(members)), roots)


def codes(report: Report) -> set[str]:
    """The codes of everything that was found."""
    return {each.code for each in report.findings}


def facts(report: Report, code: str) -> dict[str, str]:
    """The numbers of a fact."""
    return next(dict(each.params) for each in report.facts if each.code == code)
