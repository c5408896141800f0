"""The board's row of a session follows its log, from the ticket to the answered rating."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from rooms.ids import RoomId
from server.client.api import ApiRefused
from server.counter.board.keeping import FactsKeeper
from server.store.tables import session_facts
from tests.server.counter.queue.hall import FAR, NEAR, PENSION, Halls, halls, resident
from tests.server.counter.visit import CONSENT
from tests.server.site import until


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Halls]:
    async with halls(tmp_path / "data") as here:
        yield here


async def _row(site: Halls, room: str) -> dict[str, Any]:
    query = select(session_facts).where(session_facts.c.room == room)
    async with site.server.parts.database.reading() as connection:
        found = (await connection.execute(query)).one_or_none()
    return dict(found._mapping) if found else {}


async def _until(site: Halls, room: str, **wanted: object) -> dict[str, Any]:
    """The row, once it says this."""

    async def says() -> dict[str, Any] | None:
        row = await _row(site, room)
        return row if row and all(row[name] == value for name, value in wanted.items()) else None

    found: dict[str, Any] = await until(says)
    return found


async def _served(site: Halls, ticket: dict[str, Any], decision: dict[str, Any]) -> str:
    """Serves a ticket up to the end of the call."""
    near, far = await site.both_open()
    await near.post("/api/windows/xishan-1/next", {})
    own, path = await site.entered(ticket), f"/api/sessions/{ticket['room']}"
    card = {"method": "card", "kind": "card", "number": resident(7)}
    site.clock.on(60)
    await near.post(f"{path}/commands", {"type": "ConnectSession", "recording": "confirmed"})
    consent = {"type": "GiveConsent", "text": CONSENT, "version": "2026-11"}
    await own.post(f"{path}/commands", consent)
    await near.post(f"{path}/commands", {"type": "CaptureIdentity", **card})
    check = {"type": "CheckIdentity", "likeness": True, "result": "passed"}
    await far.post(f"{path}/commands", check)
    await far.post(f"{path}/commands", {"type": "Decide", "item": PENSION, **decision})
    site.clock.on(600)
    await near.post(f"{path}/commands", {"type": "EndSession", "reason": ""})
    return path


REJECTED = {"outcome": "rejected", "reason": "参保关系已转出", "remedy": "可申请行政复议"}


async def test_the_row_follows_the_session(site: Halls) -> None:
    ticket = await site.ticket(person=7)
    room = ticket["room"]
    row = await _until(site, room, phase="waiting")
    assert (row["hall"], row["far_hall"], row["items"]) == (NEAR, FAR, PENSION)
    assert (row["day"], row["waited"], row["outcome"]) == ("2026-11-23", None, None)

    site.clock.on(300)
    path = await _served(site, ticket, REJECTED)
    row = await _until(site, room, outcome="rejected", phase="decided")
    assert 300 <= row["waited"] < 360
    assert 600 <= row["lasted"] < 660
    assert (row["window"], row["clerk"], row["far_clerk"]) == ("xishan-1", "王收", "李办")
    catalogue = await site.server.parts.catalogue.current()
    there_and_back = 2 * catalogue.kilometres(NEAR, FAR)
    assert there_and_back > 0
    assert (row["visits"], row["visits_saved"], row["kilometres"]) == (1, 1, there_and_back)

    own = await site.entered(ticket)
    await own.post(f"{path}/commands", {"type": "RateSession", "level": 1, "words": ""})
    row = await _until(site, room, rating=1)
    assert row["case_due_at"] is not None
    assert row["case_answered_at"] is None


async def test_a_second_visit_counts_the_first(site: Halls) -> None:
    first = await site.ticket(person=7)
    missing = [{"material": "", "what": "缺少单位证明"}]
    told = {"outcome": "supplement", "missing": missing, "until": "2026-12-01T00:00:00.000Z"}
    await _served(site, first, told)
    await _until(site, first["room"], outcome="supplement")

    async def again() -> dict[str, Any] | None:
        try:
            return await site.ticket(person=7, continues=first["room"])
        except ApiRefused as refusal:
            # The first ticket's claim is given back a moment after the call.
            if refusal.code != "ticket_doubled":
                raise
            return None

    second = await until(again)
    assert (await _until(site, second["room"], phase="waiting"))["visits"] == 2


async def test_a_server_that_is_behind_does_not_take_the_row_back(site: Halls) -> None:
    parts, ticket = site.server.parts, await site.ticket()
    row = await _until(site, ticket["room"], phase="waiting")
    mine = session_facts.c.room == ticket["room"]
    ahead = update(session_facts).where(mine).values(seq=row["seq"] + 5, phase="called")
    async with parts.database.writing() as connection:
        await connection.execute(ahead)
    behind = FactsKeeper(parts.database, parts.desk, parts.catalogue)
    await behind.keep(RoomId(ticket["room"]))
    assert (await _row(site, ticket["room"]))["phase"] == "called"


async def test_a_row_that_was_lost_is_made_again_from_the_log(site: Halls) -> None:
    parts, ticket = site.server.parts, await site.ticket()
    row = await _until(site, ticket["room"], phase="waiting")
    async with parts.database.writing() as connection:
        mine = session_facts.c.room == ticket["room"]
        await connection.execute(session_facts.delete().where(mine))
    await FactsKeeper(parts.database, parts.desk, parts.catalogue).keep(RoomId(ticket["room"]))
    assert await _row(site, ticket["room"]) == row
