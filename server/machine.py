"""What the server asks of a kind of room: `Machine`. An opening and a session at a counter each
answer it (`server/machines.py`); desk, streams, sockets, clock, media and records go through it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from crypto.encoding import Json
from rooms.codec import Tagged
from rooms.ids import Digest, PersonId, RecordingId, RoomId
from rooms.log import Entry
from rooms.recording import Recording
from server.media.plane import Feed, Kind, Slot
from server.store.accounts import Account, AccountRole
from server.store.log import Summary

Cast = dict[Slot, Feed | None]
"""The feed in each slot."""


class Shared(Protocol):
    """What every kind of room's state has, so that media, minutes and archive need not know which
    one it is."""

    @property
    def phase(self) -> StrEnum:
        """Where the room is."""

    @property
    def recordings(self) -> Mapping[RecordingId, Recording]:
        """Every recording, in the order of their beginnings."""

    def running(self) -> Iterator[Recording]:
        """The recordings that are not over."""

    @property
    def record(self) -> Digest | None:
        """The newest revision of the minutes."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person in a room. `role` is None for an account that may get one yet; `audience` names the
    stream."""

    person: PersonId
    name: str
    role: StrEnum | None
    audience: str


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody in a room, as others see them."""

    person: PersonId
    name: str
    role: StrEnum


S = TypeVar("S", bound=Shared)
C = TypeVar("C")
E = TypeVar("E")


class Machine(Protocol[S, C, E]):
    """One kind of room.

    `path` is its place in the interface: /api/<path>/<room>. `audiences` name every kind of stream
    once; one that ends in ":-" is each person's own.
    """

    kind: str
    path: str
    start: S
    events: Tagged[E]
    commands: Tagged[C]
    audiences: tuple[str, ...]
    newcomer: StrEnum
    """What somebody without a role is shown as who is in the room all the same."""
    held: frozenset[str]
    """The phases in which people are together."""
    over: frozenset[str]
    """The phases in which nothing is decided any more."""
    interrupted: frozenset[str]
    """The phases in which a room is told that the service was away."""
    open_to: frozenset[AccountRole]
    """Whose lists have every published room."""

    # --- the machine itself

    def decide(self, state: S, command: Any, *, by: PersonId, now: datetime) -> Sequence[E]:
        """The facts that an order leads to. Raises Refused."""

    def evolve(self, state: S, event: E) -> S:
        """The state after an event."""

    def work(self, state: S, now: datetime) -> frozenset[str]:
        """What is to be made now: "minutes", "preserve"."""

    def summarise(
        self, state: S, before: tuple[S, Summary] | None, created: datetime | None
    ) -> Summary:
        """What lists and the clock know of it. `before` is what the room was, none for its first
        entries."""

    # --- who sees what

    def viewer(self, room: RoomId, state: S, account: Account) -> Viewer:
        """What an account is in the room. Raises NotFound where it may not even know of it."""

    def project(self, before: S, entry: Entry[E], audience: str) -> Mapping[str, Any] | None:
        """An entry as an audience sees it, without its number; None if it does not."""

    def concerned(self, before: S, entry: Entry[E]) -> Iterable[PersonId]:
        """The people who may be shown another side of an entry than others in their role."""

    def closed(self, state: S) -> bool:
        """Whether the size of the log may be known, and so its head."""

    def check_head(self, state: S, looking: Viewer) -> None:
        """Raises Forbidden, Conflict unless this viewer may have the signed head now."""

    def over_for_good(self, state: S) -> bool:
        """Whether minutes, archive and log are there to be had, or soon will be."""

    def detail(self, state: S, looking: Viewer) -> dict[str, Json]:
        """What a viewer is told of the room, besides who it is itself."""

    def sees_records(self, looking: Viewer) -> bool:
        """Whether archive, log and recordings are for this viewer."""

    def minutes(self, state: S) -> tuple[Digest, int] | None:
        """Digest and size of the newest revision of the minutes."""

    def sees_minutes(self, looking: Viewer) -> bool:
        """Whether the minutes are for this viewer."""

    def named(self, state: S, audience: str, guest: Guest) -> tuple[str, str] | None:
        """Id and name that somebody who is here has before this audience; None if that is not to be
        known."""

    def listed_role(self, account: Account, seat: str | None) -> str | None:
        """What an account is in a list's line; `seat` is what it is seated as there."""

    # --- what an event changes for those who look on

    def reseats(self, event: E) -> bool:
        """Whether people may see another stream from here on."""

    def reveals(self, event: E) -> bool:
        """Whether others may know from here on who is here."""

    def whose(self, state: S, event: E) -> PersonId | None:
        """The one whose own things an event changes."""

    # --- live media

    def may_send(self, state: S, person: PersonId, kind: Kind) -> bool:
        """Whether this person may send this now."""

    def may_point(self, state: S, person: PersonId) -> bool:
        """Whether this person may point at a shared screen now."""

    def cast(self, state: S, feeds: Iterable[Feed]) -> Cast:
        """The feed in each slot. `feeds` are in the order in which they came."""

    def muted(self, state: S) -> frozenset[PersonId]:
        """Whose sound is off."""

    def directs(self, state: S, person: PersonId) -> bool:
        """Whether this person is told of every feed, shown or not."""

    def naming(self, state: S, audience: str, person: PersonId) -> tuple[str, str]:
        """Id and name that stand for a sender before this audience."""

    def told_as(self, audience: str) -> str:
        """One word for all audiences that are told the same of live media."""

    def recorded(self, state: S, now: datetime, here: Iterable[Guest]) -> bool:
        """Whether what is sent is recorded now."""


AnyMachine = Machine[Any, Any, Any]
"""A machine whose kind is not known where it is used: what belongs together is kept together by
`Room`."""
