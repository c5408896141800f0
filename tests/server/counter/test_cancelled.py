"""What was cancelled leaves a record too: who took it back, when and why, for anyone to check."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from server.verify import check
from tests.server.counter.queue.hall import TEN, Halls, halls
from tests.server.counter.ready import made
from tests.server.site import until


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Halls]:
    async with halls(tmp_path / "data") as here:
        yield here


async def _told(*command: str) -> str:
    done = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    said, _ = await done.communicate()
    return said.decode()


async def _papers(site: Halls, ticket: dict[str, Any], folder: Path) -> str:
    """The words of the record; it and the archive have been checked."""
    path = f"/api/sessions/{ticket['room']}"
    supervisor = await site.server.account("supervisor")
    record, archive = folder / "minutes.pdf", folder / "archive.zip"
    async with site.server.logged_in(supervisor) as api:
        await made(api, f"{path}/minutes.pdf", record)
        await made(api, f"{path}/archive.zip", archive)
    root = site.server.parts.site.authority.root_pem
    for file in (record, archive):
        report = await asyncio.to_thread(check.check_file, file, [root])
        assert report.findings == []
        assert any(each.code == "rendering_same" for each in report.facts)
    text = await _told("pdftotext", "-layout", str(record), "-")
    assert "张三" not in text
    return text.replace(" ", "")


async def test_a_booking_that_was_taken_back_says_by_whom_and_why(
    site: Halls, tmp_path: Path
) -> None:
    booked = await site.booking("2026-11-24T02:00:00.000Z")
    back = {"code": booked["code"], "reason": "孩子生病，改日再来"}
    await site.anyone.post(f"/api/bookings/{booked['room']}/cancel", back)
    text = await _papers(site, booked, tmp_path)
    for shown in ("取消情况", "取消人", "办事人", "孩子生病，改日再来", "2026-11-23"):
        assert shown in text
    assert "知情同意" not in text


async def test_a_ticket_nobody_came_for_says_how_often_it_was_called(
    site: Halls, tmp_path: Path
) -> None:
    near, _ = await site.both_open()
    ticket = await site.ticket()
    await near.post("/api/windows/xishan-1/next", {})
    site.clock.on(200)

    async def lapsed() -> bool:
        room = await site.server.parts.desk.room(ticket["room"])
        return bool(room.state.phase == "no_show")

    await until(lapsed)
    site.clock.to(TEN + timedelta(days=1))
    await site.server.parts.queue.sweep()
    text = await _papers(site, ticket, tmp_path)
    for shown in ("当日结束，未办理", "过号次数", "叫号（第1次）", "王收"):
        assert shown in text
