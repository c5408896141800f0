"""An opening that people see and hear: host, supervisor and two bidders, each at a browser of
their own in front of a camera of one colour."""

import asyncio
import hashlib
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.journeys.conftest import Arrives
from tests.journeys.media.conftest import Appears
from tests.journeys.media.film import BLUE, GREEN, RED, YELLOW
from tests.journeys.media.spectator import Spectator, WatchingBidder, WatchingHost
from tests.journeys.opening import Opening, tender
from tests.journeys.records import verifies, words_of
from tests.journeys.site import Account, Site

COMPANIES = ("云岭建设工程有限公司", "澜沧江𬭎泰路桥有限公司")
TRACK = """document.querySelector('[data-slot="stage"] video')?.srcObject?.getVideoTracks()[0]"""


async def is_seen_and_recorded(
    site: Site,
    appears: Appears,
    arrives: Arrives,
    folder: Path,
    pictures: Path,
    kill: Callable[[], None],
) -> None:
    """The whole opening. `kill` ends the engine that carries its pictures the hard way."""
    opening, accounts = await published(site, folder)
    room = opening.room
    host = await appears(WatchingHost, opening.host, RED)
    supervisor = await appears(Spectator, opening.supervisor, GREEN)
    first = await appears(WatchingBidder, accounts[0], BLUE)
    second = await appears(WatchingBidder, accounts[1], YELLOW)
    everybody: list[Spectator] = [host, supervisor, first, second]

    await supervisor.checks_the_device(room, pictures)
    await asyncio.gather(*(each.enters(room) for each in everybody))
    await the_host_is_heard_then_seen(host, everybody[1:])
    await supervisor.presses("打开麦克风")
    await supervisor.presses("打开摄像头")
    await asyncio.gather(*(each.sees_camera("supervisor", "green") for each in everybody))
    await asyncio.gather(*(each.sees_quality("stage") for each in everybody))
    await first.floats_the_picture()

    opening.comes_due()
    await host.sees_phase("已截标")
    await host.acts("宣布开标开始")
    await host.ticks("已确认正常录制")
    await host.picture(pictures, "start-recorded")
    await host.answers("宣布开标开始")
    await host.orders("公布名单")
    await first.sees(COMPANIES[1])

    await the_floor_goes_round(host, first, second, everybody, pictures)
    await a_screen_is_shown(host, everybody, pictures)
    await somebody_reloads(supervisor, everybody)
    await some_only_get_the_stream(opening, arrives, pictures)
    await the_engine_is_killed(kill, everybody)

    await opening.by_host.command(room, "TerminateOpening", reason="演练结束")
    await recordings_are_what_was_recorded(opening, supervisor, folder)


async def published(site: Site, folder: Path) -> tuple[Opening, list[Account]]:
    opening = await tender(site)
    accounts = [await site.account("bidder", name) for name in COMPANIES]
    await opening.publish_for_now(minimum_bidders=2)
    for number, account in enumerate(accounts):
        await opening.hands_in(account, folder / account.login, 1_180_000_000 + number)
    return opening, accounts


async def the_host_is_heard_then_seen(host: WatchingHost, others: list[Spectator]) -> None:
    await host.presses("打开麦克风")
    await asyncio.gather(*(each.only_hears("stage", "王主持") for each in others))
    await host.presses("打开摄像头")
    await asyncio.gather(*(each.sees_camera("stage", "red") for each in (host, *others)))


async def the_floor_goes_round(
    host: WatchingHost,
    first: WatchingBidder,
    second: WatchingBidder,
    everybody: list[Spectator],
    pictures: Path,
) -> None:
    for bidder in (first, second):
        await bidder.presses("请求发言")
        await bidder.sees("只有您能看到；主持人请您发言后，大家才能看到、听到")
    await host.presses(f"请其发言 {COMPANIES[0]}")
    await asyncio.gather(*(each.sees_camera("floor", "blue") for each in everybody))
    await host.picture(pictures, "floor-given")
    await first.picture(pictures, "floor-mine")
    await host.presses(f"请其发言 {COMPANIES[1]}")
    await asyncio.gather(*(each.sees_camera("floor", "yellow") for each in everybody))
    await host.presses(f"静音 {COMPANIES[1]}")
    await second.sees("主持人已将您静音")
    await host.presses(f"收回发言权 {COMPANIES[1]}")
    for each in everybody:
        await each.sees_no_picture("floor")


