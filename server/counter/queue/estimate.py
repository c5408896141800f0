"""How long somebody will wait: pure arithmetic over how long sessions about the same items took."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from heapq import heapify, heapreplace
from math import ceil
from statistics import median

FALLBACK = timedelta(minutes=15)
"""What a session takes where nothing is known yet."""
LEAST = timedelta(minutes=1)
ENOUGH = 3
"""So many sessions about an item have to be known before its own median counts."""


@dataclass(frozen=True, slots=True)
class Durations:
    """How long finished sessions took, in seconds, by the codes of their items: those about one
    item alone, and the hall's of any kind."""

    by_item: Mapping[str, Sequence[float]] = field(default_factory=dict)
    of_any: Sequence[float] = ()

    def expected(self, items: Sequence[str]) -> timedelta:
        """What a session about these items is going to take: the sum of the items' medians."""
        total = sum((self._one(item) for item in items), start=timedelta(0))
        return max(LEAST, total)

    def _one(self, item: str) -> timedelta:
        known = self.by_item.get(item, ())
        if len(known) < ENOUGH:
            known = self.of_any
        if len(known) < ENOUGH:
            return FALLBACK
        return timedelta(seconds=median(known))


def minutes_to_wait(ahead: Iterable[timedelta], free_in: Sequence[timedelta]) -> int | None:
    """Minutes until it is one's turn, rounded up.

    `ahead` is what each of those before will take, in their order; `free_in` is for each open
    window when it is free. None while no window is open.
    """
    if not free_in:
        return None
    windows = [max(timedelta(0), each) for each in free_in]
    heapify(windows)
    for each in ahead:
        heapreplace(windows, windows[0] + each)
    return ceil(windows[0] / timedelta(minutes=1))


def left_of(expected: timedelta, elapsed: timedelta) -> timedelta:
    """How long a session that has gone on for `elapsed` still takes: one that is over its time is
    expected to end within a tenth of it."""
    return max(expected - elapsed, expected / 10)
