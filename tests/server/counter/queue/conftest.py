"""Fixtures of tests about queues."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.server.counter.queue.hall import Halls, halls


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Halls]:
    """Two halls at ten in the morning."""
    async with halls(tmp_path / "data") as running:
        yield running
