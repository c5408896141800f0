"""A tender opened by two of three trustees, from the first form to the checked record."""

import asyncio
import re
from datetime import datetime, timedelta
from pathlib import Path

from tests.journeys.conftest import Arrives
from tests.journeys.opening import LEAD
from tests.journeys.person import SOON
from tests.journeys.records import has_valid_signatures, verifies
from tests.journeys.roles import Bidder, Host, Member, Offer, Trustee
from tests.journeys.site import Site

COMPANIES = ("云岭建设工程有限公司", "滇中市政工程集团有限公司", "澜沧江𬭎泰路桥有限公司")
OFFERS = (
    Offer("11823400.00", "270", "合格", "王𬭎"),
    Offer("12000000.00", "265", "合格", "李㛃"),
    Offer("12999999.99", "240", "优良", "欧阳䶮"),
)
CAPITALS = (
    "壹仟壹佰捌拾贰万叁仟肆佰元整",
    "壹仟贰佰万元整",
    "壹仟贰佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分",
)
TITLE = "滇池东岸污水处理厂扩建工程"


async def test_an_opening_by_trustees(
    site: Site, arrives: Arrives, tmp_path: Path, pictures: Path
) -> None:
    site.falls_behind(LEAD)
    host = await arrives(Host, await site.account("agency", "王主持", "云南诚信招标代理有限公司"))
    supervisor = await arrives(Member, await site.account("supervisor", "陈监督", "市监督管理局"))
    trustees = [
        await arrives(Trustee, await site.account("trustee", name, organisation))
        for name, organisation in (
            ("杨公证", "昆明市公证处"),
            ("周交易", "公共资源交易中心"),
            ("何业主", "昆明滇池水务股份有限公司"),
        )
    ]
    bidders = [await arrives(Bidder, await site.account("bidder", name)) for name in COMPANIES]

    room = await drafts_a_tender(host, supervisor, trustees)
    await asyncio.gather(*(each.makes_card(room) for each in trustees))
    deadline = await publishes(host, room, pictures)
    await asyncio.gather(
        *(each.rehearses(room) for each in trustees),
        *(
            seals_and_hands_in(each, room, offer, files, tmp_path / "kept" / each.account.login)
            for each, offer, files in zip(bidders, OFFERS, files_of(tmp_path), strict=True)
            if each.account
        ),
    )
    await bidders[0].picture(pictures, "bid-complete")

    observer = await is_invited(host, room, arrives)
    everybody = [host, supervisor, *trustees, *bidders, observer]
    await asyncio.gather(*(each.enters(room) for each in (*everybody[1:-1],)))
    await nobody_learns_who_bids(everybody)
    await host.picture(pictures, "room-receiving")
    site.comes_to(deadline)
    await asyncio.gather(*(each.sees_phase("已截标") for each in everybody))

    await host.starts()
    await asyncio.gather(*(each.sees_phase("开标开始") for each in everybody))
    await host.orders("公布名单")
    for each in everybody:
        for company in COMPANIES:
            await each.sees(company)
    await host.picture(pictures, "room-roll")

    await host.orders("开始解密")
    await asyncio.gather(trustees[0].acts("解密"), trustees[2].acts("解密"))
    await trustees[0].sees("3 份密钥份额与封标时的承诺一致")
    await trustees[0].picture(pictures, "trustee-released")
    for each in everybody:
        await each.sees("已开启")
    await host.is_told("所有投标文件均有结果")
    await host.picture(pictures, "room-opened")
    await host.acts("批量导入")

    await draws(host, bidders)
    await host.picture(pictures, "room-drawn")
    await host.acts("开始唱标")
    await host.acts("唱下一份")
    # The roll is in the order of receipt, which the three fought out among them.
    await bidders[2].sees(re.compile("|".join(CAPITALS)))
    await bidders[2].picture(pictures, "room-announcing")
    await host.acts("唱完全部")
    await host.is_told("唱标完成")

    await talk(host, supervisor, bidders)
    await is_paused(host, supervisor, bidders)
    await host.orders("开始确认")
    await bidders[0].confirms()
    await bidders[0].picture(pictures, "bidder-confirmed")
    await objects_and_is_answered(host, bidders[1])
    await asyncio.gather(bidders[1].confirms(), bidders[2].confirms())

    await host.orders("定稿并签章")
    await asyncio.gather(*(each.signs() for each in (host, supervisor, *bidders)))
    await host.picture(pictures, "room-signing")
    await host.orders("宣布开标结束")
    await asyncio.gather(*(each.sees("开标记录已公布", 2 * SOON) for each in everybody))
    await supervisor.picture(pictures, "room-ended")

    minutes = await supervisor.downloads("下载开标记录", tmp_path / "records")
    archive = await supervisor.downloads("下载归档包", tmp_path / "records")
    has_valid_signatures(minutes)
    for file in (minutes, archive):
        verifies(file)


