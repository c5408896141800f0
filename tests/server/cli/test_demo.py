"""`yunkai demo`: links that work, people who act by themselves, an end that leaves nothing."""

import asyncio
import json
import re
import secrets
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import ClientSession
from yarl import URL

from crypto.encoding import Json, b64u
from rooms.counter.terms import Outcome
from rooms.ids import PersonId
from rooms.opening.drawing import SEED, commitment
from server.client.api import Api, ApiRefused
from server.client.bidder import Bidder
from server.client.session import SessionClient
from server.rehearse import visit
from tests.server.commands import YUNKAI, environment, yunkai
from tests.server.site import until

OPENING = {"bidder", "host", "supervisor", "trustee", "observer", "admin"}
COUNTER = {"near", "far", "applicant", "display", "guide", "board", "manager"}
LINK = re.compile(rf"^ +\S+ ({'|'.join(OPENING | COUNTER)}) .* (http://\S+)$")
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
    async with demonstration(tmp_path, lead=40) as demo, AsyncExitStack() as stack:
        visitor, page = await demo.enter(stack, "bidder")
        host, _ = await demo.enter(stack, "host")
        assert set(demo.links) == OPENING | COUNTER
        room = page.split("/")[2]
        me = await visitor.get("/api/me")
        bidder = Bidder(visitor, room, me["person"], me["name"], tmp_path / "bid")
        await bidder.accept()
        form: dict[str, Json] = {
            "price": 1_200_000_000,
            "duration": 300,
            "quality": "合格",
            "lead": "龙䶮",
        }
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

        path = f"/api/openings/{room}"
        assert (await until(lambda: _archive(supervisor, path), 90)).startswith(b"PK")


async def test_the_table_of_links_fits_a_screen_and_a_phone_follows_it_to_the_first_ticket(
    tmp_path: Path,
) -> None:
    async with demonstration(tmp_path, lead=600) as demo, AsyncExitStack() as stack:
        assert len(demo.printed) <= 24
        applicant, page = await demo.enter(stack, "applicant")
        ticket = await applicant.get("/api/tickets/mine")
        assert ticket["ahead"] == 0
        # The page takes the ticket out of its address, as from the code on paper.
        shown = dict(parse_qsl(URL(page).raw_fragment))
        assert (shown["hall"], shown["number"]) == ("xishan", ticket["number"])
        async with Api(str(URL(demo.links["guide"]).origin())) as anyone:
            entered = await anyone.post("/api/tickets/enter", {**shown, "bearer": True})
            assert entered["room"] == ticket["room"]
            assert len((await anyone.get("/api/halls/xishan/queue"))["waiting"]) >= 4
        manager, page = await demo.enter(stack, "manager")
        assert page == "/catalogue"
        assert await manager.fetch("/api/catalogue/export.json")


async def test_a_near_clerk_calls_a_ticket_and_the_others_come_to_an_outcome_by_themselves(
    tmp_path: Path,
) -> None:
    async with demonstration(tmp_path, lead=600) as demo, AsyncExitStack() as stack:
        near, page = await demo.enter(stack, "near")
        assert page == "/desk"
        await near.post("/api/windows/xishan-1/open", {})
        at = SessionClient(near, await until(lambda: _called(near, "xishan-1"), 90))
        await at.order("ConnectSession", recording="演示，不录制")
        await at.order("GiveConsent", text="c" * 64, version="1")  # on the applicant's word
        number = visit.APPLICANT["number"]
        await at.order("CaptureIdentity", method="card", kind="card", number=number)
        await until(lambda: _happened(at, "IdentityChecked"), 90)
        for material in visit.MATERIALS:
            await at.show(visit.ITEM, material, visit.picture(1))
        await until(lambda: _happened(at, "MaterialJudged", 2), 90)
        for name, value in visit.FIELDS.items():
            await at.order("FillField", item=visit.ITEM, field=name, value=value)
        await at.confirm(visit.ITEM)
        await until(lambda: _happened(at, "OutcomeDecided"), 120)
        decision = (await at.state()).cases[visit.ITEM].decision
        assert decision is not None
        assert decision.outcome is Outcome.DONE
        await at.order("EndSession")


