"""Somebody settles at the counter next door what only a county far away can decide."""

import asyncio
from pathlib import Path

from tests.journeys import conftest
from tests.journeys.conftest import Arrives
from tests.journeys.counter.conftest import Comes
from tests.journeys.counter.matter import BANK_CARD, FAR, FIELDS, ID_CARD, NEAR, offer, scan
from tests.journeys.counter.people import Applicant, FarClerk, NearClerk, Party
from tests.journeys.counter.visit import recorded
from tests.journeys.records import verifies, words_of
from tests.journeys.site import Site

site = conftest.site  # a process of its own, with another for live pictures


async def test_a_pension_is_drawn_in_one_visit(
    site: Site, arrives: Arrives, comes: Comes, tmp_path: Path, pictures: Path
) -> None:
    await offer(site)
    near = await arrives(NearClerk, await site.account("clerk", "赵敏", "便民服务中心"))
    far = await arrives(FarClerk, await site.account("clerk", "周强", "社会保险事业局"))
    supervisor = await arrives(Party, await site.account("supervisor", "陈监督", "政务服务监督处"))
    applicant = await comes()
    await asyncio.gather(near.opens_window(NEAR), far.opens_window(FAR))

    number = await applicant.takes_ticket(NEAR)
    await applicant.picture(pictures, "counter-admission")
    await applicant.waits()
    await applicant.picture(pictures, "counter-ticket")
    await near.sees(number)
    await near.picture(pictures, "counter-desk")
    await near.calls()
    await applicant.sees("现在请您到窗口")
    await applicant.picture(pictures, "counter-called")
    await far.follows_call()
    room = await applicant.goes_in()
    await near.picture(pictures, "counter-connect")
    await near.connects()

    await everybody_is_seen(applicant, near, far)
    await applicant.picture(pictures, "counter-consent")
    await applicant.consents()
    await far.sees("录制中")
    await supervisor.goes("/board")
    await supervisor.sees("进入旁听")
    await supervisor.picture(pictures, "counter-board")
    await supervisor.follows("进入旁听")
    await near.shows_document()
    await far.picture(pictures, "counter-identity")
    await far.keeps_picture("办事人")
    await far.compares()

    await near.scans(ID_CARD, scan(tmp_path / "scans", 1))
    await applicant.photographs(BANK_CARD)
    for material in (ID_CARD, BANK_CARD):
        await far.sees_material(material, "待审核")
    await far.picture(pictures, "counter-judge")
    for material in (ID_CARD, BANK_CARD):
        await far.accepts(material)
    await applicant.is_told("窗口人员正在填写表单")

    await near.picture(pictures, "counter-form")
    await near.fills_in()
    await applicant.sees("12,345.67")
    await applicant.picture(pictures, "counter-confirm")
    await applicant.confirms()
    await applicant.sees("请在框内用手写笔、手指或鼠标签名")
    await applicant.picture(pictures, "counter-sign")
    await applicant.signs()
    await far.sees("建议：即办")
    await far.picture(pictures, "counter-decide")
    await far.gives_decision("即办")

    notice = await applicant.downloads("下载通知书", tmp_path)
    await applicant.picture(pictures, "counter-result")
    await near.presses("结束通话")
    await applicant.rates("非常满意")
    await applicant.picture(pictures, "counter-rated")
    await near.presses("登记送达")
    await supervisor.sees("已送达")
    await supervisor.picture(pictures, "counter-over")
    assert supervisor.account is not None
    await recorded(await site.as_program(supervisor.account), room, "ResultDelivered")
    assert "即办结果通知书" in words_of(notice)
    verifies(notice)
    await the_record_holds(supervisor, number, tmp_path)


async def everybody_is_seen(applicant: Applicant, near: NearClerk, far: FarClerk) -> None:
    for each in (applicant, near, far):
        await each.switches_camera_on()
    await asyncio.gather(
        far.sees_picture("stage"),
        applicant.sees_picture("hall"),
        applicant.sees_picture("supervisor"),
    )


async def the_record_holds(supervisor: Party, number: str, folder: Path) -> None:
    """Minutes and archive of the finished session prove everything by themselves."""
    minutes = await supervisor.downloads("下载办理记录", folder)
    words = words_of(minutes)
    assert number in words
    for word in ("赵敏", "周强", "非常满意", "截屏：办事人"):
        assert word in words, words
    assert FIELDS["公民身份号码"] not in words, "the number is masked"
    verifies(minutes)
    await supervisor.page.get_by_text("更多操作").click()
    archive = await supervisor.downloads("下载归档包", folder)
    verifies(archive)
