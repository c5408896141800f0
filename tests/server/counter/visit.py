"""A session with its people: an applicant at the near window, a clerk at each end."""

import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from rooms.counter import commands as c
from rooms.counter.kinds import Matter
from rooms.counter.state import State
from rooms.counter.terms import (
    Condition,
    Field,
    FieldKind,
    Item,
    Material,
    MaterialKind,
    Mode,
    Operator,
    Outcome,
    Rule,
)
from rooms.ids import PersonId, RoomId
from server.client.api import Api
from server.counter.room import session
from server.desk import THE_SYSTEM, Actor
from server.store.accounts import AccountRole
from server.store.people import personal_row
from tests.server.site import RunningServer

APPLICANT = {"name": "李秀兰", "number": "11010519491231002X", "phone": "13800138000"}
CONSENT = "c" * 64
TICKET = "A012"
"""What an applicant is called whose name is nobody's business."""
PENSION = Item(
    code="pension-balance",
    version=3,
    name="个人养老金一次性领取",
    mode=Mode.RECEIVED,
    region="530402",
    authority="红塔区社会保险局",
    audience="个人",
    promised_days=5,
    legal_days=20,
    materials=(Material("id-card", "居民身份证", MaterialKind.ORIGINAL),),
    fields=(
        Field("account", "银行账号", FieldKind.TEXT),
        Field("amount", "金额", FieldKind.MONEY),
    ),
    rules=(Rule("小额即办", (Condition("amount", Operator.AT_MOST, 500_000),), Outcome.DONE),),
    name_en="One-time pension withdrawal",
)


@dataclass(slots=True)
class Visit:
    """One session. People are logged in; `applicant` is the guest account's person."""

    server: RunningServer
    room: RoomId
    applicant: PersonId
    near: str
    far: str
    as_applicant: Api
    as_near: Api
    as_far: Api

    @property
    def path(self) -> str:
        """Where the session is in the interface."""
        return f"/api/sessions/{self.room}"

    async def order(self, api: Api, name: str, **members: Any) -> Any:
        """An order over HTTP: what it led to."""
        return await api.post(f"{self.path}/commands", {"type": name, **members})

    async def by_desk(self, command: Any, person: str | None = None) -> None:
        """An order that another part of the server makes."""
        by = THE_SYSTEM if person is None else Actor(PersonId(person))
        await self.server.parts.desk.order(self.room, command, by)

    async def state(self) -> State:
        """What the session is."""
        return session(await self.server.parts.desk.room(self.room)).state

    async def call(self) -> None:
        """The ticket is called, the far clerk takes the session, the call is through."""
        await self.by_desk(c.CallTicket("w-1", "赵敏"), self.near)
        await self.by_desk(c.AssignFar(PersonId(self.far), "周强", "w-9", "530402"))
        await self.order(self.as_near, "ConnectSession", recording="confirmed")

    async def consent(self) -> None:
        """The applicant agrees."""
        await self.order(self.as_applicant, "GiveConsent", text=CONSENT, version="2026-11")

    async def identify(self) -> None:
        """The applicant shows the card, the far clerk compares."""
        await self.order(
            self.as_near, "CaptureIdentity", method="card", kind="card", number=APPLICANT["number"]
        )
        await self.order(self.as_far, "CheckIdentity", likeness=True, result="passed")


@asynccontextmanager
async def visiting(
    server: RunningServer,
    item: Item = PENSION,
    continues: RoomId | None = None,
    applicant: Mapping[str, str] = APPLICANT,
) -> AsyncIterator[Visit]:
    """A ticket that waits, with everybody logged in."""
    room = RoomId("s-" + secrets.token_hex(10))
    accounts = server.parts.accounts
    guest = await accounts.create(None, None, TICKET, "", frozenset({AccountRole.GUEST}), room=room)
    near = await server.account("clerk", name="赵敏", organisation="便民服务中心")
    far = await server.account("clerk", name="周强", organisation="社会保险局")
    digest, row = personal_row(room, guest.person, dict(applicant))
    matter = Matter(
        items=(item,),
        near_hall="h-near",
        far_hall="h-far",
        near_region="310104",
        far_region="530402",
        mode=item.mode,
        person=guest.person,
        applicant=digest,
        continues=continues,
    )
    order = c.IssueTicket(TICKET, "h-near", matter=matter)
    await server.parts.desk.create(room, order, THE_SYSTEM, rows=lambda *_: [row])
    async with AsyncExitStack() as stack:
        people = [
            await stack.enter_async_context(server.logged_in(person))
            for person in (guest.person, near, far)
        ]
        yield Visit(server, room, guest.person, near, far, *people)
