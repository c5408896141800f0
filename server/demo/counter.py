"""What a demonstration shows of counters: two regions, people who wait, a clerk at each end, and
sessions that are over."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from crypto.encoding import Json
from server.client.api import Api
from server.client.session import SessionClient
from server.demo.applicant import Applicant
from server.demo.background import Said, go_on
from server.demo.clerks import FarClerk, NearClerk
from server.rehearse import visit
from server.rehearse.cast import enter
from server.rehearse.plan import Party
from server.rehearse.session import SessionRehearsal
from server.rehearse.site import OwnSite

NEAR_HALL, FAR_HALL = "xishan", "qixingguan"
SCRIPTED_NEAR, SCRIPTED_FAR = "xishan-2", "qixingguan-3"
PAST = visit.Place(NEAR_HALL, "xishan-3", "qixingguan-2", visit.FAR_REGION)
"""Where the sessions are played that are over: at windows that nobody else is at."""

_NEAR_NAME, _FAR_NAME = "昆明市西山区政务服务中心", "毕节市七星关区政务服务中心"
_OFFICE = "云南省政务服务管理局"
NEAR = Party("near", "和晓琳", _NEAR_NAME, ("clerk",))
FAR = Party("far", "杨国栋", _FAR_NAME, ("clerk",))
SUPERVISOR = Party("board", "段文静", _OFFICE, ("supervisor",))
MANAGER = Party("manager", "普建华", _NEAR_NAME, ("manager",))
BY_NEAR = Party("near-2", "收件（自动）", _NEAR_NAME, ("clerk",))
BY_FAR = Party("far-3", "办理（自动）", _FAR_NAME, ("clerk",))
PAST_CAST = (
    Party("near-3", "赵收件", _NEAR_NAME, ("clerk",)),
    Party("far-2", "周办理", _FAR_NAME, ("clerk",)),
    Party("board-2", "监督人员", _OFFICE, ("supervisor",)),
)
RATINGS = ((5, ""), (2, "窗口排队较久，希望改进"))
"""Of the sessions that are over; the second opens a case on the supervisors' board."""


def _person(name: str, number: str, phone: str) -> Mapping[str, Json]:
    return {"name": name, "number": number, "phone": phone}


WAITING: tuple[tuple[str, str, Mapping[str, Json]], ...] = (
    (visit.ITEM, "elderly", _person("王桂英", "530199195203170004", "13800138001")),
    (visit.ITEM, "none", _person("杨志明", "530199197509120009", "13800138002")),
    ("520502-household-proof", "none", _person("陈晓雯", "530199198806050005", "13800138003")),
    ("520502-medical-remote", "none", _person("李建国", "530199199311210008", "13800138004")),
)
"""Who waits for what. The first is the visitor's and comes first by law, as elderly people do; no
county has the code that the numbers begin with, so they are nobody's."""
VISITORS_PATIENCE, PATIENCE = 20.0, 4.0
"""Seconds for which the visitor's ticket and the others are left to a visitor at each turn."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket: its session as the holder acts there, its page, what it is for and whose it is."""

    at: SessionClient
    page: str
    item: str
    applicant: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Counter:
    """Whom visitors may be, and who waits; the first ticket is the visitor's."""

    near: str
    far: str
    supervisor: str
    manager: str
    tickets: Sequence[Ticket]

    @property
    def applicant(self) -> str:
        """The person who holds the first ticket (docs/counter.md, roles)."""
        return "a-" + self.tickets[0].at.room.removeprefix("s-")


async def set_up(stack: AsyncExitStack, site: OwnSite) -> Counter:
    """The catalogue, accounts and tickets.

    The halls are open at any hour of any day (`visit.demonstrated`). A ticket is for its day all
    the same: midnight in Beijing cancels those that wait. Raises ApiRefused.
    """
    await site.admin.post("/api/catalogue/import", visit.demonstrated())
    near, far, supervisor, manager = [
        await _account(site.admin, party) for party in (NEAR, FAR, SUPERVISOR, MANAGER)
    ]
    tickets = [await _ticket(stack, site.admin.base, *each) for each in WAITING]
    return Counter(near, far, supervisor, manager, tickets)


def begin(
    stack: AsyncExitStack, site: OwnSite, counter: Counter, tasks: asyncio.TaskGroup, said: Said
) -> None:
    """Scripted clerks and applicants, and the sessions that are over, go on in `tasks`."""
    for number, each in enumerate(counter.tickets):
        applicant = Applicant(each.at, PATIENCE if number else VISITORS_PATIENCE)
        tasks.create_task(go_on(applicant.attend(), str(each.applicant["name"]), said))
    known = {each.at.room: each.applicant for each in counter.tickets if each.item == visit.ITEM}
    tasks.create_task(go_on(_near(stack, site.admin, known), BY_NEAR.name, said))
    tasks.create_task(go_on(_far(stack, site.admin), BY_FAR.name, said))
    past = _past(stack, site.admin, site.folder / "session")
    tasks.create_task(go_on(past, "已办结的会话 finished sessions", said))


async def _account(admin: Api, party: Party) -> str:
    """Somebody who enters by a link only."""
    account: dict[str, Json] = {
        "login": party.login,
        "password": secrets.token_urlsafe(18),
        "name": party.name,
        "organisation": party.organisation,
        "roles": list(party.roles),
    }
    return str((await admin.post("/api/accounts", account))["person"])


async def _ticket(
    stack: AsyncExitStack, base: str, item: str, priority: str, applicant: Mapping[str, Json]
) -> Ticket:
    body: dict[str, Json] = {
        "items": [item],
        "near_hall": NEAR_HALL,
        "far_region": visit.FAR_REGION,
        "applicant": dict(applicant),
        "priority": priority,
    }
    async with Api(base) as anyone:
        taken = await anyone.post("/api/tickets", body)
        entry = {"hall": NEAR_HALL, "number": taken["number"], "code": taken["code"]}
        entered = await anyone.post("/api/tickets/enter", {**entry, "bearer": True})
    api = await stack.enter_async_context(Api(base, str(entered["token"])))
    page = "&".join(f"{name}={value}" for name, value in entry.items())
    return Ticket(SessionClient(api, str(taken["room"])), f"/ticket#{page}", item, applicant)


async def _near(stack: AsyncExitStack, admin: Api, known: Mapping[str, Mapping[str, Json]]) -> None:
    member = await enter(stack, admin, BY_NEAR)
    await NearClerk(member.api, SCRIPTED_NEAR, NEAR_HALL, FAR_HALL, known).attend()


async def _far(stack: AsyncExitStack, admin: Api) -> None:
    member = await enter(stack, admin, BY_FAR)
    await FarClerk(member.api, SCRIPTED_FAR).attend()


async def _past(stack: AsyncExitStack, admin: Api, out: Path) -> None:
    """Sessions from start to end, so that there are papers to read and figures to look at."""
    await asyncio.to_thread(out.mkdir)
    played = SessionRehearsal(stack, admin, out, told=lambda *_: None, place=PAST, cast=PAST_CAST)
    await played.gather()
    for level, words in RATINGS:
        await played.play(level, words)
    await played.leave()
