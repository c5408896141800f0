"""Sessions on the wire: entries, orders, lists. As for openings, the types are made from the
domain's own dataclasses; where both kinds of room have a name, the session's begins with
`Session`."""

from collections.abc import Iterable
from dataclasses import MISSING, fields
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias, get_args, get_type_hints

from pydantic import BaseModel, Field, RootModel, create_model

from rooms.counter import events
from rooms.counter.kinds import Matter, Priority
from rooms.counter.kinds import Role as RoleEnum
from rooms.counter.phases import Phase
from rooms.counter.terms import Mode
from rooms.opening import commands as opening_commands
from rooms.opening import events as opening_events
from server.counter import asked
from server.http import wire_rooms
from server.http.wire import Id, Time, Wire

if TYPE_CHECKING:
    SessionRole: TypeAlias = str
    SessionPhase: TypeAlias = str
else:  # the values are the domain's
    SessionRole = Literal[tuple(role.value for role in RoleEnum)]
    SessionPhase = Literal[tuple(phase.value for phase in Phase)]

_TAKEN = {each.__name__: each for each in get_args(opening_events.Event)} | {
    each.__name__: each for each in get_args(opening_commands.Command)
}


def tagged(form: type) -> type[BaseModel]:
    """A dataclass as a wire type with its name in `type`."""
    if _TAKEN.get(form.__name__) is form:
        return wire_rooms.tagged(form)
    hints = get_type_hints(form)
    members: dict[str, Any] = {"type": (Literal[form.__name__], ...)}
    for each in fields(form):
        hint = SessionRole if hints[each.name] is RoleEnum else hints[each.name]
        members[each.name] = (hint, ... if each.default is MISSING else each.default)
    name = f"Session{form.__name__}" if form.__name__ in _TAKEN else form.__name__
    return create_model(name, __base__=Wire, __doc__=form.__doc__, **members)


def _union(forms: Iterable[type]) -> Any:
    return Annotated[reduce(or_, [tagged(form) for form in forms]), Field(discriminator="type")]


class SessionCommand(RootModel[_union(get_args(asked.Asked))]):  # type: ignore[misc]  # made at run time
    """An order that has no route of its own."""


class SessionEvent(RootModel[_union(get_args(events.Event))]):  # type: ignore[misc]  # made at run time
    """What happened, as streams show it."""


class SessionBy(Wire):
    """Who did it. The applicant's name is personal data and not told here."""

    person: Id
    name: str
    role: SessionRole | Literal[""]


class SessionEntry(Wire):
    """An entry of a stream; `n` counts from 1 without gaps."""

    n: int
    at: Time
    by: SessionBy
    event: SessionEvent


class SessionDone(Wire):
    """What an order led to, as its author's stream shows it; `n` is the stream's last number."""

    n: int
    entries: list[SessionEntry]


class SessionPage(SessionDone):
    """A part of a stream. `head` is the signed head of the log."""

    head: str | None


class SessionClerk(Wire):
    """Who sits at a window."""

    name: str
    window: str | None


class SessionItem(Wire):
    """An item in a list's line."""

    code: str
    name: str
    name_en: str


class SessionSummary(Wire):
    """A line of the list of sessions; `begun_at` is when it was booked or its ticket taken."""

    id: Id
    phase: SessionPhase
    over: bool
    reconnecting: bool
    number: str
    items: list[SessionItem]
    mode: Mode
    near_hall: str
    far_hall: str
    near_region: str
    far_region: str
    priority: Priority
    begun_at: Time
    starts_at: Time | None
    near: SessionClerk | None
    far: SessionClerk | None
    rating: int | None
    role: SessionRole | None


class SessionList(Wire):
    """A page of sessions; `total` counts all pages."""

    items: list[SessionSummary]
    total: int


class SessionMy(Wire):
    """What the asker is in the session."""

    person: Id
    role: SessionRole
    name: str


class SessionDetail(Wire):
    """One session. `matter` is as its first entry has it, `windows` of both halls have their names
    by their ids."""

    id: Id
    phase: SessionPhase
    over: bool
    number: str
    hall: str
    starts_at: Time | None
    ends_at: Time | None
    matter: Matter
    record: str | None
    my: SessionMy
    head: str | None
    windows: dict[str, str]


class Personal(RootModel[dict[str, Any]]):
    """What the salted digests of a session stand for, as far as it is for the asker."""
