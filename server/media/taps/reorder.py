"""Brings packets into order for a limited time: what is asked for again may still come."""

from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")

WAIT = 0.4
"""Seconds that a missing packet is waited for. Retransmission is asked for every 30 ms."""

MOST = 512
"""Packets that wait behind a missing one."""

_FAR = 3000
_NEVER = float("inf")


class InOrder(NamedTuple, Generic[T]):
    """A packet whose turn it is; `gap` when packets before it will never come."""

    item: T
    gap: bool


class Reorder(Generic[T]):
    """For one stream of packets with unwrapped sequence numbers."""

    __slots__ = ("_held", "_next", "_stray", "_wait", "lost")

    def __init__(self, wait: float = WAIT) -> None:
        self._wait = wait
        self._next: int | None = None
        self._held: dict[int, tuple[float, T]] = {}
        self._stray: int | None = None
        self.lost = 0
        """Packets given up."""

    def passes(self, sequence: int) -> bool:
        """Whether it is this packet's turn and none waits, as nearly always: it need not be put."""
        if sequence != self._next or self._held:
            return False
        self._next = sequence + 1
        return True

    def put(self, sequence: int, item: T, now: float) -> list[InOrder[T]]:
        """Takes a packet that arrived; gives those whose turn it is."""
        if self._next is None:
            self._next = sequence
        ahead = sequence - self._next
        if abs(ahead) > _FAR:
            # RFC 3550 A.1: two in a row from elsewhere are a sender that began again.
            if self._stray != sequence:
                self._stray = sequence + 1
                return []
            self._stray = None
            self._held.clear()
            self._next = sequence + 1
            return [InOrder(item, True)]
        if ahead < 0:
            return []  # twice, or too late
        self._held.setdefault(sequence, (now, item))
        return self.due(now)

    def due(self, now: float) -> list[InOrder[T]]:
        """What must not wait any longer."""
        ready: list[InOrder[T]] = []
        assert self._next is not None or not self._held
        while self._held:
            held = self._held.pop(self._next or 0, None)
            gap = False
            if held is None:
                first = min(self._held)
                if len(self._held) < MOST and now - self._held[first][0] < self._wait:
                    break
                self.lost += first - (self._next or 0)
                self._next = first
                held = self._held.pop(first)
                gap = True
            ready.append(InOrder(held[1], gap))
            self._next = (self._next or 0) + 1
        return ready
