"""Displays and desks hear at once that they should look again, and nothing else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import socketio
from socketio.exceptions import ConnectionError as Refused

from server.client.api import Api
from tests.server.counter.queue.hall import NEAR, Halls
from tests.server.site import until


@asynccontextmanager
async def watching(site: Halls, topic: str, api: Api | None = None) -> AsyncIterator[list[Any]]:
    """What a socket that watches this topic is told; nobody has logged in without `api`."""
    heard: list[Any] = []
    socket = socketio.AsyncClient(reconnection=False)
    socket.on("again", heard.append, namespace="/queue")
    await socket.connect(
        site.server.url,
        socketio_path="live",
        transports=["websocket"],
        namespaces=["/queue"],
        auth={"token": api.token} if api else None,
    )
    try:
        answer = await socket.call("watch", {"topic": topic}, namespace="/queue", timeout=30)
        if "error" in answer:
            raise PermissionError(answer["error"]["code"])
        yield heard
    finally:
        await socket.disconnect()
        await asyncio.sleep(0)


async def test_a_display_that_nobody_logged_in_at_hears_of_tickets_and_calls(site: Halls) -> None:
    near, _ = await site.both_open()
    async with watching(site, f"hall:{NEAR}") as heard:
        await site.ticket()
        await until(lambda: heard, 60)
        before = len(heard)
        await near.post("/api/windows/xishan-1/next", {})
        await until(lambda: len(heard) > before, 60)
    assert {each["topic"] for each in heard} == {f"hall:{NEAR}"}
    assert all(each.keys() == {"topic", "n"} for each in heard)
    numbers = [each["n"] for each in heard]
    assert numbers == sorted(set(numbers))


async def test_both_clerks_hear_of_a_call(site: Halls) -> None:
    near, far = await site.both_open()
    topics = [f"desk:{(await each.get('/api/me'))['person']}" for each in (near, far)]
    async with watching(site, topics[0], near) as one, watching(site, topics[1], far) as other:
        await site.ticket()
        await until(lambda: one, 60)
        assert not other
        await near.post("/api/windows/xishan-1/next", {})
        await until(lambda: other, 60)
    assert (await far.get("/api/desk"))["mine"]


async def test_an_applicant_hears_of_the_own_ticket(site: Halls) -> None:
    near, _ = await site.both_open()
    ticket = await site.ticket()
    phone = await site.entered(ticket)
    person = (await phone.get("/api/me"))["person"]
    async with watching(site, f"desk:{person}", phone) as heard:
        await near.post("/api/windows/xishan-1/next", {})
        await until(lambda: heard, 60)
    assert (await phone.get("/api/tickets/mine"))["window"] == "xishan-1"


async def test_a_far_window_that_opens_wakes_the_halls_it_decides_for(site: Halls) -> None:
    near = await site.at("xishan-1")
    await site.ticket()
    person = (await near.get("/api/me"))["person"]
    async with watching(site, f"desk:{person}", near) as heard:
        await site.at("qixingguan-1")
        await until(lambda: heard, 60)
    assert (await near.get("/api/desk"))["waiting"][0]["fits"]


async def test_nobody_watches_the_desk_of_somebody_else(site: Halls) -> None:
    near, far = await site.both_open()
    topic = f"desk:{(await near.get('/api/me'))['person']}"
    for api in (None, far):
        with pytest.raises(PermissionError, match="not_found"):
            async with watching(site, topic, api):
                pass


async def test_without_a_login_no_room_is_joined(site: Halls) -> None:
    socket = socketio.AsyncClient(reconnection=False)
    with pytest.raises(Refused):
        await socket.connect(site.server.url, socketio_path="live", transports=["websocket"])
    await socket.disconnect()
