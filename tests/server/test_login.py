"""Entering: passwords, cookies, tokens, links, guessing, other sites' pages."""

from typing import Any

from aiohttp import ClientSession

from server.client.api import Api
from tests.server.site import RunningServer
from tests.server.tender import Tender

PASSWORD = "correct horse battery"


async def _login(
    server: RunningServer, session: ClientSession, name: str, password: str, **headers: str
) -> Any:
    body = {"name": name, "password": password}
    async with session.post("/api/login", json=body, headers=headers) as answer:
        await answer.read()
        return answer


async def _with_account(server: RunningServer) -> None:
    async with Api(server.url) as admin:
        await admin.login("admin", server.admin_password())
        await admin.post(
            "/api/accounts",
            {
                "login": "wang",
                "password": PASSWORD,
                "name": "王𬭎",
                "organisation": "昆明水务",
                "roles": ["agency"],
            },
        )


async def test_a_login_sets_a_cookie_scripts_cannot_read(running_server: RunningServer) -> None:
    await _with_account(running_server)
    async with running_server.session() as session:
        answer = await _login(running_server, session, "wang", PASSWORD)
        cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        async with session.get("/api/me") as me:
            assert (await me.json())["name"] == "王𬭎"


async def test_a_login_that_ended_opens_nothing(running_server: RunningServer) -> None:
    await _with_account(running_server)
    async with running_server.session() as session:
        await _login(running_server, session, "wang", PASSWORD)
        token = session.cookie_jar.filter_cookies(session._base_url)["yunkai"].value
        async with session.post("/api/logout", headers={"X-Yunkai": "1"}) as answer:
            assert answer.status == 204
        async with session.get("/api/me", headers={"Authorization": f"Bearer {token}"}) as answer:
            assert answer.status == 401


async def test_a_session_expires(running_server: RunningServer) -> None:
    person = await running_server.account("agency")
    async with running_server.logged_in(person) as api:
        await api.get("/api/me")
        running_server.clock.on(running_server.settings.session_seconds + 1)
        async with api._open.get(api.base + "/api/me", headers=api._headers()) as answer:
            assert answer.status == 401


async def test_a_session_in_use_is_prolonged(running_server: RunningServer) -> None:
    person = await running_server.account("agency")
    async with running_server.logged_in(person) as api:
        for _ in range(4):
            running_server.clock.on(running_server.settings.session_seconds * 0.6)
            await api.get("/api/me")


async def test_whoever_guesses_has_to_wait(running_server: RunningServer) -> None:
    await _with_account(running_server)
    async with running_server.session() as session:
        for _ in range(running_server.settings.login_attempts):
            assert (await _login(running_server, session, "wang", "wrong")).status == 401
        answer = await _login(running_server, session, "wang", PASSWORD)
        assert answer.status == 429
        running_server.clock.on(int(answer.headers["Retry-After"]))
        assert (await _login(running_server, session, "wang", PASSWORD)).status == 200


async def test_a_page_of_another_site_cannot_order_anything(tender: Tender) -> None:
    async with ClientSession(
        tender.server.url, cookies={"yunkai": tender.host.token or ""}
    ) as session:
        order = {"type": "PostChat", "text": "一"}
        async with session.post(f"{tender.path}/commands", json=order) as answer:
            assert (answer.status, (await answer.json())["error"]["code"]) == (403, "cross_site")
        mine = {"X-Yunkai": "1"}
        async with session.post(f"{tender.path}/commands", json=order, headers=mine) as answer:
            assert answer.status == 200
        foreign = {"X-Yunkai": "1", "Sec-Fetch-Site": "cross-site"}
        async with session.post(f"{tender.path}/commands", json=order, headers=foreign) as answer:
            assert answer.status == 403


async def test_an_observer_enters_its_room_by_link_and_no_other(tender: Tender) -> None:
    link = await tender.host.post(f"{tender.path}/observers", {"name": "市民代表"})
    async with tender.server.session() as session:
        async with session.get(link["url"], allow_redirects=False) as answer:
            assert answer.status == 302
            assert answer.headers["Location"] == f"/openings/{tender.room}"
        async with session.get(tender.path) as answer:
            assert (await answer.json())["my"]["role"] == "observer"
        async with session.get("/api/openings/o-other") as answer:
            assert answer.status == 404
        async with session.get("/api/accounts") as answer:
            assert answer.status == 403


async def test_every_answer_says_what_time_it_is(running_server: RunningServer) -> None:
    async with running_server.session() as session:
        for path in ("/api/time", "/api/nothing", "/"):
            async with session.get(path) as answer:
                assert answer.headers["X-Yunkai-Time"].endswith("Z")
