"""A page with nothing but the browser's sealing code, and a server for its files."""

import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from playwright.async_api import BrowserContext, Page

WEB = Path(__file__).resolve().parents[2] / "web"
READY = "window.journey !== undefined"


def build_sealing_page(folder: Path) -> Path:
    """The page of web/src/crypto/testing, built as the product's pages are."""
    subprocess.run(
        [
            *("npx", "vite", "build", "src/crypto/testing", "--config", "vite.config.ts"),
            *("--outDir", str(folder), "--logLevel", "warn"),
        ],
        cwd=WEB,
        check=True,
    )
    return folder


@dataclass(slots=True)
class Exchange:
    """Files between a journey and the page: `offered` go in, `kept` come out."""

    url: str = ""
    offered: dict[str, bytes] = field(default_factory=dict)
    kept: dict[str, bytes] = field(default_factory=dict)


@asynccontextmanager
async def exchange(folder: Path) -> AsyncIterator[Exchange]:
    """Serves a built page on a free port."""
    made = Exchange()

    async def offer(request: web.Request) -> web.Response:
        return web.Response(body=made.offered[request.match_info["name"]])

    async def keep(request: web.Request) -> web.Response:
        made.kept[request.match_info["name"]] = await request.read()
        return web.Response()

    app = web.Application(client_max_size=1 << 30)
    app.router.add_get("/offered/{name}", offer)
    app.router.add_post("/kept/{name}", keep)
    app.router.add_static("/", folder)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        made.url = f"http://{host}:{port}"
        yield made
    finally:
        await runner.cleanup()


@dataclass(frozen=True, slots=True)
class SealingPage:
    """The page in a browser; its functions are those of web/src/crypto/testing/page.ts."""

    page: Page

    @classmethod
    async def opened(cls, context: BrowserContext, files: Exchange) -> "SealingPage":
        page = await context.new_page()
        await page.goto(f"{files.url}/index.html")
        await page.wait_for_function(READY)
        return cls(page)

    async def does(self, name: str, *arguments: object) -> Any:
        """What the page's function answers."""
        return await self.page.evaluate(
            "([name, given]) => window.journey[name](...given)", [name, list(arguments)]
        )

    async def reloads(self) -> None:
        await self.page.reload()
        await self.page.wait_for_function(READY)


def content(size: int) -> bytes:
    """The bytes of a file of this size, as the page makes them."""
    period = bytes((i * 31 + (i >> 8)) & 255 for i in range(1 << 16))
    return (period * (size // len(period) + 1))[:size]
