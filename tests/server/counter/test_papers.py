"""Papers of a session on a running server: notices in the applicant's hands, minutes and archive
for a supervisor, and what is left after the applicant's data were erased."""

import asyncio
import io
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, FormData

from rooms.counter import commands as c
from rooms.counter.forms import form_digest
from rooms.strokes import to_svg
from server.client.api import Api, ApiRefused
from server.counter.erasure import Erasure
from server.errors import Conflict
from server.store.files import Files
from server.verify import check
from tests.rooms.counter.window import SIGNATURE
from tests.server.counter.archives import facts
from tests.server.counter.captures.files import jpeg
from tests.server.counter.queue.hall import PENSION as PENSION_REFUND
from tests.server.counter.queue.hall import halls, resident
from tests.server.counter.visit import CONSENT, PENSION, Visit, visiting
from tests.server.site import RunningServer, until

PATIENCE = 90.0
CARD = {"method": "card", "kind": "card"}
REJECTED = {
    "outcome": "rejected",
    "reason": "参保关系已转出",
    "remedy": "可在六十日内申请行政复议",
}


@pytest.fixture
async def visit(running_server: RunningServer) -> AsyncIterator[Visit]:
    """A session whose form is signed and whose material is accepted."""
    async with visiting(running_server) as made:
        await made.call()
        await made.consent()
        await made.identify()
        await _page(made)
        await made.order(
            made.as_far,
            "JudgeMaterial",
            item=PENSION.code,
            material="id-card",
            verdict="accepted",
            remark="清晰",
        )
        for name, value in (("account", "6222020200012345678"), ("amount", 880_000)):
            order = {"item": PENSION.code, "field": name, "value": value}
            await made.order(made.as_near, "FillField", **order)
        case = (await made.state()).cases[PENSION.code]
        fields = [{"field": name, "value": each.value} for name, each in case.fields.items()]
        await made.order(made.as_applicant, "ConfirmFields", item=PENSION.code, fields=fields)
        await _sign(made)
        yield made


async def _page(visit: Visit) -> None:
    form = FormData()
    form.add_field("file", jpeg(1200, 800), filename="a.jpg", content_type="image/jpeg")
    asked = {"item": PENSION.code, "material": "id-card", "source": "camera"}
    sent = {"Authorization": f"Bearer {visit.as_near.token}"}
    async with (
        ClientSession(visit.server.url) as http,
        http.post(f"{visit.path}/pages", params=asked, data=form, headers=sent) as answer,
    ):
        assert answer.status == 201


async def _sign(visit: Visit) -> None:
    svg = to_svg(SIGNATURE)
    parts = visit.server.parts
    digest = await parts.blobs.put(svg)
    await parts.files.put(visit.room, f"signatures/{digest}.svg", svg, "image/svg+xml")
    form = form_digest((await visit.state()).cases[PENSION.code])
    await visit.by_desk(c.SignForm(PENSION.code, form, digest), visit.applicant)


async def _accept(visit: Visit) -> None:
    await visit.order(visit.as_far, "Decide", item=PENSION.code, outcome="accepted")


async def test_an_applicant_has_the_notice_as_soon_as_the_item_is_decided(visit: Visit) -> None:
    assert (await visit.as_applicant.get(f"{visit.path}/notices"))["items"] == []
    await _accept(visit)
    (line,) = (await visit.as_applicant.get(f"{visit.path}/notices"))["items"]
    assert (line["kind"], line["item"]) == ("accepted", PENSION.code)
    pdf = await visit.as_applicant.fetch(line["href"])
    root = visit.server.parts.site.authority.root_pem
    report = await asyncio.to_thread(check.check, io.BytesIO(pdf), [root])
    assert report.findings == []
    assert facts(report, "notice_good")["session"] == visit.room
    assert await visit.as_near.fetch(f"{visit.path}/notices/{PENSION.code}.pdf") == pdf


async def test_notices_are_for_the_parties_and_supervisors_alone(visit: Visit) -> None:
    await _accept(visit)
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


async def test_minutes_and_archive_of_a_session_verify_and_still_do_after_erasure(
    visit: Visit, tmp_path: Path
) -> None:
    parts = visit.server.parts
    root = parts.site.authority.root_pem
    erasure = Erasure(parts.desk, parts.people, parts.files, parts.blobs)
    await _accept(visit)
    with pytest.raises(Conflict):
        await erasure.erase(visit.room)
    await visit.order(visit.as_near, "EndSession")
    supervisor = await visit.server.account("supervisor")
    async with visit.server.logged_in(supervisor) as api:
        await _made(api, f"{visit.path}/minutes.pdf", tmp_path / "minutes.pdf")
        await _made(api, f"{visit.path}/archive.zip", tmp_path / "archive.zip")
        made = (tmp_path / "minutes.pdf").read_bytes()
        for party in (visit.as_applicant, visit.as_near, visit.as_far):
            assert await party.fetch(f"{visit.path}/minutes.pdf") == made
        alone = await asyncio.to_thread(check.check_file, tmp_path / "minutes.pdf", [root])
        assert alone.findings == []
        report = await asyncio.to_thread(check.check_file, tmp_path / "archive.zip", [root])
        assert report.findings == []
        assert facts(report, "materials_match") == {"kept": "1", "erased": "0"}
        assert facts(report, "notices_good") == {"notices": "1"}

        (page,) = (await visit.state()).pages.values()
        assert await erasure.erase(visit.room) > 0
        assert not parts.blobs.has(page.picture.sha256)
        assert await parts.people.of_room(visit.room) == {}
        parts.work.room_changed(visit.room)
        await _made(api, f"{visit.path}/archive.zip", tmp_path / "again.zip")
    report = await asyncio.to_thread(check.check_file, tmp_path / "again.zip", [root])
    assert report.findings == []
    assert facts(report, "materials_match") == {"kept": "0", "erased": "1"}
    assert facts(report, "personal_match")["kept"] == "0"


async def test_a_page_that_another_session_has_too_outlives_the_erasure(
    visit: Visit, running_server: RunningServer
) -> None:
    parts = running_server.parts
    (page,) = (await visit.state()).pages.values()
    digest = page.picture.sha256
    files: Files = parts.files
    async with visiting(running_server) as second:
        await files.put(
            second.room, f"materials/{digest}", await parts.blobs.read(digest), "image/jpeg"
        )
        await visit.order(visit.as_near, "EndSession", reason="改日再来")
        await Erasure(parts.desk, parts.people, files, parts.blobs).erase(visit.room)
        assert await files.find(visit.room, f"materials/{digest}") is None
        assert parts.blobs.has(digest)


def _text(pdf: bytes) -> str:
    """What a reader takes out of a PDF."""
    done = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, check=True, capture_output=True
    )
    return done.stdout.decode()


async def _made(api: Api, path: str, target: Path) -> None:
    async def done() -> bool:
        try:
            await api.download(path, target)
        except ApiRefused as refusal:
            if refusal.code not in ("being_made", "out_of_phase"):
                raise
            return False
        return True

    await until(done, PATIENCE)


async def _refused(api: Api, path: str) -> str:
    with pytest.raises(ApiRefused) as refused:
        await api.get(path)
    return refused.value.code
