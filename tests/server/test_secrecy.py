"""Before the deadline nobody learns how many bid, or who: domain rule 3, by every route there
is."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from server.http.routes import ROUTES
from tests.server.live import Client
from tests.server.site import RunningServer, serving, until
from tests.server.tender import FORM, UNRECORDED, Tender, published

BIDDERS = 3

# What is different from one server to the next for reasons that have nothing to do with bids.
_OWN = re.compile(
    rb"[op]-[0-9a-f]{16,20}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z|[A-Za-z0-9_-]{43,}|[0-9a-f]{64}"
    rb'|"epoch": \d+'
)
_HEADERS = ("Content-Type", "Content-Length", "Content-Disposition", "Cache-Control")


@pytest.fixture
async def both(tmp_path: Path) -> AsyncIterator[tuple[Tender, Tender]]:
    """Two servers with the same tender and accounts: three bid on the second, nobody on the
    first."""
    async with AsyncExitStack() as stack:
        made = []
        for name in ("quiet", "busy"):
            server = await stack.enter_async_context(serving(tmp_path / name))
            made.append(await published(server, stack, tmp_path / f"{name}-bids"))
        quiet, busy = made
        for _ in range(BIDDERS):
            await quiet.bidder()
            await (await busy.submitted()).api.get(f"{busy.path}/mine")
        yield quiet, busy


async def test_every_route_answers_the_same_with_and_without_bids(
    both: tuple[Tender, Tender],
) -> None:
    bid = both[1].bidders[0].sealed.header.bid
    for role in ("host", "supervisor", "trustee", "stranger", "guest", "admin"):
        seen = [await _walk(each, role, bid) for each in both]
        assert seen[0] == seen[1], role


async def test_a_tender_terminated_early_tells_as_little(both: tuple[Tender, Tender]) -> None:
    bid = both[1].bidders[0].sealed.header.bid
    for tender in both:
        await tender.host.command(tender.room, "TerminateOpening", reason="项目取消")
        await asyncio.sleep(0.5)  # whatever is made of a tender that is over
    for role in ("host", "supervisor", "trustee", "stranger"):
        seen = [await _walk(each, role, bid) for each in both]
        assert seen[0] == seen[1], role


async def test_a_bidder_sees_of_others_what_it_would_see_alone(
    both: tuple[Tender, Tender],
) -> None:
    quiet, busy = both
    alone = quiet.bidders[0]
    await alone.accept()
    alone.seal({"a": dict(FORM)}, [])
    await alone.submit()
    among = busy.bidders[0]
    for path in ("", "/entries", "/manifest.json"):
        answers = []
        for tender, bidder in ((quiet, alone), (busy, among)):
            answers.append(_cut(await bidder.api.fetch(tender.path + path)))
        assert answers[0] == answers[1], path


async def test_sockets_tell_the_same_with_and_without_bids(both: tuple[Tender, Tender]) -> None:
    seen = []
    for tender in both:
        async with Client(tender.server, tender.supervisor) as client:
            answer = await client.join(tender.room)
            await until(lambda client=client: client.got("beat"))
            seen.append(
                (
                    [entry["event"]["type"] for entry in answer["entries"]],
                    answer["n"],
                    answer["people"][0]["role"],
                    len(answer["people"]),
                    client.got("beat")[0]["n"],
                    client.got("mine"),
                )
            )
    assert seen[0] == seen[1]


async def test_a_bidder_in_the_room_is_not_seen_before_the_roll(tender: Tender) -> None:
    bidder = await tender.submitted()
    async with (
        Client(tender.server, tender.host) as host,
        Client(tender.server, bidder.api) as own,
    ):
        await host.join(tender.room)
        await own.join(tender.room)
        assert [each["role"] for each in (await host.join(tender.room))["people"]] == ["host"]
        await tender.close()
        await tender.host.command(tender.room, "StartOpening", recording=UNRECORDED)
        await tender.host.command(tender.room, "PublishRoll")
        await until(lambda: _roles(host.got("presence")) == {"host", "bidder"})


async def test_a_bidder_hears_of_its_own_bid_and_nobody_else_does(tender: Tender) -> None:
    first, second = await tender.sealed(), await tender.sealed()
    async with (
        Client(tender.server, first.api) as one,
        Client(tender.server, second.api) as two,
        Client(tender.server, tender.host) as host,
    ):
        for client in (one, two, host):
            await client.join(tender.room)
        await first.submit()
        await until(lambda: one.got("mine"))
        await until(lambda: len(host.got("beat")) > 2 and len(two.got("beat")) > 2)
        assert not two.got("mine")
        assert not host.got("mine")
        assert not [*host.got("entries"), *two.got("entries"), *one.got("entries")]


def _roles(presences: list[dict[str, Any]]) -> set[str]:
    return {each["role"] for each in presences[-1]["people"]} if presences else set()


async def _walk(tender: Tender, role: str, bid: str) -> list[Any]:
    """Every GET route as somebody in this role: path, status, headers, body."""
    server, answers = tender.server, []
    async with AsyncExitStack() as stack:
        api = await _session(server, tender, role, stack)
        for path in _paths(tender, bid):
            async with api._open.get(server.url + path, headers=api._headers()) as answer:
                body = _cut(await answer.read())
                headers = [answer.headers.get(name) for name in _HEADERS]
                answers.append((path.replace(tender.room, "ROOM"), answer.status, headers, body))
    return answers


def _paths(tender: Tender, bid: str) -> list[str]:
    paths = ["/api/openings?when=today", "/api/openings?when=upcoming&q=YK-1"]
    for route in ROUTES:
        if route.method != "GET" or "{token}" in route.path or "/api/me" in route.path:
            continue
        path = re.sub(r"\{room:[^}]*\}\}", tender.room, route.path)
        path = re.sub(r"\{bid:[^}]*\}\}", bid, path)
        path = re.sub(r"\{envelope:[^}]*\}\}", "a", path)
        path = re.sub(r"\{recording:[^}]*\}\}", "r-1", path)
        path = re.sub(r"\{sha256:[^}]*\}\}", "0" * 64, path)
        paths.append(re.sub(r"\{name\}", "x", path))
    return paths


async def _session(server: RunningServer, tender: Tender, role: str, stack: AsyncExitStack) -> Any:
    if role == "host":
        return tender.host
    if role == "supervisor":
        return tender.supervisor
    if role == "trustee":
        return tender.trustees[0].api
    if role == "guest":
        link = await tender.host.post(f"{tender.path}/observers", {"name": "旁听"})
        entrance = await server.parts.accounts.enter(link["url"].rsplit("/", 1)[-1])
        assert entrance is not None
        return await stack.enter_async_context(server.with_token(entrance.token))
    person = await server.account("bidder" if role == "stranger" else role, name=role)
    return await stack.enter_async_context(server.logged_in(person))


def _cut(body: bytes) -> bytes:
    return _OWN.sub(b"*", body)
