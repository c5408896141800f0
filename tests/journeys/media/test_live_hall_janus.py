"""The same hall on Janus, on two nodes in a network of their own: people are on either, and one
node dies."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.journeys.conftest import Arrives
from tests.journeys.media.conftest import Appears
from tests.journeys.media.hall import is_seen_and_recorded
from tests.journeys.site import Site
from tests.server.media.janus import SECRET, Janus, januses


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[list[Janus]]:
    """Two nodes of Janus."""
    with januses(tmp_path / "janus", 2) as (_, running):
        yield running


@pytest.fixture
async def site(
    pages: Path, tmp_path: Path, nodes: list[Janus], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Site]:
    """A server whose live media are on these nodes."""
    monkeypatch.setenv("YUNKAI_MEDIA", "janus")
    monkeypatch.setenv("YUNKAI_JANUS", ",".join(node.url for node in nodes))
    monkeypatch.setenv("YUNKAI_JANUS_SECRET", SECRET)
    made = Site(tmp_path / "site" / "data", pages)
    await made.start()
    await made.enter_as_admin()
    try:
        yield made
    finally:
        await made.close()


async def test_an_opening_on_two_nodes_of_janus_outlives_one_of_them(
    site: Site,
    nodes: list[Janus],
    appears: Appears,
    arrives: Arrives,
    tmp_path: Path,
    pictures: Path,
) -> None:
    def kill() -> None:
        nodes[0].kill()
        nodes[0].start()

    await is_seen_and_recorded(site, appears, arrives, tmp_path, pictures, kill)
