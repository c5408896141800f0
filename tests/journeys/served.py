"""A server of a journey: a process of its own, copied from a template, that can be killed."""

import asyncio
import atexit
import json
import os
import select
import signal
import subprocess
import sys
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Self

from tests.journeys.template import SECONDS, Start

REPOSITORY = Path(__file__).resolve().parents[2]


class Served:
    """A running process, known by a descriptor: its number may be another's after its end."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._descriptor = os.pidfd_open(pid)

    @classmethod
    async def start(cls, start: Start) -> Self:
        """Starts a server; it answers a moment later."""
        return cls(await asyncio.to_thread(_copied, json.dumps(asdict(start))))

    @property
    def ended(self) -> bool:
        """Whether it is no more."""
        found, _, _ = select.select([self._descriptor], [], [], 0)
        return bool(found)

    async def end(self, how: signal.Signals) -> None:
        """Sends the signal and waits until the process is no more."""
        if not self.ended:
            signal.pidfd_send_signal(self._descriptor, how)
        loop, gone = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._descriptor, gone.set)
        await gone.wait()
        loop.remove_reader(self._descriptor)
        os.close(self._descriptor)


class Shift:
    """By how many seconds a server's clock differs from this machine's; kept in a file, so that
    the server goes by it at once."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._seconds = 0.0

    @property
    def seconds(self) -> float:
        """Less than zero where the server's clock is behind."""
        return self._seconds

    @seconds.setter
    def seconds(self, value: float) -> None:
        self._seconds = value
        descriptor = os.open(self.file, os.O_CREAT | os.O_WRONLY, 0o600)
        os.pwrite(descriptor, SECONDS.pack(value), 0)
        os.close(descriptor)


def _copied(start: str) -> int:
    maker = template()
    assert maker.stdin
    assert maker.stdout
    maker.stdin.write(start + "\n")
    maker.stdin.flush()
    return int(maker.stdout.readline())


@cache
def template() -> subprocess.Popen[str]:
    """The process of which servers are copies, which gets itself ready."""
    started = subprocess.Popen(
        [sys.executable, "-m", "tests.journeys.template"],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(_close, started)
    return started


def _close(template: subprocess.Popen[str]) -> None:
    assert template.stdin
    template.stdin.close()
    template.wait()
