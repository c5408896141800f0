"""Coming in: bookings, tickets, arriving at a booked time, taking it all back."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import Table

from crypto.encoding import Json
from rooms.counter import commands as c
from rooms.counter.hours import ZONES
from rooms.counter.kinds import Agent, Matter, Priority
from rooms.counter.phases import Phase
from rooms.counter.state import State
from rooms.counter.terms import Mode, Outcome
from rooms.ids import RoomId
from rooms.texts import check_name
from server.clock import Clock
from server.counter.catalogue.catalogue import SLOT_MINUTES
from server.counter.catalogue.store import CatalogueStore
from server.counter.queue.codes import (
    Codes,
    agent_of,
    applicant_of,
    day_of,
    end_of_day,
    identity_number,
    ticket_number,
)
from server.counter.queue.policy import place_of_booking, place_of_ticket
from server.counter.queue.reserving import Reservation, Reservations
from server.counter.queue.routes import FARTHEST, RIGHT_AFTER, Route, check_open, find_route
from server.counter.queue.tickets import Standing, Ticket, Tickets, Turn
from server.desk import THE_SYSTEM, Actor, Desk
from server.errors import Conflict, Forbidden, Invalid, NotFound
from server.store.people import People, personal_row

LETTERS: Mapping[Mode, str] = {Mode.ONLINE: "A", Mode.RECEIVED: "B", Mode.JOINT: "C"}
BOOKED = "Y"
"""The letter of whoever has booked (预约)."""

Rows = list[tuple[Table, Mapping[str, object]]]


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who comes. Goes into erasable rows only, the log gets a salted digest."""

    name: str
    number: str
    phone: str = ""

    def payload(self) -> dict[str, Json]:
        """What the digest stands for."""
        return {"name": self.name, "number": self.number, "phone": self.phone}


