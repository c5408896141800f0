"""Serving the built pages: the application at every address, files for ever, headers that
protect."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from yarl import URL

from tests.server.site import RunningServer, serving


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[RunningServer]:
    """A server with a small build of its own."""
    web = tmp_path / "web"
    (web / "assets").mkdir(parents=True)
    (web / "index.html").write_text("<!doctype html><title>云开</title>")
    (web / "offline.html").write_text("<script>seal()</script>")
    (web / "assets" / "app-1a2b.js").write_text("plain")
    (web / "assets" / "app-1a2b.js.br").write_bytes(b"packed")
    (tmp_path / "secret.txt").write_text("secret")
    async with serving(tmp_path / "data", web=web) as server:
        yield server


@pytest.mark.parametrize("path", ["/", "/openings/o-1", "/verify"])
async def test_every_address_of_the_application_leads_to_it(site: RunningServer, path: str) -> None:
    async with site.session() as session, session.get(path) as answer:
        assert answer.status == 200
        assert "云开" in await answer.text()
        assert answer.headers["Cache-Control"] == "no-cache"
        assert "unsafe-inline" not in _scripts(answer.headers["Content-Security-Policy"])


async def test_files_with_a_digest_in_their_name_are_kept_for_ever(site: RunningServer) -> None:
    async with site.session() as session, session.get("/assets/app-1a2b.js") as answer:
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.content_type in ("text/javascript", "application/javascript")


async def test_a_packed_file_goes_to_who_can_unpack_it(site: RunningServer) -> None:
    async with site.session() as session:
        for accepted, body in (("br", b"packed"), ("identity", b"plain")):
            async with session.get(
                "/assets/app-1a2b.js", headers={"Accept-Encoding": accepted}, auto_decompress=False
            ) as answer:
                assert await answer.read() == body


async def test_a_missing_file_is_missing(site: RunningServer) -> None:
    async with site.session() as session, session.get("/assets/app-gone.js") as answer:
        assert answer.status == 404


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt"]
)
async def test_nothing_outside_the_folder_is_served(site: RunningServer, path: str) -> None:
    address = URL(site.url + path, encoded=True)
    async with site.session() as session, session.get(address) as answer:
        assert b"secret" not in await answer.read()


async def test_the_offline_page_can_send_nothing_anywhere(site: RunningServer) -> None:
    async with site.session() as session, session.get("/offline.html") as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert "connect-src 'none'" in policy
        assert "'sha256-" in _scripts(policy)
        assert "unsafe-inline" not in _scripts(policy)


async def test_answers_may_not_be_framed_or_sniffed(site: RunningServer) -> None:
    async with site.session() as session:
        for path in ("/", "/api/time", "/assets/app-1a2b.js"):
            async with session.get(path) as answer:
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                assert answer.headers["X-Frame-Options"] == "DENY"
                assert "aiohttp" not in answer.headers["Server"]


async def test_the_address_behind_a_proxy_is_the_one_the_proxy_saw(tmp_path: Path) -> None:
    async with serving(tmp_path / "data", proxies=1) as server:
        person = await server.account("agency")
        token = await server.parts.accounts.open_session(person)
        headers = {
            "Authorization": f"Bearer {token}",
            "X-Forwarded-For": "6.6.6.6, 203.0.113.9",
            "X-Forwarded-Proto": "https",
        }
        async with server.session() as session, session.get("/", headers=headers) as answer:
            assert "wss://" in answer.headers["Content-Security-Policy"]


def _scripts(policy: str) -> str:
    (found,) = [each for each in policy.split(";") if each.strip().startswith("script-src")]
    return found
