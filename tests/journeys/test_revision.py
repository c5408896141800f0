"""A deadline is put off: whoever handed in reads why, and accepts the new version."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crypto.encoding import Json
from tests.journeys.conftest import Arrives
from tests.journeys.opening import tender
from tests.journeys.roles import BEIJING, Bidder, Host, Offer
from tests.journeys.site import Site

WHOLE_MINUTES: dict[str, Json] = {"decryption": 600, "confirmation": 300, "objection": 120}
REASON = "答疑文件补充了地勘资料，投标截止时间顺延一小时。"


async def test_a_bidder_who_handed_in_learns_why_the_deadline_moved(
    site: Site, arrives: Arrives, tmp_path: Path, pictures: Path
) -> None:
    opening = await tender(site)
    await opening.publish(3600, windows=WHOLE_MINUTES)
    bidder = await arrives(Bidder, await site.account("bidder", "云岭建设工程有限公司"))
    letter = tmp_path / "投标函.txt"
    letter.write_text("愿按招标文件要求承担本项目。\n", encoding="utf-8")
    await bidder.accepts(opening.room)
    await bidder.fills_in(Offer())
    await bidder.brings(letter)
    await bidder.seals()
    await bidder.hands_in()
    await bidder.is_complete()

    host = await arrives(Host, opening.host)
    await host.goes(f"/openings/{opening.room}/edit")
    await host.sees("修改已发布的项目")
    later = datetime.now(UTC) + timedelta(hours=2)
    await host.sets_deadline(timedelta(hours=2))
    await host.presses("发布新版本")
    await host.sees("有 1 处需要修改")
    await host.writes("变更说明", REASON)
    await host.picture(pictures, "revision-form")
    await host.presses("发布新版本")
    await host.answers("确认发布")
    await host.page.wait_for_url(re.compile(rf"/openings/{opening.room}$"))

    await bidder.page.reload()
    await bidder.sees("招标文件已更新，您的投标仍按旧版本计入")
    await bidder.sees(REASON)
    await bidder.sees(re.compile(f"投标截止时间 .*{later + BEIJING:%H:%M}"))
    await bidder.picture(pictures, "revision-bidder")
    await bidder.ticks(re.compile("我已阅读招标文件"))
    await bidder.presses("接受并签名")
    await bidder.does_not_see("招标文件已更新，您的投标仍按旧版本计入")
    await bidder.sees("您的投标已完整递交，计入本次开标")
