"""After the ticket's day, with nothing but what stands on the ticket: rating, notices, record."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rooms.counter import events as e
from rooms.ids import RoomId
from server.client.api import Api, ApiRefused
from server.counter.room import session
from tests.server.counter.queue.hall import NEAR, PENSION, Halls, halls, resident
from tests.server.counter.ready import made
from tests.server.counter.visit import CONSENT
from tests.server.site import until

DAY = 24 * 3600.0
REJECTED = {"outcome": "rejected", "reason": "参保关系已转出", "remedy": "可申请行政复议"}


@dataclass
class Served:
    """A session that is over, and the ticket in somebody's pocket."""

    site: Halls
    ticket: dict[str, Any]

    @property
    def room(self) -> RoomId:
        return RoomId(self.ticket["room"])

    @property
    def path(self) -> str:
        return f"/api/sessions/{self.room}"

    @property
    def code(self) -> str:
        return str(self.ticket["code"])

    @property
    def wrong(self) -> str:
        return f"{(int(self.code) + 1) % 1_000_000:06}"

    async def later(self, code: str = "") -> Any:
        """Asks with the code of the ticket, or another."""
        return await self.site.anyone.post(f"{self.path}/later", {"code": code or self.code})

    async def rate(self, level: int, words: str = "", code: str = "") -> Any:
        body = {"code": code or self.code, "level": level, "words": words}
        return await self.site.anyone.post(f"{self.path}/later/rating", body)

    async def rating(self) -> e.SessionRated:
        """What the log has of the rating."""
        room = session(await self.site.server.parts.desk.room(self.room))
        (found,) = [x.event for x in room.entries if isinstance(x.event, e.SessionRated)]
        return found


@asynccontextmanager
async def served(data: Path) -> AsyncIterator[Served]:
    """A matter that was rejected at ten on Monday."""
    async with halls(data) as site:
        near, far = await site.both_open()
        ticket = await site.ticket(person=7)
        await near.post("/api/windows/xishan-1/next", {})
        own, path = await site.entered(ticket), f"/api/sessions/{ticket['room']}"
        steps: tuple[tuple[Api, dict[str, Any]], ...] = (
            (near, {"type": "ConnectSession", "recording": "confirmed"}),
            (own, {"type": "GiveConsent", "text": CONSENT, "version": "2026-11"}),
            (
                near,
                {
                    "type": "CaptureIdentity",
                    "method": "card",
                    "kind": "card",
                    "number": resident(7),
                },
            ),
            (far, {"type": "CheckIdentity", "likeness": True, "result": "passed"}),
            (far, {**REJECTED, "type": "Decide", "item": PENSION}),
        )
        for api, order in steps:
            await api.post(f"{path}/commands", order)
        here = Served(site, ticket)
        assert await _code(here.later()) == "later_early"
        await near.post(f"{path}/commands", {"type": "EndSession", "reason": ""})
        yield here


@pytest.fixture
async def over(tmp_path: Path) -> AsyncIterator[Served]:
    async with served(tmp_path / "data") as here:
        yield here


async def _code(asked: Any) -> str:
    with pytest.raises(ApiRefused) as refused:
        await asked
    return refused.value.code


async def test_an_applicant_rates_days_later_with_the_code_of_the_ticket(over: Served) -> None:
    over.site.clock.on(4 * DAY)
    found = await over.later()
    assert (found["number"], found["may_rate"], found["rating"]) == (
        over.ticket["number"],
        True,
        None,
    )
    assert [each["outcome"] for each in found["items"]] == ["rejected"]
    rated = await over.rate(2, "等了很久")
    assert (rated["rating"], rated["may_rate"]) == (2, False)
    event = await over.rating()
    assert event.level == 2
    assert event.answer_by is not None
    kept = await over.site.server.parts.people.of_room(over.room)
    assert event.words is not None
    assert kept[event.words]["value"] == {"words": "等了很久"}
    assert await _code(over.rate(5)) == "already_done"


async def test_notices_and_record_are_fetched_with_the_code(over: Served, tmp_path: Path) -> None:
    over.site.clock.on(4 * DAY)
    (line,) = (await over.later())["notices"]
    pdf = await over.site.anyone.fetch(f"{line['href']}?code={over.code}")
    assert pdf.startswith(b"%PDF-")
    file = tmp_path / "minutes.pdf"
    await made(over.site.anyone, f"{over.path}/later/minutes.pdf?code={over.code}", file)
    assert file.read_bytes().startswith(b"%PDF-")
    assert await _code(over.site.anyone.get(f"{over.path}/later/minutes.pdf")) == "wrong_code"


async def test_the_code_opens_nothing_else(over: Served) -> None:
    over.site.clock.on(1 * DAY)
    body = {"number": over.ticket["number"], "hall": NEAR, "code": over.code}
    assert await _code(over.site.anyone.post("/api/tickets/enter", body)) == "ticket_expired"
    for path in ("", "/entries", "/personal", "/minutes.pdf", "/archive.zip", "/log.jsonl"):
        asked = f"{over.path}{path}?code={over.code}"
        assert await _code(over.site.anyone.get(asked)) == "no_login", path


async def test_the_code_is_good_for_thirty_days_after_the_end(over: Served) -> None:
    over.site.clock.on(30 * DAY - 60)
    (line,) = (await over.later())["notices"]
    over.site.clock.on(120)
    assert await _code(over.later()) == "later_over"
    assert await _code(over.rate(5)) == "later_over"
    assert await _code(over.site.anyone.get(f"{line['href']}?code={over.code}")) == "later_over"
    pdf = f"{over.path}/later/minutes.pdf?code={over.code}"
    assert await _code(over.site.anyone.get(pdf)) == "later_over"


async def test_a_session_is_found_by_what_stands_on_the_ticket(over: Served) -> None:
    over.site.clock.on(4 * DAY)
    asked = {"hall": NEAR, "day": "2026-11-23", "number": over.ticket["number"], "code": over.code}
    find = "/api/tickets/later"
    assert await over.site.anyone.post(find, asked) == {"room": over.room}
    for other in ({"day": "2026-11-24"}, {"number": "A999"}, {"code": over.wrong}):
        assert await _code(over.site.anyone.post(find, {**asked, **other})) == "wrong_code"


async def test_guessing_codes_is_slowed_down(over: Served) -> None:
    said = [await _code(over.later(over.wrong)) for _ in range(6)]
    assert said == ["wrong_code"] * 5 + ["too_many_attempts"]
    # Not even the right one is tried before its time.
    assert await _code(over.later()) == "too_many_attempts"
    over.site.clock.on(61)
    assert (await over.later())["may_rate"]


async def test_on_the_day_itself_the_ticket_leads_back_into_the_session(over: Served) -> None:
    own = await over.site.entered(over.ticket)
    await own.post(f"{over.path}/commands", {"type": "RateSession", "level": 5, "words": ""})

    async def shown() -> bool:
        return bool((await over.later())["rating"] == 5)

    await until(shown)


async def test_a_ticket_that_was_given_back_opens_nothing(over: Served) -> None:
    ticket = await over.site.ticket()
    here = Served(over.site, ticket)
    assert await _code(here.later()) == "later_early"
    back = {"code": ticket["code"], "reason": ""}
    await over.site.anyone.post(f"/api/bookings/{ticket['room']}/cancel", back)
    assert await _code(here.later()) == "ticket_over"
