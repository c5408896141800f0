"""How long sessions are kept: archived when nothing happens any more, the applicant's data erased
when their time is over and not before; what is left goes on being checkable."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crypto.encoding import parse_time
from rooms.counter import commands as c
from rooms.counter import events as e
from rooms.ids import PersonId, RecordingId, RoomId
from rooms.recording import FeedKind, RecordingStop
from server.client.api import Api, ApiRefused
from server.counter.room import session
from server.desk import THE_SYSTEM, Desk
from server.verify import check
from tests.server.counter.archives import facts
from tests.server.counter.queue.hall import TEN, halls
from tests.server.counter.ready import PATIENCE, accept, made, signed
from tests.server.counter.visit import APPLICANT, PENSION, Visit, visiting
from tests.server.site import RunningServer, until

DAY = timedelta(days=1).total_seconds()
RECORDING = RecordingId("r-0123456789abcdef")
WORDS = "窗口人员十分耐心，谢谢"


@pytest.fixture
async def visit(running_server: RunningServer) -> AsyncIterator[Visit]:
    """A session that is finished, recorded and rated, with its record."""
    async with signed(running_server) as here:
        await _record(here)
        await accept(here)
        await here.order(here.as_near, "EndSession")
        await here.order(here.as_far, "CompleteItem", item=PENSION.code, note="")
        way = {"item": PENSION.code, "way": "counter", "tracking": ""}
        await here.order(here.as_far, "DeliverResult", **way)
        await here.order(here.as_applicant, "RateSession", level=5, words=WORDS)
        await _settled(here)
        yield here


async def _record(visit: Visit) -> None:
    file = visit.server.parts.ledger.file(visit.room, RECORDING)
    file.parent.mkdir(parents=True)
    file.write_bytes(b"the applicant's face and voice")
    await visit.by_desk(c.NoteRecording(RECORDING, PersonId(visit.applicant), FeedKind.CAMERA))
    digest = "9" * 64
    await visit.by_desk(c.NoteRecordingEnd(RECORDING, 30, digest, RecordingStop.LEFT))  # type: ignore[arg-type]  # of no file that anybody checks


async def _settled(visit: Visit) -> None:
    async def done() -> bool:
        state = await visit.state()
        return state.record is not None and not state.stale

    await until(done, PATIENCE)


async def _refused(asked: Any) -> ApiRefused:
    with pytest.raises(ApiRefused) as refused:
        await asked
    return refused.value


async def _erased(server: RunningServer, room: RoomId) -> None:
    async def done() -> bool:
        return not await server.parts.people.kept(room)

    await until(done, PATIENCE)


async def test_what_nothing_happens_in_any_more_is_archived_after_thirty_days(visit: Visit) -> None:
    retention, clock = visit.server.parts.retention, visit.server.clock
    clock.on(29 * DAY)
    await retention.look()
    assert (await visit.state()).phase == "delivered"
    clock.on(1 * DAY)
    await retention.look()
    assert (await visit.state()).phase == "archived"
    assert not (await visit.state()).erased


async def test_personal_data_are_erased_on_their_day_and_the_archive_still_verifies(
    visit: Visit, tmp_path: Path
) -> None:
    parts, clock = visit.server.parts, visit.server.clock
    (page,) = (await visit.state()).pages.values()
    recording = parts.ledger.file(visit.room, RECORDING)
    clock.on(30 * DAY)
    await parts.retention.look()
    admin, supervisor = [await visit.server.account(role) for role in ("admin", "supervisor")]
    async with visit.server.logged_in(admin) as api:
        assert (await api.get("/api/retention?days=3649"))["sessions"] == []
        (line,) = (await api.get("/api/retention?days=3650"))["sessions"]
        due = parse_time(line["until"])
        assert (line["room"], line["served"]) == (visit.room, True)
        assert due - parse_time(line["archived_at"]) == timedelta(days=3650)
        early = await _refused(api.post("/api/retention/erase", {"room": visit.room}))
        assert (early.code, early.params) == ("retention_running", {"until": line["until"]})
        assert (await api.post("/api/retention/erase", {}))["rooms"] == []
    assert await parts.people.kept(visit.room)
    assert parts.blobs.has(page.picture.sha256)
    assert recording.exists()

    clock.to(due)
    async with visit.server.logged_in(admin) as api:
        assert (await api.post("/api/retention/erase", {}))["rooms"] == [visit.room]
        await _erased(visit.server, visit.room)
        again = await _refused(api.post("/api/retention/erase", {"room": visit.room}))
        assert again.code == "already_done"
    assert not parts.blobs.has(page.picture.sha256)
    assert not recording.parent.exists()
    left = {file.name.partition("/")[0] for file in await parts.files.list(visit.room)}
    assert left.isdisjoint({"materials", "previews", "signatures"})
    async with visit.server.logged_in(supervisor) as api:
        gone = await _refused(api.fetch(f"{visit.path}/pages/{page.picture.sha256}"))
        assert gone.status == 404
        assert await api.get(f"{visit.path}/personal") == {}
        await made(api, f"{visit.path}/archive.zip", tmp_path / "archive.zip")
    root = parts.site.authority.root_pem
    report = await asyncio.to_thread(check.check_file, tmp_path / "archive.zip", [root])
    assert report.findings == []
    assert facts(report, "personal_match")["kept"] == "0"
    assert facts(report, "materials_match") == {"kept": "0", "erased": "1"}
    assert any(each.code == "rendering_same" for each in report.facts)
    last = session(await parts.desk.room(visit.room)).entries[-1]
    assert last.event == e.ApplicantErased(due, PersonId(admin))
    assert _found_in(parts.settings.data, (*APPLICANT.values(), WORDS)) == []


def _found_in(folder: Path, secrets: tuple[str, ...]) -> list[str]:
    """Files, the database's among them, in which something personal still stands."""
    return [
        file.name
        for file in folder.rglob("*")
        if file.is_file() and any(secret.encode() in file.read_bytes() for secret in secrets)
    ]


