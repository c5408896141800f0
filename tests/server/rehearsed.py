"""Whole openings, played once for many tests: what they left, and the keys of their site."""

import asyncio
import io
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from crypto.checkpoint import Checkpoint, LogKey, sign_checkpoint
from crypto.encoding import jcs, parse_json
from crypto.merkle import leaf_hash, tree_hash
from rooms import archive
from rooms.audit import Report
from rooms.log import from_bytes
from rooms.opening.derived import derived
from rooms.opening.wire import EVENTS
from server.client.api import Api
from server.rehearse import plan
from server.rehearse.cast import gather
from server.rehearse.run import Rehearsal
from server.store.keys import SiteKeys
from server.verify import check
from tests.server.site import serving

Members = dict[str, bytes]


@dataclass(frozen=True)
class Opening:
    """What an opening left in `folder`, and the keys its site signed with."""

    folder: Path
    room: str
    keys: SiteKeys

    @property
    def archive(self) -> Path:
        return self.folder / "archive.zip"

    @cached_property
    def members(self) -> Members:
        """The archive's members without its list of digests."""
        with self.archive.open("rb") as file:
            container = archive.read(file)
            return {n: container.bytes(n) for n in container.members if n != archive.SUMS}

    @property
    def entries(self) -> list[dict[str, Any]]:
        """The log as JSON, to be changed at will."""
        return [parse_json(line) for line in self.members["log.jsonl"].splitlines()]  # type: ignore[misc]

    @property
    def bids(self) -> list[str]:
        """The ids of the bids that count."""
        closed = next(e for e in self.entries if e["event"]["type"] == "BiddingClosed")
        return [each["bid"] for each in closed["event"]["bids"]]

    def rewritten(self, entries: list[dict[str, Any]], key: LogKey | None = None) -> Members:
        """The archive of a platform that wrote its log anew: numbered on, copies made to fit, and
        both heads signed, with the site's own key unless another is given."""
        for number, entry in enumerate(entries, 1):
            entry["seq"] = number
        lines = [jcs(entry) for entry in entries]
        copies = derived([from_bytes(line, EVENTS) for line in lines])
        folders = ("manifests/", "acceptances/", "headers/", "releases/", "keys/")
        kept = {n: raw for n, raw in self.members.items() if not n.startswith(folders)}
        closing = [e["event"]["type"] for e in entries].index("BiddingClosed") + 1
        heads = {"head.txt": len(lines), "closing.txt": closing}
        origin = self.members["head.txt"].decode().split("\n")[0]
        signed = {
            name: sign_checkpoint(
                Checkpoint(origin, size, tree_hash([leaf_hash(line) for line in lines[:size]])),
                name=origin.partition("/")[0],
                key=key or self.keys.log,
            ).encode()
            for name, size in heads.items()
        }
        return {
            **kept,
            **copies,
            **signed,
            "log.jsonl": b"".join(line + b"\n" for line in lines),
        }


def packed(members: Members) -> bytes:
    """An archive of these members, its digests made anew: what an attacker would pass on."""
    out = io.BytesIO()
    archive.write(
        out,
        [archive.Source(name, lambda raw=raw: io.BytesIO(raw)) for name, raw in members.items()],
    )
    return out.getvalue()


def checked(data: bytes, *roots: bytes) -> Report:
    """What the audit says of a file."""
    return check.check(io.BytesIO(data), roots)


def codes(report: Report) -> set[str]:
    """The codes of everything that was found."""
    return {each.code for each in report.findings}


def found(report: Report) -> set[tuple[str, str]]:
    """What was found, and about what."""
    return {(each.code, each.about) for each in report.findings}


def play(folder: Path) -> tuple[Opening, Opening]:
    """Two openings of one site: four bidders and two of three trustees, and a small one."""
    return asyncio.run(_play(folder))


async def _play(folder: Path) -> tuple[Opening, Opening]:
    async with serving(folder / "data") as server, AsyncExitStack() as stack:
        admin = await stack.enter_async_context(Api(server.url))
        await admin.login("admin", server.admin_password())

        async def opening(name: str, bids: int, threshold: int, trustees: int) -> Opening:
            cast = await gather(
                stack,
                admin,
                bidders=[plan.bidder(number) for number in range(1, bids + 1)],
                trustees=trustees,
                mark=name,
                told=lambda *_: None,
            )
            out = folder / name
            await asyncio.to_thread(out.mkdir)
            rehearsal = Rehearsal(
                cast, out, threshold, lead=10.0, told=lambda *_: None, more={"rehearsal": True}
            )
            await rehearsal.run()
            return Opening(out, rehearsal.room, server.parts.site.keys)

        return await opening("main", 4, 2, 3), await opening("other", 3, 1, 1)
