"""The board over HTTP: who may look, which days may be asked for, what comes back."""

import csv
import json
from collections.abc import AsyncIterator
from io import StringIO
from typing import Any

import pytest

from server.client.api import Api, ApiRefused
from tests.server.counter.board.sessions import WEEK, keep
from tests.server.site import RunningServer

DAYS = "from=2026-11-16&to=2026-11-22"


@pytest.fixture
async def board(running_server: RunningServer) -> AsyncIterator[Api]:
    """A supervisor before the small set."""
    await keep(running_server.parts.database, *WEEK)
    person = await running_server.account("supervisor", name="周正")
    async with running_server.logged_in(person) as api:
        yield api


async def _seen(api: Api, path: str) -> Any:
    """The board: means of ratings are no whole numbers, which nothing that is signed may hold."""
    return json.loads(await api.fetch(path))


async def _code(asked: Any) -> str:
    with pytest.raises(ApiRefused) as refused:
        await asked
    return refused.value.code


async def test_a_supervisor_sees_this_moment_and_the_figures_of_the_days(board: Api) -> None:
    found = await _seen(board, f"/api/board?{DAYS}")
    assert (found["first"], found["last"], found["hall"]) == ("2026-11-16", "2026-11-22", None)
    assert (found["totals"]["sessions"], found["totals"]["kilometres"]) == (11, 1430)
    assert {each["day"]: each["sessions"] for each in found["days"]} == {
        "2026-11-16": 5,
        "2026-11-17": 2,
        "2026-11-19": 4,
    }
    assert {each["hall"] for each in found["halls"]} == {"hall-a", "hall-b"}
    assert [each["clerk"] for each in found["live"]["rows"] if each["clerk"]] == ["李敏"]
    ratings = {each["kind"]: each["sessions"] for each in found["ratings"]}
    assert ratings == {"5": 1, "4": 1, "3": 0, "2": 1, "1": 1}
    one = await _seen(board, f"/api/board?{DAYS}&hall=hall-b")
    assert one["totals"]["sessions"] == 3


async def test_days_that_are_none_are_refused(board: Api) -> None:
    for asked in (
        "from=yesterday",
        "to=2026-13-01",
        "from=2026-11-22&to=2026-11-16",
        "from=2000-01-01&to=2026-11-16",
    ):
        for path in ("/api/board", "/api/board.csv"):
            assert await _code(board.get(f"{path}?{asked}")) == "bad_query", asked


async def test_the_sessions_come_as_a_table_for_spreadsheets(board: Api) -> None:
    data = await board.fetch(f"/api/board.csv?{DAYS}&hall=hall-b&language=en")
    assert data.startswith(b"\xef\xbb\xbf")
    head, *rows = csv.reader(StringIO(data.decode("utf-8-sig")))
    assert head[:3] == ["Day", "Session", "Ticket"]
    assert sorted(row[0] for row in rows) == ["2026-11-17", "2026-11-17", "2026-11-19"]
    chinese = await board.fetch(f"/api/board.csv?{DAYS}")
    assert chinese.decode("utf-8-sig").startswith("日期,会话编号,票号")
    assert len(chinese.decode("utf-8-sig").splitlines()) == 12


async def test_the_board_is_for_supervisors_and_managers(
    board: Api, running_server: RunningServer
) -> None:
    paths = ("/api/board", "/api/board.csv", "/api/board/samples")
    async with Api(running_server.url) as nobody:
        for path in paths:
            assert await _code(nobody.get(path)) == "no_login"
    for role in ("clerk", "admin", "bidder"):
        async with running_server.logged_in(await running_server.account(role)) as api:
            for path in paths:
                assert await _code(api.get(path)) == "wrong_role", role
    async with running_server.logged_in(await running_server.account("manager")) as api:
        assert (await _seen(api, f"/api/board?{DAYS}"))["totals"]["sessions"] == 11
        draw = {"first": "2026-11-16", "last": "2026-11-22", "count": 2}
        assert await _code(api.post("/api/board/samples", draw)) == "wrong_role"


async def test_a_draw_is_kept_with_what_it_takes_to_draw_it_again(board: Api) -> None:
    asked = {"first": "2026-11-16", "last": "2026-11-22", "count": 3}
    drawn = await board.post("/api/board/samples", asked)
    assert drawn["same"] is True
    assert len(drawn["drawn"]) == 3
    assert {each["inspector"] for each in drawn["drawn"]} == {drawn["by"]}
    again = await board.get(f"/api/board/samples/{drawn['sample']}")
    assert again == drawn
    (listed,) = (await board.get("/api/board/samples"))["samples"]
    assert (listed["sample"], listed["by_name"]) == (drawn["sample"], "周正")
    population = await board.get(f"/api/board/samples/{drawn['sample']}/population")
    assert len(population["rooms"]) == drawn["population"]
    assert {each["room"] for each in drawn["drawn"]} <= set(population["rooms"])
    assert await _code(board.get("/api/board/samples/d-0000")) == "not_found"


async def test_a_draw_from_nothing_or_of_too_many_is_refused(board: Api) -> None:
    days = {"first": "2025-01-01", "last": "2025-01-31"}
    assert await _code(board.post("/api/board/samples", {**days, "count": 1})) == "nothing_to_draw"
    for count in (0, 201):
        assert await _code(board.post("/api/board/samples", {**days, "count": count})) == "invalid"
