"""A room in memory: its entries, their leaves and the state they fold to, always a prefix of the
log on disk.

What is decided but not yet durable is kept apart: readers see only what is committed.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from crypto.merkle import Tree, leaf_hash, tree_hash
from rooms.ids import RoomId
from rooms.log import Entry, from_bytes, to_bytes
from server.machine import AnyMachine, Shared
from server.store.log import Line, Summary

S = TypeVar("S", bound=Shared, covariant=True)
E = TypeVar("E", covariant=True)


@dataclass(frozen=True, slots=True)
class Step(Generic[S, E]):
    """Entries decided together, and what the room is after them."""

    entries: "tuple[Entry[E], ...]"
    lines: tuple[bytes, ...]
    state: S
    summary: Summary

    @property
    def last(self) -> int:
        """The number of the last entry."""
        return self.entries[-1].seq


@dataclass(slots=True, eq=False, weakref_slot=True)
class Room(Generic[S, E]):
    """One room. `state`, `entries` and `leaves` are what is durable; `tip` is what the next order
    is decided on. `looked_at` is the loop's time at which others' entries were last read,
    `stale` says that there are some."""

    id: RoomId
    machine: AnyMachine
    state: S
    entries: "list[Entry[E]]" = field(default_factory=list)
    leaves: list[bytes] = field(default_factory=list)
    summary: Summary | None = None
    line: Line = field(default_factory=Line)
    pending: "deque[Step[S, E]]" = field(default_factory=deque)
    tree: Tree = field(default_factory=Tree)
    looked_at: float = 0.0
    stale: bool = False
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)
    latest: dict[type, int] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many entries are durable."""
        return len(self.entries)

    @property
    def tip(self) -> S:
        """The state after everything decided."""
        return self.pending[-1].state if self.pending else self.state

    @property
    def tip_summary(self) -> Summary | None:
        """The summary after everything decided."""
        return self.pending[-1].summary if self.pending else self.summary

    @property
    def next_seq(self) -> int:
        """The number the next entry gets."""
        return (self.pending[-1].last if self.pending else self.size) + 1

    def take(self, step: "Step[S, E]") -> None:
        """Adds what became durable."""
        if step.entries[0].seq != self.size + 1:
            raise ValueError(f"entry {step.entries[0].seq} stands where {self.size + 1} is due")
        self.entries.extend(step.entries)
        for entry in step.entries:
            self.latest[type(entry.event)] = entry.seq
        for line in step.lines:
            self.leaves.append(leaf_hash(line))
            self.tree.append(self.leaves[-1])
        self.state = step.state
        self.summary = step.summary

    def root(self, size: int) -> bytes:
        """The root over the first `size` entries."""
        return self.tree.root if size == self.size else tree_hash(self.leaves[:size])

    def seq_of(self, kind: type) -> int | None:
        """The number of the last entry with an event of this kind."""
        return self.latest.get(kind)


AnyRoom = Room[Shared, object]
"""A room of either kind."""


def empty(room: RoomId, machine: AnyMachine) -> AnyRoom:
    """A room before its first entry."""
    return Room(room, machine, machine.start)


def parse(machine: AnyMachine, lines: Sequence[str]) -> list[Entry[object]]:
    """Entries from their stored lines."""
    return [from_bytes(line.encode(), machine.events) for line in lines]


def write(machine: AnyMachine, entries: Sequence[Entry[Any]]) -> tuple[bytes, ...]:
    """The canonical bytes of entries."""
    return tuple(to_bytes(entry, machine.events) for entry in entries)


def after(machine: AnyMachine, state: Shared, entries: Sequence[Entry[object]]) -> Shared:
    """The state after these entries."""
    for entry in entries:
        state = machine.evolve(state, entry.event)
    return state
