"""Number and code: how an applicant, who has no account, comes into the session."""

from rooms.counter.hours import ZONES
from rooms.ids import RoomId
from server.clock import Clock
from server.counter.catalogue.store import CatalogueStore
from server.counter.queue.arrivals import SHUT
from server.counter.queue.codes import Codes, agent_of, applicant_of, day_of
from server.counter.queue.tickets import Standing, Tickets
from server.errors import Conflict, Forbidden, NotFound
from server.store.accounts import Account, AccountRole, Accounts
from server.throttle import Throttle

TRIES = 5
"""Wrong codes for one ticket before it has to wait."""
TRIES_FROM_ONE_PLACE = 30
"""Wrong codes from one address: a whole hall may share it."""
WAIT_SECONDS = 60


class Entrances:
    """Checks codes and opens guest accounts."""

    def __init__(
        self,
        *,
        clock: Clock,
        catalogue: CatalogueStore,
        codes: Codes,
        tickets: Tickets,
        accounts: Accounts,
    ) -> None:
        self._clock = clock
        self._catalogue = catalogue
        self._codes = codes
        self._tickets = tickets
        self._accounts = accounts
        self._by_ticket = Throttle(clock, TRIES, WAIT_SECONDS)
        self._by_address = Throttle(clock, TRIES_FROM_ONE_PLACE, WAIT_SECONDS)

    async def enter(
        self, hall: str, number: str, code: str, address: str, *, agent: bool = False
    ) -> tuple[RoomId, str]:
        """The session of a ticket of today, and the token of a login as its applicant or agent.

        Raises TooMany; Forbidden `wrong_code` also where there is no such ticket; Conflict
        `ticket_expired`, `ticket_over`.
        """
        found = (await self._catalogue.current()).halls.get(hall)
        standing = None
        if found is not None:
            day = day_of(self._clock(), ZONES[found.zone])
            # A ticket of an earlier day is looked for so that its holder is told why it fails.
            standing = await self._tickets.find(hall, day, number)
            standing = standing or await self._tickets.newest(hall, number)
        self._check(standing, f"{hall} {number}", code, address)
        if standing is None:
            raise Forbidden("wrong_code")
        self._check_current(standing)
        room = standing.ticket.room
        person = agent_of(room) if agent else applicant_of(room)
        guest = await self._accounts.guest(person, number, room)
        return room, await self._accounts.open_session(guest.person)

    async def find(self, hall: str, day: str, number: str, code: str, address: str) -> RoomId:
        """The session of a ticket of any day. Raises TooMany; Forbidden `wrong_code` also where
        there is no such ticket."""
        standing = await self._tickets.find(hall, day, number)
        self._check(standing, f"{hall} {day} {number}", code, address)
        if standing is None:
            raise Forbidden("wrong_code")
        return standing.ticket.room

    async def check(self, room: RoomId, code: str, address: str) -> Standing:
        """The ticket of a session, for whoever has its code: also after its day, for what is left
        to be fetched. Raises NotFound, TooMany, Forbidden `wrong_code`."""
        standing = await self._tickets.of_room(room)
        if standing is None:
            raise NotFound("no_such_ticket")
        self._check(standing, room, code, address)
        return standing

    def _check(self, standing: Standing | None, name: str, code: str, address: str) -> None:
        self._by_ticket.check(name)
        self._by_address.check(address)
        if standing is None or not self._codes.matches(
            standing.ticket.room, code, standing.ticket.code
        ):
            self._by_ticket.failed(name)
            self._by_address.failed(address)
            raise Forbidden("wrong_code")
        self._by_ticket.succeeded(name)

    def _check_current(self, standing: Standing) -> None:
        if standing.phase in SHUT:
            raise Conflict("ticket_over")
        if standing.ticket.expires_at <= self._clock():
            raise Conflict("ticket_expired", {"day": standing.ticket.day})


def is_guest_of(account: Account, room: RoomId) -> bool:
    """Whether this is the applicant, or the agent, of a session."""
    return AccountRole.GUEST in account.roles and account.room == room
