"""Live media end to end: WHIP over HTTP, a real engine, real peers, recordings and the log."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from hashlib import sha256
from pathlib import Path
from typing import Any

import aioice.ice
import pytest
from aiohttp import ClientSession

from rooms.ids import PersonId, RecordingId, RoomId
from rooms.opening.events import RecordingStop
from server.client.api import ApiRefused
from server.media.errors import MediaAway
from server.media.plane import Feed, Kind, Slot
from server.media.recorder import REST_SECONDS
from tests.server.live import Client
from tests.server.media.hall import LONG, TestHall, open_hall, who
from tests.server.site import serving, until


@pytest.fixture(autouse=True)
def on_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Peers of the tests speak from the loopback."""
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda use_ipv4, use_ipv6: ["127.0.0.1"])


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[TestHall]:
    async with open_hall(tmp_path) as made:
        yield made


async def test_everybody_sees_who_speaks_and_the_floor_changes_without_a_new_negotiation(
    hall: TestHall,
) -> None:
    tender = hall.tender
    first, second = await tender.submitted("甲公司"), await tender.submitted("乙公司")
    third = await tender.submitted("丙公司")
    await hall.sends(tender.host, brightness=60)
    await hall.until_in(Slot.STAGE, f"{await who(tender.host)}:camera")
    await hall.start()
    viewer = await hall.sees(third.api)
    await until(lambda: viewer.slots[Slot.STAGE].shows(60), LONG)
    for bidder, brightness in ((first, 120), (second, 190)):
        await bidder.api.command(tender.room, "RequestFloor")
        await hall.sends(bidder.api, brightness=brightness)
        await tender.host.command(tender.room, "GrantFloor", person=bidder.person)
        await hall.until_in(Slot.FLOOR, f"{bidder.person}:camera")
        await until(lambda shown=brightness: viewer.slots[Slot.FLOOR].shows(shown), LONG)
    await tender.host.command(tender.room, "TakeFloor")
    await hall.until_in(Slot.FLOOR, None)
    # Who has neither the floor nor a hand up sends no more.
    await until(lambda: _sent(hall) == 1, LONG)


def _sent(hall: TestHall) -> int:
    return len(hall.server.parts.hall.live(hall.room).feeds)


async def test_an_opening_is_recorded_and_its_recordings_are_proven_by_the_log(
    hall: TestHall,
) -> None:
    tender = hall.tender
    await tender.close()
    with pytest.raises(ApiRefused) as refused:
        await tender.host.command(tender.room, "StartOpening", recording="confirmed")
    assert refused.value.code == "recording_not_running"
    await hall.sends(tender.host)
    recording = await hall.until_recorded(await who(tender.host), 20_000)
    await tender.host.command(tender.room, "StartOpening", recording="confirmed")
    await tender.host.command(tender.room, "FailOpening", reason="无人投标")

    async def over() -> bool:
        return not any((await hall.state()).running())

    await until(over, LONG)
    found = (await hall.state()).recordings[RecordingId(recording)]
    assert found.ended is RecordingStop.STOPPED
    data = await tender.supervisor.fetch(f"{tender.path}/recordings/{recording}.webm")
    assert (len(data), sha256(data).hexdigest()) == (found.size, found.sha256)
    assert data[:4] == bytes.fromhex("1a45dfa3")
    (listed,) = (await tender.supervisor.get(f"{tender.path}/recordings"))["recordings"]
    assert (listed["state"], listed["reason"], listed["sha256"]) == (
        "ended",
        "stopped",
        found.sha256,
    )
    assert listed["ended_at"] > listed["started_at"]


async def test_a_killed_engine_costs_no_evidence_and_everybody_begins_anew(hall: TestHall) -> None:
    tender, person = hall.tender, await who(hall.tender.host)
    await tender.close()
    await hall.sends(tender.host)
    before = await hall.until_recorded(person, 5_000)
    epoch = (await hall.media(tender.host))["epoch"]
    async with Client(hall.server, tender.host) as live:
        await live.join(tender.room)
        hall.kill_engine()
        await until(lambda: any(each["epoch"] > epoch for each in live.got("media")), LONG)

    async def noted() -> bool:
        return (await hall.state()).recordings[RecordingId(before)].ended is RecordingStop.ENGINE

    await until(noted, LONG)
    file = hall.server.parts.ledger.file(hall.room, RecordingId(before))
    found = (await hall.state()).recordings[RecordingId(before)]
    assert sha256(file.read_bytes()).hexdigest() == found.sha256
    assert found.size == file.stat().st_size > 0
    await hall.sends(tender.host)
    again = await hall.until_recorded(person, 5_000)
    assert again != before


