"""Live media: the memory of an engine while viewers and senders come and go.

One camera is recorded and watched as a stream, another comes and goes; viewers come one after the
other and stay for ten seconds. Every second one leaves without a word, as somebody does whose
network is gone. What an engine holds when everything has been seen once may not grow any more.
`python -m bench.memory [MINUTES]`; five unless said, a fifth of them to get warm.
"""

import asyncio
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import aioice.ice

from bench.forwarding.peers import Caster, Seat
from rooms.ids import PersonId, RecordingId, RoomId
from server.media.errors import FeedTaken
from server.media.local.patches import Site
from server.media.local.plane import LocalPlane
from server.media.plane import Feed, Kind, Slot

ROOM = RoomId("bench")
HOST, GUEST = (Feed(PersonId(name), Kind.CAMERA) for name in ("host", "guest"))
STAYS = 10.0
"""Seconds for which a viewer stays."""
EVERY = 0.5
"""Seconds after which the next one comes."""
GROWTH = 8.0
"""MB that an engine may grow by after it got warm: allocators keep a little of every peak."""


def held(plane: LocalPlane) -> float:
    """MB of memory of the engine that is nobody else's."""
    status = Path(f"/proc/{plane.pids()[0]}/status").read_text()
    lines = dict(line.split(":", 1) for line in status.splitlines())
    return sum(int(lines[name].split()[0]) for name in ("RssAnon", "RssShmem")) / 1024


async def come_and_go(plane: LocalPlane, site: Site, until: float) -> int:
    """Viewers, for as long; how many they were."""
    staying: set[asyncio.Task[None]] = set()
    number = 0
    while time.monotonic() < until:
        number += 1
        task = asyncio.ensure_future(_stay(plane, site, number))
        staying.add(task)
        task.add_done_callback(staying.discard)
        await asyncio.sleep(EVERY)
    await asyncio.gather(*staying)
    return number


async def _stay(plane: LocalPlane, site: Site, number: int) -> None:
    seat = await Seat(site).subscribe(plane, ROOM, f"v{number}")
    await asyncio.sleep(STAYS)
    if not seat.packets:
        raise RuntimeError(f"viewer {number} saw nothing")
    if number % 2:
        await plane.close(ROOM, seat.resource)
    await seat.close()


async def ask_to_speak(plane: LocalPlane, site: Site, until: float) -> int:
    """A second camera comes, gets the floor, and goes; how often it came."""
    came = 0
    while time.monotonic() < until:
        guest = await _as_soon_as_free(plane, site)
        came += 1
        await plane.assign(ROOM, Slot.FLOOR, GUEST)
        await asyncio.sleep(STAYS)
        await plane.assign(ROOM, Slot.FLOOR, None)
        await guest.close()
        await asyncio.sleep(STAYS)
    return came


async def _as_soon_as_free(plane: LocalPlane, site: Site) -> Caster:
    # On a busy machine an engine may still be reading what the former one sent.
    while True:
        guest = Caster(site, 2)
        try:
            return await guest.publish(plane, ROOM, GUEST)
        except FeedTaken:
            await guest.close()
            await asyncio.sleep(1)


async def watch(plane: LocalPlane) -> None:
    """Somebody without UDP."""
    async for _ in plane.watch(ROOM, Slot.STAGE, "video"):
        pass


async def measure(minutes: float, folder: Path) -> tuple[int, int, list[float]]:
    """How many viewers and senders came, and what the engine held at each hundredth of the time."""
    aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]
    site, plane = Site(), LocalPlane(addresses=["127.0.0.1"])
    try:
        await plane.open_room(ROOM, (Slot.STAGE, Slot.FLOOR))
        await Caster(site, 1).publish(plane, ROOM, HOST)
        await plane.assign(ROOM, Slot.STAGE, HOST)
        await plane.record(ROOM, HOST, RecordingId("rec-1"), folder / "rec-1.webm")
        until = time.monotonic() + minutes * 60
        watching = asyncio.ensure_future(watch(plane))
        speaking = asyncio.ensure_future(ask_to_speak(plane, site, until))
        coming = asyncio.ensure_future(come_and_go(plane, site, until))
        found = []
        while time.monotonic() < until:
            await asyncio.sleep(minutes * 0.6)
            found.append(held(plane))
            print(f"{len(found)} % of the time: {found[-1]:.1f} MB", file=sys.stderr, flush=True)
        viewers, senders = await coming, await speaking
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
    finally:
        await plane.stop()
    return viewers, senders, found


def main() -> None:
    """Prints what was held on the way, and whether it stayed."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    with tempfile.TemporaryDirectory(prefix="yunkai-bench-") as folder:
        viewers, senders, found = asyncio.run(measure(minutes, Path(folder)))
    tenth = max(1, len(found) // 10)
    peaks = [max(found[at : at + tenth]) for at in range(0, len(found), tenth)]
    warm, rest = found[: 2 * tenth], found[2 * tenth :]
    print(f"{viewers} viewers and {senders} senders in {minutes:g} minutes")
    print("MB held, each tenth:", " ".join(f"{each:.1f}" for each in peaks))
    growth = max(rest) - max(warm)
    met = growth <= GROWTH
    print(f"growth once warm {growth:.1f} MB <= {GROWTH:g} MB {'ok' if met else 'short'}")
    sys.exit(0 if met else 1)


if __name__ == "__main__":
    main()
