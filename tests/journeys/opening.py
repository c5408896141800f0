"""A published tender, made over HTTP: for journeys that are about something else."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crypto.encoding import Json, format_time
from crypto.keyfile import TrusteeKeys
from crypto.signing import SigningKey
from crypto.suite import KemKey
from server.client import bidder, trustee
from server.client.api import Api
from tests.journeys.person import SOON
from tests.journeys.site import Account, Site

LEAD = 400.0
"""Seconds to a deadline that a journey lets come when everybody is ready for it: as much as the
slowest machine needs. The site's clock is behind by as much, so that no other machine waits."""

QUICK: dict[str, Json] = {"decryption": 600, "confirmation": 300, "objection": 5}
"""Windows of a rehearsal in seconds: nobody waits for objections."""

FORM: tuple[dict[str, Json], ...] = (
    {"id": "price", "kind": "money", "label_zh": "投标报价", "label_en": "Price"},
    {"id": "duration", "kind": "days", "label_zh": "工期", "label_en": "Duration"},
    {"id": "quality", "kind": "text", "label_zh": "质量目标", "label_en": "Quality"},
    {"id": "lead", "kind": "text", "label_zh": "项目负责人", "label_en": "Project lead"},
)


@dataclass(slots=True)
class Opening:
    """A tender whose people have accounts and, where a program plays them, sessions."""

    site: Site
    host: Account
    supervisor: Account
    trustees: list[trustee.Trustee]
    seated: list[Account]
    policy: str
    deputy: Account | None = None
    room: str = ""
    deadline: datetime = field(init=False)
    by_host: Api = field(init=False)
    bidders: list[bidder.Bidder] = field(default_factory=list)

    @property
    def path(self) -> str:
        """Its address in the interface."""
        return f"/api/openings/{self.room}"

    async def publish_for_now(self, window: float = 0.0, **more: Json) -> None:
        """Drafts and publishes what `comes_due` closes; `window` is of how many more seconds the
        end will be let come."""
        self.site.falls_behind(LEAD + window)
        await self.publish(LEAD, **more)

    def comes_due(self) -> None:
        """Lets the deadline come."""
        self.site.comes_to(self.deadline)

    async def publish(self, seconds: float, **more: Json) -> None:
        """Drafts and publishes, with a deadline so many seconds from now."""
        await self.draft(seconds, **more)
        await self.goes_public()

    async def draft(self, seconds: float, **more: Json) -> None:
        """Drafts only, so that trustees who are no programs can hand in their cards."""
        self.by_host = await self.site.as_program(self.host)
        self.deadline = self.site.now().replace(microsecond=0) + timedelta(seconds=seconds)
        made = await self.by_host.post("/api/openings", {"terms": self._terms(**more)})
        self.room = made["id"]
        for each in self.trustees:
            each.room = self.room
            await each.give_card()

    async def goes_public(self) -> None:
        """Publishes the draft."""
        await self.by_host.post(f"{self.path}/publish", {})

    async def hands_in(
        self, account: Account, folder: Path, price: int, price_in: str = "a"
    ) -> bidder.Bidder:
        """A bidder who is a program accepts, seals, hands in and signs in."""
        made = bidder.Bidder(
            await self.site.as_program(account), self.room, account.person, account.name, folder
        )
        await made.accept()
        letter = _letter(folder, account.name)
        forms: dict[str, dict[str, Json]] = {
            "a": {"duration": 270, "quality": "合格", "lead": "王𬭎"}
        }
        forms.setdefault(price_in, {})["price"] = price
        made.seal(forms, [letter])
        await made.submit()
        await made.sign_in("王𬭎", "13800000000", "11010519491231002X")
        self.bidders.append(made)
        return made

    async def confirm(self, *who: bidder.Bidder) -> None:
        """These bidders, or all who are programs, confirm their rows as they were announced
        last."""
        for each in who or self.bidders:
            if each.sealed is None:
                continue
            rows = [
                entry["event"]["row"]
                for entry in await self.entries(each.api)
                if entry["event"]["type"] == "BidAnnounced"
                and entry["event"]["bid"] == each.sealed.header.bid
            ]
            await each.confirm(rows[-1])

    async def comes_to(self, phase: str) -> None:
        """Waits until the server says that this phase has come."""
        end = max(self.site.now(), self.deadline) + timedelta(seconds=SOON / 1000)
        while self.site.now() < end:
            if (await self.by_host.get(self.path))["phase"] == phase:
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"the opening did not come to {phase}")

    async def entries(self, by: Api) -> list[dict[str, Any]]:
        """All that this person was ever told."""
        found: list[dict[str, Any]] = []
        while page := (await by.get(f"{self.path}/entries?after={len(found)}&limit=1000"))[
            "entries"
        ]:
            found += page
        return found

    def _terms(self, **more: Json) -> dict[str, Json]:
        seats: list[dict[str, Json]] = [
            _seat(self.host, "host"),
            _seat(self.supervisor, "supervisor"),
            *(_seat(each, "trustee") for each in self.seated),
            *([_seat(self.deputy, "deputy")] if self.deputy else []),
        ]
        return {
            "project_number": "YK-2026-0117",
            "project_title": "滇池东岸污水处理厂扩建工程",
            "lot_number": "01",
            "lot_title": "土建及设备安装",
            "regime": "tendering",
            "deadline": format_time(self.deadline),
            "policy": self.policy,
            "threshold": 0 if self.policy == "bidder" else 2,
            "seats": [dict(seat) for seat in seats],
            "form": [dict(item) for item in FORM],
            "tenderer": "昆明滇池水务股份有限公司",
            "agency": self.host.organisation,
            "control_price": 1_286_000_000,
            "windows": dict(QUICK),
            "rehearsal": True,
            **more,
        }


async def tender(site: Site, policy: str = "trustees") -> Opening:
    """A tender with its people, not published yet. Its trustees are programs."""
    host = await site.account("agency", "王主持", "云南诚信招标代理有限公司")
    supervisor = await site.account("supervisor", "陈监督", "市监督管理局")
    trustees, seated = [], []
    for name in ("杨公证", "周交易", "何业主") if policy != "bidder" else ():
        account = await site.account("trustee", name)
        seated.append(account)
        keys = TrusteeKeys(account.person, KemKey.generate(), SigningKey.generate())
        api = await site.as_program(account)
        trustees.append(trustee.Trustee(api, "", keys, name, lambda: datetime.now(UTC)))
    return Opening(site, host, supervisor, trustees, seated, policy)


def _letter(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    letter = folder / "投标函.txt"
    letter.write_text(f"{name}\n愿按招标文件要求承担本项目。\n", encoding="utf-8")
    return letter


def _seat(account: Account, role: str) -> dict[str, Json]:
    return {
        "person": account.person,
        "name": account.name,
        "organisation": account.organisation,
        "role": role,
    }
