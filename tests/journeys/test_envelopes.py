"""Two envelopes, one after the other, with a deputy who goes on when the host is gone."""

import asyncio
from pathlib import Path

from playwright.async_api import expect

from crypto.encoding import Json
from tests.journeys.conftest import Arrives
from tests.journeys.opening import FORM, LEAD, tender
from tests.journeys.person import SOON
from tests.journeys.records import verifies
from tests.journeys.roles import Host, Member, Trustee
from tests.journeys.site import Site

ENVELOPES: list[Json] = [
    {"id": "a", "title": "技术文件", "later": False},
    {"id": "b", "title": "商务文件", "later": True},
]
PRICE, CAPITAL = 1_182_340_000, "壹仟壹佰捌拾贰万叁仟肆佰元整"


async def test_a_deputy_goes_on_and_opens_the_prices_last(
    site: Site, arrives: Arrives, tmp_path: Path, pictures: Path
) -> None:
    opening = await tender(site)
    opening.deputy = await site.account("agency", "李副手", "云南诚信招标代理有限公司")
    notary = await site.account("trustee", "赵公证", "昆明市公证处")
    opening.seated.append(notary)
    site.falls_behind(LEAD)
    await opening.draft(LEAD, envelopes=ENVELOPES, form=prices_apart())
    trustee = await arrives(Trustee, notary)
    await trustee.makes_card(opening.room)
    await opening.goes_public()
    accounts = [await site.account("bidder", f"第{n}建设有限公司") for n in (1, 2, 3)]
    for number, account in enumerate(accounts):
        await opening.hands_in(account, tmp_path / account.login, PRICE + number * 100, "b")
    await trustee.rehearses(opening.room)

    host = await arrives(Host, opening.host)
    deputy = await arrives(Host, opening.deputy)
    bidder = await arrives(Member, accounts[0])
    await asyncio.gather(*(each.enters(opening.room) for each in (host, deputy, bidder)))
    opening.comes_due()
    await host.sees_phase("已截标")
    await host.starts()
    await deputy.sees_phase("开标开始")
    await host.page.close()
    await takes_over(deputy, bidder, pictures)

    await deputy.orders("公布名单")
    await deputy.orders("开始解密")
    await gets_more_time(deputy, bidder, pictures)
    await releases_on_the_own_page(trustee, "技术文件", pictures)
    await opening.trustees[0].release_when_open("a")
    await reads_out(deputy)
    await bidder.sees("王𬭎")
    await bidder.does_not_see(CAPITAL)
    await deputy.picture(pictures, "envelopes-first")

    await deputy.orders("开启下一信封")
    await releases_on_the_own_page(trustee, "商务文件", pictures)
    await opening.trustees[0].release_when_open("b")
    await reads_out(deputy)
    await bidder.sees("11,823,400.00")
    await deputy.picture(pictures, "envelopes-second")

    await deputy.orders("开始确认")
    await opening.confirm()
    await deputy.is_told("确认阶段已完成")
    await deputy.orders("定稿并签章")
    await deputy.signs()
    await deputy.orders("宣布开标结束")
    await deputy.sees("开标记录已公布", 2 * SOON)
    verifies(await deputy.downloads("下载归档包", tmp_path / "records"))


def prices_apart() -> list[Json]:
    return [{**item, "envelope": "b" if item["id"] == "price" else "a"} for item in FORM]


async def takes_over(deputy: Host, bidder: Member, pictures: Path) -> None:
    await deputy.is_told("主持人不在线，您可以接替主持")
    await deputy.picture(pictures, "deputy-asked")
    await deputy.orders("接替主持")
    for each in (deputy, bidder):
        await each.sees("主持人 李副手")


async def gets_more_time(deputy: Host, bidder: Member, pictures: Path) -> None:
    await deputy.also("延长时限")
    await deputy.writes("延长（分钟）", "15")
    await deputy.writes("理由", "公证处网络检修")
    await deputy.answers("延长时限")
    await bidder.sees("时限已延长：公证处网络检修")
    await bidder.picture(pictures, "window-extended")


async def releases_on_the_own_page(trustee: Trustee, envelope: str, pictures: Path) -> None:
    await trustee.sees(f"本次释放：{envelope}")
    await trustee.picture(pictures, "trustee-page-asked")
    await trustee.presses("释放份额")
    await trustee.answers("释放份额")
    await trustee.sees("份额已释放")
    await trustee.sees("3 份密钥份额与封标时的承诺一致")
    await trustee.picture(pictures, "trustee-page-released")


async def reads_out(deputy: Host) -> None:
    await deputy.is_told("所有投标文件均有结果")
    await deputy.acts("批量导入")
    await deputy.acts("开始唱标")
    await deputy.acts("唱完全部")
    await expect(deputy.todo()).not_to_contain_text("请宣读")
