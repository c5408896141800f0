"""The server's side of a look at bytes that may be hostile: a child process with little time and
memory that gives one answer (`confined` is the other side)."""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import structlog

import server
from server.counter.captures.refused import BROKEN, COSTLY, NotTaken

MOST_ANSWER: Final = 1024 * 1024
_KEPT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR")
"""Of the environment; the rest may hold the site's secrets."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use: `seconds` of the clock, `processor` seconds of computing, bytes of
    `memory` (address space) and of a file it writes."""

    seconds: float
    processor: int
    memory: int
    written: int


async def run(module: str, limits: Limits, *words: str) -> dict[str, Any]:
    """What the module answered. Raises NotTaken."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *(str(each) for each in (limits.processor, limits.memory, limits.written)),
        *words,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=environment(),
    )
    assert child.stdout is not None
    try:
        async with asyncio.timeout(limits.seconds):
            said = await child.stdout.read(MOST_ANSWER)
            await child.wait()
    except TimeoutError:
        _log.info("capture_gave_up", module=module, seconds=limits.seconds)
        raise NotTaken(COSTLY) from None
    finally:
        await _end(child)
    try:
        answer = cast(dict[str, Any], json.loads(said))
    except ValueError:
        # Killed by the kernel for its time, or a crash of the decoder: not one word was said.
        _log.info("capture_child_died", module=module, status=child.returncode)
        raise NotTaken(COSTLY if child.returncode in (-9, -24) else BROKEN) from None
    if "refused" in answer:
        _log.info("capture_refused", code=answer["refused"], because=answer["because"])
        raise NotTaken(answer["refused"], answer["params"])
    return answer


def environment() -> Mapping[str, str]:
    """The environment of a child: enough to import the program, nothing to steal."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    # One arena: glibc reserves 64 MB of address space a thread otherwise, and that counts.
    source = str(Path(server.__file__).parents[1])
    return {**kept, "PYTHONPATH": source, "MALLOC_ARENA_MAX": "1"}


async def _end(child: asyncio.subprocess.Process) -> None:
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        await child.wait()
