"""What recordings are, in the log: marks together, ends once, files that are shorter than said."""

from collections.abc import AsyncIterator, Mapping
from hashlib import sha256
from pathlib import Path

import pytest

from rooms.ids import PersonId
from rooms.opening import events as e
from rooms.opening.events import RecordingStop
from server.media.casting import cast
from server.media.ledger import Ledger
from server.media.live import Live, Sending
from server.media.plane import Feed, Kind, Recorded
from server.media.views import describe, teller
from tests.server.media.hall import TestHall, open_hall, who


def digest(size: int) -> str:
    return sha256(bytes(size)).hexdigest()


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[TestHall]:
    async with open_hall(tmp_path, media="off") as made:
        await made.tender.close()
        yield made


@pytest.fixture
def ledger(hall: TestHall) -> Ledger:
    return hall.server.parts.ledger


async def test_marks_of_several_recordings_are_one_entry_and_only_the_newest_counts(
    hall: TestHall, ledger: Ledger
) -> None:
    people = [PersonId(await who(api)) for api in (hall.tender.host, hall.tender.supervisor)]
    made = [(await ledger.begin(hall.room, Feed(each, Kind.CAMERA)))[0] for each in people]
    for size in (10, 20, 30):
        for recording in made:
            ledger.heard(Recorded(hall.room, recording, size, digest(size)), False)
    await ledger.write()
    await ledger.write()
    room = await hall.server.parts.desk.room(hall.room)
    (entry,) = [each for each in room.entries if isinstance(each.event, e.RecordingsMarked)]
    assert isinstance(entry.event, e.RecordingsMarked)
    assert {(each.recording, each.size) for each in entry.event.marks} == {(r, 30) for r in made}


async def test_an_end_is_written_once_and_a_mark_after_it_never(
    hall: TestHall, ledger: Ledger
) -> None:
    host = Feed(PersonId(await who(hall.tender.host)), Kind.CAMERA)
    recording, _ = await ledger.begin(hall.room, host)
    end = Recorded(hall.room, recording, 50, digest(50), "left")
    ledger.heard(end, False)
    ledger.heard(Recorded(hall.room, recording, 60, digest(60)), False)
    await ledger.write()
    ledger.heard(end, False)
    await ledger.write()
    found = (await hall.state()).recordings[recording]
    assert (found.size, found.ended) == (50, RecordingStop.LEFT)
    assert ledger.ends(hall.room) == frozenset()


async def test_a_file_that_got_shorter_than_its_mark_ends_as_marked_and_failed(
    hall: TestHall, ledger: Ledger
) -> None:
    host = Feed(PersonId(await who(hall.tender.host)), Kind.CAMERA)
    recording, file = await ledger.begin(hall.room, host)
    ledger.heard(Recorded(hall.room, recording, 50, digest(50)), False)
    await ledger.write()
    file.write_bytes(bytes(20))
    assert await ledger.leave_off(hall.room, recording)
    found = (await hall.state()).recordings[recording]
    assert (found.size, found.sha256, found.ended) == (50, digest(50), RecordingStop.FAILED)


async def test_a_file_that_another_server_writes_is_let_alone(hall: TestHall) -> None:
    parts = hall.server.parts
    shared = Ledger(parts.desk, parts.settings.recordings_folder, still_seconds=60)
    host = Feed(PersonId(await who(hall.tender.host)), Kind.CAMERA)
    recording, file = await shared.begin(hall.room, host)
    file.write_bytes(b"still written")
    assert not await shared.leave_off(hall.room, recording)
    assert (await hall.state()).recordings[recording].ended is None


async def test_what_a_stopped_server_recorded_did_not_end_with_the_opening(
    hall: TestHall, ledger: Ledger
) -> None:
    host = Feed(PersonId(await who(hall.tender.host)), Kind.CAMERA)
    recording, _ = await ledger.begin(hall.room, host)
    ledger.heard(Recorded(hall.room, recording, 5, digest(5), "stopped"), True)
    await ledger.write()
    assert (await hall.state()).recordings[recording].ended is RecordingStop.ENGINE


async def test_observers_are_told_of_feeds_under_masked_names_and_bidders_of_their_own_only(
    tmp_path: Path,
) -> None:
    async with open_hall(tmp_path, media="off", masked_from_observers=True) as hall:
        first, second = await hall.tender.submitted("甲公司"), await hall.tender.submitted("乙公司")
        await hall.start()
        for each in (first, second):
            await each.api.command(hall.tender.room, "RequestFloor")
        await hall.tender.host.command(hall.tender.room, "GrantFloor", person=first.person)
        room = await hall.server.parts.desk.room(hall.room)
        live = Live(hall.room, 1)
        for each in (first, second):
            feed = Feed(PersonId(each.person), Kind.CAMERA)
            live.feeds[feed] = Sending(feed, "f-1", each.person)
            live.arrived.add(each.person)
        live.cast = cast(room.state, live.sent())
        told = teller(room, live)
        host = await who(hall.tender.host)
        observer = told(PersonId("guest"), "observer")
        assert '"bidder-1:camera"' in observer
        assert "甲公司" not in observer
        assert first.person not in observer
        mine = describe(room, live, True, PersonId(second.person), f"bidder:{second.person}")
        assert _feeds(mine) == [f"{first.person}:camera", f"{second.person}:camera"]
        other = describe(room, live, True, PersonId("another"), "bidder:another")
        assert _feeds(other) == [f"{first.person}:camera"]
        assert len(_feeds(describe(room, live, True, PersonId(host), "staff"))) == 2


def _feeds(said: Mapping[str, object]) -> list[object]:
    feeds = said["feeds"]
    assert isinstance(feeds, list)
    return [each["feed"] for each in feeds]
