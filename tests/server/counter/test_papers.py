"""Papers of a session on a running server: notices in the applicant's hands, minutes and archive
for a supervisor."""

import asyncio
import io
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from server.client.api import Api, ApiRefused
from server.verify import check
from tests.server.counter.archives import facts
from tests.server.counter.queue.hall import PENSION as PENSION_REFUND
from tests.server.counter.queue.hall import halls, resident
from tests.server.counter.ready import accept, made, signed
from tests.server.counter.visit import CONSENT, PENSION, Visit
from tests.server.site import RunningServer

CARD = {"method": "card", "kind": "card"}
REJECTED = {
    "outcome": "rejected",
    "reason": "参保关系已转出",
    "remedy": "可在六十日内申请行政复议",
}


@pytest.fixture
async def visit(running_server: RunningServer) -> AsyncIterator[Visit]:
    async with signed(running_server) as made:
        yield made


async def test_an_applicant_has_the_notice_as_soon_as_the_item_is_decided(visit: Visit) -> None:
    assert (await visit.as_applicant.get(f"{visit.path}/notices"))["items"] == []
    await accept(visit)
    (line,) = (await visit.as_applicant.get(f"{visit.path}/notices"))["items"]
    assert (line["kind"], line["item"]) == ("accepted", PENSION.code)
    pdf = await visit.as_applicant.fetch(line["href"])
    root = visit.server.parts.site.authority.root_pem
    report = await asyncio.to_thread(check.check, io.BytesIO(pdf), [root])
    assert report.findings == []
    assert facts(report, "notice_good")["session"] == visit.room
    assert await visit.as_near.fetch(f"{visit.path}/notices/{PENSION.code}.pdf") == pdf


async def test_notices_are_for_the_parties_and_supervisors_alone(visit: Visit) -> None:
    await accept(visit)
    stranger = await visit.server.account("clerk")
    async with visit.server.logged_in(stranger) as api:
        assert await _refused(api, f"{visit.path}/notices/{PENSION.code}.pdf") == "no_such_room"
    async with Api(visit.server.url) as nobody:
        assert await _refused(nobody, f"{visit.path}/notices") == "no_login"
        assert await _refused(nobody, f"{visit.path}/notices?code=000000") == "no_such_ticket"
    assert await _refused(visit.as_near, f"{visit.path}/notices/other.pdf") == "no_such_notice"


async def test_a_rejection_is_in_the_hands_of_whoever_has_the_code_of_the_ticket(
    tmp_path: Path,
) -> None:
    async with halls(tmp_path / "data") as site:
        near, far = await site.both_open()
        ticket = await site.ticket()
        await near.post("/api/windows/xishan-1/next", {})
        own, path = await site.entered(ticket), f"/api/sessions/{ticket['room']}"
        steps: tuple[tuple[Api, dict[str, Any]], ...] = (
            (near, {"type": "ConnectSession", "recording": "confirmed"}),
            (own, {"type": "GiveConsent", "text": CONSENT, "version": "2026-11"}),
            (near, {"type": "CaptureIdentity", **CARD, "number": resident(7)}),
            (far, {"type": "CheckIdentity", "likeness": True, "result": "passed"}),
            (far, {**REJECTED, "type": "Decide", "item": PENSION_REFUND}),
        )
        for api, order in steps:
            await api.post(f"{path}/commands", order)
        pdf = await site.anyone.fetch(f"{path}/notices/{PENSION_REFUND}.pdf?code={ticket['code']}")
        told = await asyncio.to_thread(_text, pdf)
        for shown in ("不予受理决定书", "张*", REJECTED["reason"], REJECTED["remedy"]):
            assert shown in told
        assert "张三" not in told
        wrong = f"{path}/notices?code={(int(ticket['code']) + 1) % 1_000_000:06}"
        assert await _refused(site.anyone, wrong) == "wrong_code"


async def test_minutes_and_archive_of_a_session_verify(visit: Visit, tmp_path: Path) -> None:
    root = visit.server.parts.site.authority.root_pem
    await accept(visit)
    await visit.order(visit.as_near, "EndSession")
    supervisor = await visit.server.account("supervisor")
    async with visit.server.logged_in(supervisor) as api:
        await made(api, f"{visit.path}/minutes.pdf", tmp_path / "minutes.pdf")
        await made(api, f"{visit.path}/archive.zip", tmp_path / "archive.zip")
    drawn = (tmp_path / "minutes.pdf").read_bytes()
    for party in (visit.as_applicant, visit.as_near, visit.as_far):
        assert await party.fetch(f"{visit.path}/minutes.pdf") == drawn
    alone = await asyncio.to_thread(check.check_file, tmp_path / "minutes.pdf", [root])
    assert alone.findings == []
    report = await asyncio.to_thread(check.check_file, tmp_path / "archive.zip", [root])
    assert report.findings == []
    assert facts(report, "materials_match") == {"kept": "1", "erased": "0"}
    assert facts(report, "notices_good") == {"notices": "1"}


def _text(pdf: bytes) -> str:
    """What a reader takes out of a PDF."""
    done = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, check=True, capture_output=True
    )
    return done.stdout.decode()


async def _refused(api: Api, path: str) -> str:
    with pytest.raises(ApiRefused) as refused:
        await api.get(path)
    return refused.value.code
