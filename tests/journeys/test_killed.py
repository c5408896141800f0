"""The server loses power in every phase; everybody goes on where they were."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from playwright.async_api import expect

from tests.journeys.conftest import Arrives
from tests.journeys.opening import Opening, tender
from tests.journeys.person import SOON
from tests.journeys.records import verifies
from tests.journeys.roles import Bidder, Host, Member
from tests.journeys.site import Site

Act = Callable[[], Awaitable[object]]


async def test_a_server_killed_in_every_phase_loses_nothing(
    site: Site, arrives: Arrives, tmp_path: Path, pictures: Path
) -> None:
    opening = await tender(site)
    await opening.publish_for_now()
    accounts = [await site.account("bidder", f"第{n}建设有限公司") for n in (1, 2, 3)]
    for number, account in enumerate(accounts):
        await opening.hands_in(account, tmp_path / account.login, 1_180_000_000 + number)
    host = await arrives(Host, opening.host)
    bidder = await arrives(Bidder, accounts[0])
    supervisor = await arrives(Member, opening.supervisor)
    people = (host, bidder, supervisor)
    await asyncio.gather(*(each.enters(opening.room) for each in people))

    async def deadline() -> None:
        opening.comes_due()
        await host.sees_phase("已截标")

    async def releases() -> None:
        await asyncio.gather(*(each.release_when_open("a") for each in opening.trustees[:2]))
        await host.acts("批量导入")

    async def announces() -> None:
        await host.acts("唱完全部")
        await host.orders("开始确认")

    async def confirms() -> None:
        await bidder.confirms()
        await opening.confirm(*opening.bidders[1:])
        await host.is_told("确认阶段已完成")
        await host.orders("定稿并签章")

    async def signs() -> None:
        await asyncio.gather(*(each.signs() for each in (host, supervisor, bidder)))
        await host.orders("宣布开标结束")

    steps: dict[str, Act] = {
        "递交中": deadline,
        "已截标": host.starts,
        "开标开始": lambda: host.orders("公布名单"),
        "已公布名单": lambda: host.orders("开始解密"),
        "解密中": releases,
        "已批量导入": lambda: host.acts("开始唱标"),
        "唱标": announces,
        "确认与异议": confirms,
        "签章": signs,
    }
    for phase, step in steps.items():
        await asyncio.gather(*(each.sees_phase(phase) for each in people))
        await loses_power(site, people, pictures if phase == "解密中" else None)
        if step is not deadline:
            await asyncio.gather(*(each.sees_phase(phase) for each in people))
        await step()
    await asyncio.gather(*(each.sees("开标记录已公布", 2 * SOON) for each in people))
    for each in people:
        await has_every_entry_once(opening, each)

    minutes = await supervisor.downloads("下载开标记录", tmp_path / "records")
    archive = await supervisor.downloads("下载归档包", tmp_path / "records")
    for file in (minutes, archive):
        verifies(file)


async def loses_power(site: Site, people: tuple[Member, ...], pictures: Path | None) -> None:
    await site.kill()
    await asyncio.gather(*(each.sees("与服务器的连接已断开") for each in people))
    if pictures:
        await people[1].picture(pictures, "room-reconnecting")
    await site.start()
    for each in people:
        gone = each.page.get_by_text("与服务器的连接已断开")
        await expect(gone).to_have_count(0)


async def has_every_entry_once(opening: Opening, person: Member) -> None:
    """The page has the person's stream as the server tells it, and that has no gaps."""
    assert person.account
    entries = await opening.entries(await opening.site.as_program(person.account))
    assert [entry["n"] for entry in entries] == list(range(1, len(entries) + 1))
    await person.looks_at("记录")
    await person.sees(f"记录 {len(entries)} 条")
