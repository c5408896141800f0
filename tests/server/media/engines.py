"""Engines of live media to be measured and tested. A backend is an asynchronous context manager
that gets a scratch folder and gives an `Engine`; `BACKENDS` are all there are."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from server.media.local.plane import LocalPlane
from server.media.plane import MediaPlane
from tests.server.media.janus import januses, plane_of


@dataclass(frozen=True, slots=True)
class Engine:
    """A plane that was started. `address` is where peers speak from; `pids` are the processes that
    carry rooms, `kill` ends the first with SIGKILL. After `settled` it is as it is when it has been
    running for a while."""

    name: str
    plane: MediaPlane
    address: str
    pids: Callable[[], list[int]]
    kill: Callable[[], None]
    settled: Callable[[], Awaitable[None]]


@asynccontextmanager
async def local(folder: Path) -> AsyncIterator[Engine]:
    """The engine of one machine, on loopback."""
    plane = LocalPlane(addresses=["127.0.0.1"])
    await plane.start()

    def kill() -> None:
        os.kill(plane.pids()[0], signal.SIGKILL)

    async def settled() -> None:
        standing_by = plane._spare
        assert standing_by is not None
        await asyncio.shield(standing_by)

    try:
        yield Engine("local", plane, "127.0.0.1", plane.pids, kill, settled)
    finally:
        await plane.stop()


@asynccontextmanager
async def janus(folder: Path) -> AsyncIterator[Engine]:
    """Janus, in a network of its own. A killed one is started again, as systemd would."""
    with januses(folder) as (net, (node,)):
        plane = plane_of([node])
        await plane.start()

        async def settled() -> None:
            node.wait()

        try:
            yield Engine(
                "janus", plane, net.outside, lambda: [node.pid], node.kill_and_start, settled
            )
        finally:
            await plane.stop()


BACKENDS: dict[str, Callable[[Path], AbstractAsyncContextManager[Engine]]] = {
    "janus": janus,
    "local": local,
}
