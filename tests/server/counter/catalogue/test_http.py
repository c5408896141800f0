"""The catalogue over HTTP: everybody reads it, managers change it."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from aiohttp import ClientSession, FormData

from crypto.encoding import format_time, parse_time
from server.client.api import Api, ApiRefused
from server.counter.catalogue.csvwriting import write_csv
from server.counter.catalogue.jsonfile import write_json
from server.counter.catalogue.source import MOST_BYTES
from server.store.tables import slot_places
from tests.server.counter.catalogue.conftest import DEMO, demo_tables
from tests.server.site import RunningServer

PENSION = "520502-pension-refund"
MONDAY = "2026-11-23T00:00:00.000Z"
IMPORT = "/api/catalogue/import"


@pytest.fixture
async def manager(running_server: RunningServer) -> AsyncIterator[Api]:
    """The manager of the halls, on a Monday morning at eight."""
    running_server.clock.to(parse_time(MONDAY))
    async with running_server.logged_in(await running_server.account("manager")) as api:
        yield api


@pytest.fixture
async def public(running_server: RunningServer, manager: Api) -> AsyncIterator[ClientSession]:
    """Somebody without a login, after the demonstration's catalogue was brought in."""
    status, _ = await _sent(manager, DEMO.read_bytes())
    assert status == 200
    async with running_server.session() as session:
        yield session


async def _sent(
    api: Api, body: bytes | FormData, kind: str | None = "application/json", query: str = ""
) -> tuple[int, Any]:
    headers = {**api._headers()} | ({"Content-Type": kind} if kind else {})
    async with api._open.post(api.base + IMPORT + query, data=body, headers=headers) as answer:
        return answer.status, await answer.json()


async def _got(session: ClientSession, path: str, status: int = 200) -> Any:
    async with session.get(path) as answer:
        assert answer.status == status, await answer.text()
        return await answer.json()


async def test_everybody_sees_what_is_served(public: ClientSession) -> None:
    found = await _got(public, "/api/catalogue")
    assert found["total"] == 9
    assert [each["name"] for each in found["regions"]] == [
        "贵州省", "毕节市", "七星关区", "云南省", "昆明市", "西山区",
    ]  # fmt: skip
    assert {each["id"] for each in found["halls"]} == {"qixingguan", "xishan", "xishan-biji"}
    pension = next(each for each in found["items"] if each["code"] == PENSION)
    assert pension["services"] == [
        {"near": "530112", "far": "520502", "hall": "qixingguan", "until": None}
    ]


async def test_a_search_names_the_item_and_where_it_is_decided(public: ClientSession) -> None:
    found = await _got(public, "/api/catalogue?q=公积金&region=530112")
    assert [each["code"] for each in found["items"]] == ["520500-housing-fund"]
    assert "qixingguan" in {each["id"] for each in found["halls"]}


async def test_an_unknown_region_is_not_found(public: ClientSession) -> None:
    answer = await _got(public, "/api/catalogue?region=999999", 404)
    assert answer["error"]["code"] == "unknown_region"


async def test_the_guide_says_what_to_bring(public: ClientSession) -> None:
    found = await _got(public, f"/api/catalogue/items/{PENSION}")
    assert found["current"] is True
    assert [each["id"] for each in found["item"]["materials"]][:2] == ["id-card", "bank-card"]
    assert found["item"]["rules"][0]["all"][2]["value"] == 5_000_000
    assert found["versions"] == [{"version": 1, "valid_from": "2026-01-01"}]
    assert [each["id"] for each in found["halls"]] == ["qixingguan"]


async def test_an_unknown_item_or_version_is_not_found(public: ClientSession) -> None:
    for path in ("520502-none", f"{PENSION}?version=7"):
        answer = await _got(public, f"/api/catalogue/items/{path}", 404)
        assert answer["error"]["code"] == "unknown_item"


async def test_a_hall_says_when_it_is_open(public: ClientSession) -> None:
    found = await _got(public, "/api/catalogue/halls/xishan?from=2026-12-31&days=3")
    half, holiday, saturday = found["days"]
    assert half["kind"] == "short"
    assert [each["end"] for each in half["open"]] == ["2026-12-31T04:00:00.000Z"]
    assert (holiday["kind"], holiday["name"], holiday["open"]) == ("closed", "元旦", [])
    assert saturday["kind"] is None
    assert len(found["windows"]) == 3


async def test_slots_say_what_is_left_of_both_sides(
    public: ClientSession, running_server: RunningServer
) -> None:
    nine = "2026-11-23T01:00:00.000Z"
    row = {"hall": "qixingguan", "starts_at": nine, "place": 0, "room": "s-1"}
    async with running_server.parts.database.writing() as connection:
        made_at = format_time(running_server.clock())
        await connection.execute(slot_places.insert().values(**row, made_at=made_at))
    found = await _got(public, f"/api/slots?item={PENSION}&near=xishan&day=2026-11-23")
    assert (found["far_hall"], found["zone"], found["minutes"]) == (
        "qixingguan", "Asia/Shanghai", 20,
    )  # fmt: skip
    assert found["slots"][0] == {
        "starts_at": nine,
        "ends_at": "2026-11-23T01:20:00.000Z",
        "near_left": 3,
        "far_left": 2,
    }
    assert len(found["slots"]) == 19


