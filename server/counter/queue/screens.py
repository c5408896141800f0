"""What halls, desks and applicants are shown of a line. A hall's display has numbers and windows,
never names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from rooms.counter.events import SessionConnected, TicketCalled
from rooms.counter.hours import ZONES
from rooms.counter.kinds import Side as Sides
from rooms.counter.phases import Phase
from rooms.counter.state import State
from rooms.counter.terms import Item
from rooms.ids import PersonId, RoomId
from server.clock import Clock
from server.counter.catalogue.catalogue import Catalogue
from server.counter.catalogue.store import CatalogueStore
from server.counter.queue.calling import Calls
from server.counter.queue.codes import day_of
from server.counter.queue.durations import Past
from server.counter.queue.duty import Roster
from server.counter.queue.engaged import AT_WINDOW, Engaged
from server.counter.queue.estimate import Durations, left_of, minutes_to_wait
from server.counter.queue.line import Line, Lines, waiting
from server.counter.queue.policy import Duty, Waiting, by_hall, in_order, may_serve
from server.counter.queue.tickets import Standing, Ticket
from server.desk import Desk
from server.errors import NotFound

Side = Literal["", "near", "far"]
"""On which side of a session a clerk is."""

MOST_SHOWN = 50
"""Waiting tickets that a screen lists; it has the number of all."""


@dataclass(frozen=True, slots=True)
class AtWindow:
    """A ticket that is called, or being served."""

    number: str
    window: str
    window_name: str
    times: int
    lapses_at: datetime | None


@dataclass(frozen=True, slots=True)
class HallView:
    """The display of a hall. `minutes` is what somebody who came now would wait; None while no
    window is open."""

    hall: str
    name: str
    now: datetime
    waiting: Sequence[str]
    total: int
    called: Sequence[AtWindow]
    serving: Sequence[AtWindow]
    missed: Sequence[str]
    windows: int
    minutes: int | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A session in a clerk's lists. `fits` says whether the clerk's own window may call it;
    `offered_by` is who wants to hand it over, and `reason` why."""

    room: RoomId
    number: str
    phase: str
    items: Sequence[Item]
    hall: str
    hall_name: str
    since: datetime
    starts_at: datetime | None = None
    priority: str = "none"
    side: Side = ""
    window: str = ""
    fits: bool = False
    offered_by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DeskView:
    """What a clerk has: the own window, who waits in its hall, who did not come, who is expected,
    sessions that want a far clerk, sessions that colleagues want to hand over, own sessions.
    Whoever is in a session is asked for no other one."""

    duty: Duty | None
    hall_name: str
    now: datetime
    total: int = 0
    waiting: Sequence[Listed] = ()
    missed: Sequence[Listed] = ()
    expected: Sequence[Listed] = ()
    requests: Sequence[Listed] = ()
    offers: Sequence[Listed] = ()
    mine: Sequence[Listed] = ()


@dataclass(frozen=True, slots=True)
class OwnView:
    """What an applicant is shown while waiting: who is before, and for how long about; and whether
    the call is `over`."""

    ticket: Ticket
    phase: str
    over: bool
    ahead: int | None
    minutes: int | None
    window: str
    window_name: str
    hall_name: str


@dataclass(frozen=True, slots=True)
class _Served:
    """A session at a window, and when it was called there or connected."""

    standing: Standing
    state: State
    since: datetime


@dataclass(frozen=True, slots=True)
class _Scene:
    """One hall at one moment, from which every screen is made."""

    catalogue: Catalogue
    line: Line
    duties: list[Duty]
    past: Durations
    now: datetime
    at_window: list["_Served"] = field(default_factory=list)

    def order(self) -> list[Waiting]:
        """Who waits, the next one first."""
        return in_order(self.line.waiting(), self.now)

    def here(self) -> list[Duty]:
        """The hall's own open windows."""
        return [each for each in self.duties if each.hall == self.line.hall]

    def minutes(self, ahead: Iterable[Waiting]) -> int | None:
        """What somebody waits who has these people before."""
        busy: dict[str, timedelta] = {}
        for each in self.at_window:
            if each.state.near is not None:
                expected = self.past.expected(each.standing.ticket.items)
                busy[each.state.near.window] = left_of(expected, self.now - each.since)
        free_in = [busy.get(each.window, timedelta(0)) for each in self.here()]
        return minutes_to_wait([self.past.expected(each.items) for each in ahead], free_in)


