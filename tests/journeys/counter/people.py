"""What each party of a session does in the pages, as one would describe it."""

import re
from pathlib import Path
from re import Pattern

from playwright.async_api import Locator, ViewportSize, expect

from tests.journeys.counter.matter import FIELDS, ITEM_NAME, NAME, NUMBER, PHONE
from tests.journeys.person import SOON, Person

ON_A_PHONE = ViewportSize(width=390, height=844)


class Party(Person):
    """Somebody on the page of a session."""

    async def enters(self, room: str) -> None:
        """Opens the session."""
        await self.goes(f"/sessions/{room}")

    async def is_told(self, sentence: str | Pattern[str]) -> None:
        """The bar below says what is to be done, or what is waited for."""
        bar = self.page.get_by_role("region", name="您现在需要做的")
        await expect(bar).to_contain_text(sentence, timeout=SOON)

    async def also(self, name: str) -> None:
        """Does something else that the session allows."""
        bar = self.page.get_by_role("region", name="您现在需要做的")
        await bar.get_by_text("更多操作").click(timeout=SOON)
        await self._button(bar, name).click(timeout=SOON)

    async def says(self, words: str) -> None:
        """Says something in the chat."""
        await self.page.get_by_label("发言", exact=True).fill(words, timeout=SOON)
        await self.presses("发送")

    async def switches_camera_on(self) -> None:
        """Sends pictures to the others."""
        await self.presses("打开摄像头")

    async def sees_picture(self, slot: str) -> None:
        """Somebody's picture moves in this place."""
        await self.page.wait_for_selector(f'[data-slot="{slot}"].seen', timeout=SOON)

    def material(self, name: str) -> Locator:
        """A line of the checklist."""
        heading = self.page.get_by_role("heading", name=name, exact=True)
        return self.page.get_by_role("listitem").filter(has=heading).first

    async def sees_material(self, name: str, stands: str) -> None:
        """A line of the checklist stands like this."""
        await expect(self.material(name).locator(".head")).to_contain_text(stands, timeout=SOON)


class Applicant(Party):
    """Somebody with a phone and without an account."""

    async def picture(self, folder: Path, name: str) -> None:
        """Keeps the phone's screen as it looks."""
        await self.page.screenshot(path=folder / f"{name}-phone.png")

    async def takes_ticket(self, hall: str) -> str:
        """From the code on the hall's door over the guide to a ticket: its number."""
        await self.goes(f"/g/{hall}")
        await self.writes("要办什么事", "养老")
        await self.follows(re.compile(ITEM_NAME))
        await self.follows("现在取号")
        return (await self.gives_name())[0]

    async def comes_again(self) -> tuple[str, str]:
        """From what was missing to a ticket for a second visit: its number and code."""
        await self.follows("备齐了，再次取号")
        await self.sees("这是补正后的再次办理")
        return await self.gives_name()

    async def gives_name(self) -> tuple[str, str]:
        """Says who comes: the number and the code of the ticket."""
        await self.writes("姓名", NAME)
        await self.writes("证件号码", NUMBER)
        await self.writes("联系电话", PHONE)
        await self.presses("取号")
        await self.sees("取号成功")
        number, code = await self.page.locator("dl .big").all_inner_texts()
        return number.strip(), code.replace(" ", "")

    async def waits(self) -> None:
        """Looks at the ticket until it is called."""
        await self.follows("查看我的票号")
        await self.sees("请留在大厅")

    async def goes_in(self) -> str:
        """From the called ticket into the session: its room."""
        await self.follows("进入会话")
        await self.page.wait_for_url("**/sessions/s-*", timeout=SOON)
        return self.page.url.rpartition("/")[2]

    async def consents(self) -> None:
        """Agrees to what the notice says."""
        await self.presses("我已阅读并同意")

    async def uses_again(self, material: str) -> None:
        """Agrees to what was handed in on an earlier visit, and uses its page."""
        await self._button(self.material(material), "沿用以前提交的").click(timeout=SOON)
        dialog = self.page.get_by_role("dialog")
        await self._button(dialog, "我同意沿用").click(timeout=SOON)
        await self._button(dialog, f"沿用“{material}”").click(timeout=SOON)
        await expect(dialog).to_have_count(0, timeout=SOON)  # there was only this page

    async def photographs(self, material: str) -> None:
        """Shows a page by the phone's own camera."""
        row = self.material(material)
        await row.get_by_role("button", name="用手机拍摄").click(timeout=SOON)
        dialog = self.page.get_by_role("dialog")
        await self._button(dialog, "拍摄").click(timeout=SOON)
        await self._button(dialog, "使用这一张").click(timeout=SOON)
        await expect(dialog).to_have_count(0, timeout=SOON)

    async def confirms(self) -> None:
        """Confirms field after field."""
        for label in FIELDS:
            await self.confirms_field(label)

    async def confirms_field(self, label: str) -> None:
        """Finds one field right."""
        await self.presses(re.compile(f"确认无误.*{re.escape(label)}"))

    async def signs(self) -> None:
        """Draws a name with a finger."""
        pad = self.page.get_by_role("img", name="签名区")
        await pad.scroll_into_view_if_needed(timeout=SOON)
        box = await pad.bounding_box()
        assert box is not None
        mouse = self.page.mouse
        for line in (((0.2, 0.6), (0.3, 0.3), (0.4, 0.7)), ((0.55, 0.3), (0.6, 0.7), (0.8, 0.4))):
            places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in line]
            await mouse.move(*places[0])
            await mouse.down()
            for place in places[1:]:
                await mouse.move(*place, steps=8)
            await mouse.up()
        await self.presses("提交签名")

    async def rates(self, level: str, words: str = "") -> None:
        """Says how it was."""
        await self.ticks(re.compile(f"^\\s*{level}\\s*$"))
        if words:
            await self.writes("想说的话", words)
        await self.presses("提交评价")
        await self.sees(f"已评价：{level}")


