"""Text in captured pictures, read by one child process that is started when first needed.

Needs the extra `ocr`; without it there is no recognition, and nothing else is missing.
"""

import asyncio
import contextlib
import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import structlog

from rooms.counter.recognised import Line
from server.counter.captures.child import environment
from server.errors import Problem, Unavailable

SECONDS: Final = 60.0
"""For one picture, the models' loading included."""
IDLE_SECONDS: Final = 300.0
"""After which the child goes: it holds half a gigabyte."""
MEMORY: Final = 4 * 1024**3
THREADS: Final = 2
_MOST_ANSWER: Final = 4 * 1024**2
_CHILD = "server.counter.captures.reading"

_log = structlog.get_logger()


class RecognitionOff(Problem):
    """This server was installed without the extra `ocr`."""

    status = 501

    def __init__(self) -> None:
        super().__init__("recognition_off")


def is_installed() -> bool:
    """Whether the extra is there."""
    return all(find_spec(name) is not None for name in ("rapidocr", "onnxruntime"))


class Reader:
    """Reads one picture at a time."""

    def __init__(self, installed: bool | None = None, idle_seconds: float = IDLE_SECONDS) -> None:
        self._installed = is_installed() if installed is None else installed
        self._idle_seconds = idle_seconds
        self._child: asyncio.subprocess.Process | None = None
        self._one = asyncio.Lock()
        self._idle: asyncio.TimerHandle | None = None
        self._ending: set[asyncio.Task[None]] = set()

    @property
    def is_on(self) -> bool:
        """Whether this server can read at all."""
        return self._installed

    @property
    def pid(self) -> int | None:
        """The child's, while there is one."""
        return None if self._child is None else self._child.pid

    async def lines(self, preview: Path) -> tuple[Line, ...]:
        """The lines of a preview, best guesses. Raises RecognitionOff, Unavailable."""
        if not self._installed:
            raise RecognitionOff
        async with self._one:
            self._rest()
            try:
                async with asyncio.timeout(SECONDS):
                    said = await self._ask(preview)
            except (TimeoutError, OSError, EOFError, ValueError) as problem:
                _log.warning("recognition_failed", because=repr(problem))
                await self._end()
                raise Unavailable("recognition_failed") from problem
            except asyncio.CancelledError:
                # The answer to the question that was given up would be taken for the next one's.
                await self._end()
                raise
            self._idle = asyncio.get_running_loop().call_later(self._idle_seconds, self._leave)
        return tuple(Line(**each) for each in said["lines"])

    async def close(self) -> None:
        """Ends the child."""
        async with self._one:
            self._rest()
            await self._end()

    async def _ask(self, preview: Path) -> dict[str, list[dict[str, Any]]]:
        if self._child is None or self._child.returncode is not None:
            self._child = await _started()
        child = self._child
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(f"{preview}\n".encode())
        await child.stdin.drain()
        answer = await child.stdout.readline()
        if not answer.endswith(b"\n"):
            raise EOFError
        said: dict[str, list[dict[str, Any]]] = json.loads(answer)
        return said

    def _rest(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    def _leave(self) -> None:
        task = asyncio.create_task(self.close(), name="end the reader of texts")
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _end(self) -> None:
        if self._child is not None:
            if self._child.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    self._child.kill()
            await self._child.wait()
            self._child = None


async def _started() -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        _CHILD,
        str(MEMORY),
        str(THREADS),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**environment(), "OMP_NUM_THREADS": str(THREADS), "OPENBLAS_NUM_THREADS": "1"},
        limit=_MOST_ANSWER,
    )
