"""Challenges given to trustees: one a person and room, the same until it is answered."""

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from crypto.encoding import b64u, digest_hex
from crypto.manifest import Card
from crypto.trustee import rehearse
from rooms.ids import Digest, PersonId, RoomId
from server.errors import Conflict
from server.store.database import Database
from server.store.tables import rehearsals


class Rehearsals:
    """The challenges of the site."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def challenge(self, room: RoomId, card: Card) -> str:
        """What the card's holder has to open (docs/formats/seal.md, 7): b64u.

        A new card gets a new challenge, for the old one was sealed to another key.
        """
        person, key = PersonId(card.person), b64u(card.key)
        if kept := await self._kept(room, person, key):
            return kept
        ciphertext, nonce = rehearse(opening=room, person=card.person, kem=card.key)
        row = {
            "room": room,
            "person": person,
            "key": key,
            "ciphertext": b64u(ciphertext),
            "nonce_digest": digest_hex(nonce),
        }
        try:
            async with self._database.writing() as connection:
                await connection.execute(insert(rehearsals).values(row))
        except IntegrityError:
            return await self._kept(room, person, key) or ""
        return b64u(ciphertext)

    async def expected(self, room: RoomId, card: Card) -> Digest:
        """The digest of the nonce that the answer must hold. Raises Conflict when nothing was
        asked."""
        query = select(rehearsals.c.nonce_digest).where(
            rehearsals.c.room == room,
            rehearsals.c.person == card.person,
            rehearsals.c.key == b64u(card.key),
        )
        async with self._database.reading() as connection:
            found = (await connection.execute(query)).scalar_one_or_none()
        if found is None:
            raise Conflict("no_challenge")
        return Digest(found)

    async def _kept(self, room: RoomId, person: PersonId, key: str) -> str | None:
        query = select(rehearsals.c.ciphertext).where(
            rehearsals.c.room == room, rehearsals.c.person == person, rehearsals.c.key == key
        )
        async with self._database.reading() as connection:
            return (await connection.execute(query)).scalar_one_or_none()
