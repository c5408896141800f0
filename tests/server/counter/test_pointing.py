"""Pointing at a shared screen, with a real engine and real sockets."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import aioice.ice
import pytest

from rooms.ids import PersonId
from server.client.api import Api
from server.live.pointing import BURST, Allowance
from server.media.plane import Feed, Kind
from tests.server.counter.visit import Visit, visiting
from tests.server.live import Client
from tests.server.media.hall import LONG, OverHttp
from tests.server.media.peers import Publisher
from tests.server.site import RunningServer, until


@pytest.fixture(autouse=True)
def on_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Peers of the tests speak from the loopback."""
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda use_ipv4, use_ipv6: ["127.0.0.1"])


@pytest.fixture
async def visit(running_server: RunningServer) -> AsyncIterator[Visit]:
    """A call that is through."""
    async with visiting(running_server) as made:
        await made.call()
        yield made


async def point(client: Client, visit: Visit, x: Any, y: Any, feed: str = "") -> str:
    """Points at the near clerk's screen: the code of the refusal, or nothing."""
    at = {"room": visit.room, "feed": feed or f"{visit.near}:screen", "x": x, "y": y}
    answer = await client.socket.call("point", at, timeout=30)
    return str(answer.get("error", {}).get("code", ""))


async def joined(stack: AsyncExitStack, visit: Visit, api: Api) -> Client:
    client = await stack.enter_async_context(Client(visit.server, api))
    await client.join(visit.room)
    return client


async def test_where_somebody_points_is_told_to_all_others_and_kept_nowhere(visit: Visit) -> None:
    async with AsyncExitStack() as stack:
        supervisor = await visit.server.account("supervisor")
        as_supervisor = await stack.enter_async_context(visit.server.logged_in(supervisor))
        near, far, applicant, listener = [
            await joined(stack, visit, api)
            for api in (visit.as_near, visit.as_far, visit.as_applicant, as_supervisor)
        ]
        assert await point(far, visit, 100, 200) == "nothing_shared"
        way: Any = OverHttp(visit, visit.as_near)  # type: ignore[arg-type]  # path and server do
        sender = Publisher(way, visit.room, Feed(PersonId(visit.near), Kind.SCREEN), 90)
        stack.push_async_callback(sender.close)
        await sender.publish()
        await until(
            lambda: bool(near.got("media") and near.got("media")[-1]["slots"]["screen"]), LONG
        )
        before = (await visit.state(), len(near.entries()))

        assert await point(far, visit, 2_500, 10_000) == ""
        expected = {
            "room": visit.room,
            "person": visit.far,
            "feed": f"{visit.near}:screen",
            "x": 2_500,
            "y": 10_000,
        }
        for client in (near, applicant, listener):
            await until(lambda client=client: client.got("pointer") == [expected], LONG)
        assert await point(applicant, visit, None, None) == ""
        await until(lambda: near.got("pointer")[-1]["x"] is None, LONG)
        assert near.got("pointer")[-1]["person"] == visit.applicant
        assert [each["person"] for each in far.got("pointer")] == [visit.applicant]
        assert (await visit.state(), len(near.entries())) == before

        assert await point(listener, visit, 1, 1) == "may_not_point"
        assert await point(far, visit, 1, 1, f"{visit.far}:screen") == "nothing_shared"
        for x, y in ((-1, 0), (10_001, 0), (0.5, 0), (True, 0), (1, None)):
            assert await point(far, visit, x, y) == "bad_point"


def test_thirty_points_a_second_pass_and_as_many_at_once() -> None:
    allowance = Allowance(BURST, 100.0)
    assert [allowance.take(100.0) for _ in range(31)] == [True] * 30 + [False]
    assert [allowance.take(100.5) for _ in range(16)] == [True] * 15 + [False]
    assert [allowance.take(900.0) for _ in range(31)] == [True] * 30 + [False]


async def test_who_is_not_in_the_room_points_at_nothing_there(visit: Visit) -> None:
    async with Client(visit.server, visit.as_far) as client:
        assert await point(client, visit, 1, 1) == "not_joined"
