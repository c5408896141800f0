"""How much memory a browser takes while a bid is sealed and handed in on its page."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from tests.journeys.conftest import CHROMIUM, FLAGS
from tests.journeys.opening import Opening
from tests.journeys.person import SOON
from tests.journeys.roles import Bidder, Offer
from tests.journeys.site import Site

MEGABYTE = 1_000_000
OFTEN = 0.05
"""Seconds between two looks."""


@dataclass(slots=True)
class Peaks:
    """The most anonymous and shared memory, in MB, beyond what was taken at the beginning.

    `pages` is that of all renderers, `browser` that of all other processes.
    """

    pages: float = 0.0
    browser: float = 0.0


@dataclass(frozen=True, slots=True)
class Sealing:
    """A bid of one file, sealed and handed in: seconds and memory of both."""

    size: int
    seconds: float
    sealing: Peaks
    upload_seconds: float
    upload: Peaks


@dataclass(slots=True)
class Meter:
    """Looks at the memory of a browser's processes again and again."""

    browser: Browser

    @asynccontextmanager
    async def peaks(self) -> AsyncIterator[Peaks]:
        """The peaks of what is done meanwhile, complete once it is over."""
        session = await self.browser.new_browser_cdp_session()

        async def look() -> tuple[float, float]:
            processes = (await session.send("SystemInfo.getProcessInfo"))["processInfo"]
            taken = [(each["type"] == "renderer", _taken(each["id"])) for each in processes]
            pages = sum(size for page, size in taken if page)
            return pages, sum(size for _, size in taken) - pages

        first = await look()
        found = Peaks()

        async def watch() -> None:
            while True:
                pages, browser = await look()
                found.pages = max(found.pages, pages - first[0])
                found.browser = max(found.browser, browser - first[1])
                await asyncio.sleep(OFTEN)

        watching = asyncio.create_task(watch())
        try:
            yield found
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            await session.detach()


def _taken(process: int) -> float:
    """MB of anonymous and shared memory: what a process wrote, without the program's files."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    lines = dict(line.partition(":")[::2] for line in status.splitlines())
    return (
        sum(int(lines.get(each, "0").split()[0]) for each in ("RssAnon", "RssShmem"))
        * 1024
        / MEGABYTE
    )


@asynccontextmanager
async def bidder_at_home(site: Site, folder: Path) -> AsyncIterator[Bidder]:
    """A bidder with a browser that keeps its files on disk, as everybody's does.

    The contexts of other journeys are private windows: those keep the page's files in memory.
    """
    account = await site.account("bidder", "云岭建设工程有限公司")
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            folder, executable_path=CHROMIUM, args=list(FLAGS), locale="zh-CN"
        )
        try:
            answer = await context.request.post(
                f"{site.url}/api/login",
                data={"name": account.login, "password": account.password},
                headers={"X-Yunkai": "1"},
            )
            assert answer.ok, await answer.text()
            person = Bidder(site, context, context.pages[0], account)
            person.listen()
            yield person
            assert not person.errors()
        finally:
            await context.close()


async def sealed_and_measured(
    opening: Opening, folder: Path, size: int, within: float = SOON
) -> Sealing:
    """A new bidder seals a file of `size` bytes, hands it in and waits until it is complete, each
    in at most `within` milliseconds."""
    file = _file(folder, size)
    async with bidder_at_home(opening.site, folder / "profile") as bidder:
        browser = bidder.context.browser
        assert browser is not None
        meter = Meter(browser)
        await bidder.accepts(opening.room)
        await bidder.fills_in(Offer())
        await bidder.brings(file)
        async with meter.peaks() as sealing:
            start = time.monotonic()
            await bidder.seals()
            ready = bidder.page.get_by_role("button", name="递交投标")
            await ready.wait_for(timeout=within)
            seconds = time.monotonic() - start
        async with meter.peaks() as upload:
            start = time.monotonic()
            await bidder.hands_in()
            await bidder.is_complete(within)
            upload_seconds = time.monotonic() - start
    return Sealing(size, seconds, sealing, upload_seconds, upload)


def _file(folder: Path, size: int) -> Path:
    folder.mkdir(parents=True)
    file = folder / "施工组织设计.bin"
    with file.open("wb") as out:
        out.truncate(size)
    return file
