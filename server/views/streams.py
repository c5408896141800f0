"""A room's streams: the log without what a viewer may not see, numbered from 1 without gaps.

Each entry is projected once for every kind of audience, and once more for the few people it
concerns; a stream is then a list of entry numbers, so that a thousand bidders cost a thousand
short lists.
"""

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from json import dumps

from rooms.log import Entry
from server.machine import AnyMachine, Shared


@dataclass(frozen=True, slots=True)
class Shape:
    """An entry as JSON without its opening brace and number, by kind of audience; None where it
    isn't shown."""

    kinds: dict[str, str | None]
    persons: dict[str, str | None]

    def text(self, audience: str) -> str | None:
        """What this audience is shown."""
        if audience in self.persons:
            return self.persons[audience]
        return self.kinds[audience.partition(":")[0]]


@dataclass(slots=True)
class Stream:
    """One audience's stream: positions in the log, and how far the log was looked at."""

    audience: str
    positions: "array[int]" = field(default_factory=lambda: array("L"))
    looked_at: int = 0


@dataclass(slots=True)
class Streams:
    """Every stream of one room. `state` is the one before the next entry."""

    machine: AnyMachine
    state: Shared
    shapes: list[Shape] = field(default_factory=list)
    streams: dict[str, Stream] = field(default_factory=dict)

    def catch_up(self, entries: Sequence[Entry[object]]) -> None:
        """Takes in what is new in the room's log."""
        for entry in entries[len(self.shapes) :]:
            self.shapes.append(_shape(self.machine, self.state, entry))
            self.state = self.machine.evolve(self.state, entry.event)

    def size(self, audience: str) -> int:
        """How many entries the stream has."""
        return len(self._stream(audience).positions)

    def texts(self, audience: str, after: int, limit: int | None = None) -> list[str]:
        """The stream's entries with numbers over `after`, as JSON."""
        stream = self._stream(audience)
        end = len(stream.positions) if limit is None else after + limit
        chosen = stream.positions[after:end]
        return [
            f'{{"n":{number},{self.shapes[position].text(audience)}'
            for number, position in enumerate(chosen, after + 1)
        ]

    def between(self, audience: str, first: int, last: int) -> tuple[int, list[str]]:
        """The stream's entries made of the log's entries `first` to `last`, and the number of the
        last one up to there.
        """
        positions = self._stream(audience).positions
        start, end = bisect_left(positions, first - 1), bisect_left(positions, last)
        return end, self.texts(audience, start, end - start)

    def _stream(self, audience: str) -> Stream:
        stream = self.streams.get(audience)
        if stream is None:
            stream = self.streams[audience] = Stream(audience)
        while stream.looked_at < len(self.shapes):
            if self.shapes[stream.looked_at].text(audience) is not None:
                stream.positions.append(stream.looked_at)
            stream.looked_at += 1
        return stream


def _shape(machine: AnyMachine, before: Shared, entry: Entry[object]) -> Shape:
    kinds = {
        audience.partition(":")[0]: _text(machine, before, entry, audience)
        for audience in machine.audiences
    }
    own = [audience.partition(":")[0] for audience in machine.audiences if ":" in audience]
    persons: dict[str, str | None] = {}
    for person in machine.concerned(before, entry):
        for kind in own:
            audience = f"{kind}:{person}"
            text = _text(machine, before, entry, audience)
            if text != kinds[kind]:
                persons[audience] = text
    return Shape(kinds, persons)


def _text(machine: AnyMachine, before: Shared, entry: Entry[object], audience: str) -> str | None:
    shown = machine.project(before, entry, audience)
    if shown is None:
        return None
    return dumps(shown, ensure_ascii=False, separators=(",", ":"))[1:]
