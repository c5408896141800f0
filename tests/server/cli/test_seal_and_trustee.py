"""`yunkai seal` and `yunkai trustee` take part in an opening that `yunkai serve` holds."""

import asyncio
import json
import subprocess
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from server.client.api import Api
from server.rehearse import plan, tender
from server.rehearse.cast import Cast, Member, enter
from server.rehearse.plan import Party
from tests.server.cli.conftest import Served
from tests.server.commands import YUNKAI, assert_one_line, environment, yunkai
from tests.server.site import until

WORDS = "correct horse"


async def account(admin: Api, stack: AsyncExitStack, login: str, role: str) -> tuple[Member, str]:
    """An account with a password that commands may use."""
    words = f"{login}-has-a-long-password"
    party = Party(login, login, f"{login} 机构", (role,))
    await admin.post(
        "/api/accounts",
        {"login": login, "password": words, "name": login, "organisation": "", "roles": [role]},
    )
    api = await stack.enter_async_context(Api(admin.base))
    me = await api.login(login, words)
    return Member(api, str(me["person"]), party), words


def end(process: asyncio.subprocess.Process) -> None:
    """Ends a command that a failed test left behind."""
    if process.returncode is None:
        process.kill()


async def test_a_bid_sealed_by_command_opens_with_the_shares_of_an_unattended_trustee(
    served: Served, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        admin = await stack.enter_async_context(Api(served.url))
        await admin.login("admin", served.password)
        host = await enter(stack, admin, plan.HOST)
        supervisor = await enter(stack, admin, plan.SUPERVISOR)
        trustee, trustee_words = await account(admin, stack, "attending", "trustee")
        bidder, bidder_words = await account(admin, stack, "sealing", "bidder")
        cast = Cast(host, supervisor, (trustee,), (bidder,))

        terms = plan.terms(
            deadline=tender.now() + timedelta(seconds=45),
            threshold=1,
            seats=cast.seats(),
            more={"minimum_bidders": 1, "rehearsal": True},
        )
        room = (await host.api.post("/api/openings", {"terms": terms}))["id"]
        attending = await asyncio.create_subprocess_exec(
            *YUNKAI, "trustee", str(tmp_path / "trustee.key"),
            "--server", served.url, "--room", room, "--login", "attending",
            env=environment(YUNKAI_PASSWORD=trustee_words, YUNKAI_PASSPHRASE=WORDS),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        stack.callback(end, attending)
        assert attending.stdout is not None
        assert await asyncio.wait_for(attending.stdout.readline(), 60) == b"card\n"
        await host.api.post(f"/api/openings/{room}/publish", {})

        manifest, form, file = (tmp_path / name for name in ("m.json", "form.json", "标书.txt"))
        path = f"/api/openings/{room}/manifest.json"
        manifest.write_bytes(await bidder.api.fetch(path))
        form.write_text(json.dumps({"a": plan.form_of(1)}), encoding="utf-8")
        file.write_text("愿承担本项目。", encoding="utf-8")
        sealed = await asyncio.to_thread(
            yunkai, "seal", manifest, file, "--form", form, "--out", tmp_path / "out",
            "--bidder", bidder.person, "--name", "𬭎远建设", "--key", tmp_path / "signing.key",
            "--server", served.url, "--login", "sealing",
            env={"YUNKAI_PASSWORD": bidder_words, "YUNKAI_PASSPHRASE": WORDS},
        )  # fmt: skip
        assert sealed.returncode == 0, sealed.stderr
        assert json.loads((tmp_path / "out" / "receipt.json").read_bytes())["body"]

        async def phase(wanted: str) -> bool:
            detail = await host.api.get(f"/api/openings/{room}")
            return bool(detail["phase"] == wanted)

        await until(lambda: phase("closed"), 60)
        await host.api.command(room, "StartOpening", recording="本次开标不录音录像")
        await host.api.command(room, "PublishRoll")
        await host.api.command(room, "StartDecryption", envelope="a")

        async def opened() -> list[dict[str, Any]]:
            page = await host.api.get(f"/api/openings/{room}/entries")
            events = [each["event"] for each in page["entries"]]
            return [each for each in events if each["type"] == "BidOpened"]

        (event,) = await until(opened, 90)
        assert event["form"] == plan.form_of(1)
        assert [each["name"] for each in event["files"]] == ["标书.txt"]
        said, problems = await asyncio.wait_for(attending.communicate(), 90)
        assert attending.returncode == 0, problems
        assert said.decode().split() == ["rehearsed", "a:", "1"]


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """A file that is JSON, but no manifest."""
    file = tmp_path / "manifest.json"
    file.write_text("{}")
    return file


def seal(manifest: Path, tmp_path: Path, *more: str) -> subprocess.CompletedProcess[str]:
    form = tmp_path / "form.json"
    form.write_text('{"a": {"price": 1}}')
    return yunkai(
        "seal", manifest, form, "--form", form, "--out", tmp_path / "out",
        "--key", tmp_path / "signing.key", "--bidder", "p-1", *more,
        env={"YUNKAI_PASSPHRASE": WORDS},
    )  # fmt: skip


def test_a_manifest_that_is_none_is_said_in_one_line(manifest: Path, tmp_path: Path) -> None:
    assert_one_line(seal(manifest, tmp_path), 1, "yunkai seal:")


def test_a_manifest_that_is_missing_is_said_in_one_line(tmp_path: Path) -> None:
    assert_one_line(seal(tmp_path / "nowhere.json", tmp_path), 1, "nowhere.json")


def test_a_trustee_without_a_server_is_told_in_one_line(tmp_path: Path) -> None:
    ran = yunkai(
        "trustee", tmp_path / "t.key", "--server", "http://127.0.0.1:1", "--room", "o-1",
        "--login", "t", env={"YUNKAI_PASSWORD": "x", "YUNKAI_PASSPHRASE": WORDS},
    )  # fmt: skip
    assert_one_line(ran, 1, "yunkai trustee:")


def test_a_trustee_with_a_wrong_password_is_told_in_one_line(
    served: Served, tmp_path: Path
) -> None:
    ran = yunkai(
        "trustee", tmp_path / "t.key", "--server", served.url, "--room", "o-1",
        "--login", "nobody", env={"YUNKAI_PASSWORD": "x", "YUNKAI_PASSPHRASE": WORDS},
    )  # fmt: skip
    assert_one_line(ran, 1, "wrong_password")


def test_a_key_file_under_another_passphrase_is_told_in_one_line(
    served: Served, tmp_path: Path
) -> None:
    def attend(words: str) -> subprocess.CompletedProcess[str]:
        return yunkai(
            "trustee", tmp_path / "t.key", "--server", served.url, "--room", "o-none",
            "--login", "admin",
            env={"YUNKAI_PASSWORD": served.password, "YUNKAI_PASSPHRASE": words},
        )  # fmt: skip

    assert_one_line(attend(WORDS), 1, "yunkai trustee:")
    assert (tmp_path / "t.key").exists()
    assert_one_line(attend("another"), 1, "passphrase")


def test_a_key_file_that_is_none_is_told_in_one_line(served: Served, tmp_path: Path) -> None:
    (tmp_path / "t.key").write_text("hello")
    ran = yunkai(
        "trustee", tmp_path / "t.key", "--server", served.url, "--room", "o-none",
        "--login", "admin", env={"YUNKAI_PASSWORD": served.password, "YUNKAI_PASSPHRASE": WORDS},
    )  # fmt: skip
    assert_one_line(ran, 1, "yunkai trustee:")
