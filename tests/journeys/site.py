"""A site as an operator runs it: `yunkai serve` in a process of its own, to be killed too."""

import asyncio
import os
import secrets
import signal
import socket
import sys
from asyncio.subprocess import Process
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from server.client.api import Api

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
    _process: Process | None = None
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

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
        _make(self.data)
        with (self.data.parent / "server.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(str(Path(sys.executable).with_name("yunkai")), "serve"),
                *("--data", str(self.data), "--port", str(self.port)),
                env={**os.environ, "YUNKAI_WEB": str(self.pages)},
                stdout=log,
                stderr=log,
            )
        await self._answers()

    async def kill(self) -> None:
        """Ends the server as a power cut would: it can put nothing in order."""
        process = self._running()
        process.send_signal(signal.SIGKILL)
        await process.wait()
        self._process = None

    async def close(self) -> None:
        """Ends the server in order."""
        await self._stack.aclose()
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()

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

    def _running(self) -> Process:
        if self._process is None:
            raise RuntimeError("the server does not run")
        return self._process

    async def _answers(self) -> None:
        end = asyncio.get_running_loop().time() + START_SECONDS
        async with ClientSession(timeout=ClientTimeout(total=2)) as session:
            while asyncio.get_running_loop().time() < end:
                if self._running().returncode is not None:
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


def _make(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