async def a_screen_is_shown(host: WatchingHost, everybody: list[Spectator], pictures: Path) -> None:
    await host.presses("共享屏幕")
    for each in everybody:
        await each.page.wait_for_selector('[data-slot="screen"].seen')
        sight = await each.looks("screen")
        assert sight is not None
        assert sight.colour != "red", "that is the host's camera"
    await everybody[2].picture(pictures, "screen")
    await host.presses("停止共享")
    for each in everybody:
        await each.sees_no_picture("screen")


async def somebody_reloads(supervisor: Spectator, everybody: list[Spectator]) -> None:
    await supervisor.page.reload()
    await asyncio.gather(
        supervisor.sees_camera("stage", "red"),
        *(each.sees_camera("supervisor", "green") for each in everybody if each is not supervisor),
    )


async def some_only_get_the_stream(opening: Opening, arrives: Arrives, pictures: Path) -> None:
    """An observer, and a trustee whose network lets no packets through."""
    made: dict[str, Any] = await opening.by_host.post(
        f"{opening.path}/observers", {"name": "市民代表"}
    )
    observer = await arrives(Spectator, None)
    trustee = await arrives(Spectator, opening.seated[0])
    await observer.page.goto(made["url"])
    await trustee.loses_direct_ways()
    await asyncio.gather(*(each.enters(opening.room) for each in (observer, trustee)))
    await asyncio.gather(*(each.sees_camera("stage", "red") for each in (observer, trustee)))
    await observer.sees("旁听画面约晚一两秒")
    await trustee.sees("当前网络不能直接接收画面，已改用备用方式，画面约晚一两秒。")
    await observer.picture(pictures, "observer")
    await trustee.picture(pictures, "blocked")
    for each in (observer, trustee):
        await each.page.close()


async def the_engine_is_killed(kill: Callable[[], None], everybody: list[Spectator]) -> None:
    """Pictures come back without anybody's doing; how soon an engine is back is shown by the
    contract of engines, where no browsers take the time."""
    watching = everybody[1:]
    for each in watching:
        await each.page.evaluate(f"window.before = {TRACK}")
    kill()
    await asyncio.gather(*(sees_again(each) for each in watching))


async def sees_again(each: Spectator) -> None:
    """The stage moves. What stays on the screen before is a dead engine's."""
    await each.page.wait_for_function(
        f"""() => {{
          const now = {TRACK};
          return now && now !== window.before && !now.muted && now.readyState === "live" &&
            document.querySelector('[data-slot="stage"].seen') !== null;
        }}"""
    )
    await each.sees_camera("stage", "red")


async def recordings_are_what_was_recorded(
    opening: Opening, supervisor: Spectator, folder: Path
) -> None:
    by_supervisor = await opening.site.as_program(opening.supervisor)
    for _ in range(600):
        listed: list[dict[str, Any]] = (await by_supervisor.get(f"{opening.path}/recordings"))[
            "recordings"
        ]
        if all(each["state"] != "running" for each in listed):
            break
        await asyncio.sleep(0.1)
    assert {each["kind"] for each in listed} == {"camera", "screen"}
    assert {each["name"] for each in listed} >= {"王主持", "陈监督", *COMPANIES}
    kept = folder / "recordings"
    kept.mkdir()
    frames: dict[str, int] = dict.fromkeys((each["name"] for each in listed), 0)
    # A feed may end, or its engine die, before anything of it was written.
    for each in (one for one in listed if one["size"]):
        file = kept / f"{each['recording']}.webm"
        await by_supervisor.download(f"{opening.path}/recordings/{file.name}", file)
        assert hashlib.sha256(file.read_bytes()).hexdigest() == each["sha256"]
        frames[each["name"]] += frames_of(file)
    assert min(frames.values()) > 5
    await supervisor.goes(f"/openings/{opening.room}")
    await supervisor.sees("录音录像")
    archive = folder / "archive.zip"
    for _ in range(600):
        try:
            await by_supervisor.download(f"{opening.path}/archive.zip", archive)
            break
        except Exception:
            await asyncio.sleep(0.2)
    verifies(archive, "--recordings", str(kept))
    minutes = folder / "minutes.pdf"
    await by_supervisor.download(f"{opening.path}/minutes.pdf", minutes)
    words = words_of(minutes)
    assert all(each["sha256"] in words for each in listed)


def frames_of(file: Path) -> int:
    """Pictures that ffmpeg decodes from a recording."""
    done = subprocess.run(
        [
            *("ffprobe", "-v", "error", "-count_frames", "-select_streams", "v:0"),
            *("-show_entries", "stream=nb_read_frames", "-of", "json", str(file)),
        ],
        capture_output=True,
        check=True,
    )
    streams = json.loads(done.stdout)["streams"]
    return int(streams[0].get("nb_read_frames", 0)) if streams else 0
