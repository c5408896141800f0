"""The double random draw: even, repeatable, recorded."""

from collections import Counter
from datetime import date, timedelta
from itertools import count

import pytest

from server.counter.board.figures import Span
from server.counter.board.sample import draw, population_digest
from server.counter.board.samples import Samples
from server.errors import Invalid, NotFound
from server.store.accounts import Account, AccountRole, Accounts
from server.store.database import Database
from tests.server.counter.board.sessions import MORNING, keep, session

ROOMS = [f"s-{each:020x}" for each in range(100)]
INSPECTORS = ["p-1", "p-2", "p-3"]
SPAN = Span(date(2026, 11, 16), date(2026, 11, 22))
NOW = MORNING + timedelta(days=4)


def test_the_same_seed_draws_the_same_whatever_the_order() -> None:
    drawn = draw(b"seed", ROOMS, INSPECTORS, 10)
    assert draw(b"seed", ROOMS[::-1], INSPECTORS[::-1], 10) == drawn
    assert draw(b"other", ROOMS, INSPECTORS, 10) != drawn


def test_no_session_is_drawn_twice_and_inspectors_share_evenly() -> None:
    drawn = draw(b"seed", ROOMS, INSPECTORS, 10)
    assert len({each.room for each in drawn}) == 10
    assert sorted(Counter(each.inspector for each in drawn).values()) == [3, 3, 4]


def test_every_session_is_drawn_about_as_often() -> None:
    found = Counter(
        each.room
        for seed in range(2000)
        for each in draw(seed.to_bytes(32, "big"), ROOMS, INSPECTORS, 10)
    )
    # 200 expected with a standard deviation of 13; the draws are the same in every run.
    assert min(found.values()) > 133
    assert max(found.values()) < 267


def test_a_draw_of_more_than_there_are_takes_all() -> None:
    assert {each.room for each in draw(b"seed", ROOMS, INSPECTORS, 1000)} == set(ROOMS)


def test_the_digest_says_when_another_population_is_put_in() -> None:
    assert population_digest(ROOMS) == population_digest(ROOMS[::-1])
    assert population_digest(ROOMS) != population_digest(ROOMS[1:])


async def made(database: Database) -> tuple[Samples, Account]:
    accounts = Accounts(database, lambda: NOW, 3600)
    asker = await accounts.create(None, None, "周正", "监督处", frozenset({AccountRole.SUPERVISOR}))
    return Samples(database, accounts, lambda: NOW), asker


async def test_a_recorded_draw_can_be_drawn_again_after_later_sessions(week: Database) -> None:
    samples, asker = await made(week)
    drawn = await samples.draw(asker, SPAN, 3)
    assert drawn.same
    await keep(week, *(session(each, day=4) for each in range(100, 140)))
    again = await samples.find(drawn.draw.sample)
    assert again.same
    assert again.draw == drawn.draw
    assert len(await samples.population(drawn.draw.sample)) == drawn.draw.population


async def test_only_sessions_in_which_people_met_are_drawn(week: Database) -> None:
    samples, asker = await made(week)
    drawn = await samples.draw(asker, SPAN, 100)
    # Seven of the set were called and connected.
    assert (drawn.draw.population, len(drawn.draw.drawn)) == (7, 7)


async def test_a_changed_population_is_noticed(week: Database) -> None:
    samples, asker = await made(week)
    drawn = await samples.draw(asker, SPAN, 3)
    await keep(week, session(50, day=1))
    assert not (await samples.find(drawn.draw.sample)).same


async def test_there_must_be_something_to_draw(database: Database) -> None:
    samples, asker = await made(database)
    with pytest.raises(Invalid, match="nothing_to_draw"):
        await samples.draw(asker, SPAN, 3)


async def test_somebody_must_be_there_to_inspect(week: Database) -> None:
    _, asker = await made(week)
    accounts = Accounts(week, lambda: NOW, 3600)
    async with week.writing() as connection:
        await connection.exec_driver_sql("DELETE FROM accounts")
    with pytest.raises(Invalid, match="nobody_to_inspect"):
        await Samples(week, accounts, lambda: NOW).draw(asker, SPAN, 3)


async def test_draws_are_listed_the_newest_first(week: Database) -> None:
    samples, asker = await made(week)
    minutes = count()
    samples = Samples(week, samples._accounts, lambda: NOW + timedelta(minutes=next(minutes)))
    first, second = await samples.draw(asker, SPAN, 2), await samples.draw(asker, SPAN, 2)
    found = [each.sample for each in await samples.latest()]
    assert found == [second.draw.sample, first.draw.sample]


async def test_an_unknown_draw_is_not_there(week: Database) -> None:
    samples, _ = await made(week)
    with pytest.raises(NotFound):
        await samples.find("d-0")
