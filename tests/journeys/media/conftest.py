"""People in front of cameras that can be told apart: each has a browser with a film of its own."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Protocol, TypeVar

import pytest
from playwright.async_api import async_playwright

from tests.journeys.conftest import CHROMIUM, FAILED, FLAGS, enter, part
from tests.journeys.media.film import Colour, film
from tests.journeys.person import Person
from tests.journeys.site import Account, Site

P = TypeVar("P", bound=Person)


class Appears(Protocol):
    """Somebody comes whose camera shows this colour."""

    async def __call__(self, role: type[P], account: Account | None, colour: Colour) -> P: ...


@pytest.fixture
async def appears(
    site: Site, tmp_path: Path, pictures: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Appears]:
    """Browsers with cameras."""
    people: list[Person] = []
    async with AsyncExitStack() as stack:
        playwright = await stack.enter_async_context(async_playwright())

        async def come(role: type[P], account: Account | None, colour: Colour) -> P:
            flags = [*FLAGS, f"--use-file-for-fake-video-capture={film(colour, tmp_path)}"]
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
            stack.push_async_callback(browser.close)
            person = await enter(site, browser, role, account)
            await person.context.grant_permissions(["camera", "microphone"])
            people.append(person)
            return person

        yield come
        await part(people, pictures, failed=request.node.stash.get(FAILED, False))
