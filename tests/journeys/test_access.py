"""Everybody can use the pages: with a screen reader, a keyboard, a phone, an old network."""

import asyncio
import re
from pathlib import Path
from typing import Any

from playwright.async_api import Page, expect

from crypto.encoding import Json
from tests.journeys.conftest import REPOSITORY, Arrives
from tests.journeys.opening import tender
from tests.journeys.person import SOON, Person
from tests.journeys.roles import Bidder, Host, Member
from tests.journeys.site import Account, Site

AXE = REPOSITORY / "web/node_modules/axe-core/axe.min.js"
GRAVE = ("serious", "critical")
FIRST_SCREEN = 250 * 1024
"""Bytes over the wire that a bidder waits for."""


async def test_every_page_can_be_used_by_everybody(
    site: Site, arrives: Arrives, tmp_path: Path
) -> None:
    opening = await tender(site)
    await opening.publish(3600)
    bidder = await site.account("bidder", "云岭建设工程有限公司")
    visits: list[tuple[Person, str]] = []
    guest = await arrives(Person, None)
    visits += [(guest, "/login"), (guest, "/verify"), (guest, "/no-such-page")]
    host = await arrives(Host, opening.host)
    visits += [(host, path) for path in ("/openings", "/openings/new", opening.path[4:])]
    visits += [(host, f"{opening.path[4:]}/edit"), (host, "/openings?when=past")]
    at_bid = await arrives(Bidder, bidder)
    visits += [(at_bid, opening.path[4:]), (at_bid, f"{opening.path[4:]}/bid")]
    trustee = await arrives(Member, opening.seated[0])
    visits += [(trustee, f"{opening.path[4:]}/trustee")]
    admin = await arrives(Person, administrator(site))
    visits += [(admin, "/people")]
    for person, path in visits:
        await person.goes(path)
        await settles(person.page)
        await is_fit_for_all(person, path)
    for person in {id(p): p for p, _ in visits}.values():
        assert not [each for each in person.noise if "status of 401" not in each], person.noise


async def test_every_phase_of_the_room_can_be_used_by_everybody(
    site: Site, arrives: Arrives, tmp_path: Path
) -> None:
    opening = await tender(site)
    draw: dict[str, Json] = {"name": "下浮系数", "low": 30, "high": 60, "step": 5, "unit": "‰"}
    await opening.publish_for_now(draw=draw)
    accounts = [await site.account("bidder", f"第{n}建设有限公司") for n in (1, 2, 3)]
    for number, account in enumerate(accounts):
        await opening.hands_in(account, tmp_path / account.login, 1_180_000_000 + number)
    host, bidder = await arrives(Host, opening.host), await arrives(Bidder, accounts[0])
    people = (host, bidder)
    await asyncio.gather(*(each.enters(opening.room) for each in people))

    async def fits(phase: str) -> None:
        await asyncio.gather(*(each.sees_phase(phase) for each in people))
        for each in people:
            await is_fit_for_all(each, f"the room in {phase}")

    await fits("递交中")
    opening.comes_due()
    await fits("已截标")
    await host.starts()
    await fits("开标开始")
    for order, phase in (
        ("公布名单", "已公布名单"),
        ("开始解密", "解密中"),
    ):
        await host.orders(order)
        await fits(phase)
    await asyncio.gather(*(each.release_when_open("a") for each in opening.trustees[:2]))
    await host.acts("批量导入")
    await fits("已批量导入")
    await host.acts("提交种子摘要")
    await fits("抽取参数")
    await host.acts("公开种子")
    await host.acts("算出结果")
    await host.acts("开始唱标")
    await host.acts("唱下一份")
    await fits("唱标")
    for tab in ("人员", "交流", "异议", "记录", "监督"):
        await host.looks_at(tab)
        await is_fit_for_all(host, f"the tab {tab}")
    await host.presses(re.compile(" 的详情$"))
    await host.sees("证据时间线")
    await is_fit_for_all(host, "the details of a bid")
    await host.answers("关闭详情")
    await host.acts("唱完全部")
    await host.orders("开始确认")
    await fits("确认与异议")
    await confirms_by_keyboard(bidder)
    assert not host.noise + bidder.noise


async def test_a_login_needs_no_mouse(site: Site, arrives: Arrives) -> None:
    account = await site.account("bidder", "云岭建设工程有限公司")
    person = await arrives(Person, None)
    await person.goes("/openings")
    await person.sees("请先登录")
    keyboard = person.page.keyboard
    await reaches(person.page, "登录名")
    await keyboard.type(account.login)
    await keyboard.press("Tab")
    await keyboard.type("wrong password")
    await keyboard.press("Enter")
    await expect(person.page.get_by_role("alert")).to_contain_text(re.compile("[\u4e00-\u9fff]"))
    await reaches(person.page, "密码")
    await keyboard.type(account.password)
    await keyboard.press("Enter")
    await person.page.wait_for_url("**/openings", timeout=SOON)
    await person.sees("开标项目")


