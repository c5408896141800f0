"""Keeps the row of every session up to date: a job that follows from the log (server/work)."""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from rooms.counter import events as e
from rooms.counter.state import State
from rooms.ids import RoomId
from rooms.log import Entry
from server.counter.board.facts import Facts, worst
from server.counter.catalogue.store import CatalogueStore
from server.desk import Desk
from server.store.database import Database
from server.store.tables import session_facts

MOST_KNOWN = 5000
WAYS = 2
"""There and back: what an applicant who is served near home does not travel."""

Entries = Sequence[Entry[object]]


class FactsKeeper:
    """Writes what the board counts."""

    def __init__(self, database: Database, desk: Desk, catalogue: CatalogueStore) -> None:
        self._database = database
        self._desk = desk
        self._catalogue = catalogue
        self._written: OrderedDict[RoomId, dict[str, object]] = OrderedDict()

    async def keep(self, room: RoomId) -> None:
        """The job: writes the row of a session if it says anything new."""
        found = await self._desk.room(room)
        state, entries = found.state, list(found.entries)
        if not isinstance(state, State) or state.about is None or not entries:
            return
        known = facts_of(
            room,
            state,
            entries,
            earlier=await self._visits(state.about.continues),
            kilometres=await self._kilometres(state.about.near_hall, state.about.far_hall),
        )
        row = known.columns()
        said = {name: value for name, value in row.items() if name != "seq"}
        if self._written.get(room) == said:
            return
        await self._write(room, known.seq, row)
        self._written[room] = said
        if len(self._written) > MOST_KNOWN:
            self._written.popitem(last=False)

    async def _write(self, room: RoomId, seq: int, row: dict[str, object]) -> None:
        mine = session_facts.c.room == room
        async with self._database.writing() as connection:
            seen = await connection.execute(select(session_facts.c.seq).where(mine))
            before = seen.scalar_one_or_none()
            if before is None:
                try:
                    async with connection.begin_nested():
                        await connection.execute(insert(session_facts).values(row))
                        return
                except IntegrityError:
                    pass  # another server was first; the newer of the two stays
            # <=: a row of the same entry may have been written before the catalogue changed.
            newer = session_facts.c.seq <= seq
            await connection.execute(update(session_facts).where(mine, newer).values(row))

    async def _visits(self, earlier: RoomId | None) -> int:
        """How often the applicant had come before."""
        if earlier is None:
            return 0
        query = select(session_facts.c.visits).where(session_facts.c.room == earlier)
        async with self._database.reading() as connection:
            return (await connection.execute(query)).scalar_one_or_none() or 1

    async def _kilometres(self, near: str, far: str) -> int:
        catalogue = await self._catalogue.current()
        known = near in catalogue.halls and far in catalogue.halls
        return catalogue.kilometres(near, far) if known else 0


def facts_of(
    room: RoomId, state: State, entries: Entries, *, earlier: int, kilometres: int
) -> Facts:
    """What the board counts of a session. `earlier` visits of the same matter came before it,
    `kilometres` lie between the two halls.

    A visit to the far hall and the way there and back are saved once people met and every item has
    its outcome.
    """
    matter = state.matter
    decisions = [case.decision for case in state.cases.values() if case.decision is not None]
    decided = bool(decisions) and state.decided()
    connected = _first(entries, e.SessionConnected)
    saved = decided and connected is not None
    open_cases = [case.decision for case in state.cases.values() if case.processing]
    due = [each.promised_at for each in open_cases if each and each.promised_at is not None]
    rating = state.rating
    return Facts(
        room=room,
        seq=entries[-1].seq,
        number=state.number,
        hall=state.hall or matter.near_hall,
        far_hall=matter.far_hall,
        near_region=matter.near_region,
        far_region=matter.far_region,
        items=tuple(item.code for item in matter.items),
        mode=matter.mode.value,
        phase=state.phase.value,
        began_at=state.starts_at or entries[0].at,
        booked_at=_first(entries, e.SessionBooked),
        ticket_at=_first(entries, e.TicketIssued),
        called_at=_first(entries, e.TicketCalled),
        connected_at=connected,
        ended_at=_first(entries, e.SessionEnded, e.ConsentRefused),
        window=state.near.window if state.near else "",
        clerk=state.near.name if state.near else "",
        far_clerk=state.far.name if state.far else "",
        outcome=worst([each.outcome.value for each in decisions]) if decided else None,
        visits=earlier + 1,
        visits_saved=int(saved),
        kilometres=WAYS * kilometres if saved else 0,
        lapses=state.lapses,
        due_at=min(due, default=None),
        escalated=any(each is not None and each.escalated for each in open_cases),
        rating=rating.level if rating else None,
        case_due_at=rating.answer_by if rating else None,
        case_answered_at=_first(entries, e.RatingAnswered),
    )


def _first(entries: Entries, *kinds: type) -> datetime | None:
    return next((entry.at for entry in entries if isinstance(entry.event, kinds)), None)
