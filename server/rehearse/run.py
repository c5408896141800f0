"""Plays every part of an opening against a server, as fast as its windows allow."""

import asyncio
import secrets
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from crypto.encoding import Json, b64u
from rooms.ids import PersonId
from rooms.opening.drawing import SEED, commitment
from rooms.opening.phases import Phase
from server.client.api import Api
from server.client.bidder import Bidder
from server.client.trustee import Trustee
from server.rehearse import plan, tender
from server.rehearse.cast import Cast, Member, Told, each

POLL = 0.1
PATIENCE = 600.0
"""Seconds to wait for the server's own work before the rehearsal is given up."""


class RehearsalFailed(Exception):
    """The server did not come to where the rehearsal expected it."""


@dataclass(slots=True)
class Rehearsal:
    """A whole opening with this cast, where `threshold` trustees are enough; results in `out`.

    `lead` is the time in seconds between publication and deadline, `more` stands in the terms in
    place of the plan's.
    """

    cast: Cast
    out: Path
    threshold: int
    lead: float
    told: Told
    files: Sequence[Path] = ()
    more: Mapping[str, Json] = field(default_factory=dict)
    room: str = ""

    async def run(self) -> None:
        """The whole opening. Raises ApiRefused, CryptoError, RehearsalFailed, OSError."""
        host, supervisor = self.cast.host.api, self.cast.supervisor.api
        trustees = tender.trustees_of(self.cast)
        await self._publish(trustees)
        bidders = await each("sealed", enumerate(self.cast.bidders, 1), self._hand_in, self.told)
        await self._until(host, Phase.CLOSED)
        await self._open(host, trustees)
        await self._draw()
        await self._announce(host, bidders)
        await self._sign(host, supervisor)
        await self._collect(supervisor, bidders)

    async def _publish(self, trustees: Sequence[Trustee]) -> None:
        terms = plan.terms(
            deadline=tender.now() + timedelta(seconds=self.lead),
            threshold=self.threshold,
            seats=self.cast.seats(),
            more=self.more,
        )
        self.room = await tender.publish(self.cast.host, trustees, terms)
        self.told("published", 1, 1)

    async def _hand_in(self, numbered: tuple[int, Member]) -> Bidder:
        number, member = numbered
        made = self.out / "files" / str(number)
        files = await asyncio.to_thread(plan.files_of, number, made, self.files)
        folder = self.out / "work" / str(number)
        return await tender.hand_in(self.room, member, number, folder, files)

    async def _open(self, host: Api, trustees: Sequence[Trustee]) -> None:
        await host.command(self.room, "StartOpening", recording="彩排，不录制")
        await host.command(self.room, "PublishRoll")
        bids = len(self.cast.bidders)
        if bids < 3:
            await host.command(self.room, "ContinueOpening", reason="彩排")
        await host.command(self.room, "StartDecryption", envelope="a")
        for done, trustee in enumerate(trustees, 1):
            await trustee.release_when_open("a")
            self.told("released", done, len(trustees))
        while True:
            events = await self._events(host)
            final = sum(event["type"] in ("BidOpened", "BidVoid") for event in events)
            self.told("opened", final, bids)
            if final >= bids:
                return
            await asyncio.sleep(POLL)

    async def _draw(self) -> None:
        """Host and supervisor draw the parameter; their seeds are shown in the minutes."""
        await self.cast.host.api.command(self.room, "ImportBids")
        drawing = [
            (each, secrets.token_bytes(SEED)) for each in (self.cast.host, self.cast.supervisor)
        ]
        for member, seed in drawing:
            promise = commitment(PersonId(member.person), seed)
            await member.api.command(self.room, "CommitSeed", commitment=promise)
        for member, seed in drawing:
            await member.api.command(self.room, "RevealSeed", seed=b64u(seed))
        await self.cast.host.api.command(self.room, "DrawParameter")

    async def _announce(self, host: Api, bidders: Sequence[Bidder]) -> None:
        for command in ("StartAnnouncing", "AnnounceBids", "StartConfirmation"):
            await host.command(self.room, command)
        rows = {
            event["bid"]: event["row"]
            for event in await self._events(host)
            if event["type"] == "BidAnnounced"
        }

        async def confirm(bidder: Bidder) -> None:
            if bidder.sealed is not None and bidder.sealed.header.bid in rows:
                await bidder.confirm(rows[bidder.sealed.header.bid])

        await each("confirmed", bidders, confirm, self.told)

    async def _sign(self, host: Api, supervisor: Api) -> None:
        await host.command(self.room, "StartSigning")
        content = next(
            event["content"]
            for event in reversed(await self._events(host))
            if event["type"] == "SigningStarted"
        )
        for api in (host, supervisor):
            await api.command(self.room, "SignRecord", content=content)
        await host.command(self.room, "EndOpening")
        await self._until(host, Phase.PUBLISHED)
        self.told("minutes", 1, 1)

    async def _collect(self, supervisor: Api, bidders: Sequence[Bidder]) -> None:
        """Leaves the results: minutes, archive, root, and per bid its file, key and receipt."""
        path = f"/api/openings/{self.room}"
        site = await supervisor.get("/api/site")
        for name, data in (
            ("minutes.pdf", await supervisor.fetch(f"{path}/minutes.pdf")),
            ("root.pem", str(site["root"]).encode()),
        ):
            (self.out / name).write_bytes(data)
        await supervisor.download(f"{path}/archive.zip", self.out / "archive.zip")
        await asyncio.to_thread(self._lay_out, bidders)
        self.told("collected", 1, 1)

    def _lay_out(self, bidders: Sequence[Bidder]) -> None:
        for folder in ("bids", "keys", "receipts"):
            (self.out / folder).mkdir(exist_ok=True)
        with zipfile.ZipFile(self.out / "archive.zip") as archive:
            for bidder in bidders:
                assert bidder.sealed is not None
                bid = bidder.sealed.header.bid
                bidder.age("a").replace(self.out / "bids" / f"{bidder.number}.age")
                for name, to in (
                    (f"keys/{bid}-a.key", f"keys/{bidder.number}.key"),
                    (f"receipts/{bid}.json", f"receipts/{bidder.number}.json"),
                ):
                    (self.out / to).write_bytes(archive.read(name))
        shutil.rmtree(self.out / "work")

    async def _events(self, api: Api) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            after = len(found)
            page = await api.get(f"/api/openings/{self.room}/entries?after={after}&limit=5000")
            if not page["entries"]:
                return found
            found += [entry["event"] for entry in page["entries"]]

    async def _until(self, api: Api, phase: Phase) -> None:
        end = asyncio.get_running_loop().time() + PATIENCE
        while asyncio.get_running_loop().time() < end:
            detail = await api.get(f"/api/openings/{self.room}")
            if detail["phase"] == phase.value:
                return
            await asyncio.sleep(POLL)
        raise RehearsalFailed(f"the opening did not come to {phase.value}")
