"""Whether a page can be used by everybody: what axe finds, phones, English, the keyboard."""

import asyncio
from typing import Any

from playwright.async_api import Locator, Page, expect

from tests.journeys.person import SOON, Person
from tests.journeys.served import REPOSITORY

AXE = REPOSITORY / "web/node_modules/axe-core/axe.min.js"
GRAVE = ("serious", "critical")


async def is_fit_for_all(person: Person, where: str) -> None:
    """Nothing serious for axe, wide in Chinese and on a phone in English; nothing wider than a
    phone in either."""
    page = person.page
    found = await axe(page)
    assert not found, f"{where}: {found}"
    await page.set_viewport_size({"width": 390, "height": 844})
    await is_no_wider_than_a_phone(page, where)
    await speaks_the_other_language(page)
    await is_no_wider_than_a_phone(page, f"{where}, in English")
    found = await axe(page)
    assert not found, f"{where} on a phone, in English: {found}"
    await speaks_the_other_language(page)
    await page.set_viewport_size({"width": 1280, "height": 900})


async def is_no_wider_than_a_phone(page: Page, where: str) -> None:
    """Nothing makes the page wider than the screen."""
    outside: list[str] = []
    # A page turns its table into cards a moment after the window has become narrow.
    for _ in range(300):
        outside = await page.evaluate(
            """() => {
              const { scrollWidth, clientWidth } = document.scrollingElement;
              if (scrollWidth <= clientWidth) return [];
              return [...document.querySelectorAll("main *")]
                .filter((each) => each.getBoundingClientRect().right > clientWidth)
                .map((each) => each.outerHTML.slice(0, 160));
            }"""
        )
        if not outside:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{where}: {outside[:4]}")


async def speaks_the_other_language(page: Page) -> None:
    """Chinese becomes English, English Chinese."""
    before = await page.evaluate("document.documentElement.lang")
    await page.evaluate("document.querySelector('button.language').click()")
    await expect(page.locator(f"html:not([lang='{before}'])")).to_be_attached()
    await settles(page)


async def axe(page: Page) -> list[Any]:
    """What axe finds serious or critical, with what it finds it in."""
    if not await page.evaluate("'axe' in window"):
        # The pages' policy allows no script of others, as it should; the test's own is let in.
        await page.evaluate(AXE.read_text(encoding="utf-8"))
    found = await page.evaluate(
        "axe.run(document, {resultTypes: ['violations']}).then((found) => found.violations)"
    )
    return [
        (each["id"], [node["html"][:160] for node in each["nodes"][:3]])
        for each in found
        if each["impact"] in GRAVE
    ]


async def settles(page: Page) -> None:
    """Nothing is being fetched."""
    await page.wait_for_load_state("networkidle")


async def reaches(wanted: Locator, most: int = 80) -> None:
    """Goes there with the tabulator."""
    await expect(wanted).to_be_visible(timeout=SOON)
    for _ in range(most):
        if await wanted.evaluate("(it) => it === document.activeElement"):
            return
        await wanted.page.keyboard.press("Tab")
    raise AssertionError(f"the tabulator does not reach {wanted}")


async def chooses(wanted: Locator) -> None:
    """Goes there with the tabulator and presses it."""
    await reaches(wanted)
    await wanted.page.keyboard.press("Enter")
