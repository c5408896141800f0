"""The live hall on the engine of one machine, and on two nodes of Janus in a network of their
own."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.journeys.conftest import Arrives
from tests.journeys.media.conftest import Appears
from tests.journeys.media.hall import is_seen_and_recorded
from tests.journeys.site import Site
from tests.server.media.janus import SECRET, januses

Kill = Callable[[Site], None]
"""Ends the engine, or node, that carries the site's pictures the hard way."""


@pytest.fixture(params=["local", "janus"])
def kill(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Kill]:
    """Where the live media are of a site that starts from now on."""
    if request.param == "local":
        yield lambda site: os.kill(site.engines[0], signal.SIGKILL)
        return
    with januses(tmp_path / "janus", 2) as (_, nodes):
        monkeypatch.setenv("YUNKAI_MEDIA", "janus")
        monkeypatch.setenv("YUNKAI_JANUS", ",".join(node.url for node in nodes))
        monkeypatch.setenv("YUNKAI_JANUS_SECRET", SECRET)
        yield lambda _: nodes[0].kill_and_start()


@pytest.fixture
def site(kill: Kill, site: Site) -> Site:
    """A site with that engine."""
    return site


async def test_an_opening_that_is_seen_and_recorded(
    kill: Kill, site: Site, appears: Appears, arrives: Arrives, tmp_path: Path, pictures: Path
) -> None:
    await is_seen_and_recorded(site, appears, arrives, tmp_path, pictures, lambda: kill(site))
