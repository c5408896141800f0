"""Fixtures of tests against a running server."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.server.site import RunningServer, serving
from tests.server.tender import Tender, published


@pytest.fixture
async def running_server(tmp_path: Path) -> AsyncIterator[RunningServer]:
    """A real server with SQLite on a free port."""
    async with serving(tmp_path / "data") as server:
        yield server


@pytest.fixture
async def tender(running_server: RunningServer, tmp_path: Path) -> AsyncIterator[Tender]:
    """A published tender with a host, a supervisor and three trustees."""
    async with AsyncExitStack() as stack:
        yield await published(running_server, stack, tmp_path / "bids")
