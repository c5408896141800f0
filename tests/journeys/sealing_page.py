"""A page with nothing but the browser's sealing code, and a server that keeps what the page makes."""

import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from playwright.async_api import Page

WEB = Path(__file__).resolve().parents[2] / "web"


def build_sealing_page(folder: Path) -> Path:
    """The sealing code, built as the product's pages are, into this folder."""
    subprocess.run(
        ["npx", "vite", "build", "src/crypto/testing", "--config", "vite.config.ts",
         "--outDir", str(folder), "--logLevel", "warn"],
        cwd=WEB,
        check=True,
    )  # fmt: skip
    return folder


@dataclass(slots=True)
class Exchange:
    """Files between a test and a page: `offered` go in, `kept` come out."""

    url: str
    offered: dict[str, bytes] = field(default_factory=dict)
    kept: dict[str, bytes] = field(default_factory=dict)


@asynccontextmanager
async def exchange(folder: Path) -> AsyncIterator[Exchange]:
    """Serves a built page on a free port."""
    app = web.Application(client_max_size=1 << 30)
    runner = web.AppRunner(app)
    made = Exchange("")

    async def offer(request: web.Request) -> web.Response:
        return web.Response(body=made.offered[request.match_info["name"]])

    async def keep(request: web.Request) -> web.Response:
        made.kept[request.match_info["name"]] = await request.read()
        return web.Response()

    app.router.add_get("/offered/{name}", offer)
    app.router.add_post("/kept/{name}", keep)
    app.router.add_static("/", folder)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        made.url = f"http://{host}:{port}"
        yield made
    finally:
        await runner.cleanup()


SEAL = """async ({ manifest, pkcs8, bidder, form, sizes, passphrase, inPage }) => {
  const s = window.sealing;
  const content = (name, size) => {
    const bytes = new Uint8Array(size);
    for (let i = 0; i < size; i++) bytes[i] = (i * 31 + (i >>> 8)) & 255;
    return new File([bytes], name);
  };
  const stages = new Set();
  const input = {
    manifest: await s.verifyManifest(manifest),
    bidder,
    key: await s.importSigningKey(s.fromB64u(pkcs8)),
    previous: null,
    madeWith: "page",
    envelopes: [{ id: "a", form, files: Object.entries(sizes).map(([name, size]) => content(name, size)) }],
    passphrase: passphrase ?? undefined,
  };
  const options = { onProgress: ({ stage }) => stages.add(stage) };
  const bid = inPage ? await s.sealBid(input, options) : await s.sealInWorker(input, options);
  for (const { name, age } of bid.envelopes) await fetch(`/kept/${name}`, { method: "POST", body: age });
  if (bid.keyFile) await fetch("/kept/key.age", { method: "POST", body: bid.keyFile });
  return { bid: bid.bid, digest: bid.digest, submission: bid.submission, keyText: bid.keyText, stages: [...stages] };
}"""
"""Seals files whose bytes follow from their sizes, and hands everything to the exchange."""


def content(size: int) -> bytes:
    """The bytes of a file of this size, as the page makes them."""
    period = bytes((i * 31 + (i >> 8)) & 255 for i in range(1 << 16))
    return (period * (size // len(period) + 1))[:size]


async def run(page: Page, script: str, argument: object = None) -> Any:
    """What a script in the page answers."""
    return await page.evaluate(script, argument)
