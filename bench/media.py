"""Live media: what it costs to forward a packet, how long people wait, and what they see when
packets are lost or an engine is killed.

The same senders and viewers (`bench.forwarding.peers`) are put on this machine's engine and on
Debian's Janus (`event_loops = 2`), and a loop in C that only protects and sends
(`bench/forwarding/limit.c`) is the limit. Janus needs root, for a network namespace; without it its
column is empty.
`python -m bench.media [VIEWERS] [SECONDS]`; without figures it takes less than two minutes.
"""

import asyncio
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import aioice.ice

from bench.forwarding.peers import Caster, Seat
from rooms.ids import PersonId, RoomId
from server.media.local.patches import Site
from server.media.plane import EngineUp, Feed, Kind, Slot
from tests.server.media.engines import Engine, janus, local
from tests.server.media.lossy import both_lose
from tests.server.media.netns import NoNetwork
from tests.server.media.peers import until

ROOM, STILL = RoomId("bench"), RoomId("still")
HOST = Feed(PersonId("host"), Kind.CAMERA)
BIDDER = Feed(PersonId("bidder"), Kind.CAMERA)
LOSS = 0.05
UP, DOWN = "publisher's leg", "viewer's leg"
DECODED = "the way to decoding viewers"
FROZEN = 0.02
"""The share of time for which pictures may stand still on a lossy viewer's leg."""
SWITCHES = 6


@dataclass
class Figures:
    """Of one engine."""

    per_packet: float = 0.0
    delivered: float = 0.0
    join: float = 0.0
    first: float = 0.0
    switch: float = 0.0
    switch_frozen: float = 0.0
    frozen: dict[str, float] = field(default_factory=dict)
    killed: float = 0.0


def cpu(pids: list[int]) -> float:
    """Seconds of CPU that processes have taken."""
    ticks = 0
    for pid in pids:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(words[11]) + int(words[12])
    return ticks / os.sysconf("SC_CLK_TCK")


