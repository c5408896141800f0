"""The same hall on Janus, on two nodes in a network of their own: people are on either, and one
node dies."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.journeys.media.conftest import Appears
from tests.journeys.media.film import BLUE, GREEN, RED
from tests.journeys.media.hall import COMPANIES, LEAD, published
from tests.journeys.media.spectator import Spectator, WatchingBidder, WatchingHost
from tests.journeys.site import Site
from tests.server.media.janus import SECRET, Janus, januses

AGAIN = 30.0
"""Seconds after which pictures are back when a node was killed. An idle machine with three browsers
needs two."""


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


async def test_a_hall_on_two_nodes_of_janus_outlives_one_of_them(
    site: Site, nodes: list[Janus], appears: Appears, tmp_path: Path, pictures: Path
) -> None:
    opening, accounts = await published(site, tmp_path)
    host = await appears(WatchingHost, opening.host, RED)
    supervisor = await appears(Spectator, opening.supervisor, GREEN)
    bidder = await appears(WatchingBidder, accounts[0], BLUE)
    everybody: list[Spectator] = [host, supervisor, bidder]

    await asyncio.gather(*(each.enters(opening.room) for each in everybody))
    for each in (host, supervisor):
        await each.presses("打开麦克风")
        await each.presses("打开摄像头")
    await asyncio.gather(*(each.sees_camera("stage", "red") for each in everybody))
    await asyncio.gather(*(each.sees_camera("supervisor", "green") for each in everybody))

    await host.sees_phase("已截标", LEAD * 1000 + 60_000)
    await host.acts("宣布开标开始")
    await host.ticks("已确认正常录制")
    await host.answers("宣布开标开始")
    await host.orders("公布名单")
    await bidder.sees(COMPANIES[1])

    await bidder.presses("请求发言")
    await host.presses(f"请其发言 {COMPANIES[0]}")
    await asyncio.gather(*(each.sees_camera("floor", "blue") for each in everybody))
    await host.picture(pictures, "janus-floor-given")

    # The host's own picture on stage comes from no node.
    audience = [each for each in everybody if each is not host]
    await asyncio.gather(*(holds_the_picture(each) for each in audience))
    loop = asyncio.get_running_loop()
    began = loop.time()
    nodes[0].kill()
    nodes[0].start()
    await asyncio.gather(*(sees_another_picture(each) for each in audience))
    assert loop.time() - began < AGAIN
    await asyncio.gather(*(each.sees_camera("stage", "red") for each in everybody))
    await asyncio.gather(*(each.sees_camera("floor", "blue") for each in everybody))
    await host.presses(f"收回发言权 {COMPANIES[0]}")
    for each in everybody:
        await each.sees_no_picture("floor")


_TRACK = "document.querySelector('[data-slot=\"stage\"] video')?.srcObject?.getVideoTracks()[0]"


async def holds_the_picture(each: Spectator) -> None:
    """Remembers the track that is on stage."""
    await each.page.evaluate(f"() => {{ window.held = {_TRACK}; }}")


async def sees_another_picture(each: Spectator) -> None:
    """Another track is on stage, and has pictures."""
    await each.page.wait_for_function(
        f"""() => {{
          const track = {_TRACK};
          const video = document.querySelector('[data-slot="stage"] video');
          return track && track !== window.held && video.videoWidth > 0
            && video.getVideoPlaybackQuality().totalVideoFrames > 0;
        }}"""
    )
