"""Who does not come within three minutes loses the turn, and may queue once more."""

import re
from pathlib import Path

from tests.journeys.conftest import Arrives
from tests.journeys.counter.conftest import Comes
from tests.journeys.counter.matter import FAR, NEAR, offer
from tests.journeys.counter.people import FarClerk, NearClerk, Party
from tests.journeys.site import Site
from tests.server.site import RunningServer

A_MINUTE_AND_A_HALF = 95.0
"""Seconds, of which a call lasts less than two, and a clerk may be away for less than two."""


async def test_who_misses_the_call_may_queue_once_more(
    server: RunningServer, site: Site, arrives: Arrives, comes: Comes, pictures: Path
) -> None:
    await offer(site)
    near = await arrives(NearClerk, await site.account("clerk", "赵敏", "便民服务中心"))
    far = await arrives(FarClerk, await site.account("clerk", "周强", "社会保险事业局"))
    await near.opens_window(NEAR)
    await far.opens_window(FAR)
    applicant = await comes()
    number = await applicant.takes_ticket(NEAR)
    await applicant.waits()

    await near.presses(re.compile("^叫号"))
    await applicant.sees("现在请您到窗口")
    await three_minutes_pass(server, near, far)
    await applicant.sees("已过号")
    await applicant.picture(pictures, "counter-missed")
    await applicant.presses("重新排队")
    await applicant.sees("下一个就是您")

    await near.presses(re.compile("^叫号"))
    await applicant.sees("现在请您到窗口")
    await three_minutes_pass(server, near, far)
    await applicant.sees("已过号")
    await near.sees("过号")
    await near.picture(pictures, "counter-desk-missed")
    await near.presses("重新排队")
    await applicant.sees("下一个就是您")

    await near.calls()
    await near.sees(number)
    await near.connects("录制设备检修")
    await applicant.goes_in()
    await applicant.is_told("请阅读告知书")
    await far.sees(number)


async def three_minutes_pass(server: RunningServer, *clerks: Party) -> None:
    """Time goes by, in which the clerks stay at their windows."""
    server.clock.on(A_MINUTE_AND_A_HALF)
    for clerk in clerks:
        await clerk.goes("/desk")
        await clerk.sees("暂停受理")
    server.clock.on(A_MINUTE_AND_A_HALF)
