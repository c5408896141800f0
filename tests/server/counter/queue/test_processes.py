"""Two servers over one database: nobody is called twice, no number is given twice."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from server.client.api import Api, ApiRefused
from server.store.database import Database
from server.store.migrate import migrate
from tests.server.counter.queue.hall import NEAR, TEN, halls, wanted
from tests.server.postgres import postgres
from tests.server.site import until

ROOT = Path(__file__).parents[4]
SERVE = """
import asyncio, sys
from datetime import datetime
from pathlib import Path
from tests.server.site import MovableClock, serving

async def main(data, database, at):
    clock = MovableClock()
    clock.to(datetime.fromisoformat(at))
    async with serving(Path(data), clock, database=database) as server:
        print(server.url, flush=True)
        await asyncio.to_thread(sys.stdin.read)

asyncio.run(main(*sys.argv[1:]))
"""


@asynccontextmanager
async def process(data: Path, database: str) -> AsyncIterator[str]:
    """A server in a process of its own: its address. It stops when its input ends."""
    running = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", SERVE, str(data), database, TEN.isoformat()),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert running.stdin is not None
    assert running.stdout is not None
    try:
        async with asyncio.timeout(120):
            url = (await running.stdout.readline()).decode().strip()
        yield url
    finally:
        running.stdin.close()
        async with asyncio.timeout(60):
            await running.wait()


async def test_two_processes_call_everybody_once_and_give_every_number_once(
    tmp_path: Path,
) -> None:
    async with AsyncExitStack() as stack:
        database = await asyncio.to_thread(stack.enter_context, postgres())
        data = tmp_path / "data"
        await _migrated(database)
        site = await stack.enter_async_context(halls(data, database=database))
        urls = [await stack.enter_async_context(process(data, database)) for _ in range(2)]
        anyone = [await stack.enter_async_context(Api(url)) for url in urls]
        await site.at("qixingguan-1")
        near = [await site.at("xishan-1", "王收"), await site.at("xishan-2", "赵接")]
        windows = [
            await stack.enter_async_context(Api(url, clerk.token))
            for url, clerk in zip(urls, near, strict=True)
        ]

        asked = [anyone[at % 2].post("/api/tickets", wanted()) for at in range(12)]
        taken: list[dict[str, Any]] = await asyncio.gather(*asked)
        assert sorted(each["number"] for each in taken) == [f"B{n:03}" for n in range(1, 13)]

        called: list[str] = []
        for _ in range(6):
            both = await asyncio.gather(
                windows[0].post("/api/windows/xishan-1/next", {}),
                windows[1].post("/api/windows/xishan-2/next", {}),
            )
            called += [each["room"] for each in both]
            for each, clerk in zip(both, windows, strict=True):
                await _give_up(clerk, each["room"])
        assert sorted(called) == sorted(each["room"] for each in taken)

        async def everywhere_empty() -> bool:
            shown = [await each.get(f"/api/halls/{NEAR}/queue") for each in anyone]
            return all(each["total"] == 0 and each["called"] == [] for each in shown)

        await until(everywhere_empty, 60)


async def test_of_two_processes_that_book_the_last_place_one_gets_it(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        database = await asyncio.to_thread(stack.enter_context, postgres())
        data = tmp_path / "data"
        await _migrated(database)
        await stack.enter_async_context(halls(data, database=database))
        urls = [await stack.enter_async_context(process(data, database)) for _ in range(2)]
        anyone = [await stack.enter_async_context(Api(url)) for url in urls]
        at = "2026-11-23T06:00:00.000Z"
        path = "/api/slots?item=520502-pension-refund&near=xishan&far=520502&day=2026-11-23"
        slots = (await anyone[0].get(path))["slots"]
        (left,) = [
            min(each["near_left"], each["far_left"]) for each in slots if each["starts_at"] == at
        ]
        asked = [
            anyone[n % 2].post("/api/bookings", {**wanted(), "starts_at": at})
            for n in range(left + 3)
        ]
        results = await asyncio.gather(*asked, return_exceptions=True)
        refused = [each.code for each in results if isinstance(each, ApiRefused)]
        assert refused == ["slot_full"] * 3
        somebody = wanted()
        twice = await asyncio.gather(
            *(each.post("/api/tickets", somebody) for each in anyone), return_exceptions=True
        )
        assert [each.code for each in twice if isinstance(each, ApiRefused)] == ["ticket_doubled"]


async def _migrated(database: str) -> None:
    made = Database(database)
    await migrate(made)
    await made.close()


async def _give_up(clerk: Api, room: str) -> None:
    """Ends what was called, so that the window is free for the next."""
    body = {"type": "CancelSession", "reason": "办事人已离开"}
    await clerk.post(f"/api/sessions/{room}/commands", body)
