"""Personal data behind salted digests: kept apart from the log, so that it can be erased and the
log stays checkable."""

import os
from collections.abc import Mapping

from sqlalchemy import Table, delete, select

from crypto.encoding import Json, b64u, jcs, parse_json
from rooms.ids import Digest, PersonId, RoomId
from rooms.log import SALT, personal_digest
from server.store.database import Database
from server.store.tables import people, traces


def personal_row(
    room: RoomId, person: PersonId, value: Mapping[str, Json]
) -> tuple[Digest, tuple[Table, dict[str, object]]]:
    """The digest that enters the log, and the row that keeps what it stands for."""
    salt = os.urandom(SALT)
    digest = personal_digest(dict(value), salt)
    payload = jcs({"salt": b64u(salt), "value": dict(value)}).decode()
    return digest, (people, {"digest": digest, "room": room, "person": person, "payload": payload})


class People:
    """The personal data of the site's rooms."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_room(self, room: RoomId) -> dict[Digest, dict[str, Json]]:
        """Every payload {"salt", "value"} not erased yet, by digest: people.json of an archive."""
        return await self._payloads(people, room)

    async def traces_of(self, room: RoomId) -> dict[Digest, dict[str, Json]]:
        """Addresses and devices {"address", "device", "salt"} not erased yet, by digest."""
        return await self._payloads(traces, room)

    async def kept(self, room: RoomId) -> bool:
        """Whether anything personal is kept of a room besides addresses and devices."""
        query = select(people.c.digest).where(people.c.room == room).limit(1)
        async with self._database.reading() as connection:
            return (await connection.execute(query)).first() is not None

    async def erase(self, room: RoomId, person: PersonId) -> int:
        """Erases what is kept about a person in a room; how many rows that were."""
        erased = 0
        async with self._database.writing() as connection:
            for table in (people, traces):
                gone = await connection.execute(
                    delete(table).where(table.c.room == room, table.c.person == person)
                )
                erased += gone.rowcount
        await self._database.settle()
        return erased

    async def _payloads(self, table: Table, room: RoomId) -> dict[Digest, dict[str, Json]]:
        query = select(table.c.digest, table.c.payload).where(table.c.room == room)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        found: dict[Digest, dict[str, Json]] = {}
        for row in rows:
            payload = parse_json(row.payload.encode())
            if isinstance(payload, dict):
                found[Digest(row.digest)] = payload
        return found
