"""A real server on a free port of the loopback, with a clock that tests can move."""

import asyncio
import atexit
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, CookieJar, web

from rooms.ids import PersonId
from server.app import make_app
from server.client.api import Api
from server.clock import utc_now
from server.config import Settings
from server.http.parts import PARTS
from server.parts import Parts, make_parts
from server.store.accounts import AccountRole


@dataclass(slots=True)
class MovableClock:
    """The system's clock plus what tests added."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.ahead

    def to(self, instant: datetime) -> None:
        """Goes to this instant; time runs on from there."""
        self.ahead = instant - utc_now()

    def on(self, seconds: float) -> None:
        """Goes on by so many seconds."""
        self.ahead += timedelta(seconds=seconds)


@dataclass(slots=True)
class RunningServer:
    """A server under test. `parts` are its insides, for what no client can see."""

    url: str
    settings: Settings
    clock: MovableClock
    parts: Parts

    @asynccontextmanager
    async def logged_in(self, person: str) -> AsyncIterator[Api]:
        """A person's session, without the cost of a password."""
        async with self.with_token(await self.parts.accounts.open_session(PersonId(person))) as api:
            yield api

    @asynccontextmanager
    async def with_token(self, token: str) -> AsyncIterator[Api]:
        """A session that is open already."""
        async with Api(self.url, token) as api:
            yield api

    async def account(self, *roles: str, name: str = "", organisation: str = "") -> str:
        """A new account that enters without a password: its person."""
        held = frozenset(AccountRole(role) for role in roles)
        made = await self.parts.accounts.create(None, None, name or roles[0], organisation, held)
        return made.person

    def admin_password(self) -> str:
        """What the first start wrote for the operator."""
        return (self.settings.data / "admin-password").read_text(encoding="utf-8").strip()

    def session(self) -> ClientSession:
        """A browser's session without a login; its jar takes the loopback's cookies too."""
        return ClientSession(self.url, cookie_jar=CookieJar(unsafe=True))


@cache
def _made_once() -> Path:
    """A data folder with keys: making them takes longer than most tests."""
    folder = Path(tempfile.mkdtemp(prefix="yunkai-keys-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    make_parts(Settings(data=folder))
    return folder


def _copy_keys(data: Path) -> None:
    if not data.exists():
        shutil.copytree(_made_once(), data)


@asynccontextmanager
async def serving(
    data: Path, clock: MovableClock | None = None, **given: Any
) -> AsyncIterator[RunningServer]:
    """A server over this folder, until the block ends."""
    await asyncio.to_thread(_copy_keys, data)
    moving = clock or MovableClock()
    settings = Settings(
        data=data, port=0, tick_seconds=0.05, beat_seconds=0.3, presence_grace_seconds=1, **given
    )
    app = make_app(settings, moving)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    try:
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        yield RunningServer(f"http://127.0.0.1:{port}", settings, moving, app[PARTS])
    finally:
        await runner.cleanup()


async def until(condition: Any, seconds: float = 60.0) -> Any:
    """What `condition` answers once that is true; it may be a coroutine function."""
    end = asyncio.get_running_loop().time() + seconds
    while True:
        answer = condition()
        if asyncio.iscoroutine(answer):
            answer = await answer
        if answer:
            return answer
        if asyncio.get_running_loop().time() > end:
            raise AssertionError("it did not happen in time")
        await asyncio.sleep(0.02)
