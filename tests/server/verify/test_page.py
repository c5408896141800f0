"""The same check as a page: POST /api/verify, open to everybody."""

from typing import Any

from aiohttp import FormData

from tests.server.rehearsed import Opening
from tests.server.site import RunningServer


async def checked(server: RunningServer, data: bytes, name: str) -> tuple[int, Any]:
    form = FormData()
    form.add_field("file", data, filename=name, content_type="application/octet-stream")
    async with server.session() as browser, browser.post("/api/verify", data=form) as answer:
        return answer.status, await answer.json()


async def test_a_clean_archive_is_ok_and_says_what_was_proved(
    opening: Opening, running_server: RunningServer
) -> None:
    status, report = await checked(running_server, opening.archive.read_bytes(), "archive.zip")
    assert (status, report["ok"], report["findings"]) == (200, True, [])
    assert {each["step"] for each in report["facts"]} == set(range(1, 14))


async def test_minutes_by_themselves_are_held_to_the_root_of_the_site(
    opening: Opening, running_server: RunningServer
) -> None:
    status, report = await checked(running_server, opening.members["minutes.pdf"], "minutes.pdf")
    assert (status, report["ok"]) == (200, True)
    assert "signature_good" in {each["code"] for each in report["facts"]}


async def test_a_touched_archive_is_told_by_step_and_member(
    opening: Opening, running_server: RunningServer
) -> None:
    whole = bytearray(opening.archive.read_bytes())
    whole[whole.index(opening.members["closing.txt"]) + 2] ^= 1
    status, report = await checked(running_server, bytes(whole), "archive.zip")
    assert (status, report["ok"]) == (200, False)
    assert ("member_altered", "closing.txt") in {
        (each["code"], each["about"]) for each in report["findings"]
    }


async def test_what_cannot_be_checked_is_refused_by_name(running_server: RunningServer) -> None:
    status, answer = await checked(running_server, b"hello", "hello.txt")
    assert (status, answer["error"]["code"]) == (422, "not_checkable")
    assert list(running_server.parts.blobs.staging.iterdir()) == []
