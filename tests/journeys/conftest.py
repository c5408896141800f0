"""Fixtures of journeys: the built pages, a real server, one browser and its people."""

import os
import subprocess
from collections.abc import AsyncIterator, Generator, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

import pytest
from playwright.async_api import Browser, async_playwright

from tests.journeys.person import PICTURES, SOON, Person
from tests.journeys.served import REPOSITORY, template
from tests.journeys.site import Account, Site

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream=fps=30",
    "--use-fake-ui-for-media-stream",
    "--allow-loopback-in-peer-connection",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
    "--autoplay-policy=no-user-gesture-required",
)

P = TypeVar("P", bound=Person)


class Arrives(Protocol):
    """Brings somebody to a browser; the account is None for who comes by a link."""

    async def __call__(self, role: type[P], account: Account | None) -> P: ...


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages as they are now, built into a folder of their own, or those of YUNKAI_WEB."""
    template()  # gets itself ready meanwhile
    if built := os.environ.get("YUNKAI_WEB"):
        return Path(built)
    folder = tmp_path_factory.mktemp("pages")
    for config in ((), ("--config", "vite.offline.config.ts")):
        subprocess.run(
            ["npx", "vite", "build", *config, "--outDir", str(folder), "--logLevel", "warn"],
            cwd=REPOSITORY / "web",
            check=True,
        )
    return folder


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where pictures go: those of key moments, for who asked for them, and of what failed."""
    return Path(os.environ.get(PICTURES, tmp_path / "pictures"))


@pytest.fixture
async def site(pages: Path, tmp_path: Path) -> AsyncIterator[Site]:
    """A server that an administrator has entered."""
    made = Site(tmp_path / "site" / "data", pages)
    await made.start()
    await made.enter_as_admin()
    try:
        yield made
    finally:
        await made.close()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """One browser for everybody of a journey."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield chromium
        await chromium.close()


FAILED = pytest.StashKey[bool]()
"""Whether a step of a journey failed."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Lets fixtures know that a journey failed."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


async def enter(site: Site, browser: Browser, role: type[P], account: Account | None) -> P:
    """A window of one's own, logged in unless there is no account."""
    context = await browser.new_context(
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": 1280, "height": 900},
        accept_downloads=True,
        # Colours are looked at as they stay, not while something fades in.
        reduced_motion="reduce",
    )
    context.set_default_timeout(SOON)
    if account is not None:
        answer = await context.request.post(
            f"{site.url}/api/login",
            data={"name": account.login, "password": account.password},
            headers={"X-Yunkai": "1"},
        )
        assert answer.ok, await answer.text()
    person = role(site, context, await context.new_page(), account)
    person.listen()
    return person


async def part(people: Sequence[Person], pictures: Path, *, failed: bool) -> None:
    """The end of a journey: pictures of a failed one, and no page may have had an error."""
    if failed:
        for number, person in enumerate(each for each in people if not each.page.is_closed()):
            await person.is_photographed(pictures, f"failed-{number}")
    errors = {(p.account.login if p.account else "guest"): p.errors() for p in people}
    assert not any(errors.values()), errors


@pytest.fixture
async def arrives(
    site: Site, browser: Browser, pictures: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Arrives]:
    """Somebody comes: a browser context of their own, logged in unless there is no account."""
    people: list[Person] = []

    async def come(role: type[P], account: Account | None) -> P:
        person = await enter(site, browser, role, account)
        people.append(person)
        return person

    yield come
    await part(people, pictures, failed=request.node.stash.get(FAILED, False))
