"""Slowing down whoever guesses."""

from collections import OrderedDict
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
