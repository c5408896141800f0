"""Two halls at ten in the morning: tickets, clerks at their windows, what the screens show."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from stdnum.cn import ric

import server.demo
from rooms.ids import PersonId
from server.client.api import Api
from server.counter.catalogue.jsonfile import read_json
from tests.server.site import MovableClock, RunningServer, serving

TEN = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""A Monday, ten o'clock in both halls."""
NEAR, FAR = "xishan", "qixingguan"
PENSION, HOUSING, MEDICAL = "520502-pension-refund", "520500-housing-fund", "520502-medical-remote"

_numbers = count(1)


def resident(serial: int) -> str:
    """An identity number with the right check digit."""
    digits = f"53011219{60 + serial // 1000 % 40:02}0101{serial % 1000:03}"
    return digits + ric.calc_check_digit(digits + "0")


def catalogue() -> dict[str, Any]:
    """The demonstration's catalogue, to be changed by a test."""
    file = Path(server.demo.__file__).parent / "catalogue.json"
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


@dataclass(slots=True)
class Halls:
    """A running site with both halls."""

    server: RunningServer
    stack: AsyncExitStack
    anyone: Api
    clerks: dict[str, Api] = field(default_factory=dict)

    @property
    def clock(self) -> MovableClock:
        """The site's clock."""
        return self.server.clock

    async def clerk(self, name: str) -> Api:
        """A clerk who is logged in."""
        if name not in self.clerks:
            person = await self.server.account("clerk", name=name)
            api = await self.stack.enter_async_context(self.server.logged_in(person))
            self.clerks[name] = api
        return self.clerks[name]

    async def at(self, window: str, name: str = "") -> Api:
        """A clerk who has opened this window."""
        api = await self.clerk(name or window)
        await api.post(f"/api/windows/{window}/open", {})
        return api

    async def both_open(self) -> tuple[Api, Api]:
        """A near clerk and a far clerk at their windows."""
        return await self.at("xishan-1", "王收"), await self.at("qixingguan-1", "李办")

    async def ticket(self, *items: str, **more: Any) -> dict[str, Any]:
        """Somebody takes a ticket."""
        made: dict[str, Any] = await self.anyone.post("/api/tickets", wanted(*items, **more))
        return made

    async def booking(self, starts_at: str, *items: str, **more: Any) -> dict[str, Any]:
        """Somebody books a time."""
        body = {**wanted(*items, **more), "starts_at": starts_at}
        made: dict[str, Any] = await self.anyone.post("/api/bookings", body)
        return made

    async def display(self, hall: str = NEAR) -> dict[str, Any]:
        """What the hall's display shows."""
        shown: dict[str, Any] = await self.anyone.get(f"/api/halls/{hall}/queue")
        return shown

    async def entered(self, ticket: dict[str, Any], **more: Any) -> Api:
        """The holder of a ticket, on the own phone."""
        body = {"number": ticket["number"], "hall": NEAR, "code": ticket["code"], "bearer": True}
        entered = await self.anyone.post("/api/tickets/enter", {**body, **more})
        assert entered["room"] == ticket["room"]
        return await self.stack.enter_async_context(self.server.with_token(entered["token"]))


def wanted(*items: str, person: int | None = None, **more: Any) -> dict[str, Any]:
    """What somebody says who comes; every time another person unless `person` says who."""
    number = resident(next(_numbers) if person is None else person)
    applicant = {"name": "张三", "number": number, "phone": "13800000000"}
    return {"items": list(items or [PENSION]), "near_hall": NEAR, "applicant": applicant, **more}


@asynccontextmanager
async def halls(
    data: Path, at: datetime = TEN, document: dict[str, Any] | None = None, **given: Any
) -> AsyncIterator[Halls]:
    """A site whose catalogue has two halls, at this time."""
    clock = MovableClock()
    clock.to(at)
    async with AsyncExitStack() as stack:
        running = await stack.enter_async_context(serving(data, clock, **given))
        source = read_json(json.dumps(document or catalogue()).encode())
        await running.parts.catalogue.bring(source, PersonId("p-manager"))
        anyone = await stack.enter_async_context(Api(running.url))
        yield Halls(running, stack, anyone)
