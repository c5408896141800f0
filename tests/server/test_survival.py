"""What survives: a killed server, a full disk, a service that was away."""

import asyncio
import os
import resource
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientConnectionError
from sqlalchemy import delete

from rooms.opening.events import ServiceInterrupted
from server.client.api import Api, ApiRefused
from server.clock import utc_now
from server.store.tables import receipts
from tests.server.site import RunningServer, serving, until
from tests.server.tender import Tender, published, terms

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def process(data: Path, file_limit: int | None = None) -> AsyncIterator[tuple[str, Any]]:
    """`yunkai serve` as a process of its own: its address, and the process."""
    port = data / "port"
    port.unlink(missing_ok=True)

    def limit() -> None:
        if file_limit is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, file_limit))

    running = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from server.cli import main; main()",
        "serve",
        "--data",
        str(data),
        "--port",
        "0",
        cwd=ROOT,
        preexec_fn=limit,
        env={**os.environ, "YUNKAI_INTERRUPTION_SECONDS": "1"},
    )
    try:
        await until(lambda: port.exists() and port.read_text(), 60)
        yield f"http://127.0.0.1:{port.read_text().strip()}", running
    finally:
        if running.returncode is None:
            running.terminate()
        await running.wait()


async def _people(api: Api, *roles: str) -> list[dict[str, Any]]:
    made = []
    for number, role in enumerate(roles):
        login = f"{role}-{number}"
        body = {
            "login": login,
            "password": "12345678",
            "name": login,
            "organisation": "",
            "roles": [role],
        }
        made.append({**await api.post("/api/accounts", body), "login": login})
    return made


async def test_a_killed_server_goes_on_without_losing_or_doubling_anything(tmp_path: Path) -> None:
    async with serving(tmp_path / "data"):
        pass
    data, keys = tmp_path / "data", [f"key-{number}" for number in range(60)]
    token, room = "", ""
    deadline = utc_now() + timedelta(hours=1)
    async with process(data) as (url, running), Api(url) as admin:
        await admin.login("admin", (data / "admin-password").read_text().strip())
        (agency,) = await _people(admin, "agency")
        async with Api(url) as host:
            await host.login(agency["login"], "12345678")
            token = str(host.token)
            seat = {"person": agency["person"], "name": "王", "organisation": "", "role": "host"}
            made = await host.post("/api/openings", {"terms": terms(deadline, [seat], "bidder")})
            room = made["id"]
            await host.post(f"/api/openings/{room}/publish", {})

            async def chat(key: str) -> None:
                body = {"type": "PostChat", "text": key}
                path = f"{url}/api/openings/{room}/commands"
                headers = {**host._headers(), "Idempotency-Key": key}
                async with host._open.post(path, json=body, headers=headers) as answer:
                    assert answer.status == 200

            tasks = [asyncio.create_task(chat(key)) for key in keys]
            await until(lambda: sum(task.done() for task in tasks) > 10, 60)
            running.kill()
            results = await asyncio.gather(*tasks, return_exceptions=True)
            answered = {key for key, each in zip(keys, results, strict=True) if each is None}
            assert len(answered) > 10
            assert all(each is None or isinstance(each, ClientConnectionError) for each in results)
    async with process(data) as (url, running), Api(url, token) as host:
        survived = _chats(await host.get(f"/api/openings/{room}/entries"))
        assert answered <= set(survived)
        assert len(survived) == len(set(survived))
        for key in keys:
            body = {"type": "PostChat", "text": key}
            path = f"/api/openings/{room}/commands"
            await host._send("POST", path, body, {"Idempotency-Key": key})
        page = await host.get(f"/api/openings/{room}/entries")
        assert sorted(_chats(page)) == sorted(keys)
        assert [each["n"] for each in page["entries"]] == list(range(1, page["n"] + 1))


def _chats(page: dict[str, Any]) -> list[str]:
    return [
        each["event"]["text"] for each in page["entries"] if each["event"]["type"] == "ChatPosted"
    ]