class Screens:
    """Everything that is shown of lines."""

    def __init__(
        self,
        *,
        desk: Desk,
        clock: Clock,
        catalogue: CatalogueStore,
        lines: Lines,
        roster: Roster,
        calls: Calls,
        engaged: Engaged,
        past: Past,
    ) -> None:
        self._desk = desk
        self._clock = clock
        self._catalogue = catalogue
        self._lines = lines
        self._roster = roster
        self._calls = calls
        self._engaged = engaged
        self._past = past

    async def hall(self, hall: str) -> HallView:
        """The display of a hall. Raises NotFound."""
        scene = await self._scene(hall)
        order = scene.order()
        called = [each for each in scene.at_window if each.state.phase is Phase.CALLED]
        serving = [each for each in scene.at_window if each.state.phase is not Phase.CALLED]
        missed = sorted(scene.line.near(Phase.NO_SHOW), key=lambda each: each.ticket.number)
        return HallView(
            hall=hall,
            name=scene.catalogue.hall(hall).name,
            now=scene.now,
            waiting=[each.number for each in order[:MOST_SHOWN]],
            total=len(order),
            called=[_at_window(scene.catalogue, each) for each in called],
            serving=[_at_window(scene.catalogue, each) for each in serving],
            missed=[each.ticket.number for each in missed],
            windows=len(scene.here()),
            minutes=scene.minutes(order),
        )

    async def desk(self, clerk: PersonId) -> DeskView:
        """What a clerk has before them."""
        duty = await self._calls.duty_of(clerk)
        catalogue, now = await self._catalogue.current(), self._clock()
        mine = [
            each
            for room in await self._calls.sessions_of(clerk, AT_WINDOW | {Phase.DECIDED})
            if (each := await self._own(catalogue, room, clerk)) is not None
        ]
        if duty is None:
            return DeskView(None, "", now, mine=mine)
        line, duties = await self._lines.of(duty.hall), await self._roster.duties()
        others = by_hall(duties, but=clerk)
        order = in_order(line.waiting(), now)
        busy = clerk in await self._engaged.of({clerk})
        shown = [line.standings[each.room] for each in order[:MOST_SHOWN]]

        # A session between two windows of one hall is on both of its sides.
        both = (*line.near(*AT_WINDOW), *line.far(*AT_WINDOW))
        at_window = {each.ticket.room: each for each in both}

        def listed(each: Standing, side: Side = "") -> Listed:
            fits = each.phase == Phase.WAITING and may_serve(duty, waiting(each), others)
            return _listed(catalogue, each, side=side, fits=fits)

        return DeskView(
            duty=duty,
            hall_name=catalogue.hall(duty.hall).name,
            now=now,
            total=len(order),
            waiting=[listed(each) for each in shown],
            missed=[listed(each) for each in line.near(Phase.NO_SHOW)],
            expected=sorted(
                (listed(each) for each in line.near(Phase.BOOKED)),
                key=lambda each: (each.starts_at or each.since, each.number),
            )[:MOST_SHOWN],
            requests=[
                _listed(catalogue, each, side="far")
                for each in (() if busy else line.far(*AT_WINDOW))
                if duty.knows(each.ticket.items) and await self._wants_far(each, clerk)
            ],
            offers=[
                offered
                for each in at_window.values()
                if (offered := await self._offered(catalogue, each, clerk)) is not None
            ],
            mine=mine,
        )

    async def own(self, standing: Standing) -> OwnView:
        """What an applicant is shown while waiting."""
        ticket = standing.ticket
        scene = await self._scene(ticket.hall)
        ahead = None
        order = scene.order()
        names = [each.room for each in order]
        if ticket.room in names:
            ahead = names.index(ticket.room)
        state = await self._state(ticket.room)
        window = state.near.window if state.near is not None else ""
        return OwnView(
            ticket=ticket,
            phase=state.phase.value,
            over=state.over,
            ahead=ahead,
            minutes=None if ahead is None else scene.minutes(order[:ahead]),
            window=window,
            window_name=_window_name(scene.catalogue, window),
            hall_name=scene.catalogue.hall(ticket.hall).name,
        )

    async def _scene(self, hall: str) -> _Scene:
        catalogue = await self._catalogue.current()
        catalogue.hall(hall)
        line = await self._lines.of(hall)
        now = self._clock()
        at_window = [await self._served(each, now) for each in line.near(*AT_WINDOW)]
        return _Scene(
            catalogue=catalogue,
            line=line,
            duties=await self._roster.duties(),
            past=await self._past.of(hall),
            now=now,
            at_window=sorted(at_window, key=lambda each: each.standing.ticket.number),
        )

    async def _served(self, standing: Standing, now: datetime) -> _Served:
        room = await self._desk.room(standing.ticket.room)
        seq = room.seq_of(SessionConnected) or room.seq_of(TicketCalled)
        since = room.entries[seq - 1].at if seq else now
        return _Served(standing, await self._state(standing.ticket.room), since)

    async def _own(self, catalogue: Catalogue, room: RoomId, clerk: PersonId) -> Listed | None:
        state = await self._state(room)
        near, far = state.near, state.far
        side: Side
        if near is not None and near.person == clerk:
            side, window = "near", near.window
        elif far is not None and far.person == clerk:
            side, window = "far", far.window
        elif any(clerk in case.opinions for case in state.cases.values()):
            side, window = "", ""  # an invited department has no window in the session
        else:
            return None
        return Listed(
            room=room,
            number=state.number,
            phase=state.phase.value,
            items=state.matter.items,
            hall=state.matter.near_hall,
            hall_name=_hall_name(catalogue, state.matter.near_hall),
            since=state.lapses_at or self._clock(),
            starts_at=state.starts_at,
            priority=state.priority.value,
            side=side,
            window=window,
        )

    async def _offered(
        self, catalogue: Catalogue, standing: Standing, clerk: PersonId
    ) -> Listed | None:
        state = await self._state(standing.ticket.room)
        for side, made in state.offers.items():
            seat = state.near if side is Sides.NEAR else state.far
            if made.to == clerk and seat is not None:
                listed = _listed(catalogue, standing, side=side.value)
                return replace(listed, window=seat.window, offered_by=seat.name, reason=made.reason)
        return None

    async def _wants_far(self, standing: Standing, clerk: PersonId) -> bool:
        state = await self._state(standing.ticket.room)
        near = state.near
        return state.far is None and (near is None or near.person != clerk)

    async def _state(self, room: RoomId) -> State:
        state = (await self._desk.room(room)).state
        if not isinstance(state, State):
            raise NotFound("no_such_room")
        return state


