"""The double random draw (双随机): which sessions are inspected, and by whom.

Anybody can draw again: the population is a list, the seed is published, and the order is that of
SHA-256 digests.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

_SESSION = b"yunkai/sample-session/v1\n"
_INSPECTOR = b"yunkai/sample-inspector/v1\n"
_POPULATION = b"yunkai/sample-population/v1\n"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A session and who inspects it."""

    room: str
    inspector: str


def draw(
    seed: bytes, rooms: Sequence[str], inspectors: Sequence[str], count: int
) -> tuple[Drawn, ...]:
    """The `count` sessions whose digests under the seed come first, each with an inspector.

    Inspectors take turns in the order of their own digests, so that nobody gets more than one
    session more than another. The order of the arguments has no influence.
    """
    chosen = sorted(set(rooms), key=lambda room: _rank(_SESSION, seed, room))[:count]
    turns = sorted(set(inspectors), key=lambda person: _rank(_INSPECTOR, seed, person))
    if not turns:
        return ()
    return tuple(Drawn(room, turns[at % len(turns)]) for at, room in enumerate(chosen))


def population_digest(rooms: Sequence[str]) -> str:
    """What a draw was made from, as lowercase hex SHA-256 over the sorted ids, one a line."""
    lines = "".join(f"{room}\n" for room in sorted(set(rooms)))
    return hashlib.sha256(_POPULATION + lines.encode()).hexdigest()


def _rank(domain: bytes, seed: bytes, name: str) -> bytes:
    return hashlib.sha256(domain + seed + name.encode()).digest()
