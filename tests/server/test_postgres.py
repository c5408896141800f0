"""The same server over PostgreSQL: a bid, two servers on one room, migrations."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from crypto.receipt import Receipt
from server.client.api import Api
from server.errors import BadSettings
from server.store.database import Database
from server.store.migrate import differences, is_current, migrate
from tests.server.postgres import postgres
from tests.server.site import RunningServer, serving
from tests.server.tender import published


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A database for this module's tests."""
    with postgres() as running:
        yield running


@pytest.fixture
async def server(address: str, tmp_path: Path) -> AsyncIterator[RunningServer]:
    """A server over it."""
    database = Database(address)
    await migrate(database)
    await database.close()
    async with serving(tmp_path / "data", database=address) as running:
        yield running


async def test_a_database_that_is_not_up_to_date_is_refused(tmp_path: Path) -> None:
    with postgres() as fresh:
        with pytest.raises(BadSettings, match="yunkai migrate"):
            async with serving(tmp_path / "data", database=fresh):
                pass
        database = Database(fresh)
        await migrate(database)
        assert await is_current(database)
        assert await differences(database) == []
        await database.close()


async def test_a_bid_is_taken_and_opened(server: RunningServer, tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        tender = await published(server, stack, tmp_path / "bids")
        bidder = await tender.submitted("𬭎㛃䶮建设有限公司")
        assert Receipt.parse(bidder.receipt).token
        for _ in range(2):
            await tender.submitted()
        await tender.open()
        for trustee in tender.trustees[:2]:
            assert await trustee.release_when_open("a") == 3
        found = await tender.host.get("/api/openings?when=past&q=滇池")
        assert found["total"] == 1


async def test_two_servers_share_a_room(
    address: str, server: RunningServer, tmp_path: Path
) -> None:
    async with serving(tmp_path / "data", database=address) as second, AsyncExitStack() as stack:
        tender = await published(server, stack, tmp_path / "bids", "bidder")
        async with Api(second.url, tender.host.token) as other:
            apis = [tender.host, other]
            texts = [f"{number}" for number in range(30)]

            async def chat(at: int, text: str) -> None:
                await apis[at % 2].command(tender.room, "PostChat", text=text)

            await asyncio.gather(*(chat(at, text) for at, text in enumerate(texts)))
            pages = [await api.get(f"{tender.path}/entries") for api in apis]
            assert pages[0]["entries"] == pages[1]["entries"]
            said = [each["event"].get("text") for each in pages[0]["entries"]]
            assert sorted(filter(None, said)) == sorted(texts)