def today(catalogue: Catalogue, hall: str, now: datetime) -> str:
    """The day on the wall of a hall."""
    return day_of(now, ZONES[catalogue.hall(hall).zone])


def _at_window(catalogue: Catalogue, served: _Served) -> AtWindow:
    state = served.state
    window = state.near.window if state.near is not None else ""
    return AtWindow(
        number=served.standing.ticket.number,
        window=window,
        window_name=_window_name(catalogue, window),
        times=state.times,
        lapses_at=state.lapses_at,
    )


def _listed(catalogue: Catalogue, standing: Standing, *, side: Side, fits: bool = False) -> Listed:
    ticket = standing.ticket
    day = ticket.made_at.astimezone(ZONES[catalogue.hall(ticket.hall).zone]).date()
    return Listed(
        room=ticket.room,
        number=ticket.number,
        phase=standing.phase,
        items=[catalogue.item(code, day) for code in ticket.items],
        hall=ticket.hall,
        hall_name=_hall_name(catalogue, ticket.hall),
        since=standing.turn.since if standing.turn else ticket.made_at,
        starts_at=ticket.starts_at,
        priority=ticket.priority,
        side=side,
        fits=fits,
    )


def _hall_name(catalogue: Catalogue, hall: str) -> str:
    return catalogue.halls[hall].name if hall in catalogue.halls else hall


def _window_name(catalogue: Catalogue, window: str) -> str:
    return catalogue.windows[window].name if window in catalogue.windows else window
