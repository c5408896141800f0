"""Networks fail and people reload: nothing is lost and nothing happens twice."""

import asyncio
import re
from pathlib import Path
from typing import Any

from playwright.async_api import Dialog, Request, Route, expect

from tests.journeys.conftest import Arrives
from tests.journeys.opening import Opening, tender
from tests.journeys.person import SOON, Person
from tests.journeys.roles import Bidder, Host, Member, Offer
from tests.journeys.site import Site

MEGABYTE = 1024 * 1024


async def test_an_upload_goes_on_after_a_reload_and_a_lost_network(
    site: Site, arrives: Arrives, tmp_path: Path, pictures: Path
) -> None:
    opening = await tender(site)
    await opening.publish(3600)
    account = await site.account("bidder", "云岭建设工程有限公司")
    bidder = await arrives(Bidder, account)
    plans = tmp_path / "施工组织设计.bin"
    with plans.open("wb") as file:
        file.truncate(24 * MEGABYTE)
    await bidder.accepts(opening.room)
    await bidder.fills_in(Offer())
    await bidder.brings(plans)
    await bidder.seals()
    await expect(bidder.page.get_by_role("button", name="递交投标")).to_be_visible()

    slow = await slow_down(bidder)
    starts = begun_at(bidder)
    await bidder.hands_in()
    await bidder.sees("上传密封文件")
    receipt = (await mine(opening, bidder))["receipt"]
    assert receipt
    await has_arrived(opening, bidder, 2 * MEGABYTE)
    await bidder.picture(pictures, "upload-running")
    await reloads(bidder)
    await bidder.sees("正在上传")
    await has_arrived(opening, bidder, 4 * MEGABYTE)
    await bidder.context.set_offline(True)
    await bidder.sees("网络已断开")
    await bidder.picture(pictures, "upload-offline")
    await bidder.context.set_offline(False)
    await slow()
    await bidder.is_complete()
    stored = await mine(opening, bidder)
    assert stored["receipt"]["body"] == receipt["body"]
    assert stored["stored"] == {"a": True}
    assert starts == sorted(starts), "no byte that had arrived is sent again"
    await bidder.has_receipt(tmp_path / "kept")


async def test_who_was_offline_in_the_room_misses_nothing(
    site: Site, arrives: Arrives, tmp_path: Path, pictures: Path
) -> None:
    opening = await tender(site)
    await opening.publish_for_now()
    accounts = [await site.account("bidder", f"第{n}建设有限公司") for n in (1, 2, 3)]
    for number, account in enumerate(accounts):
        await opening.hands_in(account, tmp_path / account.login, 1_180_000_000 + number)
    host = await arrives(Host, opening.host)
    bidder = await arrives(Member, accounts[0])
    await asyncio.gather(host.enters(opening.room), bidder.enters(opening.room))
    opening.comes_due()
    await host.sees_phase("已截标")
    await host.starts()
    await host.orders("公布名单")
    await bidder.sees("第3建设有限公司")

    await bidder.context.set_offline(True)
    await bidder.sees("网络已断开")
    await bidder.picture(pictures, "room-offline")
    words = [f"第 {number} 句话" for number in range(1, 6)]
    for each in words:
        await opening.by_host.command(opening.room, "PostChat", text=each, to=None)
    await host.orders("开始解密")
    await bidder.context.set_offline(False)
    await bidder.sees_phase("解密中")
    await bidder.looks_at("交流")
    said = bidder.page.get_by_role("log", name="交流").locator(".text")
    await expect(said).to_have_text(words)
    await bidder.says("听到了。")
    await expect(said).to_have_text([*words, "听到了。"])
    await host.looks_at("交流")
    await host.sees("听到了。")


async def test_a_page_lost_on_the_way_is_asked_for_again(site: Site, arrives: Arrives) -> None:
    person = await arrives(Person, None)
    losses = 1

    async def lose(route: Route) -> None:
        nonlocal losses
        losses -= 1
        await (route.abort() if losses >= 0 else route.continue_())

    await person.page.route(re.compile(r"/assets/(VerifyPage|LoginPage)-[^/]*\.js$"), lose)
    await person.goes("/verify")
    await person.sees("选择要核验的文件")
    losses = 99
    await person.goes("/login")
    await person.sees("连不上服务器。")
    losses = 0
    await person.presses("重试")
    await person.sees("登录名")


async def mine(opening: Opening, bidder: Person) -> dict[str, Any]:
    answer = await bidder.context.request.get(f"{opening.site.url}{opening.path}/mine")
    found: dict[str, Any] = await answer.json()
    return found


async def has_arrived(opening: Opening, bidder: Person, size: int) -> None:
    end = asyncio.get_running_loop().time() + SOON / 1000
    while asyncio.get_running_loop().time() < end:
        if (await mine(opening, bidder))["uploads"]["a"]["offset"] >= size:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{size} bytes did not arrive")


def begun_at(bidder: Person) -> list[int]:
    """Where each piece of the upload began, as it is sent."""
    starts: list[int] = []

    def note(request: Request) -> None:
        if request.method == "PATCH":
            starts.append(int(request.headers["upload-offset"]))

    bidder.page.on("request", note)
    return starts


async def slow_down(bidder: Person) -> Any:
    """Makes the network as slow as a small office's; answers what undoes it."""
    session = await bidder.context.new_cdp_session(bidder.page)
    await session.send("Network.enable")

    async def limit(up: float) -> None:
        await session.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": 20, "downloadThroughput": -1, "uploadThroughput": up},
        )

    await limit(MEGABYTE)

    async def undo() -> None:
        await limit(-1)

    return undo


async def reloads(bidder: Person) -> None:
    """Reloads although the page asks whether to leave."""

    async def agree(dialog: Dialog) -> None:
        await dialog.accept()

    bidder.page.on("dialog", agree)
    await bidder.page.reload()
    await expect(
        bidder.page.get_by_text(re.compile("投标状态|投标已按时登记")).first
    ).to_be_visible()
