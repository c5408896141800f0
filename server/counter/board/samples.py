"""The draws of samples, each with a record from which anybody can draw again."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import insert, select

from crypto.encoding import format_time
from server.clock import Clock
from server.counter.board.figures import Span
from server.counter.board.sample import Drawn, draw, population_digest
from server.errors import Invalid, NotFound
from server.store.accounts import Account, AccountRole, Accounts
from server.store.database import Database
from server.store.tables import samples
from server.store.tables import session_facts as facts

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Draw:
    """A draw's record: what was drawn from, the seed, what was drawn. Times are RFC 3339 text.

    `population` is how many sessions there were to draw from, `inspectors` names by person.
    """

    sample: str
    made_at: str
    by: str
    by_name: str
    first: str
    last: str
    hall: str | None
    seed: str
    count: int
    population: int
    population_digest: str
    inspectors: Mapping[str, str]
    drawn: tuple[Drawn, ...]

    @classmethod
    def read(cls, record: str) -> "Draw":
        """What `written` wrote."""
        kept = json.loads(record)
        return cls(**{**kept, "drawn": tuple(Drawn(**each) for each in kept["drawn"])})

    def written(self) -> str:
        """The record as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @property
    def span(self) -> Span:
        """The days and the hall it was drawn from."""
        return Span(date.fromisoformat(self.first), date.fromisoformat(self.last), self.hall)


@dataclass(frozen=True, slots=True)
class Checked:
    """A draw, what is known of its sessions, and whether drawing again gives the same."""

    draw: Draw
    sessions: Mapping[str, Mapping[str, Any]]
    same: bool


class Samples:
    """Draws and their records."""

    def __init__(self, database: Database, accounts: Accounts, clock: Clock) -> None:
        self._database = database
        self._accounts = accounts
        self._clock = clock

    async def draw(self, asker: Account, span: Span, count: int) -> Checked:
        """Draws `count` of the span's sessions, each with a supervisor who inspects it, and keeps
        the record.

        Raises Invalid when there is nothing to draw from or nobody to inspect.
        """
        made_at = format_time(self._clock())
        population = await self._population(span, made_at)
        if not population:
            raise Invalid("nothing_to_draw")
        supervisors = await self._accounts.list(AccountRole.SUPERVISOR)
        if not supervisors:
            raise Invalid("nobody_to_inspect")
        seed = secrets.token_bytes(32)
        inspectors = {str(each.person): each.name for each in supervisors}
        made = Draw(
            sample="d-" + secrets.token_hex(8),
            made_at=made_at,
            by=asker.person,
            by_name=asker.name,
            first=span.first.isoformat(),
            last=span.last.isoformat(),
            hall=span.hall,
            seed=seed.hex(),
            count=count,
            population=len(population),
            population_digest=population_digest(population),
            inspectors=inspectors,
            drawn=draw(seed, population, list(inspectors), count),
        )
        row = {"sample": made.sample, "made_at": made_at, "by": made.by, "by_name": made.by_name}
        async with self._database.writing() as connection:
            await connection.execute(insert(samples).values(record=made.written(), **row))
        return await self._checked(made)

    async def latest(self) -> list[Draw]:
        """The latest draws, the newest first."""
        query = select(samples.c.record).order_by(samples.c.made_at.desc()).limit(MOST_SHOWN)
        async with self._database.reading() as connection:
            return [Draw.read(each) for each in (await connection.execute(query)).scalars()]

    async def find(self, sample: str) -> Checked:
        """A draw, drawn again from its seed. Raises NotFound."""
        return await self._checked(await self._kept(sample))

    async def population(self, sample: str) -> list[str]:
        """The ids a draw was made from, sorted. Raises NotFound."""
        made = await self._kept(sample)
        return await self._population(made.span, made.made_at)

    async def _kept(self, sample: str) -> Draw:
        query = select(samples.c.record).where(samples.c.sample == sample)
        async with self._database.reading() as connection:
            record = (await connection.execute(query)).scalar_one_or_none()
        if record is None:
            raise NotFound
        return Draw.read(record)

    async def _population(self, span: Span, before: str) -> list[str]:
        # Whoever was connected before a moment stays so: the list is the same when asked again.
        wanted = [*span.wanted(), facts.c.connected_at < before]
        query = select(facts.c.room).where(*wanted).order_by(facts.c.room)
        async with self._database.reading() as connection:
            return list((await connection.execute(query)).scalars())

    async def _checked(self, made: Draw) -> Checked:
        population = await self._population(made.span, made.made_at)
        again = draw(bytes.fromhex(made.seed), population, list(made.inspectors), made.count)
        same = again == made.drawn and population_digest(population) == made.population_digest
        columns = (facts.c.room, facts.c.number, facts.c.hall, facts.c["items"], facts.c.day)
        query = select(*columns, facts.c.outcome).where(
            facts.c.room.in_([each.room for each in made.drawn])
        )
        async with self._database.reading() as connection:
            found = {row.room: dict(row._mapping) for row in await connection.execute(query)}
        return Checked(made, found, same)
