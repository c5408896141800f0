"""What tests of live media share. Every test with `engine` or `plane` is run against every backend
in `BACKENDS`."""

from collections.abc import AsyncIterator
from pathlib import Path

import aioice.ice
import pytest

from server.media.plane import MediaPlane
from tests.server.media.engines import BACKENDS, Engine
from tests.server.media.peers import Told


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
