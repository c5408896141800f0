"""An opening whose bidders hold the only keys: kept, mistaken and never brought."""

import asyncio
from datetime import timedelta
from pathlib import Path

from playwright.async_api import expect

from tests.journeys.conftest import Arrives
from tests.journeys.opening import tender
from tests.journeys.person import SOON
from tests.journeys.roles import Bidder, Host, Member, Offer
from tests.journeys.site import Site

PASSPHRASE = "滇池水清 2026 岁"
WINDOW = 120
"""Seconds in which keys are brought; the one who never does is waited for."""


async def test_bidders_open_their_own_bids(
    site: Site, arrives: Arrives, tmp_path: Path, pictures: Path
) -> None:
    opening = await tender(site, policy="bidder")
    careful, hasty, silent = [
        await site.account("bidder", name)
        for name in ("云岭建设工程有限公司", "滇中市政工程有限公司", "长江园林绿化有限公司")
    ]
    await opening.publish_for_now(
        WINDOW, windows={"decryption": WINDOW, "confirmation": 300, "objection": 5}
    )
    await opening.hands_in(silent, tmp_path / "silent", 1_190_000_000)
    first, second = await arrives(Bidder, careful), await arrives(Bidder, hasty)
    letter = tmp_path / "投标函.txt"
    letter.write_text("愿按招标文件要求承担本项目。\n", encoding="utf-8")
    keys = await asyncio.gather(
        *(
            seals_with_a_key(each, opening.room, letter, tmp_path / f"keys-{number}")
            for number, each in enumerate((first, second))
        )
    )
    await checks_the_key(first, keys[0])
    await first.picture(pictures, "bidder-key")

    host = await arrives(Host, opening.host)
    supervisor = await arrives(Member, opening.supervisor)
    room = (host, supervisor, first, second)
    await asyncio.gather(*(each.enters(opening.room) for each in room))
    opening.comes_due()
    await host.sees_phase("已截标")
    await host.starts()
    await host.orders("公布名单")
    await host.orders("开始解密")

    await brings_wrong_key_first(second, wrong=keys[0], right=keys[1])
    await brings_key(first, keys[0])
    await host.sees("长江园林绿化有限公司")
    await host.is_told("正在开启投标文件：2 / 3 份已开启")
    site.comes_to(site.now() + timedelta(seconds=WINDOW))
    await host.is_told("所有投标文件均有结果")
    await everybody_sees_whose_fault(room)
    await host.picture(pictures, "room-void")
    await host.acts("批量导入")
    await host.acts("开始唱标")
    await host.acts("唱完全部")
    await host.orders("开始确认")
    await first.confirms()
    await disputes(second)
    await host.is_told("确认阶段已完成")
    await host.orders("定稿并签章")
    await host.signs()
    await host.orders("宣布开标结束")
    await asyncio.gather(*(each.sees("开标记录已公布", 2 * SOON) for each in room))


async def seals_with_a_key(bidder: Bidder, room: str, letter: Path, to: Path) -> Path:
    await bidder.accepts(room)
    await bidder.fills_in(Offer())
    await bidder.brings(letter)
    await bidder.seals(PASSPHRASE)
    await bidder.sees("现在保存您的密钥文件")
    button = bidder.page.get_by_role("button", name="递交投标", exact=True)
    await expect(button).to_be_disabled()
    file = await bidder.saves_key(to)
    await bidder.hands_in()
    await bidder.is_complete()
    return file


async def checks_the_key(bidder: Bidder, key: Path) -> None:
    await bidder.gives("选择密钥文件", key)
    await bidder.writes("口令", "记错的口令 2026")
    await bidder.presses("检查")
    await bidder.sees("口令不正确")
    await bidder.writes("口令", PASSPHRASE)
    await bidder.presses("检查")
    await bidder.sees("可以打开：密钥文件和口令与已递交的投标一致。")


async def brings_key(bidder: Bidder, key: Path) -> None:
    await bidder.acts("解密")
    await bidder.ticks("选择其他密钥文件")
    await bidder.gives("密钥文件", key)
    await bidder.writes("口令", PASSPHRASE)
    await bidder.answers("解密")
    await bidder.is_told("您已完成解密")


async def brings_wrong_key_first(bidder: Bidder, wrong: Path, right: Path) -> None:
    await bidder.acts("解密")
    await bidder.ticks("选择其他密钥文件")
    await bidder.gives("密钥文件", wrong)
    await bidder.writes("口令", PASSPHRASE)
    dialog = bidder.page.get_by_role("dialog")
    await dialog.get_by_role("button", name="解密", exact=True).click()
    await bidder.sees("这个密钥文件属于另一份投标")
    await bidder.gives("密钥文件", right)
    await bidder.answers("解密")
    await bidder.is_told("您已完成解密")


async def everybody_sees_whose_fault(room: tuple[Member, ...]) -> None:
    for each in room:
        row = each.page.get_by_role("row", name="长江园林绿化有限公司")
        await expect(row).to_contain_text("视为撤销")
    await room[1].presses("长江园林绿化有限公司 的详情")
    await room[1].sees("视为撤销（因投标人原因未能开启）")
    await room[1].sees("投标人没有提交密钥")
    await room[1].answers("关闭详情")


async def disputes(bidder: Bidder) -> None:
    await bidder.acts("提出更正")
    await bidder.writes("不一致之处", "质量目标应为“优良”。")
    await bidder.answers("提出更正")
    await bidder.is_told("您的异议已记录")
