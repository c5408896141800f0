"""A site as an operator runs it: what `yunkai serve` does, in a process of its own that can be
killed, with a clock that may be behind until everybody is ready for what its time brings."""

import asyncio
import os
import secrets
import signal
import socket
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from server.client.api import Api
from server.documents.authority import SKEW
from tests.journeys.served import Served, Shift
from tests.journeys.template import Start

START_SECONDS = 180.0


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody with a login."""

    login: str
    password: str
    person: str
    name: str
    organisation: str


@dataclass(slots=True)
class Site:
    """A server on a port and a data folder that stay the same when it is started again."""

    data: Path
    pages: Path
    port: int = 0
    admin: Api = field(init=False)
    _process: Served | None = None
    _shift: Shift = field(init=False)
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    def __post_init__(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        self._shift = Shift(self.data.parent / "shift")
        self._shift.seconds = 0.0

    @property
    def url(self) -> str:
        """Where browsers find it."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def engines(self) -> list[int]:
        """The processes for live media, the one that carries rooms first; the next is a spare."""
        server = self._running().pid
        mine = (_started_by(server, pid) for pid in _processes())
        return [pid for _, pid in sorted(each for each in mine if each is not None)]

    async def start(self) -> None:
        """Starts, or starts again, and waits until it answers."""
        if self.port == 0:
            self.port = _free_port()
        self._process = await Served.start(
            Start(
                data=str(self.data),
                port=self.port,
                environment={**os.environ, "YUNKAI_WEB": str(self.pages)},
                log=str(self.data.parent / "server.log"),
                shift=str(self._shift.file),
            )
        )
        await self._answers()

    async def kill(self) -> None:
        """Ends the server as a power cut would: it can put nothing in order."""
        await self._running().end(signal.SIGKILL)
        self._process = None

    async def close(self) -> None:
        """Ends the server in order."""
        await self._stack.aclose()
        if self._process is not None:
            await self._process.end(signal.SIGTERM)

    # --- its clock -----------------------------------------------------------------------------

    def now(self) -> datetime:
        """What its clock says."""
        return datetime.now(UTC) + timedelta(seconds=self._shift.seconds)

    def falls_behind(self, seconds: float) -> None:
        """Puts its clock back. Never further than what certificates made at the start allow, nor
        after anything happened in a room: no room's time goes back."""
        assert seconds < SKEW.total_seconds()
        self._shift.seconds = -seconds

    def comes_to(self, instant: datetime) -> None:
        """Puts its clock forward to this instant, unless that has passed. A clock that was behind
        is never put before the machine's: people's devices and those who check a record later
        would doubt what it says."""
        forward = max(0.0, (instant - self.now()).total_seconds())
        assert self._shift.seconds + forward <= 0, "the clock did not fall behind by enough"
        self._shift.seconds += forward

    # --- its people ----------------------------------------------------------------------------

    async def enter_as_admin(self) -> None:
        """Logs the administrator in with the password that the first start wrote."""
        password = (self.data / "admin-password").read_text(encoding="utf-8").strip()
        self.admin = await self.api()
        await self.admin.login("admin", password)

    async def api(self, token: str | None = None) -> Api:
        """A fresh session over HTTP, without a login unless there is a token."""
        return await self._stack.enter_async_context(Api(self.url, token))

    async def account(self, role: str, name: str, organisation: str = "") -> Account:
        """A new account."""
        login, password = f"{role}-{secrets.token_hex(3)}", secrets.token_urlsafe(12)
        made: dict[str, Any] = await self.admin.post(
            "/api/accounts",
            {
                "login": login,
                "password": password,
                "name": name,
                "organisation": organisation or name,
                "roles": [role],
            },
        )
        return Account(login, password, made["person"], name, organisation or name)

    async def as_program(self, account: Account) -> Api:
        """That account's session over HTTP, for what a journey is not about."""
        api = await self.api()
        await api.login(account.login, account.password)
        return api

    def _running(self) -> Served:
        if self._process is None:
            raise RuntimeError("the server does not run")
        return self._process

    async def _answers(self) -> None:
        end = asyncio.get_running_loop().time() + START_SECONDS
        async with ClientSession(timeout=ClientTimeout(total=2)) as session:
            while asyncio.get_running_loop().time() < end:
                if self._running().ended:
                    break
                try:
                    async with session.get(f"{self.url}/api/time") as answer:
                        if answer.status == 200:
                            return
                except (ClientError, TimeoutError):
                    pass
                await asyncio.sleep(0.05)
        log = (self.data.parent / "server.log").read_text(encoding="utf-8", errors="replace")
        raise AssertionError(f"the server does not answer:\n{log[-4000:]}")


def _processes() -> list[int]:
    return [int(each.name) for each in Path("/proc").iterdir() if each.name.isdecimal()]


def _started_by(server: int, pid: int) -> tuple[int, int] | None:
    """When this engine of the server was started, and its number; None if it is none."""
    folder = Path("/proc", str(pid))
    try:
        words = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        if int(words[1]) == server and b"server.media" in (folder / "cmdline").read_bytes():
            return int(words[19]), pid
    except OSError:
        pass  # it ended meanwhile
    return None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
