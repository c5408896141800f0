"""A site of its own for a rehearsal or a demonstration, in this process, gone afterwards."""

import asyncio
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from server.app import make_app
from server.client.api import Api
from server.config import Settings

LOOPBACK = "127.0.0.1"
FIRST_LOGIN = "admin-password"


@dataclass(frozen=True, slots=True)
class OwnSite:
    """A site that runs here: its data folder, its administrator's session, and the loopback
    addresses it answers at, the first of which is its own."""

    folder: Path
    admin: Api
    port: int
    hosts: tuple[str, ...]


@asynccontextmanager
async def own_site(port: int = 0, hosts: int = 1) -> AsyncIterator[OwnSite]:
    """Serves on loopback, with data in a temporary folder.

    Port 0 takes a free one. Up to `hosts` addresses of 127.0.0.0/8 are listened at, as many as the
    system has: a browser keeps the logins of different addresses apart. Raises OSError where the
    port is taken.
    """
    with ExitStack() as open_sockets:
        first = open_sockets.enter_context(_listen(LOOPBACK, port))
        port = first.getsockname()[1]
        listening = [first]
        for number in range(2, hosts + 1):
            try:
                listening.append(open_sockets.enter_context(_listen(f"127.0.0.{number}", port)))
            except OSError:
                break
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="yunkai-"))
        try:
            url = f"http://{LOOPBACK}:{port}"
            settings = Settings(
                data=folder, host=LOOPBACK, port=port, public_url=url, payments="sandbox"
            )
            runner = web.AppRunner(make_app(settings), access_log=None, shutdown_timeout=2.0)
            await runner.setup()
            try:
                for each in listening:
                    await web.SockSite(runner, each).start()
                async with Api(url) as admin:
                    words = (folder / FIRST_LOGIN).read_text(encoding="utf-8").strip()
                    await admin.login("admin", words)
                    names = tuple(each.getsockname()[0] for each in listening)
                    yield OwnSite(folder, admin, port, names)
            finally:
                await runner.cleanup()
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def _listen(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except OSError:
        listening.close()
        raise
    return listening
