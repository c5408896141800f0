"""Somebody at a browser, who finds things as people do: by what they are called."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from re import Pattern

from playwright.async_api import BrowserContext, ConsoleMessage, Locator, Page, expect

from tests.journeys.site import Account, Site

SOON = 60_000
"""Milliseconds that something may take on a busy machine."""

PICTURES = "YUNKAI_PICTURES"
"""Variable of the environment: the folder for pictures of key moments, if somebody wants any."""

expect.set_options(timeout=SOON)


def after(lead: float) -> float:
    """Milliseconds in which what a deadline brings is seen, so many seconds before it."""
    return lead * 1000 + SOON


_OF_THE_NETWORK = re.compile(
    r"Failed to load resource|WebSocket connection|ERR_|net::"
    r"|WebSocket is already in CLOSING or CLOSED state"
)
"""What the browser itself writes when the server is gone or refuses; no page can prevent it. The
last is of a connection that ended a moment ago, of which the page has not been told yet."""


@dataclass(slots=True)
class Person:
    """A logged-in person's window. `account` is None for who came by a link."""

    site: Site
    context: BrowserContext
    page: Page
    account: Account | None = None
    noise: list[str] = field(default_factory=list)

    def listen(self) -> None:
        """Notes what the pages write to the console as errors."""

        def note(message: ConsoleMessage) -> None:
            if message.type == "error":
                self.noise.append(message.text)

        self.page.on("console", note)
        self.page.on("pageerror", lambda error: self.noise.append(f"uncaught: {error}"))

    def errors(self) -> list[str]:
        """Errors of the pages themselves."""
        return [each for each in self.noise if not _OF_THE_NETWORK.search(each)]

    # --- going and looking ---------------------------------------------------------------------

    async def goes(self, path: str) -> None:
        """Opens a page of the site."""
        await self.page.goto(self.site.url + path)

    async def sees(self, text: str | Pattern[str], within: float = SOON) -> None:
        """The text is on the page, or comes there by itself."""
        await expect(self.page.get_by_text(text).locator("visible=true").first).to_be_visible(
            timeout=within
        )

    async def does_not_see(self, text: str | Pattern[str]) -> None:
        """The text is nowhere on the page."""
        await expect(self.page.get_by_text(text).locator("visible=true")).to_have_count(0)

    async def asks_the_time(self) -> None:
        """Has the page ask for the server's time, as it does after every loss of the network."""
        await self.page.evaluate("dispatchEvent(new Event('online'))")

    async def picture(self, folder: Path, name: str) -> None:
        """Keeps the window as it looks for who asked for pictures; others need not wait for it."""
        if PICTURES in os.environ:
            await self.is_photographed(folder, name)

    async def is_photographed(self, folder: Path, name: str) -> None:
        """Keeps the window as it looks, wide and as on a phone."""
        for width, height in ((1280, 900), (390, 844)):
            await self.page.set_viewport_size({"width": width, "height": height})
            await self.page.screenshot(path=folder / f"{name}-{width}.png")
        await self.page.set_viewport_size({"width": 1280, "height": 900})

    # --- acting --------------------------------------------------------------------------------

    async def presses(self, name: str | Pattern[str]) -> None:
        """Presses a button."""
        await self._button(self.page, name).click(timeout=SOON)

    async def follows(self, name: str | Pattern[str]) -> None:
        """Follows a link."""
        await self.page.get_by_role("link", name=name).first.click(timeout=SOON)

    async def writes(self, label: str, text: str) -> None:
        """Writes into the field with this label."""
        await self._field(label).fill(text, timeout=SOON)

    async def picks(self, label: str, option: str) -> None:
        """Picks an option of the list with this label."""
        chooser = self.page.get_by_role("combobox", name=label, exact=True)
        await chooser.select_option(label=option, timeout=SOON)

    async def ticks(self, label: str | Pattern[str]) -> None:
        """Ticks a box or takes a choice."""
        await self.page.get_by_label(label).first.check(timeout=SOON)

    async def gives(self, label: str, *files: Path) -> None:
        """Chooses files where this is asked for."""
        chooser = self.page.get_by_label(label).and_(self.page.locator("input[type=file]"))
        await chooser.first.set_input_files(list(files), timeout=SOON)

    async def answers(self, name: str) -> None:
        """Presses a button of the dialog that asks."""
        dialog = self.page.get_by_role("dialog")
        await self._button(dialog, name).click(timeout=SOON)
        await expect(dialog).to_have_count(0, timeout=SOON)

    async def downloads(self, name: str | Pattern[str], to: Path) -> Path:
        """Follows a link or presses a button that gives a file; the file with its own name."""
        thing = self.page.get_by_role("link", name=name).or_(
            self.page.get_by_role("button", name=name)
        )
        async with self.page.expect_download(timeout=SOON) as coming:
            await thing.first.click(timeout=SOON)
        download = await coming.value
        file = to / download.suggested_filename
        await download.save_as(file)
        return file

    def _field(self, label: str) -> Locator:
        # The word for an optional field is a part of its label.
        return self.page.get_by_label(re.compile(f"^{re.escape(label)}(选填)?$")).first

    @staticmethod
    def _button(where: Page | Locator, name: str | Pattern[str]) -> Locator:
        exact = isinstance(name, str)
        return where.get_by_role("button", name=name, exact=exact).first
