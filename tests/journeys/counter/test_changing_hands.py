"""A session goes to a colleague in the middle, and people point at what one of them shows."""

import re
from pathlib import Path
from typing import Any

from playwright.async_api import Page, expect

from tests.journeys.conftest import Arrives
from tests.journeys.counter.conftest import Comes
from tests.journeys.counter.matter import NEAR, catalogue
from tests.journeys.counter.people import FarClerk, NearClerk
from tests.journeys.counter.visit import Counter, Session
from tests.journeys.person import SOON
from tests.journeys.site import Site

SECOND = "rehearsal-near-2"


async def test_a_session_changes_hands_and_a_shared_screen_is_pointed_at(
    site: Site, counter: Counter, arrives: Arrives, comes: Comes, pictures: Path
) -> None:
    session = await counter.ticket()
    await session.is_identified()
    colleague = await second_clerk(site, arrives)
    near = await arrives(NearClerk, counter.near)
    far = await arrives(FarClerk, counter.far)
    applicant = await comes()
    await applicant.goes(session.door)
    await applicant.goes_in()
    await near.enters(session.room)
    await far.enters(session.room)

    await near.also("移交给同事")
    await near.page.get_by_label("移交给", exact=True).select_option(value=SECOND, timeout=SOON)
    await near.writes("原因", "设备故障，改由二号窗口办理")
    await near.picture(pictures, "counter-offer")
    await near.presses("确定")
    await near.sees("等待接手")
    await colleague.sees("赵敏 移交：设备故障，改由二号窗口办理")
    await colleague.picture(pictures, "counter-offered")
    await colleague.presses("接手")
    await colleague.page.wait_for_url("**/sessions/s-*", timeout=SOON)
    await near.sees("本件已移交给 孙平")
    await near.picture(pictures, "counter-handed")
    await applicant.sees(re.compile("孙平"))
    [handed] = [each for each in await told(counter, session) if each["type"] == "HandedOver"]
    assert (handed["previous"], handed["window"]) == (counter.near.person, SECOND)

    await colleague.presses("共享屏幕")
    for person in (far, applicant):
        await person.sees_picture("screen")
    await far.page.get_by_role("application").focus(timeout=SOON)
    await far.page.keyboard.press("ArrowRight")
    await points(applicant.page, "周强")
    await points(colleague.page, "周强")
    await far.picture(pictures, "counter-pointing")
    layer = applicant.page.get_by_role("application")
    box = await layer.bounding_box(timeout=SOON)
    assert box is not None
    await applicant.page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    await points(far.page, "李秀兰")
    await applicant.picture(pictures, "counter-pointing")
    assert not any("Point" in each["type"] for each in await told(counter, session))


async def told(counter: Counter, session: Session) -> list[dict[str, Any]]:
    """The log as the far clerk sees it, who stays."""
    page = await counter.by_far.get(f"{session.path}/entries?limit=5000")
    return [entry["event"] for entry in page["entries"]]


async def second_clerk(site: Site, arrives: Arrives) -> NearClerk:
    """A colleague at another window of the near hall."""
    made: dict[str, Any] = catalogue()
    window = {"id": SECOND, "hall": NEAR, "name": "二号窗口", "skills": ["*"], "active": True}
    await site.admin.post("/api/catalogue/import", {**made, "windows": [window]})
    account = await site.account("clerk", "孙平", "便民服务中心")
    await (await site.as_program(account)).post(f"/api/windows/{SECOND}/open", {})
    colleague = await arrives(NearClerk, account)
    await colleague.goes("/desk")
    await colleague.sees("暂停受理")
    return colleague


async def points(page: Page, name: str) -> None:
    """Somebody's name is drawn where they point."""
    mark = page.locator('[data-slot="screen"] .mark').filter(has_text=name)
    await expect(mark.first).to_be_visible(timeout=SOON)
