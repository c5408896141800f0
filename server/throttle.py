"""Slowing down whoever guesses, and whoever takes too much."""

from collections import OrderedDict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.clock import Clock
from server.errors import TooMany

KEPT = 10_000
"""Names remembered at most; the oldest go first, so that guessing names can't fill the memory."""


@dataclass(slots=True)
class _Record:
    failures: int
    until: datetime


class Throttle:
    """Counts failures by name. After `attempts` the name waits, twice as long after each further
    failure."""

    def __init__(self, clock: Clock, attempts: int, wait_seconds: int) -> None:
        self._clock = clock
        self._attempts = attempts
        self._wait = wait_seconds
        self._records: OrderedDict[str, _Record] = OrderedDict()

    def check(self, name: str) -> None:
        """Raises TooMany while the name has to wait."""
        record = self._records.get(name)
        if record is None or record.failures < self._attempts:
            return
        left = (record.until - self._clock()).total_seconds()
        if left > 0:
            raise TooMany(int(left) + 1)

    def failed(self, name: str) -> None:
        """Notes a failure."""
        record = self._records.pop(name, None) or _Record(0, self._clock())
        record.failures += 1
        over = max(0, record.failures - self._attempts)
        record.until = self._clock() + timedelta(seconds=self._wait * 2 ** min(over, 6))
        self._records[name] = record
        while len(self._records) > KEPT:
            self._records.popitem(last=False)

    def succeeded(self, name: str) -> None:
        """Forgets the failures of a name."""
        self._records.pop(name, None)


class Pace:
    """At most so many a name within a time, in seconds; 0 is as many as anybody likes. A server
    counts what it did itself."""

    def __init__(self, clock: Clock, most: int, seconds: int, code: str) -> None:
        self._clock = clock
        self._most = most
        self._time = timedelta(seconds=seconds)
        self._code = code
        self._taken: OrderedDict[str, deque[datetime]] = OrderedDict()

    @contextmanager
    def one(self, name: str) -> Iterator["One"]:
        """One more for this name, which counts unless the block fails or gives it back. Raises
        TooMany."""
        taking = One(self._clock())
        taken = self._recent(name)
        if self._most and len(taken) >= self._most:
            left = (taken[0] + self._time - taking.at).total_seconds()
            raise TooMany(int(left) + 1, self._code)
        taken.append(taking.at)
        try:
            yield taking
        except BaseException:
            taking.counts = False
            raise
        finally:
            if not taking.counts and taking.at in taken:
                taken.remove(taking.at)

    def _recent(self, name: str) -> deque[datetime]:
        taken = self._taken.pop(name, None) or deque()
        self._taken[name] = taken
        while len(self._taken) > KEPT:
            self._taken.popitem(last=False)
        since = self._clock() - self._time
        while taken and taken[0] <= since:
            taken.popleft()
        return taken


@dataclass(slots=True)
class One:
    """Something that was taken at an instant."""

    at: datetime
    counts: bool = True
