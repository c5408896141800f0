"""One address takes only so many tickets, and is told when there is another."""

from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from server.client.api import ApiRefused
from tests.server.counter.queue.hall import PENSION, Halls, halls, wanted


async def _sent(site: Halls, body: dict[str, Any], **headers: str) -> tuple[int, dict[str, Any]]:
    async with (
        ClientSession(site.server.url) as http,
        http.post("/api/tickets", json=body, headers=headers) as answer,
    ):
        return answer.status, await answer.json()


async def test_an_address_is_told_when_it_may_take_another_ticket(tmp_path: Path) -> None:
    async with halls(tmp_path / "data", tickets_per_address=3) as site:
        for _ in range(2):
            await site.ticket()
        await site.booking("2026-11-24T02:00:00.000Z")
        with pytest.raises(ApiRefused) as refused:
            await site.ticket()
        assert (refused.value.status, refused.value.code) == (429, "too_many_tickets")
        seconds = refused.value.params["seconds"]
        assert isinstance(seconds, int)
        assert 590 < seconds <= 600
        with pytest.raises(ApiRefused) as again:
            await site.booking("2026-11-24T02:30:00.000Z")
        assert again.value.code == "too_many_tickets"
        site.clock.on(601)
        assert (await site.ticket())["number"]


async def test_what_was_refused_or_sent_again_does_not_count(tmp_path: Path) -> None:
    async with halls(tmp_path / "data", tickets_per_address=2) as site:
        body = wanted(PENSION, person=7)
        key = {"Idempotency-Key": "one"}
        assert (await _sent(site, body, **key))[0] == 201
        for _ in range(3):
            assert (await _sent(site, body, **key))[0] == 200
            status, said = await _sent(site, body)
            assert (status, said["error"]["code"]) == (409, "ticket_doubled")
        assert (await _sent(site, wanted(person=8)))[0] == 201
        assert (await _sent(site, wanted(person=9)))[0] == 429


async def test_addresses_behind_a_trusted_proxy_are_counted_apart(tmp_path: Path) -> None:
    async with halls(tmp_path / "data", tickets_per_address=1, proxies=1) as site:
        for address in ("203.0.113.1", "203.0.113.2"):
            sent = {"X-Forwarded-For": address}
            assert (await _sent(site, wanted(), **sent))[0] == 201
            assert (await _sent(site, wanted(), **sent))[0] == 429


async def test_a_hall_behind_one_address_is_not_stopped_by_default(tmp_path: Path) -> None:
    async with halls(tmp_path / "data") as site:
        assert site.server.settings.tickets_per_address >= 300
    async with halls(tmp_path / "free", tickets_per_address=0) as site:
        for _ in range(5):
            await site.ticket()