async def test_a_bidders_first_screen_is_small(site: Site, arrives: Arrives) -> None:
    opening = await tender(site)
    await opening.publish(3600)
    account = await site.account("bidder", "云岭建设工程有限公司")
    bidder = await arrives(Bidder, account)
    arrived: list[tuple[int, str]] = []
    session = await bidder.context.new_cdp_session(bidder.page)
    await session.send("Network.enable")
    names: dict[str, str] = {}
    session.on(
        "Network.responseReceived", lambda e: names.update({e["requestId"]: e["response"]["url"]})
    )
    session.on(
        "Network.loadingFinished",
        lambda e: arrived.append((int(e["encodedDataLength"]), names.get(e["requestId"], ""))),
    )
    await bidder.goes(f"/openings/{opening.room}/bid")
    await bidder.sees("接受招标文件")
    await settles(bidder.page)
    size = sum(each for each, _ in arrived)
    assert size <= FIRST_SCREEN, sorted(arrived, reverse=True)[:10]


async def is_fit_for_all(person: Person, where: str) -> None:
    """Nothing serious for axe, wide in Chinese and on a phone in English; nothing wider than a
    phone in either."""
    page = person.page
    found = await axe(page)
    assert not found, f"{where}: {found}"
    await page.set_viewport_size({"width": 390, "height": 844})
    await is_no_wider_than_a_phone(page, where)
    await speaks_the_other_language(page)
    await is_no_wider_than_a_phone(page, f"{where}, in English")
    found = await axe(page)
    assert not found, f"{where} on a phone, in English: {found}"
    await speaks_the_other_language(page)
    await page.set_viewport_size({"width": 1280, "height": 900})


async def is_no_wider_than_a_phone(page: Page, where: str) -> None:
    outside: list[str] = []
    # A page turns its table into cards a moment after the window has become narrow.
    for _ in range(300):
        outside = await page.evaluate(
            """() => {
              const { scrollWidth, clientWidth } = document.scrollingElement;
              if (scrollWidth <= clientWidth) return [];
              return [...document.querySelectorAll("main *")]
                .filter((each) => each.getBoundingClientRect().right > clientWidth)
                .map((each) => each.outerHTML.slice(0, 160));
            }"""
        )
        if not outside:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{where}: {outside[:4]}")


async def speaks_the_other_language(page: Page) -> None:
    before = await page.evaluate("document.documentElement.lang")
    await page.evaluate("document.querySelector('button.language').click()")
    await expect(page.locator(f"html:not([lang='{before}'])")).to_be_attached()
    await settles(page)


async def axe(page: Page) -> list[Any]:
    if not await page.evaluate("'axe' in window"):
        # The pages' policy allows no script of others, as it should; the test's own is let in.
        await page.evaluate(AXE.read_text(encoding="utf-8"))
    found = await page.evaluate(
        "axe.run(document, {resultTypes: ['violations']}).then((found) => found.violations)"
    )
    return [
        (each["id"], [node["html"][:160] for node in each["nodes"][:3]])
        for each in found
        if each["impact"] in GRAVE
    ]


async def settles(page: Page) -> None:
    await page.wait_for_load_state("networkidle")


async def reaches(page: Page, label: str) -> None:
    """Goes there with the tabulator."""
    wanted = page.get_by_label(label, exact=True)
    for _ in range(30):
        if await wanted.evaluate("(field) => field === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"the tabulator does not reach {label}")


async def confirms_by_keyboard(bidder: Bidder) -> None:
    button = bidder.todo().get_by_role("button", name="核对并确认", exact=True)
    for _ in range(80):
        if await button.evaluate("(it) => it === document.activeElement"):
            break
        await bidder.page.keyboard.press("Tab")
    await bidder.page.keyboard.press("Enter")
    yes = bidder.page.get_by_role("dialog").get_by_role("button", name="确认无误")
    await expect(yes).to_be_visible(timeout=SOON)
    for _ in range(20):
        if await yes.evaluate("(it) => it === document.activeElement"):
            break
        await bidder.page.keyboard.press("Tab")
    await bidder.page.keyboard.press("Enter")
    await bidder.is_told("您已确认唱标内容")


def administrator(site: Site) -> Account:
    password = (site.data / "admin-password").read_text(encoding="utf-8").strip()
    return Account("admin", password, "", "系统管理员", "")
