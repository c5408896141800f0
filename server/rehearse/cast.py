"""Who takes part: accounts that an administrator makes, each with a session of its own."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TypeVar

from crypto.encoding import Json
from server.client.api import Api
from server.rehearse import plan
from server.rehearse.plan import Party

AT_ONCE = 8
"""People that act at the same time."""

Told = Callable[[str, int, int], None]
"""Told of each step: its name, done, total."""
T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with an account and a session."""

    api: Api
    person: str
    party: Party

    def seat(self, role: str) -> dict[str, Json]:
        """A seat of the tender's terms."""
        return {
            "person": self.person,
            "name": self.party.name,
            "organisation": self.party.organisation,
            "role": role,
        }


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody an opening needs."""

    host: Member
    supervisor: Member
    trustees: tuple[Member, ...]
    bidders: tuple[Member, ...]

    def seats(self) -> list[dict[str, Json]]:
        """The seats of a tender with this cast."""
        return [
            self.host.seat("host"),
            self.supervisor.seat("supervisor"),
            *(each.seat("trustee") for each in self.trustees),
        ]


async def enter(stack: AsyncExitStack, admin: Api, party: Party, mark: str = "") -> Member:
    """Makes an account and logs in; `mark` keeps logins of several rehearsals apart.

    Raises ApiRefused.
    """
    login = f"{party.login}.{mark}" if mark else party.login
    password = secrets.token_urlsafe(18)
    await admin.post(
        "/api/accounts",
        {
            "login": login,
            "password": password,
            "name": party.name,
            "organisation": party.organisation,
            "roles": list(party.roles),
        },
    )
    api = await stack.enter_async_context(Api(admin.base))
    me = await api.login(login, password)
    return Member(api, str(me["person"]), party)


async def gather(
    stack: AsyncExitStack,
    admin: Api,
    *,
    bidders: Sequence[Party],
    trustees: int,
    mark: str = "",
    told: Told,
) -> Cast:
    """A host, a supervisor, trustees and these bidders. Raises ApiRefused."""
    parties = (plan.HOST, plan.SUPERVISOR, *map(plan.trustee, range(1, trustees + 1)), *bidders)
    host, supervisor, *others = await each(
        "accounts", parties, lambda party: enter(stack, admin, party, mark), told
    )
    return Cast(host, supervisor, tuple(others[:trustees]), tuple(others[trustees:]))


async def each(
    what: str, items: Iterable[T], act: Callable[[T], Awaitable[R]], told: Told
) -> list[R]:
    """Does something for each, several at a time, with progress; the answers in the same order."""
    everything = list(items)
    gate = asyncio.Semaphore(AT_ONCE)
    done = 0

    async def one(item: T) -> R:
        nonlocal done
        async with gate:
            answer = await act(item)
        done += 1
        told(what, done, len(everything))
        return answer

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(item)) for item in everything]
    return [task.result() for task in tasks]
