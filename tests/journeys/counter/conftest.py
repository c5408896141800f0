"""People of a session: clerks at desks, an applicant with a phone."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

import pytest
from playwright.async_api import Browser, async_playwright

from tests.journeys.conftest import CHROMIUM, FAILED, FLAGS, part
from tests.journeys.counter.people import ON_A_PHONE, Applicant
from tests.journeys.counter.visit import Counter
from tests.journeys.person import SOON, Person
from tests.journeys.site import Site
from tests.server.site import RunningServer, serving

_CALM = "--use-fake-device-for-media-stream=fps=5"
"""Three cameras of thirty pictures a second would leave a small machine nothing for the pages."""


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """One browser for everybody of a session."""
    flags = [*(each for each in FLAGS if not each.startswith(_CALM.rpartition("=fps=")[0])), _CALM]
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield chromium
        await chromium.close()


@pytest.fixture
async def server(tmp_path: Path, pages: Path) -> AsyncIterator[RunningServer]:
    """A server whose clock can be moved, and which misses people soon."""
    async with serving(tmp_path / "data", web=pages) as running:
        yield running


@pytest.fixture
async def site(server: RunningServer, pages: Path) -> AsyncIterator[Site]:
    """The same, as journeys know it."""
    made = Site(server.settings.data, pages, int(server.url.rpartition(":")[2]))
    await made.enter_as_admin()
    yield made
    await made.close()


class Comes(Protocol):
    """Somebody comes with a phone."""

    async def __call__(self) -> Applicant: ...


@pytest.fixture
async def counter(site: Site) -> Counter:
    """A site with two halls whose clerks are at their windows."""
    made = Counter(site)
    await made.opens()
    return made


@pytest.fixture
async def comes(
    site: Site, browser: Browser, pictures: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Comes]:
    """Phones: small, touched, with a camera, without a login."""
    people: list[Person] = []

    async def come() -> Applicant:
        context = await browser.new_context(
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport=ON_A_PHONE,
            is_mobile=True,
            has_touch=True,
            accept_downloads=True,
            reduced_motion="reduce",
        )
        context.set_default_timeout(SOON)
        person = Applicant(site, context, await context.new_page(), None)
        person.listen()
        people.append(person)
        return person

    yield come
    await part(people, pictures, failed=request.node.stash.get(FAILED, False))
