"""Who may enter: accounts, sessions and links. Passwords are argon2id, tokens are kept as digests
only."""

import asyncio
import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from crypto.encoding import format_time, parse_time
from rooms.ids import PersonId, RoomId
from server.clock import Clock
from server.errors import Conflict
from server.store.database import Database
from server.store.tables import accounts, links, sessions

BELIEVED = timedelta(seconds=2)
"""How long a session that was looked up is believed without looking again."""
MOST_KNOWN = 10_000


class AccountRole(StrEnum):
    """What an account may be used as; the terms of a tender seat people in one room."""

    AGENCY = "agency"
    BIDDER = "bidder"
    TRUSTEE = "trustee"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
    CLERK = "clerk"  # at a window of a hall
    MANAGER = "manager"  # of halls: items, windows, queues, opening hours
    GUEST = "guest"  # an observer let in by a link, to one room


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may enter. `room` is set for the guest of one room."""

    person: PersonId
    name: str
    organisation: str
    roles: frozenset[AccountRole]
    room: RoomId | None = None


@dataclass(frozen=True, slots=True)
class Entrance:
    """What a one-click link opens: a fresh session's token and the page to go to."""

    token: str
    path: str


class Accounts:
    """The accounts of the site."""

    def __init__(self, database: Database, clock: Clock, session_seconds: int) -> None:
        self._database = database
        self._clock = clock
        self._session = timedelta(seconds=session_seconds)
        # OWASP's smallest argon2id setting: openings have hundreds of logins in the same minute.
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._hashing = asyncio.Semaphore(2)
        self._known: dict[str, tuple[Account, datetime]] = {}
        self._nobody = self._hasher.hash(secrets.token_hex())

    async def create(
        self,
        login: str | None,
        password: str | None,
        name: str,
        organisation: str,
        roles: frozenset[AccountRole],
        room: RoomId | None = None,
    ) -> Account:
        """A new account; without login and password it is entered by link only.

        Raises Conflict when the login is taken.
        """
        person = PersonId("p-" + secrets.token_hex(8))
        async with self._hashing:
            secret = (
                None if password is None else await asyncio.to_thread(self._hasher.hash, password)
            )
        row = {
            "person": person,
            "login": login,
            "password": secret,
            "name": name,
            "organisation": organisation,
            "roles": json.dumps(sorted(roles)),
            "room": room,
            "created_at": format_time(self._clock()),
        }
        try:
            async with self._database.writing() as connection:
                await connection.execute(insert(accounts).values(row))
        except IntegrityError as problem:
            raise Conflict("login_taken") from problem
        return Account(person, name, organisation, roles, room)

    async def guest(self, person: PersonId, name: str, room: RoomId) -> Account:
        """The guest of one room with this id, made if it isn't there; entered without a password.
        May be called by several at once."""
        query = select(accounts).where(accounts.c.person == person)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is not None:
            return _account(row)
        made = Account(person, name, "", frozenset({AccountRole.GUEST}), room)
        new = {
            "person": person,
            "name": name,
            "organisation": "",
            "roles": json.dumps(sorted(made.roles)),
            "room": room,
            "created_at": format_time(self._clock()),
        }
        try:
            async with self._database.writing() as connection:
                await connection.execute(insert(accounts).values(new))
        except IntegrityError:
            return made  # the same guest came in on another device
        return made

    async def check(self, login: str, password: str) -> Account | None:
        """The account of a login with the right password. Takes equally long when there is none."""
        query = select(accounts).where(accounts.c.login == login)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        stored = row.password if row is not None and row.password is not None else self._nobody
        async with self._hashing:
            right = await asyncio.to_thread(self._matches, stored, password)
        return _account(row) if right and row is not None and stored is not self._nobody else None

    def _matches(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

    async def count(self) -> int:
        """How many accounts there are."""
        async with self._database.reading() as connection:
            return (
                await connection.execute(select(func.count()).select_from(accounts))
            ).scalar_one()

    async def find(self, persons: Sequence[PersonId]) -> dict[PersonId, Account]:
        """The accounts of these persons that exist."""
        query = select(accounts).where(accounts.c.person.in_(persons))
        async with self._database.reading() as connection:
            return {PersonId(row.person): _account(row) for row in await connection.execute(query)}

    async def list(self, role: AccountRole | None = None) -> list[Account]:
        """Accounts that are no guests, in order of their names."""
        query = select(accounts).where(accounts.c.room.is_(None)).order_by(accounts.c.name)
        async with self._database.reading() as connection:
            found = [_account(row) for row in await connection.execute(query)]
        return [each for each in found if role is None or role in each.roles]

    async def open_session(self, person: PersonId) -> str:
        """A new session: the token its client holds."""
        token = secrets.token_urlsafe(32)
        now = self._clock()
        async with self._database.writing() as connection:
            await connection.execute(
                delete(sessions).where(sessions.c.expires_at < format_time(now))
            )
            await connection.execute(
                insert(sessions).values(
                    token=_digest(token),
                    person=person,
                    created_at=format_time(now),
                    expires_at=format_time(now + self._session),
                )
            )
        return token

    async def who(self, token: str) -> Account | None:
        """Whose session this is. One in use is prolonged when half of its time is over."""
        now = self._clock()
        known = self._known.get(token)
        if known is not None and now < known[1]:
            return known[0]
        query = (
            select(accounts, sessions.c.expires_at)
            .join(sessions, sessions.c.person == accounts.c.person)
            .where(sessions.c.token == _digest(token), sessions.c.expires_at > format_time(now))
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        if row.expires_at < format_time(now + self._session / 2):
            async with self._database.writing() as connection:
                await connection.execute(
                    update(sessions)
                    .where(sessions.c.token == _digest(token))
                    .values(expires_at=format_time(now + self._session))
                )
        found = _account(row)
        until = min(parse_time(row.expires_at), now + BELIEVED)
        self._known[token] = (found, until)
        while len(self._known) > MOST_KNOWN:
            del self._known[next(iter(self._known))]
        return found

    async def close_session(self, token: str) -> None:
        """Ends a session at once, on other servers within two seconds."""
        self._known.pop(token, None)
        async with self._database.writing() as connection:
            await connection.execute(delete(sessions).where(sessions.c.token == _digest(token)))

    async def make_link(self, person: PersonId, path: str, lasts: timedelta) -> str:
        """A link's token. Whoever has it enters as this person until it expires."""
        token = secrets.token_urlsafe(24)
        async with self._database.writing() as connection:
            await connection.execute(
                insert(links).values(
                    token=_digest(token),
                    person=person,
                    path=path,
                    expires_at=format_time(self._clock() + lasts),
                )
            )
        return token

    async def enter(self, token: str) -> Entrance | None:
        """Opens a session through a link that hasn't expired."""
        query = select(links).where(
            links.c.token == _digest(token), links.c.expires_at > format_time(self._clock())
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        return Entrance(await self.open_session(PersonId(row.person)), row.path)


def _account(row: Row[tuple[object, ...]]) -> Account:
    return Account(
        person=PersonId(row.person),
        name=row.name,
        organisation=row.organisation,
        roles=frozenset(AccountRole(role) for role in json.loads(row.roles)),
        room=RoomId(row.room) if row.room else None,
    )


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
