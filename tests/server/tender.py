"""A tender with its people on a running server."""

from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from crypto.encoding import Json, format_time
from crypto.keyfile import TrusteeKeys
from crypto.signing import SigningKey
from crypto.suite import KemKey
from rooms.ids import RoomId
from server.client.api import Api
from server.client.bidder import Bidder
from server.client.trustee import Trustee
from tests.server.site import RunningServer, until

FORM: dict[str, Json] = {"price": 1_234_567_00, "duration": 90}


@dataclass(slots=True)
class Tender:
    """A tender and the sessions of its people. Made by `tender`."""

    server: RunningServer
    room: str
    deadline: datetime
    host: Api
    supervisor: Api
    trustees: list[Trustee]
    folder: Path
    stack: AsyncExitStack
    policy: str
    bidders: list[Bidder] = field(default_factory=list)

    @property
    def path(self) -> str:
        """The room's address."""
        return f"/api/openings/{self.room}"

    async def bidder(self, name: str = "") -> Bidder:
        """Another bidder, who has not accepted yet."""
        number = len(self.bidders) + 1
        called = name or f"第{number}建设有限公司"
        person = await self.server.account("bidder", name=called, organisation=called)
        api = await self.stack.enter_async_context(self.server.logged_in(person))
        made = Bidder(api, self.room, person, called, self.folder / person)
        self.bidders.append(made)
        return made

    async def sealed(self, name: str = "", size: int = 1000) -> Bidder:
        """A bidder who accepted and sealed a bid, but handed nothing in yet."""
        bidder = await self.bidder(name)
        await bidder.accept()
        self.folder.mkdir(exist_ok=True)
        file = self.folder / f"{bidder.person}.txt"
        file.write_bytes(b"x" * size)
        bidder.seal({"a": dict(FORM)}, [file])
        return bidder

    async def submitted(self, name: str = "") -> Bidder:
        """A bidder whose bid is in, bytes and all."""
        bidder = await self.sealed(name)
        await bidder.submit()
        return bidder

    async def detail(self, by: Api | None = None) -> dict[str, Any]:
        """The room as somebody sees it, the host unless said otherwise."""
        answer: dict[str, Any] = await (by or self.host).get(self.path)
        return answer

    async def close(self) -> None:
        """Lets the deadline pass."""
        self.server.clock.to(self.deadline + timedelta(seconds=1))
        await self.server.parts.scheduler.tick_due()

    async def open(self) -> None:
        """From the deadline to the point where shares can be released."""
        await self.close()
        await self.host.command(self.room, "StartOpening", recording=UNRECORDED)
        await self.host.command(self.room, "PublishRoll")
        await self.host.command(self.room, "StartDecryption", envelope="a")
        room = await self.server.parts.desk.room(RoomId(self.room))
        await until(lambda: "a" in room.state.gates or self.policy == "bidder")


UNRECORDED = "本次开标不录音录像"
"""The host's reason in openings that are tested without cameras."""


def terms(
    deadline: datetime, seats: list[dict[str, Json]], policy: str = "trustees", **more: Json
) -> dict[str, Json]:
    """Terms as JSON: a price and a duration, two of the seated trustees needed."""
    return {
        "project_number": "YK-1",
        "project_title": "滇池东岸污水处理厂扩建工程",
        "lot_number": "01",
        "lot_title": "土建",
        "regime": "tendering",
        "deadline": format_time(deadline),
        "policy": policy,
        "threshold": 0 if policy == "bidder" else 2,
        "seats": [dict(seat) for seat in seats],
        "form": [
            {"id": "price", "kind": "money", "label_zh": "投标报价", "label_en": "Price"},
            {"id": "duration", "kind": "days", "label_zh": "工期", "label_en": "Duration"},
        ],
        "tenderer": "昆明滇池水务股份有限公司",
        "agency": "云南诚信招标代理有限公司",
        **more,
    }


async def draft(
    server: RunningServer,
    stack: AsyncExitStack,
    folder: Path,
    policy: str = "trustees",
    **more: Json,
) -> Tender:
    """A draft whose trustees have given their cards."""
    deadline = server.clock().replace(microsecond=0) + timedelta(hours=2)
    people = {
        "host": await server.account("agency", name="王主持"),
        "supervisor": await server.account("supervisor", name="监督员"),
    }
    people |= {f"trustee-{number}": await server.account("trustee") for number in (1, 2, 3)}
    if policy == "bidder":
        people = {login: person for login, person in people.items() if "trustee" not in login}
    seats: list[dict[str, Json]] = [
        {"person": person, "name": login, "organisation": "", "role": login.partition("-")[0]}
        for login, person in people.items()
    ]
    host = await stack.enter_async_context(server.logged_in(people["host"]))
    made = await host.post("/api/openings", {"terms": terms(deadline, seats, policy, **more)})
    trustees = []
    for login in [each for each in people if each.startswith("trustee")]:
        api = await stack.enter_async_context(server.logged_in(people[login]))
        keys = TrusteeKeys(people[login], KemKey.generate(), SigningKey.generate())
        trustee = Trustee(api, made["id"], keys, login, server.clock)
        await trustee.give_card()
        trustees.append(trustee)
    supervisor = await stack.enter_async_context(server.logged_in(people["supervisor"]))
    return Tender(server, made["id"], deadline, host, supervisor, trustees, folder, stack, policy)


async def published(
    server: RunningServer,
    stack: AsyncExitStack,
    folder: Path,
    policy: str = "trustees",
    **more: Json,
) -> Tender:
    """A published tender."""
    made = await draft(server, stack, folder, policy, **more)
    await made.host.post(f"{made.path}/publish", {})
    return made
