"""A phone loses the network, somebody leaves: nothing is lost and nothing happens twice."""

import re
from pathlib import Path

from playwright.async_api import Route

from tests.journeys.conftest import Arrives
from tests.journeys.counter.conftest import Comes
from tests.journeys.counter.matter import BANK_CARD, ID_CARD, NAME, NEAR, scan
from tests.journeys.counter.people import FarClerk, NearClerk
from tests.journeys.counter.visit import Counter
from tests.journeys.person import Person
from tests.server.site import RunningServer

TEN_MINUTES = 600.0


def gone(name: str) -> re.Pattern[str]:
    """What the others are told of somebody whose connection is lost."""
    return re.compile(f"{name}.*的连接中断，正在重连。本次办理")


async def test_who_loses_the_network_misses_nothing_and_does_nothing_twice(
    server: RunningServer, counter: Counter, arrives: Arrives, comes: Comes, pictures: Path
) -> None:
    session = await counter.ticket()
    await session.is_identified()
    await session.has_materials()
    await session.is_filled_in()
    near = await arrives(NearClerk, counter.near)
    await near.enters(session.room)
    applicant = await comes()
    await applicant.goes(session.door)
    await applicant.goes_in()
    await applicant.sees("12,345.67")

    await applicant.context.set_offline(True)
    await applicant.sees("网络已断开")
    await applicant.presses("以上各项都正确，全部确认")
    await applicant.sees("连不上服务器")
    await applicant.picture(pictures, "counter-offline")
    await near.sees(gone(NAME))
    server.clock.on(TEN_MINUTES)
    await near.sees(re.compile(r"重连中 10:\d\d"))
    await near.picture(pictures, "counter-away")
    await near.fills("个人账户储存额", "54321.00")
    await near.says("您的网络断了，请稍等")
    await near.sees("您的网络断了，请稍等")

    await applicant.context.set_offline(False)
    await applicant.sees("54,321.00")
    await applicant.sees("您的网络断了，请稍等")
    await near.does_not_see(gone(NAME))
    await applicant.presses("以上各项都正确，全部确认")
    await applicant.sees("请在框内用手写笔、手指或鼠标签名")
    await loses_one_answer(applicant, "**/signature")
    await applicant.signs()
    await near.is_told("等待办理地窗口决定")
    assert await session.count("FieldsConfirmed") == 1
    assert await session.count("FormSigned") == 1


async def test_who_closes_the_phone_comes_back_with_number_and_code(
    counter: Counter, arrives: Arrives, comes: Comes, pictures: Path
) -> None:
    session = await counter.ticket()
    await session.is_identified()
    far = await arrives(FarClerk, counter.far)
    await far.enters(session.room)
    applicant = await comes()
    await applicant.goes(session.door)
    await applicant.goes_in()
    await applicant.is_told("请把材料交给窗口人员")

    await applicant.page.close()
    await far.sees(gone(NAME))
    again = await comes()
    await again.goes(f"/ticket?hall={NEAR}")
    await again.writes("票号", session.number)
    await again.writes("验证码", session.code)
    await again.picture(pictures, "counter-enter")
    await again.presses("查看")
    await again.goes_in()
    await again.is_told("请把材料交给窗口人员")
    await far.does_not_see(gone(NAME))
    person = (await session.state()).matter.person
    comings = [each["type"] for each in await session.events() if each.get("person") == person]
    assert comings == ["SeatLeft", "SeatReturned"]


async def test_a_far_clerk_who_leaves_finds_everything_where_it_was(
    counter: Counter, arrives: Arrives, tmp_path: Path, pictures: Path
) -> None:
    session = await counter.ticket()
    await session.is_identified()
    await session.has_page("id-card", 1)
    near = await arrives(NearClerk, counter.near)
    await near.enters(session.room)
    far = await arrives(FarClerk, counter.far)
    await far.enters(session.room)
    await far.accepts(ID_CARD)

    await far.page.close()
    await near.sees(gone("周强"))
    await near.scans(BANK_CARD, scan(tmp_path / "scans", 2))
    await near.sees_material(BANK_CARD, "待审核")
    again = await arrives(FarClerk, counter.far)
    await again.goes("/desk")
    await again.sees(session.number)
    await again.picture(pictures, "counter-desk-again")
    await again.follows_call()
    await again.accepts(BANK_CARD)
    await near.is_told("请填写表单")
    await near.does_not_see(gone("周强"))


async def loses_one_answer(person: Person, pattern: str) -> None:
    """The server does what it is asked; its first answer is lost on the way."""

    async def lose(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await person.page.route(pattern, lose, times=1)