async def test_an_upload_goes_on_after_the_server_was_killed(tmp_path: Path) -> None:
    async with serving(tmp_path / "data") as server, AsyncExitStack() as stack:
        tender = await published(server, stack, tmp_path / "bids")
        bidder = await tender.sealed(size=300_000)
        answer = await bidder.api.post(f"{tender.path}/bids", bidder.sealed.submission)
        token, sealed = str(bidder.api.token), bidder.age("a")
        receipt = answer["receipt"]
    data, url = sealed.read_bytes(), answer["uploads"]["a"]
    async with process(tmp_path / "data") as (base, running), Api(base, token) as api:
        assert await api._patch(url, 0, data[:100_000]) == 100_000
        running.kill()
        await running.wait()
    async with process(tmp_path / "data") as (base, running), Api(base, token) as api:
        assert await api._offset(url) == 100_000
        await api.upload(url, sealed)
        mine = await api.get(f"{tender.path}/mine")
        assert (mine["stored"], mine["receipt"]) == ({"a": True}, receipt)


async def test_a_receipt_lost_in_a_crash_is_made_again(tender: Tender) -> None:
    bidder = await tender.submitted()
    async with tender.server.parts.database.writing() as connection:
        await connection.execute(delete(receipts))
    again = (await bidder.api.get(f"{tender.path}/mine"))["receipt"]
    assert again["body"] == bidder.receipt["body"]


async def test_a_full_disk_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    async with serving(tmp_path / "data") as server, AsyncExitStack() as stack:
        tender = await published(server, stack, tmp_path / "bids")
        bidder = await tender.sealed(size=12_000_000)
        answer = await bidder.api.post(f"{tender.path}/bids", bidder.sealed.submission)
        token, sealed = str(bidder.api.token), bidder.age("a")
    url, data = answer["uploads"]["a"], sealed.read_bytes()
    # A file may not grow over 8 MB: what a full disk looks like to whoever writes.
    async with (
        process(tmp_path / "data", file_limit=8_000_000) as (base, _),
        Api(base, token) as api,
    ):
        assert await api._patch(url, 0, data[:4_000_000]) == 4_000_000
        with pytest.raises(ApiRefused) as refused:
            await api._patch(url, 4_000_000, data[4_000_000:])
        assert (refused.value.status, refused.value.code) == (507, "disk_full")
        assert await api._offset(url) >= 4_000_000
        assert (await api.get(f"{tender.path}/mine"))["bid"] == bidder.sealed.header.bid
    async with process(tmp_path / "data") as (base, _), Api(base, token) as api:
        await api.upload(url, sealed)
        assert (await api.get(f"{tender.path}/mine"))["stored"] == {"a": True}


async def test_windows_get_back_the_time_in_which_the_service_was_away(tmp_path: Path) -> None:
    async with serving(tmp_path / "data") as server, AsyncExitStack() as stack:
        tender = await published(server, stack, tmp_path / "bids")
        for _ in range(3):
            await tender.submitted()
        await tender.open()
        room = await server.parts.desk.room(tender.room)
        before, clock = room.state.decryption_until, server.clock
        await until(lambda: asyncio.sleep(1.1, True))
    clock.on(120)
    async with serving(tmp_path / "data", clock) as server:
        room = await server.parts.desk.room(tender.room)
        gap = room.entries[-1].event
        assert isinstance(gap, ServiceInterrupted)
        lost = gap.back - gap.since
        assert lost >= timedelta(seconds=119)
        assert room.state.decryption_until - before == lost


async def test_two_servers_on_one_database_never_write_the_same_number(tmp_path: Path) -> None:
    async with (
        serving(tmp_path / "data") as first,
        serving(tmp_path / "data") as second,
        AsyncExitStack() as stack,
    ):
        tender = await _shared(first, stack, tmp_path)
        token = tender.host.token
        async with Api(second.url, token) as other:

            async def chat(api: Api, text: str) -> None:
                await api.command(tender.room, "PostChat", text=text)

            texts = [f"{number}" for number in range(40)]
            apis = [tender.host, other]
            await asyncio.gather(*(chat(apis[at % 2], text) for at, text in enumerate(texts)))
            await asyncio.sleep(1.1)  # a server believes for a second what it has read
            pages = [await api.get(f"{tender.path}/entries") for api in apis]
            assert pages[0]["entries"] == pages[1]["entries"]
            assert sorted(_chats(pages[0])) == sorted(texts)


async def _shared(server: RunningServer, stack: AsyncExitStack, folder: Path) -> Tender:
    return await published(server, stack, folder / "bids", "bidder")
