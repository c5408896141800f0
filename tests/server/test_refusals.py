"""Bad input over HTTP: each has a status and a code, and nothing else happens."""

from typing import Any

import pytest
from aiohttp import ClientSession

from server.client.api import Api, ApiRefused
from tests.server.site import RunningServer
from tests.server.tender import Tender, terms

BROKEN = {
    "half an object": b'{"type": "PostChat", "text":',
    "a member twice": b'{"type": "PostChat", "type": "StartOpening"}',
    "a fraction": b'{"type": "ExtendWindow", "minutes": 1.5}',
    "half a character": b'{"type": "PostChat", "text": "\\ud800"}',
    "not UTF-8": b'{"type": "PostChat", "text": "\xff"}',
    "a very deep list": b"[" * 100_000,
    "a very long number": b"9" * 1_000_000,
    "nothing": b"",
}


async def _sent(api: Api, path: str, body: bytes, **headers: str) -> tuple[int, str]:
    sent = {**api._headers(), "Content-Type": "application/json", **headers}
    async with api._open.post(api.base + path, data=body, headers=sent) as answer:
        return answer.status, (await answer.json())["error"]["code"]


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
async def test_broken_json_is_unreadable(tender: Tender, body: bytes) -> None:
    assert await _sent(tender.host, f"{tender.path}/commands", body) == (400, "broken_json")


async def test_huge_json_is_too_large(tender: Tender) -> None:
    body = b'{"type": "PostChat", "text": "' + b"x" * (9 << 20) + b'"}'
    answer = await _sent(tender.host, f"{tender.path}/commands", body)
    assert answer == (413, "too_large")


async def test_a_form_is_no_json(tender: Tender) -> None:
    answer = await _sent(
        tender.host, f"{tender.path}/commands", b"{}", **{"Content-Type": "text/plain"}
    )
    assert answer == (400, "not_json")


REFUSED: dict[str, tuple[dict[str, Any], int, str]] = {
    "an unknown command": ({"type": "Sabotage"}, 400, "malformed_command"),
    "an unknown member": ({"type": "ImportBids", "now": True}, 400, "malformed_command"),
    "a missing member": ({"type": "PostChat"}, 400, "malformed_command"),
    "a command of the system": ({"type": "Tick"}, 400, "malformed_command"),
    "a command with its own route": (
        {"type": "SignIn", "representative": "0" * 64},
        400,
        "malformed_command",
    ),
    "a command out of phase": ({"type": "ImportBids"}, 409, "out_of_phase"),
    "an empty text": ({"type": "PostChat", "text": " "}, 422, "text_missing"),
    "a character nobody has": (
        {"type": "PostChat", "text": "a\x00b"},
        422,
        "text_has_unknown_characters",
    ),
}


@pytest.mark.parametrize(("order", "status", "code"), REFUSED.values(), ids=REFUSED.keys())
async def test_an_order_that_cannot_be_carried_out_says_why(
    tender: Tender, order: dict[str, Any], status: int, code: str
) -> None:
    with pytest.raises(ApiRefused) as refused:
        await tender.host.post(f"{tender.path}/commands", order)
    assert (refused.value.status, refused.value.code) == (status, code)


async def test_an_order_by_the_wrong_role_is_forbidden(tender: Tender) -> None:
    with pytest.raises(ApiRefused) as refused:
        await tender.supervisor.command(tender.room, "StartOpening", recording="不录")
    assert (refused.value.status, refused.value.code) == (403, "wrong_role")


async def test_only_an_account_of_a_bidder_may_bid(tender: Tender) -> None:
    person = await tender.server.account("supervisor")
    async with tender.server.logged_in(person) as api:
        with pytest.raises(ApiRefused) as refused:
            await api.post(f"{tender.path}/acceptance", {"name": "x", "acceptance": {}})
    assert refused.value.status == 403


async def test_a_draft_is_not_there_for_strangers(running_server: RunningServer) -> None:
    agency = await running_server.account("agency", name="王")
    seats = [{"person": agency, "name": "王", "organisation": "", "role": "host"}]
    from datetime import timedelta

    deadline = running_server.clock() + timedelta(hours=1)
    async with running_server.logged_in(agency) as host:
        made = await host.post("/api/openings", {"terms": terms(deadline, seats, "bidder")})
        assert (await host.get("/api/openings?when=upcoming"))["total"] == 1
    for role in ("agency", "bidder", "supervisor", "admin"):
        async with running_server.logged_in(await running_server.account(role)) as stranger:
            with pytest.raises(ApiRefused) as refused:
                await stranger.get(f"/api/openings/{made['id']}")
            assert refused.value.status == 404
            assert (await stranger.get("/api/openings?when=upcoming"))["total"] == 0


async def test_nobody_gets_anything_without_a_login(tender: Tender) -> None:
    async with ClientSession(tender.server.url) as session:
        for path in ("/api/openings", tender.path, f"{tender.path}/entries", "/api/accounts"):
            async with session.get(path) as answer:
                assert answer.status == 401
                assert (await answer.json())["error"]["code"] == "no_login"


async def test_unknown_addresses_have_a_code_too(running_server: RunningServer) -> None:
    async with running_server.session() as session, session.get("/api/nothing") as answer:
        assert (answer.status, await answer.json()) == (
            404,
            {"error": {"code": "not_found", "params": {}}},
        )