async def drafts_a_tender(host: Host, supervisor: Member, trustees: list[Trustee]) -> str:
    await host.goes("/openings")
    await host.follows("新建开标")
    for label, text in (
        ("项目名称", TITLE),
        ("项目编号", "YK-2026-0117"),
        ("标段编号", "01"),
        ("标段名称", "土建及设备安装"),
        ("招标人", "昆明滇池水务股份有限公司"),
        ("开标地点", "不见面开标大厅"),
        ("招标控制价", "12860000"),
        ("开标纪律", "服从主持人安排；异议应当当场提出。"),
    ):
        await host.writes(label, text)
    await host.sets_deadline(timedelta(hours=1))
    await host.ticks("受托人共同解密")
    for each in trustees:
        assert each.account
        await host.picks("密钥受托人", f"{each.account.name} · {each.account.organisation}")
    assert supervisor.account
    await host.picks("监督人", f"{supervisor.account.name} · {supervisor.account.organisation}")
    await host.ticks("开标时公开抽取参数")
    for label, text in (
        ("参数名称", "下浮系数"),
        ("最小值", "30"),
        ("最大值", "60"),
        ("间隔", "5"),
    ):
        await host.writes(label, text)
    await host.presses("保存草稿")
    await host.sees("草稿已保存")
    await host.page.wait_for_url("**/edit")
    return host.page.url.split("/")[-2]


async def publishes(host: Host, room: str, pictures: Path) -> datetime:
    await host.goes(f"/openings/{room}/edit")
    await host.sees("全部受托人已提交公钥")
    await host.picture(pictures, "tender-form")
    deadline = await host.sets_deadline(timedelta(seconds=LEAD))
    await host.presses("发布")
    await host.answers("确认发布")
    await host.sees("正在接收投标")
    return deadline


def files_of(folder: Path) -> list[list[Path]]:
    """Real files: one with a rare character in its name, one of 20 MB, two together."""
    folder = folder / "files"
    folder.mkdir()
    letter, plans, sheet = (
        folder / "投标函 𬭎盛.pdf",
        folder / "施工组织设计.bin",
        folder / "工程量清单.csv",
    )
    letter.write_bytes(b"%PDF-1.7\n" + bytes(range(256)) * 900)
    with plans.open("wb") as file:
        file.truncate(20 * 1024 * 1024)
    sheet.write_text("序号,名称,单价\n1,土方开挖,32.50\n", encoding="utf-8")
    return [[letter], [plans], [letter, sheet]]


async def seals_and_hands_in(
    bidder: Bidder, room: str, offer: Offer, files: list[Path], kept: Path
) -> None:
    await bidder.accepts(room)
    await bidder.fills_in(offer)
    await bidder.brings(*files)
    await bidder.seals()
    await bidder.hands_in()
    await bidder.is_complete()
    pdf, note = await bidder.has_receipt(kept)
    assert pdf.read_bytes().startswith(b"%PDF")
    assert room in note.read_text(encoding="utf-8")
    await bidder.signs_in()


async def is_invited(host: Host, room: str, arrives: Arrives) -> Member:
    await host.enters(room)
    await host.also("邀请旁听")
    await host.writes("旁听人姓名", "市民代表")
    dialog = host.page.get_by_role("dialog")
    await dialog.get_by_role("button", name="邀请旁听", exact=True).click()
    link = await host.page.get_by_label("旁听链接").input_value()
    await host.answers("关闭")
    observer = await arrives(Member, None)
    await observer.page.goto(link)
    await observer.follows("进入开标室")
    await observer.answers("我已阅读并遵守，进入开标室")
    return observer


async def nobody_learns_who_bids(everybody: list[Member]) -> None:
    for each in everybody:
        await each.sees("名单在截止后由主持人公布")
        for company in COMPANIES:
            if each.account is None or each.account.name != company:
                await each.does_not_see(company)
        await each.does_not_see("共 3 家")


async def draws(host: Host, bidders: list[Bidder]) -> None:
    await asyncio.gather(*(each.acts("提交种子摘要") for each in (host, *bidders)))
    await host.sees("已提交种子 4 份")
    await host.acts("公开种子")
    await asyncio.gather(*(each.acts("公开种子") for each in bidders))
    await host.sees("已公开 4 份")
    await host.acts("算出结果")
    for each in (host, *bidders):
        await each.sees("本机已用公开的种子复算，结果一致")


async def talk(host: Host, supervisor: Member, bidders: list[Bidder]) -> None:
    await bidders[0].says("声音清楚，谢谢。")
    await host.looks_at("交流")
    await host.sees("声音清楚，谢谢。")
    await host.also("交流方式")
    await host.ticks("静音：仅主持方可发言")
    await host.answers("交流方式")
    await bidders[0].sees("您目前不能发言。")
    await host.says("请各投标人核对唱标内容。")
    await bidders[0].sees("请各投标人核对唱标内容。")
    await supervisor.also("发出监督提示")
    await supervisor.writes("提示内容", "请主持人控制节奏。")
    await supervisor.answers("发出监督提示")
    for each in (host, *bidders):
        await each.sees("请主持人控制节奏。")


async def is_paused(host: Host, supervisor: Member, bidders: list[Bidder]) -> None:
    await host.also("暂停开标")
    await host.writes("理由", "网络检修")
    await host.answers("暂停开标")
    for each in (supervisor, *bidders):
        await each.is_told("开标已暂停")
        await each.sees("网络检修")
    await host.acts("恢复开标")
    await bidders[0].is_told("正在唱标")


async def objects_and_is_answered(host: Host, bidder: Bidder) -> None:
    await bidder.looks_at("异议")
    await bidder.presses("提出异议")
    await bidder.writes("异议内容", "请说明下浮系数的抽取过程。")
    await bidder.answers("提出异议")
    await host.is_told("有 1 项异议待您当场答复")
    await host.acts("答复异议")
    await host.sees("请说明下浮系数的抽取过程。")
    await host.writes("答复", "种子已全部公开，任何人可复算。")
    await host.answers("答复异议")
    await bidder.sees("种子已全部公开，任何人可复算。")
