"""Sockets: joining, replay, order without gaps, presence, the clock, and what Engine.IO is pinned
for."""

import asyncio

import pytest
from socketio.exceptions import ConnectionError as Refused

from rooms.ids import RoomId
from server.client.api import Api
from server.live import frames
from tests.server.live import Client
from tests.server.site import until
from tests.server.tender import Tender


async def _chat(tender: Tender, first: int, last: int) -> None:
    for number in range(first, last):
        await tender.host.command(tender.room, "PostChat", text=f"{number}")


def _texts(entries: list[dict[str, object]]) -> list[object]:
    return [each["event"]["text"] for each in entries if each["event"]["type"] == "ChatPosted"]  # type: ignore[index]  # JSON


async def test_joining_tells_what_was_missed_and_then_what_comes(tender: Tender) -> None:
    await _chat(tender, 0, 3)
    async with Client(tender.server, tender.supervisor) as client:
        answer = await client.join(tender.room)
        assert [each["n"] for each in answer["entries"]] == list(range(1, answer["n"] + 1))
        assert _texts(answer["entries"]) == ["0", "1", "2"]
        await _chat(tender, 3, 6)
        await until(lambda: len(client.entries()) == 3)
        assert _texts(client.entries()) == ["3", "4", "5"]
        assert client.entries()[0]["n"] == answer["n"] + 1


async def test_a_client_that_comes_back_gets_only_what_is_new(tender: Tender) -> None:
    await _chat(tender, 0, 2)
    async with Client(tender.server, tender.supervisor) as client:
        known = (await client.join(tender.room))["n"]
    await _chat(tender, 2, 4)
    async with Client(tender.server, tender.supervisor) as client:
        answer = await client.join(tender.room, after=known)
        assert [each["n"] for each in answer["entries"]] == [known + 1, known + 2]


async def test_nothing_is_missing_or_doubled_however_one_joins(tender: Tender) -> None:
    """Clients join while entries are written: replay and live must meet exactly."""
    clients = [Client(tender.server, tender.supervisor) for _ in range(12)]
    joined: dict[int, list[int]] = {}

    async def join(at: int) -> None:
        await asyncio.sleep(at * 0.015)
        await clients[at].__aenter__()
        answer = await clients[at].join(tender.room)
        joined[at] = [each["n"] for each in answer["entries"]]

    orders = [_chat(tender, each * 20, each * 20 + 20) for each in range(4)]
    await asyncio.gather(*orders, *(join(at) for at in range(len(clients))))
    last = (await tender.supervisor.get(f"{tender.path}/entries"))["n"]

    def seen(at: int) -> list[int]:
        return joined[at] + [each["n"] for each in clients[at].entries()]

    try:
        await until(lambda: all(seen(at)[-1:] == [last] for at in range(len(clients))))
        for at in range(len(clients)):
            assert seen(at) == list(range(1, last + 1))
    finally:
        for client in clients:
            await client.__aexit__()


async def test_a_beat_tells_the_number_and_the_time(tender: Tender) -> None:
    async with Client(tender.server, tender.host) as client:
        answer = await client.join(tender.room)
        await until(lambda: client.got("beat"))
        assert client.got("beat")[0]["n"] == answer["n"]
        assert client.got("beat")[0]["now"].endswith("Z")


async def test_the_clock_answers(tender: Tender) -> None:
    async with Client(tender.server, tender.host) as client:
        assert (await client.socket.call("clock", {}))["now"].endswith("Z")


async def test_whoever_loses_the_connection_is_reconnecting_for_a_while(tender: Tender) -> None:
    async with Client(tender.server, tender.supervisor) as watching:
        await watching.join(tender.room)
        host = Client(tender.server, tender.host)
        await host.__aenter__()
        await host.join(tender.room)
        await until(lambda: _states(watching) == {"supervisor": "here", "host": "here"})
        host.socket.eio.ws._response.connection.transport.abort()  # the cable
        await until(lambda: _states(watching) == {"supervisor": "here", "host": "reconnecting"})
        tender.server.clock.on(5)
        await until(lambda: _states(watching) == {"supervisor": "here"})


def _states(client: Client) -> dict[str, str]:
    told = client.got("presence")
    return {each["role"]: each["state"] for each in told[-1]["people"]} if told else {}


async def test_nobody_connects_without_a_login(tender: Tender) -> None:
    with pytest.raises(Refused):
        async with Client(tender.server, Api(tender.server.url, "made up")):
            pass


async def test_a_room_one_may_not_see_cannot_be_joined(tender: Tender) -> None:
    person = await tender.server.account("agency")
    async with tender.server.logged_in(person) as api, Client(tender.server, api) as client:
        assert (await client.join(tender.room))["error"]["code"] == "no_such_room"
        assert (await client.join("o-nothing"))["error"]["code"] == "no_such_room"


@pytest.mark.parametrize("asked", [None, 7, {}, {"room": 7}, {"room": "x", "after": -1}])
async def test_nonsense_is_refused(tender: Tender, asked: object) -> None:
    async with Client(tender.server, tender.host) as client:
        answer = await client.socket.call("join", asked)
        assert answer["error"]["code"] == "bad_join"


async def test_a_client_that_reads_nothing_is_dropped(
    tender: Tender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "MOST_BUFFERED", 100_000)
    async with (
        Client(tender.server, tender.host) as host,
        Client(tender.server, tender.supervisor) as stuck,
    ):
        await host.join(tender.room)
        await stuck.join(tender.room)
        stuck.socket.eio.ws._response.connection.transport.pause_reading()
        gateway = tender.server.parts.gateway

        def told_until_one_is_gone() -> bool:
            gateway.tell_progress(RoomId(tender.room), "x" * 50_000, 1, 2)
            return len(gateway._connections) == 1

        await until(told_until_one_is_gone, 60)
        await _chat(tender, 0, 1)
        await until(lambda: host.entries())


async def test_sockets_are_not_compressed(tender: Tender) -> None:
    async with Client(tender.server, tender.host) as client:
        assert client.socket.eio.ws._compress == 0


async def test_logging_out_closes_the_sockets(tender: Tender) -> None:
    person = await tender.server.account("bidder")
    async with tender.server.logged_in(person) as api, Client(tender.server, api) as client:
        await api.post("/api/logout", {})
        await until(lambda: not client.socket.connected)
