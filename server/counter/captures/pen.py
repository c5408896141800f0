"""From the pen to a signature: what a hand can have written becomes strokes, the rest is refused.

When and how hard the pen moved is looked at and then dropped: it would identify the signer like a
fingerprint, and nobody needs it to see what was signed.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from rooms.strokes import MOST_POINTS, Strokes
from server.errors import Invalid

MOST_MILLISECONDS: Final = 5 * 60 * 1000
LEAST_INK: Final = 0.05
"""Of the pad's diagonal: less is a slip of the pen."""
LEAST_POINTS: Final = 6
FASTEST: Final = 40.0
"""Widths of the pad in a second."""


class SignatureRefused(Invalid):
    """`signature_empty` or `signature_absurd`."""


@dataclass(frozen=True, slots=True)
class Touch:
    """Where the pen was, `t` milliseconds after the first touch."""

    x: int
    y: int
    t: int


def written(width: int, height: int, lines: Sequence[Sequence[Touch]]) -> Strokes:
    """The strokes, points that repeat each other left out. Raises SignatureRefused."""
    points = [point for line in lines for point in line]
    if len(points) > MOST_POINTS:
        raise _absurd("points")
    if any(not line for line in lines):
        raise _absurd("lines")
    if any(point.x > width or point.y > height or min(point.x, point.y) < 0 for point in points):
        raise _absurd("place")
    if any(later.t < sooner.t for sooner, later in pairwise(points)):
        raise _absurd("time")
    if points and points[-1].t - points[0].t > MOST_MILLISECONDS:
        raise _absurd("time")
    ink = sum(_length(line) for line in lines)
    if len(points) < LEAST_POINTS or ink < LEAST_INK * math.hypot(width, height):
        raise SignatureRefused("signature_empty")
    seconds = max(1, points[-1].t - points[0].t) / 1000
    if ink / width / seconds > FASTEST:
        raise _absurd("speed")
    return Strokes(width, height, tuple(_places(line) for line in lines))


def _length(line: Sequence[Touch]) -> float:
    return sum(
        math.hypot(later.x - sooner.x, later.y - sooner.y) for sooner, later in pairwise(line)
    )


def _places(line: Sequence[Touch]) -> tuple[tuple[int, int], ...]:
    places = [(point.x, point.y) for point in line]
    return tuple(place for at, place in enumerate(places) if at == 0 or place != places[at - 1])


def _absurd(problem: str) -> SignatureRefused:
    return SignatureRefused("signature_absurd", {"problem": problem})