async def test_a_feed_that_an_engine_did_not_know_at_first_is_recorded_a_moment_later(
    hall: TestHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    plane: Any = hall.server.parts.hall._plane
    record, asked = plane.record, 0

    async def too_early(*what: Any) -> None:
        nonlocal asked
        asked += 1
        if asked <= 2:
            raise MediaAway
        await record(*what)

    monkeypatch.setattr(plane, "record", too_early)
    await hall.tender.close()
    began = asyncio.get_running_loop().time()
    await hall.sends(hall.tender.host)
    running = await hall.until_recorded(await who(hall.tender.host), 5_000)
    # Rests of two and four seconds, not of half a minute each.
    assert asyncio.get_running_loop().time() - began < 2 * REST_SECONDS
    ends = {each.id: each.ended for each in (await hall.state()).recordings.values()}
    assert ends.pop(RecordingId(running)) is None
    assert set(ends.values()) == {RecordingStop.FAILED}


async def test_a_server_that_is_stopped_ends_its_recordings_and_another_goes_on(
    tmp_path: Path,
) -> None:
    async with AsyncExitStack() as cameras:
        async with open_hall(tmp_path, cameras) as hall:
            clock, name = hall.server.clock, hall.tender.room
            await hall.tender.close()
            await hall.sends(hall.tender.host)
            recording = await hall.until_recorded(await who(hall.tender.host), 5_000)
            file = hall.server.parts.ledger.file(hall.room, RecordingId(recording))
            room = await hall.server.parts.desk.room(hall.room)
        found = room.state.recordings[RecordingId(recording)]
        assert found.ended is RecordingStop.ENGINE
        assert sha256(file.read_bytes()).hexdigest() == found.sha256
        async with serving(tmp_path / "data", clock) as again:
            assert not any((await again.parts.desk.room(RoomId(name))).state.running())


async def test_recordings_that_a_killed_server_left_running_are_closed_at_the_next_start(
    hall: TestHall,
) -> None:
    await hall.tender.close()
    parts, host = hall.server.parts, PersonId(await who(hall.tender.host))
    recording, file = await parts.ledger.begin(hall.room, Feed(host, Kind.CAMERA))
    file.write_bytes(b"what was written until then")
    async with serving(hall.server.settings.data, hall.server.clock) as again:

        async def closed() -> bool:
            state = (await again.parts.desk.room(hall.room)).state
            return state.recordings[recording].ended is RecordingStop.ENGINE

        await until(closed, LONG)
        room = await again.parts.desk.room(hall.room)
        assert room.state.recordings[recording].sha256 == sha256(file.read_bytes()).hexdigest()


async def test_a_muted_person_is_shown_as_muted_and_heard_no_more(hall: TestHall) -> None:
    tender, person = hall.tender, await who(hall.tender.supervisor)
    await tender.submitted("甲公司")
    await hall.start()
    await hall.sends(tender.supervisor)
    viewer = await hall.sees(tender.host)
    screen = viewer.slots[Slot.SUPERVISOR]
    await until(lambda: screen.loudness > 2000, LONG)
    await tender.host.command(tender.room, "MutePerson", person=person, muted=True)

    async def told() -> bool:
        return bool((await hall.media(tender.supervisor))["muted"] == [person])

    await until(told, LONG)
    heard, shown = -1, screen.frames
    while heard != screen.sounds or screen.frames < shown + 10:
        heard = screen.sounds
        frames = screen.frames
        await until(lambda seen=frames: screen.frames > seen + 5, LONG)


async def test_a_page_that_was_reloaded_sends_again_and_a_second_one_is_told_to_wait(
    hall: TestHall,
) -> None:
    tender = hall.tender
    sender, _ = await hall.sends(tender.host)
    await hall.until_in(Slot.STAGE, f"{await who(tender.host)}:camera")
    with pytest.raises(AssertionError, match="feed_taken"):
        await hall.sends(tender.host)
    await sender.close()
    await hall.sends(tender.host, brightness=200)
    viewer = await hall.sees(tender.supervisor)
    await until(lambda: viewer.slots[Slot.STAGE].shows(200), LONG)


async def test_who_leaves_the_room_is_seen_no_more_even_if_the_camera_runs_on(
    hall: TestHall,
) -> None:
    tender = hall.tender
    async with Client(hall.server, tender.supervisor) as live:
        await live.join(tender.room)
        await hall.sends(tender.supervisor)
        await hall.until_in(Slot.SUPERVISOR, f"{await who(tender.supervisor)}:camera")
        await live.socket.emit("leave", {"room": tender.room})
        await hall.until_in(Slot.SUPERVISOR, None)


async def test_a_screen_is_shown_until_it_is_stopped(hall: TestHall) -> None:
    tender, person = hall.tender, await who(hall.tender.host)
    _, way = await hall.sends(tender.host, Kind.SCREEN)
    await hall.until_in(Slot.SCREEN, f"{person}:screen")
    twice = await asyncio.gather(way.stop(), way.stop())
    assert sorted(twice) == [200, 404]
    await hall.until_in(Slot.SCREEN, None)


async def test_a_taken_over_opening_has_its_new_host_on_the_stage(hall: TestHall) -> None:
    tender = hall.tender
    deputy = await hall.server.account("agency", name="李副手")
    terms = (await tender.detail())["terms"]
    seat = {"person": deputy, "name": "李副手", "organisation": "", "role": "deputy"}
    terms["seats"].append(seat)
    await tender.host.post(f"{tender.path}/publish", {"terms": terms})
    api = await hall.stack.enter_async_context(hall.server.logged_in(deputy))
    await hall.sends(tender.host, brightness=60)
    await hall.sends(api, brightness=180)
    viewer = await hall.sees(tender.supervisor)
    await until(lambda: viewer.slots[Slot.STAGE].shows(60), LONG)
    await api.command(tender.room, "TakeOver")
    await until(lambda: viewer.slots[Slot.STAGE].shows(180), LONG)


async def test_a_camera_of_the_hall_sends_by_its_token_alone(hall: TestHall) -> None:
    tender = hall.tender
    await tender.close()
    await hall.sends(tender.host, Kind.HALL, brightness=90)
    viewer = await hall.sees(tender.supervisor)
    await until(lambda: viewer.slots[Slot.HALL].shows(90), LONG)
    await hall.until_recorded(await who(tender.host))
    await tender.host.command(tender.room, "StartOpening", recording="confirmed")


async def test_nothing_starts_for_a_room_that_nobody_sends_or_sees_in(hall: TestHall) -> None:
    await hall.media(hall.tender.host)
    plane: Any = hall.server.parts.hall._plane
    assert plane.pids() == []
    viewer = await hall.sees(hall.tender.host)
    assert plane.pids() != []
    assert viewer.subscription is not None
    path = f"{hall.tender.path}/media/viewers/{viewer.subscription.resource}"
    async with ClientSession(headers={"Authorization": f"Bearer {hall.tender.host.token}"}) as web:
        assert (await web.delete(hall.server.url + path)).status == 204
        assert (await web.delete(hall.server.url + path)).status == 404
    await until(lambda: not hall.server.parts.hall.live(hall.room).opened, LONG)


async def test_parts_of_a_recording_are_given_and_its_digest_goes_with_them(
    hall: TestHall,
) -> None:
    tender = hall.tender
    await tender.close()
    sender, _ = await hall.sends(tender.host)
    recording = await hall.until_recorded(await who(tender.host), 5_000)
    await sender.close()
    await tender.host.command(tender.room, "FailOpening", reason="无人投标")

    async def over() -> bool:
        return not any((await hall.state()).running())

    await until(over, LONG)
    url = f"{hall.server.url}{tender.path}/recordings/{recording}.webm"
    found = (await hall.state()).recordings[RecordingId(recording)]
    async with ClientSession(headers={"Authorization": f"Bearer {tender.supervisor.token}"}) as web:
        part = await web.get(url, headers={"Range": "bytes=4-99"})
        assert (part.status, part.content_type) == (206, "video/webm")
        file = hall.server.parts.ledger.file(hall.room, RecordingId(recording))
        assert await part.read() == file.read_bytes()[4:100]
        digest = b64encode(bytes.fromhex(found.sha256)).decode()
        assert part.headers["Repr-Digest"] == f"sha-256=:{digest}:"
        assert (await web.get(url, headers={"Range": "bytes=999999999-"})).status == 416


async def test_recordings_are_for_the_hosts_side_and_supervisors(hall: TestHall) -> None:
    bidder = await hall.tender.bidder()
    for path in ("recordings", "recordings/r-1.webm"):
        with pytest.raises(ApiRefused) as refused:
            await bidder.api.get(f"{hall.tender.path}/{path}")
        assert refused.value.status == 403
    with pytest.raises(ApiRefused) as refused:
        await hall.tender.host.fetch(f"{hall.tender.path}/recordings/r-1.webm")
    assert (refused.value.status, refused.value.code) == (404, "unknown_recording")