NO_SLOTS = [
    (f"item={PENSION}", 400, "bad_query"),
    ("near=xishan", 400, "bad_query"),
    (f"item={PENSION}&near=xishan&day=tomorrow", 400, "bad_query"),
    (f"item={PENSION}&near=xishan&day=9999-12-31", 400, "bad_query"),
    (f"item={PENSION},{PENSION}&near=xishan", 422, "bad_items"),
    (f"item={PENSION}&near=nowhere", 404, "unknown_hall"),
    ("item=520502-none&near=xishan", 404, "unknown_item"),
    (f"item={PENSION}&near=qixingguan", 422, "not_served"),
    (f"item={PENSION}&near=xishan&far=530000", 422, "not_served"),
]


async def test_slots_that_make_no_sense_are_refused(public: ClientSession) -> None:
    for query, status, code in NO_SLOTS:
        answer = await _got(public, f"/api/slots?{query}", status)
        assert (query, answer["error"]["code"]) == (query, code)


async def test_a_manager_takes_out_what_can_be_brought_in_again(
    public: ClientSession, manager: Api
) -> None:
    for path, kind in (("json", "application/json"), ("csv", "application/zip")):
        address = f"{manager.base}/api/catalogue/export.{path}"
        async with manager._open.get(address, headers=manager._headers()) as answer:
            assert answer.status == 200
            assert answer.content_type == kind
            data = await answer.read()
        assert await _sent(manager, data, kind) == (200, {"revision": 1, "changes": {}})


async def test_a_browser_sends_a_file_in_a_form(manager: Api) -> None:
    form = FormData()
    form.add_field("file", write_csv(demo_tables()), filename="目录.ZIP")
    status, answer = await _sent(manager, form, None)
    assert status == 200
    assert answer["changes"]["items"] == 9


async def test_one_sheet_alone_can_be_brought_in(public: ClientSession, manager: Api) -> None:
    sheet = "hall,weekday,opens,closes\nxishan-biji,2,09:00,11:00\n".encode("gb18030")
    status, answer = await _sent(manager, sheet, "text/csv", "?table=hours")
    assert status == 200
    # One span of a new weekday in place of three others.
    assert answer["changes"] == {"hours": 4}


async def test_errors_are_told_by_line_and_nothing_is_brought_in(
    public: ClientSession, manager: Api
) -> None:
    sheet = b"hall,weekday,opens,closes\nxishan,1,09:00,11:00\nxishan,8,9 am,11:00\n"
    status, answer = await _sent(manager, sheet, "text/csv", "?table=hours")
    assert status == 422
    assert answer["error"] == {
        "code": "catalogue_refused",
        "params": {
            "total": 2,
            "errors": [
                {"file": "hours.csv", "line": 3, "field": "opens", "code": "clock", "params": {}},
                {
                    "file": "hours.csv",
                    "line": 3,
                    "field": "weekday",
                    "code": "out_of_range",
                    "params": {"least": 1, "most": 7},
                },
            ],
        },
    }
    assert (await _got(public, "/api/catalogue"))["revision"] == 1


async def test_a_check_tells_what_would_change(manager: Api) -> None:
    status, answer = await _sent(manager, DEMO.read_bytes(), query="?check=1")
    assert (status, answer["revision"], answer["changes"]["halls"]) == (200, 0, 3)
    assert (await manager.get("/api/catalogue"))["total"] == 0


async def test_only_managers_change_the_catalogue(running_server: RunningServer) -> None:
    for role in ("clerk", "supervisor", "agency", "bidder"):
        async with running_server.logged_in(await running_server.account(role)) as api:
            status, answer = await _sent(api, DEMO.read_bytes())
            assert (status, answer["error"]["code"]) == (403, "wrong_role")
            with pytest.raises(ApiRefused):
                await api.get("/api/catalogue/export.json")


async def test_nobody_without_a_login_changes_it(running_server: RunningServer) -> None:
    async with running_server.session() as session, AsyncExitStack() as stack:
        for ask in (session.post(IMPORT, json={}), session.get("/api/catalogue/export.csv")):
            answer = await stack.enter_async_context(ask)
            assert answer.status == 401


BAD_BODIES: dict[str, tuple[bytes, str, int, str]] = {
    "another type": (b"hello", "text/plain", 400, "unknown_catalogue_format"),
    "no archive": (b"hello", "application/zip", 400, "broken_zip"),
    "broken JSON": (b"{", "application/json", 422, "catalogue_refused"),
    "a sheet of no table": (b"a,b\n", "text/csv", 422, "catalogue_refused"),
}


async def test_what_is_no_catalogue_is_refused(manager: Api) -> None:
    for name, (body, kind, status, code) in BAD_BODIES.items():
        answered, answer = await _sent(manager, body, kind)
        assert (name, answered, answer["error"]["code"]) == (name, status, code)


async def test_a_huge_file_is_too_large(manager: Api) -> None:
    huge = b'{"format": "yunkai/catalogue/v1", "regions": [' + b" " * MOST_BYTES + b"]}"
    status, answer = await _sent(manager, huge)
    assert (status, answer["error"]["code"]) == (413, "too_large")
    form = FormData()
    form.add_field("file", huge, filename="catalogue.json")
    status, answer = await _sent(manager, form, None)
    assert (status, answer["error"]["code"]) == (413, "too_large")


async def test_a_form_without_a_file_of_a_known_kind_is_refused(manager: Api) -> None:
    form = FormData()
    form.add_field("file", b"x", filename="catalogue.xls")
    status, answer = await _sent(manager, form, None)
    assert (status, answer["error"]["code"]) == (400, "unknown_catalogue_format")


async def test_the_document_is_the_one_that_is_described(manager: Api) -> None:
    document = json.loads(write_json(demo_tables()))
    status, _ = await _sent(manager, json.dumps(document).encode())
    assert status == 200
