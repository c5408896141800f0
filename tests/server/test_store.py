"""Storage by itself: conflicts, groups, keys, settings, erasing."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from rooms.ids import PersonId, RoomId
from server.config import Settings
from server.documents.authority import DEFAULT_NAME, subject
from server.errors import BadSettings, TooMany, Unavailable
from server.site import Site
from server.store.database import Database
from server.store.log import Batch, Line, Outrun, RoomLog, Summary
from server.store.migrate import differences, migrate
from server.store.people import People, personal_row
from server.store.tables import people
from server.throttle import Throttle
from tests.server.site import MovableClock
from tests.server.tender import Tender

ROOM = RoomId("o-1")
SUMMARY = Summary("opening", "", "draft", "", "", "", False, "{}", None, frozenset())


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database that is up to date."""
    made = Database(f"sqlite+aiosqlite:///{tmp_path / 'test.sqlite3'}")
    await migrate(made)
    yield made
    await made.close()


@pytest.fixture
async def log(database: Database) -> AsyncIterator[RoomLog]:
    """A log with one room that has one entry."""
    made = RoomLog(database)
    made.start()
    await made.append(_batch(1, "first", before=None))
    yield made
    await made.close()


def _batch(
    first: int, *entries: str, line: Line | None = None, before: Summary | None = SUMMARY
) -> Batch:
    return Batch(ROOM, line or Line(), first, entries, SUMMARY, before)


async def test_a_number_is_written_once(log: RoomLog) -> None:
    await log.append(_batch(2, "mine"))
    with pytest.raises(Outrun):
        await log.append(_batch(2, "theirs"))
    assert await log.entries_after(ROOM, 0) == ["first", "mine"]


async def test_what_was_decided_on_a_lost_entry_is_lost_too(log: RoomLog) -> None:
    line = Line()
    await log.append(_batch(2, "theirs"))
    batches = [_batch(2, "a", line=line), _batch(3, "b", line=line)]
    results = await asyncio.gather(*map(log.append, batches), return_exceptions=True)
    assert [type(each) for each in results] == [Outrun, Outrun]
    assert await log.entries_after(ROOM, 1) == ["theirs"]


async def test_a_conflict_does_not_hinder_other_batches_of_its_group(log: RoomLog) -> None:
    batches = [_batch(1, "late"), _batch(2, "in time"), _batch(2, "late")]
    results = await asyncio.gather(*map(log.append, batches), return_exceptions=True)
    assert [type(each) for each in results] == [Outrun, type(None), Outrun]


async def test_a_stopped_log_says_so(log: RoomLog) -> None:
    await log.close()
    with pytest.raises(Unavailable):
        await log.append(_batch(2, "late"))


async def test_the_migrations_lead_to_the_tables_of_the_code(database: Database) -> None:
    assert await differences(database) == []
    await migrate(database)


async def test_erased_data_leave_no_bytes_behind(database: Database, tmp_path: Path) -> None:
    secret = "王小明53010219800101"
    digest, (table, row) = personal_row(ROOM, PersonId("p-1"), {"name": secret})
    async with database.writing() as connection:
        await connection.execute(table.insert().values(row))
    store = People(database)
    assert (await store.of_room(ROOM))[digest]["value"] == {"name": secret}
    assert await store.erase(ROOM, PersonId("p-1")) == 1
    assert await store.of_room(ROOM) == {}
    await database.close()
    assert not any(secret.encode() in data for data in _all_bytes(tmp_path))
    assert people.name == table.name


def _all_bytes(folder: Path) -> list[bytes]:
    return [each.read_bytes() for each in folder.iterdir()]


async def test_personal_data_never_enter_the_log(tender: Tender) -> None:
    bidder = await tender.submitted()
    tender.server.clock.to(tender.deadline - timedelta(minutes=10))
    await bidder.sign_in("欧阳小明", "13800000000", "530102198001011234")
    lines = await tender.server.parts.log.entries_after(RoomId(tender.room), 0)
    assert not any("13800000000" in line or "530102198001011234" in line for line in lines)
    stored = await tender.server.parts.people.of_room(RoomId(tender.room))
    assert [each["value"]["phone"] for each in stored.values()] == ["13800000000"]


def test_the_seal_bears_the_name_of_whoever_set_the_site_up(tmp_path: Path) -> None:
    hall = "昆明市政务服务中心"
    site = Site.open("a.example", tmp_path / "new", b"right", "", MovableClock(), hall)
    assert subject(site.authority.seal) == hall
    # An authority that is there keeps its name: papers of yesterday are checked against it.
    again = Site.open("a.example", tmp_path / "new", b"right", "", MovableClock(), "另一个名称")
    assert subject(again.authority.seal) == hall
    plain = Site.open("a.example", tmp_path / "plain", b"right", "", MovableClock())
    assert subject(plain.authority.seal) == DEFAULT_NAME


def test_a_wrong_passphrase_opens_no_keys(tmp_path: Path) -> None:
    Site.open("a.example", tmp_path, b"right", "", MovableClock())
    with pytest.raises(BadSettings, match="wrong passphrase"):
        Site.open("a.example", tmp_path, b"wrong", "", MovableClock())


def test_the_same_keys_come_back(tmp_path: Path) -> None:
    first = Site.open("a.example", tmp_path, b"right", "", MovableClock())
    assert (
        first.anchors() == Site.open("a.example", tmp_path, b"right", "", MovableClock()).anchors()
    )


def test_settings_come_from_a_file_and_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "yunkai.toml"
    file.write_text('site = "kunming.example"\nport = 9000\n')
    monkeypatch.setenv("YUNKAI_CONFIG", str(file))
    monkeypatch.setenv("YUNKAI_PORT", "9001")
    settings = Settings()
    assert (settings.site, settings.port) == ("kunming.example", 9001)


def test_the_site_makes_its_passphrase_for_its_owner_only(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    words = settings.read_passphrase()
    assert settings.read_passphrase() == words
    assert (tmp_path / "passphrase").stat().st_mode & 0o077 == 0


def test_a_named_passphrase_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(BadSettings):
        Settings(data=tmp_path, passphrase_file=tmp_path / "missing").read_passphrase()


def test_guessing_waits_longer_each_time() -> None:
    clock = MovableClock()
    throttle = Throttle(clock, attempts=2, wait_seconds=60)
    waits = []
    for _ in range(4):
        throttle.failed("wang")
        try:
            throttle.check("wang")
            waits.append(0)
        except TooMany as problem:
            waits.append(round(int(str(problem.params["seconds"])), -1))
    assert waits == [0, 60, 120, 240]
    throttle.succeeded("wang")
    throttle.check("wang")