@dataclass(frozen=True, slots=True)
class Authority:
    """An agent who comes in for an applicant, and what gives them the right: `kind` is one of
    letter, guardian, relative, service; `letter` the digest of what was shown, or empty."""

    name: str
    organisation: str
    kind: str
    letter: str = ""

    def payload(self) -> dict[str, Json]:
        """What the digest stands for."""
        return {
            "name": self.name,
            "organisation": self.organisation,
            "kind": self.kind,
            "letter": self.letter,
        }


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to come for; without `far_region` the nearest agreement decides where it
    is done."""

    items: tuple[str, ...]
    near_hall: str
    far_region: str | None
    applicant: Applicant
    agent: Authority | None = None
    priority: Priority = Priority.NONE
    language: str = "zh"
    continues: RoomId | None = None


@dataclass(frozen=True, slots=True)
class Admission:
    """A ticket or booking, with the code that is told this once."""

    ticket: Ticket
    code: str
    repeated: bool = False


class Arrivals:
    """How sessions begin."""

    def __init__(
        self,
        *,
        desk: Desk,
        clock: Clock,
        catalogue: CatalogueStore,
        codes: Codes,
        tickets: Tickets,
        reservations: Reservations,
        people: People,
    ) -> None:
        self._desk = desk
        self._clock = clock
        self._catalogue = catalogue
        self._codes = codes
        self._tickets = tickets
        self._reservations = reservations
        self._people = people

    async def book(self, room: RoomId, asked: Asked, starts_at: datetime) -> Admission:
        """A booked time at both sites. The same room twice is the same booking.

        Raises Conflict `slot_full`, `ticket_doubled`; Invalid `slot_closed`, `not_served`.
        """
        if (earlier := await self._earlier(room)) is not None:
            return earlier
        catalogue, now = await self._catalogue.current(), self._clock()
        zone = ZONES[catalogue.hall(asked.near_hall).zone]
        day = starts_at.astimezone(zone).date()
        route = find_route(catalogue, asked.items, asked.near_hall, asked.far_region, day)
        in_time = now + RIGHT_AFTER <= starts_at <= now + FARTHEST
        if not in_time or starts_at not in catalogue.slots(route.near_hall, route.far_hall, day):
            raise Invalid("slot_closed")
        ends_at = starts_at + timedelta(minutes=SLOT_MINUTES)

        wanted = replace(
            self._wanted(room, asked, route, starts_at, zone, BOOKED),
            starts_at=starts_at,
            places={route.near_hall: route.near_places, route.far_hall: route.far_places},
        )

        async def begin(running: int) -> None:
            ticket = self._ticket(wanted, asked, route, running).at(starts_at, ends_at)
            matter, rows = await self._matter(room, asked, route)
            rows.append(ticket.row())
            order = c.BookSession(matter, starts_at, ends_at)
            await self._desk.create(room, order, THE_SYSTEM, rows=lambda *_: rows)

        return await self._begin(wanted, begin)

    async def take(self, room: RoomId, asked: Asked) -> Admission:
        """A ticket for now. The same room twice is the same ticket.

        Raises Conflict `hall_closed`, `far_closed`, `ticket_doubled`; Invalid `not_served`.
        """
        if (earlier := await self._earlier(room)) is not None:
            return earlier
        catalogue, now = await self._catalogue.current(), self._clock()
        zone = ZONES[catalogue.hall(asked.near_hall).zone]
        day = now.astimezone(zone).date()
        route = find_route(catalogue, asked.items, asked.near_hall, asked.far_region, day)
        check_open(catalogue, route.near_hall, route.far_hall, now)

        wanted = self._wanted(room, asked, route, now, zone, LETTERS[route.items[0].mode])

        async def begin(running: int) -> None:
            ticket = self._ticket(wanted, asked, route, running)
            matter, rows = await self._matter(room, asked, route)
            turn = Turn(0, place_of_ticket(now, asked.priority), now)
            rows += [ticket.row(), turn.row(room)]
            order = c.IssueTicket(ticket.number, ticket.hall, asked.priority, matter)
            await self._desk.create(room, order, THE_SYSTEM, rows=lambda *_: rows)

        return await self._begin(wanted, begin)

    async def arrive(self, room: RoomId) -> Standing:
        """Somebody who booked is there: the ticket begins to wait.

        Raises NotFound, Conflict `booking_not_today`, Refused when it waits already.
        """
        standing = await self.standing(room)
        ticket, now = standing.ticket, self._clock()
        zone = ZONES[(await self._catalogue.current()).hall(ticket.hall).zone]
        if ticket.starts_at is None:
            raise Conflict("already_arrived")
        if day_of(now, zone) != ticket.day:
            raise Conflict("booking_not_today", {"day": ticket.day})
        place = place_of_booking(ticket.starts_at, now, ticket.priority)
        row = Turn(0, place, now).row(room)
        order = c.IssueTicket(ticket.number, ticket.hall, Priority(ticket.priority))
        await self._desk.order(room, order, THE_SYSTEM, rows=lambda *_: [row])
        return await self.standing(room)

    async def cancel(self, room: RoomId, by: Actor, reason: str) -> None:
        """Takes a booking or a ticket back; its places are free again. Raises Refused."""
        await self._desk.order(room, c.CancelSession(reason), by)
        await self.free([room])

    async def free(self, rooms: Sequence[RoomId]) -> None:
        """Sessions that are over hold no places and no claims. May be repeated."""
        await self._reservations.free(rooms)

    async def standing(self, room: RoomId) -> Standing:
        """The ticket of a session. Raises NotFound."""
        found = await self._tickets.of_room(room)
        if found is None:
            raise NotFound("no_such_ticket")
        return found

    async def _begin(
        self, wanted: Reservation, begin: Callable[[int], Awaitable[None]]
    ) -> Admission:
        """Reserves and begins; gives everything back when that fails."""
        room = wanted.room
        running = await self._reservations.make(wanted)
        try:
            await begin(running)
        except BaseException:
            if not await self._desk.exists(room):
                await self.free([room])
            raise
        # Read again: the same request may have come twice at once, and the other one was first.
        return Admission((await self.standing(room)).ticket, self._codes.code_of(room))

    async def _earlier(self, room: RoomId) -> Admission | None:
        found = await self._tickets.of_room(room)
        if found is None:
            return None
        return Admission(found.ticket, self._codes.code_of(room), repeated=True)

    def _wanted(
        self, room: RoomId, asked: Asked, route: Route, visit: datetime, zone: tzinfo, letter: str
    ) -> Reservation:
        return Reservation(
            room=room,
            identity=self._codes.of_person(identity_number(asked.applicant.number)),
            items=asked.items,
            until=end_of_day(visit, zone),
            hall=route.near_hall,
            day=day_of(visit, zone),
            letter=letter,
        )

    def _ticket(self, wanted: Reservation, asked: Asked, route: Route, running: int) -> Ticket:
        return Ticket(
            room=wanted.room,
            hall=wanted.hall,
            far_hall=route.far_hall,
            near_region=route.near_region,
            day=wanted.day,
            number=ticket_number(wanted.letter, running),
            code=self._codes.of_ticket(wanted.room, self._codes.code_of(wanted.room)),
            items=asked.items,
            priority=asked.priority,
            made_at=self._clock(),
            expires_at=wanted.until,
        )

    async def _matter(self, room: RoomId, asked: Asked, route: Route) -> tuple[Matter, Rows]:
        person = applicant_of(room)
        who = Applicant(
            check_name(asked.applicant.name, "name"),
            identity_number(asked.applicant.number),
            asked.applicant.phone.strip(),
        )
        applicant, row = personal_row(room, person, who.payload())
        rows: Rows = [row]
        agent = None
        if asked.agent is not None:
            authority, row = personal_row(room, agent_of(room), asked.agent.payload())
            rows.append(row)
            name = check_name(asked.agent.name, "name")
            agent = Agent(agent_of(room), name, asked.agent.organisation, authority)
        return (
            Matter(
                items=route.items,
                near_hall=route.near_hall,
                far_hall=route.far_hall,
                near_region=route.near_region,
                far_region=route.far_region,
                mode=route.items[0].mode,
                person=person,
                applicant=applicant,
                agent=agent,
                language=asked.language,
                continues=asked.continues,
                supplemented=await self._supplemented(asked, who.number),
            ),
            rows,
        )

    async def _supplemented(self, asked: Asked, number: str) -> tuple[str, ...]:
        """The items for which the earlier session told this person what was missing.

        Raises Forbidden when it was somebody else's session.
        """
        if asked.continues is None:
            return ()
        room = await self._desk.room(asked.continues)
        state = room.state
        if not isinstance(state, State):
            raise NotFound("no_such_room")
        kept = (await self._people.of_room(room.id)).get(state.matter.applicant)
        earlier: Any = kept["value"] if kept else {}
        if not isinstance(earlier, dict) or earlier.get("number") != number:
            raise Forbidden("session_of_another")
        return tuple(
            code
            for code, case in state.cases.items()
            if case.decision is not None
            and case.decision.outcome is Outcome.SUPPLEMENT
            and code in asked.items
        )


SHUT = frozenset({Phase.CANCELLED, Phase.ARCHIVED})
"""Phases in which number and code let nobody in, not even to look at what came of it."""
