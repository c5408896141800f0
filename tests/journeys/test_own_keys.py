"""Bids with a bidder's key and trustees: either will do, or both are needed and one comes late."""

import asyncio
from datetime import timedelta
from pathlib import Path

from playwright.async_api import expect

from crypto.encoding import Json
from tests.journeys.conftest import Arrives
from tests.journeys.opening import Opening, tender
from tests.journeys.person import SOON
from tests.journeys.records import verifies, words_of
from tests.journeys.roles import Bidder, Host, Member, Offer
from tests.journeys.site import Site

WINDOW = 120
"""Seconds in which programs release their keys; the one who is late is waited for."""
PASSPHRASE = "滇池水清 2026 岁"
LATE = "云岭建设工程有限公司"
REASON = "投标人密钥设备故障，已核实"


async def test_either_the_bidder_or_the_trustees_open_a_bid(
    site: Site, arrives: Arrives, tmp_path: Path, pictures: Path
) -> None:
    opening, bidder, host = await a_bid_by_hand("either", site, arrives, tmp_path)
    await asyncio.gather(host.enters(opening.room), bidder.enters(opening.room))
    await is_decrypted(opening, host)

    await opening.trustees[0].release_when_open("a")
    await bidder.is_told("受托人正在解密，您无须操作")
    await bidder.also("解密")
    await bidder.writes("口令", PASSPHRASE)
    await bidder.answers("解密")
    await host.is_told("1 / 3 份已开启")
    await opening.trustees[2].release_when_open("a")
    await host.is_told("所有投标文件均有结果")
    await is_opened(host, LATE, "由投标人开启", pictures)
    await is_opened(host, "第2建设有限公司", "由受托人开启", pictures)


async def test_a_late_key_is_remedied_and_a_reconvened_opening_signed_anew(
    site: Site, arrives: Arrives, tmp_path: Path, pictures: Path
) -> None:
    opening, bidder, host = await a_bid_by_hand(
        "both",
        site,
        arrives,
        tmp_path,
        WINDOW,
        windows={"decryption": WINDOW, "confirmation": 300, "objection": 5},
    )
    supervisor = await arrives(Member, opening.supervisor)
    people = (host, supervisor, bidder)
    await asyncio.gather(*(each.enters(opening.room) for each in people))
    await is_decrypted(opening, host)
    await asyncio.gather(
        *(each.release_when_open("a") for each in opening.trustees[:2]),
        *(each.release_keys("a") for each in opening.bidders),
    )
    await host.is_told("2 / 3 份已开启")
    site.comes_to(site.now() + timedelta(seconds=WINDOW))
    row = supervisor.page.get_by_role("row", name=LATE)
    await expect(row).to_contain_text("视为撤销")
    await host.picture(pictures, "remedy-needed")

    await host.also("补救")
    await host.writes("重开（分钟）", "20")
    await host.writes("理由", REASON)
    await host.picture(pictures, "remedy-dialog")
    await host.answers("补救")
    await expect(row).to_contain_text("补救至")
    await bidder.is_told("请解密您的投标文件")
    await bidder.picture(pictures, "remedy-bidder")
    await bidder.acts("解密")
    await bidder.writes("口令", PASSPHRASE)
    await bidder.answers("解密")
    await host.is_told("所有投标文件均有结果")
    await is_opened(host, LATE, "由受托人与投标人共同开启", pictures)

    await host.acts("批量导入")
    await host.acts("开始唱标")
    await host.acts("唱完全部")
    await host.orders("开始确认")
    await bidder.confirms()
    await opening.confirm()
    await is_signed(people)
    await host.also("复会")
    await host.writes("理由", "更正参加人姓名")
    await host.answers("复会")
    for each in people:
        await each.sees_phase("确认与异议")
        await each.sees("复会：更正参加人姓名")
    await supervisor.picture(pictures, "reconvened")
    await is_signed(people)
    minutes = await supervisor.downloads("下载开标记录", tmp_path / "records")
    archive = await supervisor.downloads("下载归档包", tmp_path / "records")
    for file in (minutes, archive):
        verifies(file)
    text = words_of(minutes)
    assert REASON in text
    assert "更正参加人姓名" in text


async def a_bid_by_hand(
    policy: str, site: Site, arrives: Arrives, folder: Path, window: float = 0.0, **terms: Json
) -> tuple[Opening, Bidder, Host]:
    """A tender with one bid sealed in the browser and two by programs."""
    opening = await tender(site, policy)
    await opening.publish_for_now(window, **terms)
    bidder = await arrives(Bidder, await site.account("bidder", LATE))
    letter = folder / "投标函.txt"
    letter.write_text("愿按招标文件要求承担本项目。\n", encoding="utf-8")
    await bidder.accepts(opening.room)
    await bidder.fills_in(Offer())
    await bidder.brings(letter)
    await bidder.seals(PASSPHRASE)
    await bidder.saves_key(folder / "kept")
    await bidder.hands_in()
    await bidder.is_complete()
    for number in (2, 3):
        account = await site.account("bidder", f"第{number}建设有限公司")
        await opening.hands_in(account, folder / account.login, 1_180_000_000 + number)
    return opening, bidder, await arrives(Host, opening.host)


async def is_decrypted(opening: Opening, host: Host) -> None:
    opening.comes_due()
    await host.sees_phase("已截标")
    await host.starts()
    await host.orders("公布名单")
    await host.orders("开始解密")


async def is_opened(host: Host, company: str, how: str, pictures: Path) -> None:
    await host.presses(f"{company} 的详情")
    await host.sees(how)
    await host.picture(pictures, "opened-how")
    await host.answers("关闭详情")


async def is_signed(people: tuple[Host, Member, Member]) -> None:
    """Finalised, signed by everybody, ended and published."""
    host = people[0]
    await host.is_told("确认阶段已完成")
    await host.orders("定稿并签章")
    await asyncio.gather(*(each.signs() for each in people))
    await host.orders("宣布开标结束")
    await asyncio.gather(*(each.sees("开标记录已公布", 2 * SOON) for each in people))
