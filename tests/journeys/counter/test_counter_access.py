"""The pages of counters can be used by everybody, and an applicant needs no mouse."""

import asyncio
import re

from playwright.async_api import expect

from crypto.encoding import Json
from tests.journeys.access import chooses, is_fit_for_all, reaches, settles
from tests.journeys.conftest import Arrives
from tests.journeys.counter.conftest import Comes
from tests.journeys.counter.matter import FIELDS, ITEM, NAME, NEAR, NUMBER, PHONE
from tests.journeys.counter.people import Applicant, Clerk
from tests.journeys.counter.visit import Counter, Session
from tests.journeys.person import Person
from tests.journeys.site import Site

FROM_THE_DOOR = (f"/g/{NEAR}", f"/guide/{ITEM}?hall={NEAR}", f"/booking?item={ITEM}&hall={NEAR}")


async def test_a_session_can_be_used_by_everybody_and_without_a_mouse(
    site: Site, counter: Counter, arrives: Arrives, comes: Comes
) -> None:
    applicant, wall = await comes(), await comes()
    near, far = await arrives(Clerk, counter.near), await arrives(Clerk, counter.far)
    manager = await arrives(Person, await site.account("manager", "孙经理", "政务服务大厅"))
    supervisor = await arrives(Person, await site.account("supervisor", "陈监督", "监督处"))
    # A clerk whose desk is open nowhere is gone after three minutes.
    await asyncio.gather(near.goes("/desk"), far.goes("/desk"))
    await asyncio.gather(
        fits_at(applicant, *FROM_THE_DOOR, f"/ticket?hall={NEAR}"),
        fits_at(wall, f"/hall/{NEAR}/display"),
        fits_at(manager, "/catalogue"),
    )

    session = await takes_ticket(counter, applicant)
    await chooses(applicant.page.get_by_role("link", name="查看我的票号"))
    await applicant.sees("请留在大厅")
    await asyncio.gather(fits(applicant, "a waiting ticket"), fits(near, "a desk"))
    await session.is_called()
    await applicant.sees("现在请您到窗口")
    await asyncio.gather(fits(applicant, "a called ticket"), fits(near, "a desk that called"))
    await chooses(applicant.page.get_by_role("link", name="进入会话"))
    await asyncio.gather(*(each.enters(session.room) for each in (near, far)))

    await session.order(counter.by_near, "ConnectSession", recording="录制设备检修")
    await applicant.is_told("请阅读告知书")
    await asyncio.gather(fits(applicant, "the notice"), fits_at(supervisor, "/board"))
    await chooses(applicant.page.get_by_role("button", name="我已阅读并同意"))
    await near.is_told("请查看证件")
    await asyncio.gather(fits(near, "the document"), fits(far, "before the document"))
    shown: dict[str, Json] = {"method": "card", "kind": "card", "number": NUMBER}
    await session.order(counter.by_near, "CaptureIdentity", **shown)
    await session.order(counter.by_far, "CheckIdentity", likeness=True, result="passed")
    await session.has_page("id-card", 3)
    await far.is_told("请审核")
    await asyncio.gather(*(fits(each, "materials") for each in (applicant, near, far)))
    await session.has_materials()

    await session.is_filled_in()
    await applicant.is_told("请逐项确认表单")
    await asyncio.gather(*(fits(each, "the form") for each in (applicant, near)))
    for label in FIELDS:
        name = re.compile(f"确认无误.*{re.escape(label)}")
        await chooses(applicant.page.get_by_role("button", name=name))
        await expect(applicant.page.get_by_role("button", name=name)).to_have_count(0)
    await session.signs()
    await far.is_told("请作出决定")
    await asyncio.gather(*(fits(each, "the decision") for each in (near, far)))
    await session.order(counter.by_far, "Decide", item=ITEM, outcome="done")
    await session.ends()

    await rates(applicant)
    await supervisor.goes(f"/sessions/{session.room}")
    await supervisor.sees("通话已结束")
    await asyncio.gather(*(fits(each, "the result") for each in (applicant, far, supervisor)))


async def fits_at(person: Person, *paths: str) -> None:
    """These pages, one after the other."""
    for path in paths:
        await person.goes(path)
        await settles(person.page)
        await is_fit_for_all(person, path)


async def fits(person: Person, moment: str) -> None:
    """What is on the screen at this moment."""
    await settles(person.page)
    await is_fit_for_all(person, f"{moment} for {type(person).__name__}")


async def takes_ticket(counter: Counter, applicant: Applicant) -> Session:
    """From the guide to a ticket, by keys alone."""
    page = applicant.page
    await applicant.goes(f"/guide/{ITEM}?hall={NEAR}")
    await chooses(page.get_by_role("link", name="现在取号"))
    for label, words in (("姓名", NAME), ("证件号码", NUMBER), ("联系电话", PHONE)):
        await reaches(page.get_by_label(label, exact=True))
        await page.keyboard.type(words)
    await page.keyboard.press("Enter")
    await applicant.sees("取号成功")
    number, code = await page.locator("dl .big").all_inner_texts()
    return await counter.of(number.strip(), code.replace(" ", ""))


async def rates(applicant: Applicant) -> None:
    """A level by the arrows, and the button below."""
    page = applicant.page
    await reaches(page.get_by_role("radio", name="非常满意", exact=True))
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_role("radio", name="满意", exact=True)).to_be_checked()
    await chooses(page.get_by_role("button", name="提交评价"))
    await applicant.sees("已评价：满意")
