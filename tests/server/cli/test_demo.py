"""`yunkai demo`: links that work, people who act by themselves, an end that leaves nothing."""

import asyncio
import re
import secrets
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientSession
from yarl import URL

from crypto.encoding import b64u
from rooms.ids import PersonId
from rooms.opening.drawing import SEED, commitment
from server.client.api import Api, ApiRefused
from server.client.bidder import Bidder
from tests.server.commands import YUNKAI, environment
from tests.server.site import until

LINK = re.compile(r"^ +\S+ (bidder|host|supervisor|trustee|observer|admin) .* (http://\S+)$")
LAST = "Ctrl-C ends it"


@dataclass(slots=True)
class Demo:
    """A running demonstration: what it printed, and its links by role."""

    process: asyncio.subprocess.Process
    printed: list[str] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)

    async def enter(self, stack: AsyncExitStack, role: str) -> tuple[Api, str]:
        """Follows a role's link: the session it gives, and the page it leads to."""
        url = URL(self.links[role])
        async with ClientSession() as browser, browser.get(url, allow_redirects=False) as answer:
            assert answer.status == 302
            token = answer.cookies["yunkai"].value
            page = answer.headers["Location"]
        return await stack.enter_async_context(Api(str(url.origin()), token)), page

    async def stop(self) -> str:
        """Presses Ctrl-C; what was said on standard error."""
        self.process.send_signal(signal.SIGINT)
        _, said = await asyncio.wait_for(self.process.communicate(), 90)
        return said.decode()


@asynccontextmanager
async def demonstration(folder: Path, lead: int) -> AsyncIterator[Demo]:
    """`yunkai demo` on a free port, with its temporary files in `folder`."""
    process = await asyncio.create_subprocess_exec(
        *YUNKAI, "demo", "--port", "0", "--lead", str(lead),
        env=environment(TMPDIR=str(folder)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    demo = Demo(process)
    try:
        assert process.stdout is not None
        while not demo.printed or LAST not in demo.printed[-1]:
            line = await asyncio.wait_for(process.stdout.readline(), 120)
            assert line, "the demonstration ended by itself"
            demo.printed.append(line.decode().rstrip("\n"))
        demo.links = {
            found[1]: found[2] for line in demo.printed if (found := LINK.match(line)) is not None
        }
        yield demo
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_ctrl_c_ends_everything_and_removes_the_data(tmp_path: Path) -> None:
    async with demonstration(tmp_path, lead=60) as demo:
        assert left_in(tmp_path)
        said = await demo.stop()
        assert demo.process.returncode == 0
        assert "Traceback" not in said
        assert left_in(tmp_path) == []


async def test_ctrl_c_during_the_preparation_ends_it_too(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *YUNKAI, "demo", "--port", "0",
        env=environment(TMPDIR=str(tmp_path)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert await asyncio.wait_for(process.stdout.readline(), 90)
    said = await Demo(process).stop()
    assert process.returncode == 0
    assert "Traceback" not in said
    assert left_in(tmp_path) == []


async def test_a_taken_port_is_said_in_one_line(tmp_path: Path) -> None:
    async with demonstration(tmp_path, lead=60) as demo:
        port = URL(demo.links["host"]).port
        second = await asyncio.create_subprocess_exec(
            *YUNKAI, "demo", "--port", str(port),
            env=environment(TMPDIR=str(tmp_path)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        _, said = await second.communicate()
        assert second.returncode == 1
        assert b"Traceback" not in said
        assert b"yunkai demo:" in said


async def test_a_visitor_bids_and_holds_an_opening_in_which_the_others_act_by_themselves(
    tmp_path: Path,
) -> None:
    async with demonstration(tmp_path, lead=25) as demo, AsyncExitStack() as stack:
        visitor, page = await demo.enter(stack, "bidder")
        host, _ = await demo.enter(stack, "host")
        assert set(demo.links) == {
            "bidder", "host", "supervisor", "trustee", "observer", "admin",
        }  # fmt: skip
        room = page.split("/")[2]
        me = await visitor.get("/api/me")
        bidder = Bidder(visitor, room, me["person"], me["name"], tmp_path / "bid")
        await bidder.accept()
        form = {"price": 1_200_000_000, "duration": 300, "quality": "合格", "lead": "龙䶮"}
        bidder.seal({"a": form}, [])
        await bidder.submit()

        await until(lambda: _phase(host, room, "closed"), 90)
        await host.command(room, "StartOpening", recording="本次开标不录音录像")
        await host.command(room, "PublishRoll")
        await host.command(room, "StartDecryption", envelope="a")
        await until(lambda: _seen(host, room, "BidOpened", 4), 90)
        await host.command(room, "ImportBids")
        person, seed = PersonId((await host.get("/api/me"))["person"]), secrets.token_bytes(SEED)
        await host.command(room, "CommitSeed", commitment=commitment(person, seed))
        await until(lambda: _seen(host, room, "DrawCommitted", 4), 90)
        await host.command(room, "RevealSeed", seed=b64u(seed))
        await until(lambda: _seen(host, room, "DrawRevealed", 4), 90)
        for order in ("DrawParameter", "StartAnnouncing", "AnnounceBids", "StartConfirmation"):
            await host.command(room, order)
        rows = await _events(visitor, room, "BidAnnounced")
        assert bidder.sealed is not None
        own = next(each for each in rows if each["bid"] == bidder.sealed.header.bid)
        await bidder.confirm(own["row"])
        await until(lambda: _seen(host, room, "BidConfirmed", 4), 90)


async def test_lists_show_a_tender_ahead_and_a_finished_one_with_minutes_and_archive(
    tmp_path: Path,
) -> None:
    async with demonstration(tmp_path, lead=90) as demo, AsyncExitStack() as stack:
        supervisor, _ = await demo.enter(stack, "supervisor")

        async def finished() -> str | None:
            for each in (await supervisor.get("/api/openings?when=past"))["items"]:
                if each["phase"] == "published":
                    return str(each["id"])
            return None

        room = await until(finished, 90)
        assert (await supervisor.get("/api/openings?when=upcoming"))["total"] == 2
        assert (await supervisor.fetch(f"/api/openings/{room}/minutes.pdf")).startswith(b"%PDF")

        async def archived() -> bytes:
            try:
                return await supervisor.fetch(f"/api/openings/{room}/archive.zip")
            except ApiRefused as refusal:
                if refusal.code != "being_made":
                    raise
                return b""

        assert (await until(archived, 90)).startswith(b"PK")


def left_in(folder: Path) -> list[Path]:
    """What a demonstration keeps in its folder of temporary files."""
    return list(folder.glob("yunkai-*"))


async def _phase(api: Api, room: str, phase: str) -> bool:
    return bool((await api.get(f"/api/openings/{room}"))["phase"] == phase)


async def _events(api: Api, room: str, kind: str) -> list[dict[str, Any]]:
    page = await api.get(f"/api/openings/{room}/entries")
    return [each["event"] for each in page["entries"] if each["event"]["type"] == kind]


async def _seen(api: Api, room: str, kind: str, count: int) -> bool:
    return len(await _events(api, room, kind)) >= count
