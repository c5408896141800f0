"""A site of its own for a rehearsal or a demonstration, in this process, gone afterwards."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from server.app import make_app
from server.client.api import Api
from server.config import Settings

PASSWORD_FILE = "admin-password"


@asynccontextmanager
async def own_site(port: int = 0) -> AsyncIterator[Api]:
    """Serves on loopback, with data in a temporary folder; gives its administrator's session.

    Port 0 takes a free one. Raises OSError where the port is taken.
    """
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="yunkai-"))
    try:
        settings = Settings(data=folder, host="127.0.0.1", port=port)
        runner = web.AppRunner(make_app(settings), access_log=None, shutdown_timeout=2.0)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", port)
            await site.start()
            base = f"http://127.0.0.1:{runner.addresses[0][1]}"
            async with Api(base) as admin:
                password = (folder / PASSWORD_FILE).read_text(encoding="utf-8").strip()
                await admin.login("admin", password)
                yield admin
        finally:
            await runner.cleanup()
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
