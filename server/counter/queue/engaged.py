"""Which clerks are in a session now: nobody is offered another one meanwhile."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from rooms.counter.phases import TALKING, Phase
from rooms.counter.state import State
from rooms.ids import PersonId, RoomId
from server.desk import Desk
from server.store.database import Database
from server.store.tables import rooms, seats

AT_WINDOW = frozenset({Phase.CALLED, *TALKING})
"""The phases in which a clerk is busy with a session."""


@dataclass(frozen=True, slots=True)
class Engaged:
    """What clerks are busy with."""

    database: Database
    desk: Desk

    async def of(self, clerks: Collection[PersonId]) -> Mapping[PersonId, RoomId]:
        """Those of the clerks who are in a session, with one such session.

        A session whose near window lost its connection is paused: its far clerk may help others
        until it is back.
        """
        if not clerks:
            return {}
        query = (
            select(seats.c.person, seats.c.room)
            .join(rooms, rooms.c.room == seats.c.room)
            .where(
                seats.c.person.in_(clerks), rooms.c.kind == "session", rooms.c.phase.in_(AT_WINDOW)
            )
            .order_by(seats.c.room)
        )
        async with self.database.reading() as connection:
            rows = (await connection.execute(query)).all()
        found: dict[PersonId, RoomId] = {}
        for person, room in rows:
            state = (await self.desk.room(RoomId(room))).state
            if isinstance(state, State) and occupies(state, PersonId(person)):
                found.setdefault(PersonId(person), RoomId(room))
        return found


def occupies(state: State, clerk: PersonId) -> bool:
    """Whether a session leaves this clerk no time for another one."""
    near, far = state.near, state.far
    if near is not None and near.person == clerk:
        return True
    paused = near is not None and near.person in state.absent
    return far is not None and far.person == clerk and not paused