class Clerk(Party):
    """Somebody at a window."""

    async def opens_window(self, hall: str) -> None:
        """Takes the only window of a hall."""
        await self.goes("/desk")
        await self.page.get_by_label("大厅").select_option(value=hall, timeout=SOON)
        await self.presses("开始受理")
        await self.sees("暂停受理")

    async def fills(self, label: str, value: str) -> None:
        """Writes into a field of the form, and leaves it."""
        field = self._field(label)
        if await field.evaluate("node => node.tagName") == "SELECT":
            await field.select_option(label=value, timeout=SOON)
        else:
            await field.fill(value, timeout=SOON)
        await field.blur()


class NearClerk(Clerk):
    """Sits with the applicant."""

    async def calls(self) -> None:
        """Calls the next ticket and goes into its session."""
        await self.presses(re.compile("^叫号"))
        await self.follows(re.compile("^接通会话"))

    async def connects(self, why_not_recorded: str = "") -> None:
        """Puts the call through, recorded unless there is a reason why not."""
        card = self.page.locator("#step-arrive")
        if why_not_recorded:
            await self.ticks(re.compile("不录制"))
            await card.get_by_label("原因", exact=True).fill(why_not_recorded, timeout=SOON)
        await self._button(card, "接通").click(timeout=SOON)

    async def shows_document(self) -> None:
        """Enters the number of the applicant's card."""
        await self.writes("证件号码", NUMBER)
        await self.presses("提交核验")

    async def scans(self, material: str, file: Path) -> None:
        """Gives a page of a material as a file."""
        await self.gives(f"选择文件: {material}", file)

    async def fills_in(self) -> None:
        """Fills in the whole form."""
        for label, value in FIELDS.items():
            await self.fills(label, value)


class FarClerk(Clerk):
    """Holds the authority."""

    async def follows_call(self) -> None:
        """Goes into the session that came to this window."""
        took = self.page.get_by_role("button", name=re.compile("^接入"))
        enter = self.page.get_by_role("link", name="进入", exact=True)
        await took.or_(enter).first.click(timeout=SOON)
        await self.page.wait_for_url("**/sessions/s-*", timeout=SOON)

    async def keeps_picture(self, of: str) -> None:
        """Keeps what the large picture of the call shows."""
        await self.presses("截屏")
        await self.page.get_by_role("tab", name="截屏").click(timeout=SOON)
        await expect(self.page.get_by_role("button", name=f"查看截屏：{of}")).to_be_visible(
            timeout=SOON
        )

    async def compares(self) -> None:
        """Finds that person and document belong together."""
        await self.ticks("本人与证件一致")
        await self.presses("核验通过")

    async def accepts(self, material: str) -> None:
        """Finds a material good."""
        await self._button(self.material(material), "认可").click(timeout=SOON)

    async def opens(self, part: str) -> None:
        """Opens a part of the work before its turn."""
        await self.presses(re.compile(f"^{part}"))

    async def picks_outcome(self, outcome: str) -> None:
        """Chooses how an item ends."""
        await self.ticks(re.compile(f"^\\s*{outcome}"))

    async def gives_decision(self, outcome: str) -> None:
        """Presses the button and confirms."""
        await self.presses(f"作出决定: {outcome}")
        await self.answers(f"作出决定: {outcome}")
