"""The catalogue in both databases: all or nothing, remembered until somebody changes it."""

import asyncio
from dataclasses import replace

import pytest

from rooms.ids import PersonId
from server.counter.catalogue.csvfile import read_csv
from server.counter.catalogue.csvwriting import write_csv
from server.counter.catalogue.jsonfile import read_json, write_json
from server.counter.catalogue.source import CatalogueRefused
from server.counter.catalogue.store import CatalogueStore
from server.counter.catalogue.tables import Hall, Region, Tables
from server.store.database import Database
from tests.server.counter.catalogue.conftest import DEMO, MANAGER, demo_tables
from tests.server.site import MovableClock

OTHER = PersonId("p-other")
COUNTS = {"regions": 6, "halls": 3, "windows": 7, "items": 9, "agreements": 2}


async def test_a_catalogue_that_is_brought_in_is_there(store: CatalogueStore) -> None:
    assert (await store.current()).tables == Tables()
    brought = await store.bring(read_json(DEMO.read_bytes()), MANAGER)
    assert brought.revision == 1
    assert COUNTS.items() <= brought.changes.items()
    found = await store.current()
    assert found.revision == 1
    assert found.tables == demo_tables()


async def test_an_export_that_is_brought_in_again_changes_nothing(filled: CatalogueStore) -> None:
    tables = (await filled.current()).tables
    for source in (read_json(write_json(tables)), read_csv(write_csv(tables))):
        brought = await filled.bring(source, MANAGER)
        assert (brought.revision, brought.changes) == (1, {})
    assert (await filled.current()).revision == 1


async def test_one_error_keeps_everything_out(store: CatalogueStore) -> None:
    wrong = replace(demo_tables(), regions=(*demo_tables().regions, Region("540000", " ")))
    with pytest.raises(CatalogueRefused):
        await store.bring(read_json(write_json(wrong)), MANAGER)
    assert (await store.current()).tables == Tables()


async def test_a_check_writes_nothing(store: CatalogueStore) -> None:
    brought = await store.bring(read_json(DEMO.read_bytes()), MANAGER, only_check=True)
    assert brought.changes["halls"] == 3
    assert (await store.current()).tables == Tables()


async def test_what_changes_is_changed_and_the_rest_is_left(filled: CatalogueStore) -> None:
    before = await filled.current()
    hall = replace(before.hall("xishan"), name="西山区政务服务中心（新址）")
    hours = tuple(each for each in before.tables.hours if each.hall == "xishan")[:-1]
    brought = await filled.bring(read_json(write_json(Tables(halls=(hall,), hours=hours))), MANAGER)
    assert brought.changes == {"halls": 1, "hours": 1}
    after = await filled.current()
    assert after.hall("xishan") == hall
    assert len(after.tables.hours) == len(before.tables.hours) - 1
    assert after.tables.items == before.tables.items


async def test_another_server_sees_what_this_one_brought_in(
    filled: CatalogueStore, database: Database
) -> None:
    other = CatalogueStore(database, MovableClock())
    assert (await other.current()).tables == demo_tables()
    region = Tables(regions=(Region("540000", "西藏自治区"),))
    await other.bring(read_json(write_json(region)), OTHER)
    assert (await filled.current()).region("540000").name == "西藏自治区"


async def test_a_catalogue_that_nobody_changed_is_not_read_again(filled: CatalogueStore) -> None:
    assert await filled.current() is await filled.current()


async def test_imports_at_the_same_time_all_arrive(
    filled: CatalogueStore, database: Database
) -> None:
    stores = [filled, CatalogueStore(database, MovableClock())]
    halls = [
        Hall(f"village-{number}", "530112", f"{number}号代办点", "西山区", "102.5", "25.1")
        for number in range(6)
    ]
    await asyncio.gather(
        *(
            stores[number % 2].bring(read_json(write_json(Tables(halls=(hall,)))), MANAGER)
            for number, hall in enumerate(halls)
        )
    )
    for store in stores:
        found = await store.current()
        assert found.revision == 7
        assert set(halls) <= set(found.halls.values())