async def test_a_far_clerk_decides_for_an_applicant_whom_a_scripted_clerk_let_in(
    tmp_path: Path,
) -> None:
    async with demonstration(tmp_path, lead=600) as demo, AsyncExitStack() as stack:
        far, _ = await demo.enter(stack, "far")
        applicant, _ = await demo.enter(stack, "applicant")
        await far.post("/api/windows/qixingguan-1/open", {})
        phone = SessionClient(applicant, (await applicant.get("/api/tickets/mine"))["room"])
        await until(lambda: _taken(far, phone.room), 180)
        at = SessionClient(far, phone.room)
        await until(lambda: _happened(phone, "SessionConnected"), 90)
        await phone.order("GiveConsent", text="c" * 64, version="1")
        await until(lambda: _happened(at, "IdentityCaptured"), 90)
        await at.order("CheckIdentity", likeness=True, result="passed")
        await until(lambda: _happened(at, "MaterialCaptured", len(visit.MATERIALS)), 90)
        for material in visit.MATERIALS:
            verdict = {"item": visit.ITEM, "material": material, "verdict": "accepted"}
            await at.order("JudgeMaterial", **verdict)
        await until(lambda: _happened(phone, "FieldFilled", len(visit.FIELDS)), 90)
        await phone.confirm(visit.ITEM)
        await phone.sign(visit.ITEM, visit.touches())
        await at.order("Decide", item=visit.ITEM, outcome="done")
        await until(lambda: _happened(at, "ResultDelivered"), 90)
        kinds = [event["type"] for event in await at.events()]
        # Whoever scripted the applicant stepped back when the visitor consented.
        assert kinds.count("FormSigned") == 1


async def test_finished_sessions_are_on_the_board_and_their_archives_hold(tmp_path: Path) -> None:
    async with demonstration(tmp_path, lead=600) as demo, AsyncExitStack() as stack:
        board, page = await demo.enter(stack, "board")
        assert page == "/board"
        rooms = await until(lambda: _rated(board), 120)
        assert len(rooms) == 2
        # The figures follow the log a moment later.
        await until(lambda: _counted(board, 2), 90)
        (tmp_path / "root.pem").write_text((await board.get("/api/site"))["root"])
        for room in rooms:
            path = f"/api/sessions/{room}"
            archive = tmp_path / f"{room}.zip"
            archive.write_bytes(await until(lambda path=path: _archive(board, path), 90))
            minutes = tmp_path / f"{room}.pdf"
            minutes.write_bytes(await board.fetch(f"{path}/minutes.pdf"))
            for file in (archive, minutes):
                ran = await asyncio.to_thread(
                    yunkai, "verify", file, "--root", tmp_path / "root.pem"
                )
                assert ran.returncode == 0, ran.stdout
            assert (await board.get(f"{path}/notices"))["items"]


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


async def _called(near: Api, window: str) -> str | None:
    """The session of the next ticket, once a scripted far clerk is there for it."""
    await asyncio.sleep(0.3)
    try:
        return str((await near.post(f"/api/windows/{window}/next", {}))["room"])
    except ApiRefused as refusal:
        if refusal.code != "no_ticket_waiting":
            raise
        return None


async def _taken(far: Api, room: str) -> bool:
    """Takes this session as soon as it asks for a far clerk."""
    await asyncio.sleep(0.3)
    if room not in [each["room"] for each in (await far.get("/api/desk"))["requests"]]:
        return False
    await far.post(f"/api/sessions/{room}/take", {})
    return True


async def _happened(at: SessionClient, kind: str, count: int = 1) -> bool:
    await asyncio.sleep(0.3)
    return [event["type"] for event in await at.events()].count(kind) >= count


async def _counted(board: Api, rated: int) -> bool:
    """Whether the board counts so many ratings by now."""
    shown: Any = json.loads(await board.fetch("/api/board"))  # means are no whole numbers
    return bool(shown["totals"]["rated"] == rated)


async def _rated(board: Api) -> list[str]:
    """The sessions with a rating, once there are two with minutes of it."""
    await asyncio.sleep(0.3)
    items = (await board.get("/api/sessions?when=past"))["items"]
    found = [each["id"] for each in items if each["rating"] is not None]
    return found if len(found) == 2 else []


async def _archive(api: Api, path: str) -> bytes:
    """An archive once it is made, nothing before."""
    await asyncio.sleep(0.3)
    try:
        return await api.fetch(f"{path}/archive.zip")
    except ApiRefused as refusal:
        if refusal.code != "being_made":
            raise
        return b""
