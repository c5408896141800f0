"""The queue as one part of the server: what it consists of, and what wakes its screens."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from typing import Any

import structlog

from rooms.counter import events as e
from rooms.counter.hours import ZONES
from rooms.counter.phases import BEFORE, Phase
from rooms.counter.state import State
from rooms.ids import RoomId
from rooms.log import Entry
from rooms.refusals import Refused
from server.clock import Clock
from server.counter.catalogue.store import CatalogueStore
from server.counter.queue.arrivals import Arrivals
from server.counter.queue.calling import Calls
from server.counter.queue.codes import Codes, day_of
from server.counter.queue.durations import Past
from server.counter.queue.duty import Roster
from server.counter.queue.engaged import Engaged
from server.counter.queue.entrances import Entrances
from server.counter.queue.handing import Handing
from server.counter.queue.line import Lines
from server.counter.queue.reserving import Reservations
from server.counter.queue.screens import Screens
from server.counter.queue.tickets import Tickets
from server.counter.queue.windows import Windows
from server.desk import THE_SYSTEM, Desk
from server.errors import Problem
from server.live.topics import Topics, desk_topic, hall_topic
from server.room import AnyRoom
from server.store.accounts import Accounts
from server.store.database import Database
from server.store.people import People

LOOK_SECONDS = 1.0
"""How often what other servers did is looked for where somebody watches."""
SWEEP_SECONDS = 15.0
"""How often deserted windows and tickets of yesterday are looked for."""
CANCELLED_AT_NIGHT = "当日结束，未办理"
"""Why a ticket nobody called is cancelled, as the record says it."""

_NOTABLE = (
    e.SessionBooked,
    e.BookingLapsed,
    e.TicketIssued,
    e.SessionCancelled,
    e.TicketCalled,
    e.TicketLapsed,
    e.TicketRequeued,
    e.FarAssigned,
    e.HandOverOffered,
    e.HandOverOfferEnded,
    e.HandedOver,
    e.SessionConnected,
    e.ConsentRefused,
    e.OutcomeDecided,
    e.SessionEnded,
)
"""What changes a line, a desk or a display."""
_NEAR_ONLY = (e.SessionBooked, e.BookingLapsed, e.TicketIssued, e.TicketRequeued)

_log = structlog.get_logger()


class Queue:
    """Bookings, tickets, windows and what is shown of them."""

    def __init__(
        self,
        *,
        database: Database,
        desk: Desk,
        clock: Clock,
        accounts: Accounts,
        people: People,
        catalogue: CatalogueStore,
        topics: Topics,
        secret: bytes,
        shared: bool,
    ) -> None:
        """`secret` is the site's own; `shared` says that other servers write to the database."""
        self._desk = desk
        self._clock = clock
        self._catalogue = catalogue
        self._topics = topics
        self._shared = shared
        self._seen: dict[str, object] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        trusted = LOOK_SECONDS if shared else None
        codes = Codes(hmac.digest(secret, b"yunkai/counter/v1", "sha256"))
        self.tickets = Tickets(database)
        self.windows = Windows(database, clock)
        self.lines = Lines(self.tickets, self._today, trusted)
        self.roster = Roster(self.windows, catalogue, trusted)
        self.arrivals = Arrivals(
            desk=desk,
            clock=clock,
            catalogue=catalogue,
            codes=codes,
            tickets=self.tickets,
            reservations=Reservations(database, clock),
            people=people,
        )
        self.entrances = Entrances(
            clock=clock,
            catalogue=catalogue,
            codes=codes,
            tickets=self.tickets,
            accounts=accounts,
        )
        self.engaged = Engaged(database, desk)
        self.handing = Handing(desk, self.roster, self.engaged)
        self.calls = Calls(
            database=database,
            desk=desk,
            clock=clock,
            catalogue=catalogue,
            tickets=self.tickets,
            lines=self.lines,
            windows=self.windows,
            roster=self.roster,
            engaged=self.engaged,
            told=self._windows_changed,
        )
        self.screens = Screens(
            desk=desk,
            clock=clock,
            catalogue=catalogue,
            lines=self.lines,
            roster=self.roster,
            calls=self.calls,
            engaged=self.engaged,
            past=Past(database, clock),
        )

    def start(self) -> None:
        """Starts looking after windows and tickets."""
        self._keep(self._for_ever(SWEEP_SECONDS, self.sweep), "queue sweep")
        if self._shared:
            self._keep(self._for_ever(LOOK_SECONDS, self.look), "queue look")

    async def close(self) -> None:
        """Stops."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def told(self, room: AnyRoom, entries: Sequence[Entry[object]]) -> None:
        """New entries are durable: wakes the screens that show this session."""
        state = room.state
        if not isinstance(state, State):
            return
        if not any(isinstance(entry.event, _NOTABLE) for entry in entries):
            return
        halls = (state.matter.near_hall, state.matter.far_hall)
        self.lines.touch(room.id, halls)
        people = {each.person for each in (state.near, state.far) if each is not None}
        for entry in entries:
            match entry.event:
                case e.HandedOver(previous=other):
                    people.add(other)
                case e.HandOverOffered(to=other) | e.HandOverOfferEnded(to=other):
                    people.add(other)
                case _:
                    pass
        # Who waits is shown in the near hall alone.
        quiet = all(isinstance(entry.event, _NEAR_ONLY) for entry in entries)
        for hall in {halls[0]} if quiet else set(halls):
            self._hall_changed(hall)
        for person in people:
            self._topics.changed(desk_topic(person))
        self._topics.changed(desk_topic(state.applicant))
        if state.over:
            self._keep(self._free(room.id), "queue free")

    async def sweep(self) -> None:
        """Closes deserted windows, cancels tickets whose day is over."""
        for person in self._topics.at_desks():
            await self.windows.seen(person)
        for each in await self.windows.close_deserted():
            _log.info("window_deserted", window=each.window, clerk=each.clerk)
            self.roster.touch()
            self._windows_changed(each.hall)
        for standing in await self.tickets.expired(self._clock(), BEFORE):
            try:
                await self.arrivals.cancel(standing.ticket.room, THE_SYSTEM, CANCELLED_AT_NIGHT)
            except Refused as refusal:
                _log.info("not_cancelled", room=standing.ticket.room, code=refusal.code)

    async def look(self) -> None:
        """Wakes the screens of halls in which another server changed something."""
        opened = await self.roster.opened()
        there = self._topics.at_desks()
        halls = {each.hall for each in opened if each.clerk in there} | self._topics.halls()
        for gone in self._seen.keys() - halls:
            del self._seen[gone]
        for hall in halls:
            line = await self.lines.of(hall)
            windows = tuple(each.window for each in opened if each.hall == hall)
            found = (dict(line.standings), windows)
            if self._seen.setdefault(hall, found) != found:
                self._seen[hall] = found
                self._hall_changed(hall)

    async def _free(self, room: RoomId) -> None:
        try:
            await self.arrivals.free([room])
        except Problem as problem:
            _log.error("not_freed", room=room, code=problem.code)

    async def _today(self, hall: str) -> str:
        place = (await self._catalogue.current()).hall(hall)
        return day_of(self._clock(), ZONES[place.zone])

    def _windows_changed(self, hall: str) -> None:
        """What other halls may call depends on who is on duty in this one."""
        self._keep(self._tell_others(hall), "queue windows")
        self._hall_changed(hall)

    def _hall_changed(self, hall: str) -> None:
        self._topics.changed(hall_topic(hall))
        self._keep(self._tell_desks({hall}), "queue desks")

    async def _tell_others(self, hall: str) -> None:
        try:
            line = await self.lines.of(hall)
        except Problem as problem:
            _log.warning("desks_not_told", hall=hall, code=problem.code)
            return
        await self._tell_desks({each.ticket.hall for each in line.far(Phase.WAITING)} - {hall})

    async def _tell_desks(self, halls: Collection[str]) -> None:
        try:
            opened = await self.roster.opened()
        except Problem as problem:
            _log.warning("desks_not_told", halls=sorted(halls), code=problem.code)
            return
        for each in opened:
            if each.hall in halls:
                self._topics.changed(desk_topic(each.clerk))

    async def _for_ever(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                await work()
            except Exception:
                _log.exception("queue_failed", work=work.__name__)

    def _keep(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
