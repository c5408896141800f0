"""The lines of the halls in memory: read once, then only what changed.

A line is never the arbiter of who is called; the session's log is. One that is a moment old costs
an order that is refused, no more.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from rooms.counter.phases import BEFORE, TALKING, Phase
from rooms.ids import RoomId
from server.counter.queue.policy import Waiting
from server.counter.queue.tickets import Standing, Tickets

ACTIVE = frozenset(phase.value for phase in (*BEFORE, *TALKING))
"""The phases in which a session concerns the people in a hall."""
MOST_HALLS = 500


@dataclass(slots=True)
class Line:
    """One hall's tickets of one day. `looked_at` is the loop's time of the last whole reading."""

    hall: str
    day: str
    looked_at: float = 0.0
    standings: dict[RoomId, Standing] = field(default_factory=dict)
    changed: set[RoomId] = field(default_factory=set)
    _waiting: list[Waiting] | None = None

    def near(self, *phases: str) -> Iterator[Standing]:
        """Tickets this hall issued, in these phases."""
        for each in self.standings.values():
            if each.ticket.hall == self.hall and each.phase in phases:
                yield each

    def far(self, *phases: str) -> Iterator[Standing]:
        """Tickets that are decided in this hall, in these phases."""
        for each in self.standings.values():
            if each.ticket.far_hall == self.hall and each.phase in phases:
                yield each

    def waiting(self) -> list[Waiting]:
        """Who waits here."""
        if self._waiting is None:
            self._waiting = [waiting(each) for each in self.near(Phase.WAITING)]
        return self._waiting

    def replace(self, gone: Iterable[RoomId], found: Iterable[Standing]) -> None:
        """Takes in what was read anew."""
        for room in gone:
            self.standings.pop(room, None)
        for each in found:
            self.standings[each.ticket.room] = each
        self._waiting = None


class Lines:
    """The lines of all halls. `trusted` is for how many seconds one is believed that other servers
    may have changed; None when there are none."""

    def __init__(
        self, tickets: Tickets, today: Callable[[str], Awaitable[str]], trusted: float | None
    ) -> None:
        self._tickets = tickets
        self._today = today
        self._trusted = trusted
        self._lines: dict[str, Line] = {}
        self._reading: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def touch(self, room: RoomId, halls: Sequence[str]) -> None:
        """A session of these halls changed."""
        for hall in halls:
            if hall in self._lines:
                self._lines[hall].changed.add(room)

    async def of(self, hall: str) -> Line:
        """The hall's line as of now."""
        alone = self._reading.get(hall) or self._reading.setdefault(hall, asyncio.Lock())
        async with alone:
            line, day = self._lines.get(hall), await self._today(hall)
            now = asyncio.get_running_loop().time()
            if line is None or line.day != day or self._is_old(line, now):
                return await self._read(hall, day, now)
            if line.changed:
                await self._read_changed(line)
            return line

    def _is_old(self, line: Line, now: float) -> bool:
        return self._trusted is not None and now - line.looked_at > self._trusted

    async def _read(self, hall: str, day: str, now: float) -> Line:
        line = Line(hall, day, now)
        # Put in place before it is read, so that what changes meanwhile is read again.
        earlier = self._lines.get(hall)
        self._lines[hall] = line
        try:
            line.replace((), await self._tickets.of_hall(hall, day, ACTIVE))
        except BaseException:
            if earlier is None:
                del self._lines[hall]
            else:
                self._lines[hall] = earlier
            raise
        while len(self._lines) > MOST_HALLS:
            del self._lines[next(iter(self._lines))]
        return line

    async def _read_changed(self, line: Line) -> None:
        changed, line.changed = line.changed, set()
        try:
            found = await self._tickets.of_hall(line.hall, line.day, ACTIVE, changed)
        except BaseException:
            line.changed |= changed
            raise
        line.replace(changed, found)


def waiting(standing: Standing) -> Waiting:
    """A ticket as the rules of waiting see it."""
    ticket, turn = standing.ticket, standing.turn
    return Waiting(
        room=ticket.room,
        number=ticket.number,
        place=turn.place if turn else ticket.made_at,
        since=turn.since if turn else ticket.made_at,
        items=ticket.items,
        far_hall=ticket.far_hall,
        ripe_at=ticket.starts_at,
    )
