"""Puts RTP timestamps onto this machine's clock, so that sound and picture fit together.

Sender reports (RFC 3550 §6.4.1) would relate the two exactly; taps don't get them. Each track is
anchored where its first packet arrived instead, and held to the least delayed packets since: its
sound and picture are apart by what their first packets' ways differed, some tens of milliseconds,
and never by more than BOUND for longer than WINDOW, however the sender's clock drifts.
"""

WINDOW = 10.0
"""Seconds over which the least delayed packet is looked for."""

BOUND = 0.08
"""Seconds that a track may be away from its packets' arrival before it is put right."""

_AHEAD = 1.0
_BEHIND = 10.0


class Timeline:
    """Of one track. Times are seconds of the clock whose `now` is given."""

    __slots__ = ("_least", "_offset", "_rate", "_until")

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._offset: float | None = None
        self._least = 0.0
        self._until = 0.0

    def arrived(self, timestamp: int, now: float) -> None:
        """A packet of this unwrapped timestamp came just now."""
        if self._offset is None:
            self._anchor(timestamp, now)
            return
        late = now - timestamp / self._rate - self._offset
        if late < -_AHEAD or late > _BEHIND:  # another clock: the sender began again
            self._anchor(timestamp, now)
            return
        if late < self._least:
            self._least = late
        if now >= self._until:
            if abs(self._least) > BOUND:
                self._offset += self._least
            self._least = _BEHIND
            self._until = now + WINDOW

    def at(self, timestamp: int, now: float) -> float:
        """When that was, on this machine's clock: never far from `now`, whatever is claimed."""
        if self._offset is None:
            return now
        when = timestamp / self._rate + self._offset
        if now - _BEHIND <= when <= now + _AHEAD:
            return when
        return now - _BEHIND if when < now else now + _AHEAD

    def _anchor(self, timestamp: int, now: float) -> None:
        self._offset = now - timestamp / self._rate
        self._least = _BEHIND
        self._until = now + WINDOW