async def test_the_record_says_for_how_long_recordings_are_kept(
    visit: Visit, tmp_path: Path
) -> None:
    papers = await visit.as_near.fetch(f"{visit.path}/minutes.pdf")
    (tmp_path / "minutes.pdf").write_bytes(papers)
    said = await asyncio.create_subprocess_exec(
        "pdftotext", "-raw", tmp_path / "minutes.pdf", "-", stdout=asyncio.subprocess.PIPE
    )
    text, _ = await said.communicate()
    assert "自归档之日起10年" in text.decode().replace(" ", "").replace("\n", "")


async def test_who_came_for_nothing_is_forgotten_earlier_and_by_itself(tmp_path: Path) -> None:
    async with halls(tmp_path / "data", TEN, retention_days=3650, unserved_days=180) as site:
        parts, clock = site.server.parts, site.clock
        ticket = await site.ticket()
        room = RoomId(ticket["room"])
        await site.anyone.post(
            f"/api/bookings/{room}/cancel", {"code": ticket["code"], "reason": "改日再来"}
        )
        await until(lambda: _recorded(site.server, room), PATIENCE)
        clock.on(30 * DAY)
        await until(lambda: _archived(site.server, room), PATIENCE)
        clock.on(180 * DAY - 60)
        await parts.retention.look()
        assert await parts.people.kept(room)
        clock.on(120)
        await parts.retention.look()
        await _erased(site.server, room)
        entry = session(await parts.desk.room(room)).entries[-1]
        assert isinstance(entry.event, e.ApplicantErased)
        assert entry.event.asked_by is None


async def _recorded(server: RunningServer, room: RoomId) -> bool:
    """Whether the record is made: the time of rest is counted from there."""
    return (await server.parts.desk.room(room)).state.record is not None


async def _archived(server: RunningServer, room: RoomId) -> bool:
    await server.parts.retention.look()
    return (await server.parts.desk.room(room)).state.phase == "archived"


async def test_what_a_crash_left_is_erased_by_the_next_look(visit: Visit) -> None:
    parts, clock = visit.server.parts, visit.server.clock
    clock.on(30 * DAY)
    await parts.retention.look()
    (kept,) = await parts.retention.kept(clock() + timedelta(days=3650))
    clock.to(kept.until)
    # Noted by a server that is gone before it erased anything.
    elsewhere = Desk(parts.log, clock, trusted=0.0)
    await elsewhere.order(visit.room, c.EraseApplicant(kept.until), THE_SYSTEM)
    assert await parts.people.kept(visit.room)

    async def done() -> bool:
        await parts.retention.look()
        return not await parts.people.kept(visit.room)

    await until(done, PATIENCE)
    erased = [
        each
        for each in session(await parts.desk.room(visit.room)).entries
        if isinstance(each.event, e.ApplicantErased)
    ]
    assert len(erased) == 1


async def test_a_page_that_another_session_has_too_outlives_the_erasure(
    visit: Visit, running_server: RunningServer
) -> None:
    parts, clock = running_server.parts, running_server.clock
    (page,) = (await visit.state()).pages.values()
    digest = page.picture.sha256
    async with visiting(running_server) as second:
        data = await parts.blobs.read(digest)
        await parts.files.put(second.room, f"materials/{digest}", data, "image/jpeg")
        clock.on(30 * DAY)
        await parts.retention.look()
        clock.on(3650 * DAY)
        await parts.retention.look()
        await _erased(running_server, visit.room)
        assert await parts.files.find(visit.room, f"materials/{digest}") is None
        assert parts.blobs.has(digest)


async def test_retention_is_for_the_administrator(visit: Visit) -> None:
    async with Api(visit.server.url) as nobody:
        assert (await _refused(nobody.get("/api/retention"))).code == "no_login"
    for role in ("manager", "supervisor", "clerk"):
        async with visit.server.logged_in(await visit.server.account(role)) as api:
            assert (await _refused(api.get("/api/retention"))).code == "wrong_role"
            erase = {"room": visit.room}
            assert (await _refused(api.post("/api/retention/erase", erase))).code == "wrong_role"
    async with visit.server.logged_in(await visit.server.account("admin")) as api:
        asked = api.post("/api/retention/erase", {"room": visit.room})
        assert (await _refused(asked)).code == "out_of_phase"
