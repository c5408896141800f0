"""Plays every part of an opening against a server, as fast as its windows allow."""

import asyncio
import secrets
import zipfile
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from crypto.keyfile import TrusteeKeys
from crypto.signing import SigningKey
from crypto.suite import KemKey
from rooms.opening.phases import Phase
from server.client.api import Api
from server.client.bidder import Bidder
from server.client.trustee import Trustee
from server.rehearse import plan
from server.rehearse.plan import Party

AT_ONCE = 8
"""Bidders that act at the same time."""
POLL = 0.1
PATIENCE = 600.0
"""Seconds to wait for the server's own work before the rehearsal is given up."""

Told = Callable[[str, int, int], None]
"""Told of each step: its name, done, total."""
T = TypeVar("T")


class RehearsalFailed(Exception):
    """The server did not come to where the rehearsal expected it."""


@dataclass(slots=True)
class Rehearsal:
    """A rehearsal with `bids` bidders and `threshold` of `trustees` trustees, results in `out`.

    `admin` is logged in as an administrator; `lead` is the time in seconds between publication and
    deadline.
    """

    admin: Api
    out: Path
    bids: int
    threshold: int
    trustees: int
    files: Sequence[Path]
    lead: float
    told: Told
    mark: str
    room: str = ""
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def run(self) -> None:
        """The whole opening. Raises ApiRefused, RehearsalFailed, OSError."""
        async with self._stack:
            host, supervisor, trustees, bidders = await self._people()
            await self._publish(host, supervisor, trustees)
            await self._each("sealed", bidders, self._hand_in)
            await self._until(host, Phase.CLOSED)
            await self._open(host, trustees)
            await self._announce(host, bidders)
            await self._sign(host, supervisor)
            await self._collect(supervisor, bidders)

    async def _people(self) -> tuple[Api, Api, list[Trustee], list[Bidder]]:
        host = Party("host", "开标主持人", "云南诚信招标代理有限公司", ("agency",))
        watch = Party("supervisor", "监督人员", "市公共资源交易监督管理局", ("supervisor",))
        seats = [
            Party(f"trustee-{n}", f"受托人{n}", f"第{n}受托机构", ("trustee",))
            for n in range(1, self.trustees + 1)
        ]
        entered = [await self._enter(party) for party in (host, watch, *seats)]
        trustees = []
        for (api, me), party in zip(entered[2:], seats, strict=True):
            keys = TrusteeKeys(me["person"], KemKey.generate(), SigningKey.generate())
            trustees.append(Trustee(api, "", keys, party.name, _now))
        bidders: list[Bidder] = []

        async def enter(number: int) -> None:
            api, me = await self._enter(plan.bidder(number))
            folder = self.out / "work" / str(number)
            bidders.append(Bidder(api, "", me["person"], plan.bidder(number).name, folder, number))

        await self._each("accounts", range(1, self.bids + 1), enter)
        bidders.sort(key=lambda each: each.number)
        return entered[0][0], entered[1][0], trustees, bidders

    async def _enter(self, party: Party) -> tuple[Api, dict[str, Any]]:
        login, password = f"{party.login}.{self.mark}", secrets.token_urlsafe(18)
        await self.admin.post(
            "/api/accounts",
            {
                "login": login,
                "password": password,
                "name": party.name,
                "organisation": party.organisation,
                "roles": list(party.roles),
            },
        )
        api = await self._stack.enter_async_context(Api(self.admin.base))
        return api, await api.login(login, password)

    async def _publish(self, host: Api, supervisor: Api, trustees: Sequence[Trustee]) -> None:
        people = [(host, "host"), (supervisor, "supervisor")]
        people += [(each.api, "trustee") for each in trustees]
        seats = []
        for api, role in people:
            me = await api.get("/api/me")
            seats.append(
                {
                    "person": me["person"],
                    "name": me["name"],
                    "organisation": me["organisation"],
                    "role": role,
                }
            )
        deadline = _now() + timedelta(seconds=self.lead)
        terms = plan.terms(
            deadline=deadline,
            threshold=self.threshold,
            policy="trustees" if trustees else "bidder",
            seats=seats,
        )
        self.room = (await host.post("/api/openings", {"terms": terms}))["id"]
        for trustee in trustees:
            trustee.room = self.room
            await trustee.give_card()
        await host.post(f"/api/openings/{self.room}/publish", {})
        for trustee in trustees:
            await trustee.rehearse()
        self.told("published", 1, 1)

    async def _hand_in(self, bidder: Bidder) -> None:
        bidder.room = self.room
        await bidder.accept()
        files = plan.files_of(bidder.number, self.out / "files" / str(bidder.number), self.files)
        form = plan.form_of(bidder.number)
        await asyncio.to_thread(bidder.seal, {"a": form}, files)
        await bidder.submit()
        await bidder.sign_in(plan.person(bidder.number), "13800000000")

    async def _open(self, host: Api, trustees: Sequence[Trustee]) -> None:
        await host.command(self.room, "StartOpening", recording="彩排，不录制")
        await host.command(self.room, "PublishRoll")
        if self.bids < 3:
            await host.command(self.room, "ContinueOpening", reason="彩排")
        await host.command(self.room, "StartDecryption", envelope="a")
        for done, trustee in enumerate(trustees, 1):
            await trustee.release("a")
            self.told("released", done, len(trustees))
        while True:
            events = await self._events(host)
            final = sum(event["type"] in ("BidOpened", "BidVoid") for event in events)
            self.told("opened", final, self.bids)
            if final >= self.bids:
                return
            await asyncio.sleep(POLL)

    async def _announce(self, host: Api, bidders: Sequence[Bidder]) -> None:
        for command in ("ImportBids", "StartAnnouncing", "AnnounceBids", "StartConfirmation"):
            await host.command(self.room, command)
        rows = {
            event["bid"]: event["row"]
            for event in await self._events(host)
            if event["type"] == "BidAnnounced"
        }

        async def confirm(bidder: Bidder) -> None:
            if bidder.sealed is not None and bidder.sealed.header.bid in rows:
                await bidder.confirm(rows[bidder.sealed.header.bid])

        await self._each("confirmed", bidders, confirm)

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
                bidder.folder.rmdir()
        (self.out / "work").rmdir()

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

    async def _each(
        self, what: str, items: Iterable[T], act: Callable[[T], Awaitable[None]]
    ) -> None:
        """Does something for each, several at a time, with progress."""
        everything = list(items)
        gate = asyncio.Semaphore(AT_ONCE)
        done = 0

        async def one(item: T) -> None:
            nonlocal done
            async with gate:
                await act(item)
            done += 1
            self.told(what, done, len(everything))

        async with asyncio.TaskGroup() as group:
            for item in everything:
                group.create_task(one(item))


def _now() -> datetime:
    return datetime.now(UTC)
