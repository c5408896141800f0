"""Engines of live media for the tests of what they promise. Every test with `engine` or `plane` is
run against every backend in `BACKENDS`.

A backend is an asynchronous context manager that gets a scratch folder and gives an `Engine`. One
that isn't made here is added by its module to `BACKENDS` below.
"""

import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aioice.ice
import pytest

from server.media.local.plane import LocalPlane
from server.media.plane import MediaPlane
from tests.server.media.janus import januses, plane_of
from tests.server.media.peers import Told


@dataclass(frozen=True, slots=True)
class Engine:
    """A plane that was started. `address` is where peers in the tests speak from; `kill` ends the
    engine's process with SIGKILL."""

    plane: MediaPlane
    address: str
    kill: Callable[[], None]


@asynccontextmanager
async def local(folder: Path) -> AsyncIterator[Engine]:
    """The engine of one machine, on loopback."""
    plane = LocalPlane(addresses=["127.0.0.1"])
    await plane.start()

    def kill() -> None:
        os.kill(plane.pids()[0], signal.SIGKILL)

    try:
        yield Engine(plane, "127.0.0.1", kill)
    finally:
        await plane.stop()


@asynccontextmanager
async def janus(folder: Path) -> AsyncIterator[Engine]:
    """Janus, in a network of its own. A killed one is started again, as systemd would."""
    with januses(folder) as (net, nodes):
        plane = plane_of(nodes)
        await plane.start()

        def kill() -> None:
            nodes[0].kill()
            nodes[0].start()

        try:
            yield Engine(plane, net.outside, kill)
        finally:
            await plane.stop()


BACKENDS: dict[str, Callable[[Path], AbstractAsyncContextManager[Engine]]] = {
    "janus": janus,
    "local": local,
}


@pytest.fixture(params=sorted(BACKENDS))
async def engine(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Engine]:
    """A started engine; aiortc's peers speak from its address."""
    async with BACKENDS[request.param](tmp_path) as running:
        monkeypatch.setattr(
            aioice.ice, "get_host_addresses", lambda use_ipv4, use_ipv6: [running.address]
        )
        yield running


@pytest.fixture
def plane(engine: Engine) -> MediaPlane:
    """The engine's plane."""
    return engine.plane


@pytest.fixture
async def told(plane: MediaPlane) -> AsyncIterator[Told]:
    """What the plane tells."""
    listening = Told(plane)
    yield listening
    listening.close()
