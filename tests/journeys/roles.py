"""What each role does in the pages, as one would describe it."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from playwright.async_api import Locator, expect

from tests.journeys.person import SOON, Person

BEIJING = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Offer:
    """What a bidder fills in."""

    price: str = "1234567.80"
    duration: str = "270"
    quality: str = "合格"
    lead: str = "王𬭎"


class Member(Person):
    """Somebody in the opening room."""

    async def enters(self, room: str) -> None:
        """Enters the opening room and accepts its rules."""
        await self.goes(f"/openings/{room}/room")
        await self.answers("我已阅读并遵守，进入开标室")

    def todo(self) -> Locator:
        """The place that says what this person has to do now."""
        return self.page.get_by_role("region", name="您现在需要做的")

    async def is_told(self, sentence: str, within: float = SOON) -> None:
        """The room says what is to be done, or that nothing is."""
        await expect(self.todo()).to_contain_text(sentence, timeout=within)

    async def acts(self, name: str, within: float = SOON) -> None:
        """Does what the room asks for."""
        await self._button(self.todo(), name).click(timeout=within)

    async def also(self, name: str) -> None:
        """Does something else the room allows."""
        await self.todo().get_by_text("更多操作").click(timeout=SOON)
        await self._button(self.todo(), name).click(timeout=SOON)

    async def looks_at(self, tab: str) -> None:
        """Turns to a tab beside the stage."""
        await self.page.get_by_role("tab", name=tab).click(timeout=SOON)

    async def says(self, words: str) -> None:
        """Says something in the chat."""
        await self.looks_at("交流")
        await self.page.get_by_label("发言").fill(words, timeout=SOON)
        await self.presses("发送")

    async def sees_phase(self, phase: str, within: float = SOON) -> None:
        """The room's head names the phase."""
        await expect(self.page.locator("header.head .phase")).to_contain_text(phase, timeout=within)

    async def signs(self) -> None:
        """Signs the record."""
        await self.acts("签章")
        await self.answers("签章")


class Host(Member):
    """The host of an opening."""

    async def orders(self, name: str) -> None:
        """Gives the order that is due and confirms it where the page asks."""
        await self.acts(name)
        dialog = self.page.get_by_role("dialog")
        with suppress(AssertionError):
            await expect(dialog.first).to_be_visible(timeout=SOON / 3)
        # Where the page moved under the pointer and nothing opened, people press again.
        if await dialog.count() == 0:
            await self.acts(name)
        await self.answers(name)

    async def sets_deadline(self, lead: timedelta) -> datetime:
        """Writes into the tender's form when bidding ends, so long from now; answers when."""
        at = self.site.now().replace(microsecond=0) + lead
        field = self.page.get_by_label("投标截止时间（北京时间）")
        await field.fill(f"{at + BEIJING:%Y-%m-%dT%H:%M:%S}")
        return at

    async def starts(self) -> None:
        """Declares the opening begun; cameras are off in these journeys, and the record says so."""
        await self.acts("宣布开标开始")
        await self.ticks("没有录制")
        await self.writes("没有录制的原因", "会场设备检修，由监督人现场见证。")
        await self.answers("宣布开标开始")


class Trustee(Member):
    """A trustee, who keeps the key in this browser."""

    async def makes_card(self, room: str) -> None:
        """Makes a key and hands in its public half."""
        await self.goes(f"/openings/{room}/trustee")
        await self.presses("制作密钥")
        await self.sees("密钥已在本设备上")
        await self.presses("提交公钥")
        await self.sees("公钥已提交")

    async def rehearses(self, room: str) -> None:
        """Shows that the key works."""
        await self.goes(f"/openings/{room}/trustee")
        await self.presses("开始演练")
        await self.sees("演练通过，本设备已准备好")


class Bidder(Member):
    """A bidder."""

    async def accepts(self, room: str) -> None:
        """Reads and accepts the tender documents."""
        await self.goes(f"/openings/{room}/bid")
        await self.ticks(re.compile("我已阅读招标文件"))
        await self.presses("接受并签名")
        await self.sees("填写开标一览表")

    async def fills_in(self, offer: Offer) -> None:
        """Fills in what will be announced."""
        await self.writes("投标报价", offer.price)
        await self.writes("工期", offer.duration)
        await self.writes("质量目标", offer.quality)
        await self.writes("项目负责人", offer.lead)
        await self.presses("下一步")

    async def brings(self, *files: Path) -> None:
        """Chooses the files of the bid."""
        await self.gives("选择文件", *files)
        await self.presses("下一步")

    async def seals(self, passphrase: str = "") -> None:
        """Seals the bid in the browser."""
        if passphrase:
            await self.writes("口令", passphrase)
            await self.writes("再输入一次", passphrase)
        await self.presses("开始封标")

    async def saves_key(self, to: Path) -> Path:
        """Keeps the key file that the room will ask for."""
        file = await self.downloads("下载密钥文件", to)
        await self.ticks(re.compile("我已把密钥文件保存好"))
        return file

    async def hands_in(self) -> None:
        """Hands the bid in; it is complete when the file is uploaded too."""
        await self.presses("递交投标")

    async def is_complete(self, within: float = 2 * SOON) -> None:
        """The bid counts, with all its bytes."""
        await self.sees("您的投标已完整递交，计入本次开标", within)

    async def has_receipt(self, to: Path) -> list[Path]:
        """The receipt is there, was checked by the page, and can be kept."""
        await self.sees("已核对：平台签名正确，回执与您的投标一致")
        return [
            await self.downloads("下载回执 (PDF)", to),
            await self.downloads("下载回执 (JSON)", to),
        ]

    async def signs_in(self, name: str = "李晓雯") -> None:
        """The representative signs in, on the page of the bid."""
        await self.writes("代表姓名", name)
        await self.writes("证件号码", "11010519491231002X")
        await self.writes("手机号码", "13800000000")
        await self.presses("签到")
        await self.sees("已签到")

    async def confirms(self) -> None:
        """Confirms the announced row."""
        await self.acts("核对并确认")
        await self.answers("确认无误")
        await self.is_told("您已确认唱标内容")
