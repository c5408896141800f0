"""What the server makes of orders that people send in plain words: digests, names, dates."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from crypto.encoding import Json
from rooms.counter import commands as c
from rooms.counter import numbers
from rooms.counter.forms import field_row
from rooms.counter.kinds import Revealed
from rooms.counter.state import State
from rooms.counter.terms import Outcome
from rooms.counter.values import values_ok
from rooms.ids import PersonId, RoomId
from rooms.refusals import UnknownPerson
from rooms.texts import check_text
from server.clock import CHINA, Clock
from server.counter import asked as a
from server.counter.catalogue.store import CatalogueStore
from server.counter.room import Session
from server.desk import Row
from server.errors import Invalid
from server.machines import Command
from server.store.accounts import Account, AccountRole, Accounts
from server.store.people import People, personal_row

CASE_DAYS = 15
"""Working days in which a bad rating is answered."""
CASE_LEVEL = 2
"""The best level that is answered."""
MOST_WORDS = 1000
"""Characters of a complaint."""
MOST_NUMBER = 40
"""Characters of a document's number."""


@dataclass(frozen=True, slots=True)
class Made:
    """A command, and the personal data it speaks of by their digests."""

    command: Command
    rows: tuple[Row, ...] = ()


class Making:
    """Makes commands of what people ask for."""

    def __init__(
        self,
        clock: Clock,
        accounts: Accounts,
        people: People,
        catalogue: CatalogueStore,
        turn: Callable[[RoomId], Awaitable[Row]],
    ) -> None:
        """`turn` is what the queue keeps of a ticket that is put back."""
        self._clock = clock
        self._accounts = accounts
        self._people = people
        self._catalogue = catalogue
        self._turn = turn

    async def make(self, room: Session, asked: a.Asked) -> Made:
        """The command, with what is kept beside it. Raises Refused, Invalid."""
        match asked:
            case a.FillField():
                return self._fill(room, asked)
            case a.CaptureIdentity():
                return self._capture_identity(room, asked)
            case a.HandOver():
                to = await self._account(asked.to)
                if AccountRole.CLERK not in to.roles:
                    raise Invalid("no_clerk", {"person": asked.to})
                return Made(c.HandOver(asked.side, to.person, to.name, asked.reason, asked.window))
            case a.InviteDepartment():
                to = await self._account(asked.person)
                order = c.InviteDepartment(to.person, to.name, to.organisation, asked.item)
                return Made(order)
            case a.Decide():
                return Made(await self._decide(room, asked))
            case a.RateSession():
                return await self._rate(room, asked)
            case c.RequeueTicket():
                return Made(asked, (await self._turn(room.id),))
            case _:
                return Made(asked)

    def _fill(self, room: Session, asked: a.FillField) -> Made:
        state = room.tip
        case = state.cases.get(asked.item)
        if asked.value == "" or case is None:
            # Where there is no such item, the machine says so.
            return Made(c.FillField(asked.item, asked.field, None, asked.origin))
        values_ok(case.item, asked.field, asked.value)
        row = field_row(asked.item, asked.field, asked.value)
        digest, kept = personal_row(room.id, state.applicant, dict(row))
        return Made(c.FillField(asked.item, asked.field, digest, asked.origin), (kept,))

    def _capture_identity(self, room: Session, asked: a.CaptureIdentity) -> Made:
        number = check_text(numbers.normal(asked.number), "number", MOST_NUMBER)
        said = numbers.check(asked.kind, number)
        value: dict[str, Json] = {"type": asked.kind.value, "number": number}
        digest, row = personal_row(room.id, room.tip.applicant, value)
        valid = said.problem is None
        return Made(c.CaptureIdentity(asked.method, valid, said.masked, digest), (row,))

    async def _decide(self, room: Session, asked: a.Decide) -> c.Decide:
        state = room.tip
        case = state.cases.get(asked.item)
        promised = None
        values: tuple[Revealed, ...] = ()
        if case is not None:
            values = await self._revealed(room.id, state, asked.item)
            if asked.outcome is Outcome.ACCEPTED and case.item.promised_days:
                promised = await self._after(case.item.region, case.item.promised_days)
        return c.Decide(
            asked.item,
            asked.outcome,
            asked.reason,
            asked.remedy,
            asked.missing,
            asked.until,
            promised,
            values,
            asked.untold,
        )

    async def _revealed(self, room: RoomId, state: State, item: str) -> tuple[Revealed, ...]:
        """The confirmed fields that the item's rules speak of, as far as they are not erased."""
        case = state.cases[item]
        spoken = sorted({each.field for rule in case.item.rules for each in rule.all})
        wanted = {
            name: case.fields[name].value
            for name in spoken
            if name in case.fields and case.fields[name].confirmed
        }
        if not wanted:
            return ()
        people = await self._people.of_room(room)
        found: list[Revealed] = []
        for name, digest in wanted.items():
            payload = people.get(digest, {})
            row = payload.get("value")
            value = row.get("value") if isinstance(row, dict) else None
            if isinstance(value, str | int):
                found.append(Revealed(name, value, str(payload["salt"])))
        return tuple(found)

    async def _rate(self, room: Session, asked: a.RateSession) -> Made:
        until = None
        if asked.level <= CASE_LEVEL:
            until = await self._after(room.tip.matter.near_region, CASE_DAYS)
        words = check_text(asked.words, "words", MOST_WORDS) if asked.words else ""
        if not words:
            return Made(c.RateSession(asked.level, None, until))
        digest, row = personal_row(room.id, room.tip.applicant, {"words": words})
        return Made(c.RateSession(asked.level, digest, until), (row,))

    async def _after(self, region: str, working_days: int) -> datetime:
        """The end of the day that is so many working days of a region from today."""
        today = self._clock().astimezone(CHINA).date()
        day = (await self._catalogue.current()).due(region, today, working_days)
        return datetime.combine(day + timedelta(days=1), time(), CHINA)

    async def _account(self, person: PersonId) -> Account:
        found = (await self._accounts.find([person])).get(person)
        if found is None or found.room is not None:
            raise UnknownPerson(person=person)
        return found


def rows_of(made: Made) -> Callable[[object, object], Sequence[Row]]:
    """The rows as the desk asks for them."""
    return lambda *_: made.rows