class Bench:
    """One engine with people in its room."""

    def __init__(self, engine: Engine, site: Site) -> None:
        self.engine, self.plane, self.site = engine, engine.plane, site
        self.figures = Figures()

    async def run(self, viewers: int, seconds: float) -> Figures:
        """Everything, one after the other."""
        await self.plane.open_room(ROOM, (Slot.STAGE, Slot.FLOOR))
        host = await Caster(self.site, 1).publish(self.plane, ROOM, HOST)
        await self.plane.assign(ROOM, Slot.STAGE, HOST)
        await self._forwarding(host, viewers, seconds)
        await self._first()
        await self._switching()
        await host.close()
        await self._losing(UP, LOSS, 0.0, seconds)
        if self.engine.name == "local":
            # Janus leaves these viewers' requests for lost packets unanswered; it is compared by
            # what those see who decode (`lossy_views`).
            await self._losing(DOWN, 0.0, LOSS, seconds)
        await self._killing()
        return self.figures

    async def _forwarding(self, host: Caster, viewers: int, seconds: float) -> None:
        before = cpu(self.engine.pids())
        seats = []
        for number in range(viewers):
            seats.append(await Seat(self.site).subscribe(self.plane, ROOM, f"v{number}"))
        # Forwarding goes on meanwhile; its share is taken off below.
        joined = cpu(self.engine.pids()) - before
        forwarded = sum(seat.packets for seat in seats)
        host.paused = True
        had = await _settled(seats)
        begun, sent = cpu(self.engine.pids()), host.sent
        host.paused = False
        await asyncio.sleep(seconds)
        host.paused = True
        came = await _settled(seats) - had
        spent, sent = cpu(self.engine.pids()) - begun, host.sent - sent
        host.paused = False
        self.figures.delivered = came / (sent * viewers)
        # What an engine drops costs it little: only what came counts.
        self.figures.per_packet = spent / came * 1e6
        self.figures.join = (joined - forwarded * self.figures.per_packet / 1e6) / viewers * 1e3
        await asyncio.gather(*(seat.close() for seat in seats))
        await asyncio.sleep(0.5)

    async def _first(self) -> None:
        waited = []
        for number in range(5):
            begun = time.monotonic()
            seat = await Seat(self.site, plays=True).subscribe(self.plane, ROOM, f"f{number}")
            await until(lambda seat=seat: bool(seat.screen.shown))
            waited.append(seat.screen.shown[0][0] - begun)
            await seat.close()
            # A keyframe is asked for twice a second at most; people seldom come faster.
            await asyncio.sleep(0.6)
        self.figures.first = sorted(waited)[2]

    async def _switching(self) -> None:
        bidder = await Caster(self.site, 2).publish(self.plane, ROOM, BIDDER)
        await self.plane.assign(ROOM, Slot.FLOOR, HOST)
        await self.plane.assign(ROOM, Slot.STAGE, None)
        seat = await Seat(self.site, plays=True).subscribe(self.plane, ROOM, "switching")
        shown = seat.screen.shown
        # What stops here too is this machine's doing.
        await self.plane.open_room(STILL, (Slot.STAGE,))
        still = await Caster(self.site, 4).publish(self.plane, STILL, HOST)
        await self.plane.assign(STILL, Slot.STAGE, HOST)
        control = await Seat(self.site, plays=True).subscribe(self.plane, STILL, "still")
        await until(lambda: len(shown) > 10 and len(control.screen.shown) > 10)
        took, frozen = [], 0.0
        for number in range(SWITCHES):
            feed, mark = ((BIDDER, 2), (HOST, 1))[number % 2]
            begun = time.monotonic()
            await self.plane.assign(ROOM, Slot.FLOOR, feed)
            await until(lambda mark=mark: shown[-1][1] == mark)
            took.append(next(at for at, m in shown if at > begun and m == mark) - begun)
            await asyncio.sleep(0.7)
            span = begun - 0.1, time.monotonic()
            frozen += max(0.0, seat.screen.frozen(*span) - control.screen.frozen(*span))
        self.figures.switch, self.figures.switch_frozen = sorted(took)[SWITCHES // 2], frozen
        for end in (seat, control, still, bidder):
            await end.close()
        await self.plane.close_room(STILL)

    async def _losing(self, leg: str, up: float, down: float, seconds: float) -> None:
        feed = Feed(PersonId(leg[0]), Kind.CAMERA)
        caster = await Caster(self.site, 3, loss=up).publish(self.plane, ROOM, feed)
        await self.plane.assign(ROOM, Slot.STAGE, feed)
        seats = [Seat(self.site, plays=True, loss=down, chance=chance) for chance in range(3)]
        for seat in seats:
            await seat.subscribe(self.plane, ROOM, "losing")
            await until(lambda seat=seat: bool(seat.screen.shown))
        begun = time.monotonic()
        while time.monotonic() < begun + seconds:
            await asyncio.sleep(0.01)
            for seat in seats:
                seat.screen.ask(time.monotonic())
        frozen = sorted(seat.screen.frozen(begun, time.monotonic() - 0.3) for seat in seats)
        self.figures.frozen[leg] = frozen[1]
        for end in (*seats, caster):
            await end.close()

    async def _killing(self) -> None:
        begun = time.monotonic()
        self.engine.kill()
        async for event in self.plane.events():
            if isinstance(event, EngineUp):
                break
        await self.plane.open_room(ROOM, (Slot.STAGE, Slot.FLOOR))
        await self.plane.assign(ROOM, Slot.STAGE, HOST)
        host = await Caster(self.site, 1).publish(self.plane, ROOM, HOST)
        seat = await Seat(self.site, plays=True).subscribe(self.plane, ROOM, "again")
        await until(lambda: bool(seat.screen.shown))
        self.figures.killed = seat.screen.shown[0][0] - begun
        await host.close()
        await seat.close()


async def _settled(seats: list[Seat]) -> int:
    """What has come to all, when nothing comes any more."""
    came, since = -1, time.monotonic()
    while time.monotonic() - since < 1.0:
        await asyncio.sleep(0.1)
        if (now := sum(seat.packets for seat in seats)) != came:
            came, since = now, time.monotonic()
    return came


def c_loop(folder: Path) -> float | None:
    """Microseconds a packet of the loop in C; None without a compiler or libsrtp."""
    program = folder / "limit"
    source = Path(__file__).with_name("forwarding") / "limit.c"
    made = subprocess.run(
        ["cc", "-O2", "-o", str(program), str(source), "-l:libsrtp2.so.1"], capture_output=True
    )
    if made.returncode:
        return None
    return float(subprocess.run([str(program), "1500", "100"], capture_output=True).stdout)


async def lossy_views(seconds: float, folder: Path) -> dict[str, float]:
    """How long pictures stand still for viewers who decode them, on both engines at the same time
    in one lossy network; medians of three viewers."""
    seen = await both_lose(round(100 * LOSS), seconds, folder, ways=["output"], viewers=3)
    return {
        name: statistics.median(each.frozen for each in viewers)
        for name, viewers in zip(("local", "janus"), seen, strict=True)
    }


async def measure(viewers: int, seconds: float, folder: Path) -> dict[str, Figures]:
    """All engines, one after the other."""
    address = "127.0.0.1"
    site = Site()
    aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: [address]
    found: dict[str, Figures] = {}
    for backend in (local, janus):
        try:
            async with backend(folder) as engine:
                address = engine.address
                found[engine.name] = await Bench(engine, site).run(viewers, seconds)
        except NoNetwork as no:
            print(f"without Janus: {no}")
    if "janus" in found:
        for name, frozen in (await lossy_views(2 * seconds, folder / "lossy")).items():
            found[name].frozen[DECODED] = frozen
    return found


def main() -> None:
    """Prints the table and a line for each target."""
    viewers = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 8.0
    with tempfile.TemporaryDirectory(prefix="yunkai-bench-") as name:
        folder = Path(name)
        before = c_loop(folder)
        found = asyncio.run(measure(viewers, seconds, folder))
        after = c_loop(folder)
    limit = max(before, after) if before and after else None
    load = os.getloadavg()[0]
    print(f"{viewers} viewers, {seconds:.0f} s each, {os.cpu_count()} cores, load {load:.1f}")
    names = list(found)
    print(f"{'':<50}" + "".join(f"{name:>10}" for name in [*names, "C loop"]))
    mine, other = found["local"], found.get("janus")
    rows: list[tuple[str, Callable[[Figures], float]]] = [
        ("CPU µs a packet that came", lambda f: f.per_packet),
        ("packets delivered %", lambda f: 100 * f.delivered),
        ("CPU ms a join", lambda f: f.join),
        ("first picture ms", lambda f: 1000 * f.first),
        ("floor switch ms", lambda f: 1000 * f.switch),
        ("frozen in switches s", lambda f: f.switch_frozen),
        *(
            (f"frozen s, 5 % lost on {leg}", lambda f, leg=leg: f.frozen.get(leg, math.nan))
            for leg in mine.frozen
        ),
        ("pictures again after SIGKILL s", lambda f: f.killed),
    ]
    for what, figure in rows:
        limits = f"{limit:10.1f}" if limit and what.startswith("CPU µs") else ""
        print(f"{what:<50}" + "".join(f"{figure(found[n]):10.2f}" for n in names) + limits)
    targets = [
        ("packets delivered >= 99.5 %", mine.delivered >= 0.995),
        ("join <= 10 ms", mine.join <= 10),
        ("floor switch < 150 ms without freeze", mine.switch < 0.15 and not mine.switch_frozen),
        (f"freezes <= 2 %, {DOWN}", mine.frozen[DOWN] <= FROZEN * seconds),
        ("pictures again < 2 s", mine.killed < 2),
    ]
    if limit:
        targets.append(("CPU a packet <= 3 x the C loop", mine.per_packet <= 3 * limit))
    if other:
        targets.append(("CPU a packet <= Janus", mine.per_packet <= other.per_packet))
        for leg in (UP, DECODED):
            few = mine.frozen[leg] <= other.frozen[leg] + 0.05
            targets.append((f"freezes <= Janus, {leg}", few))
    for what, met in targets:
        print(f"{what} {'ok' if met else 'short'}")
    sys.exit(0 if all(met for _, met in targets) else 1)


if __name__ == "__main__":
    main()
