"""Places on the map, and how far they are apart."""

import re
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

_DEGREES = re.compile(r"-?\d{1,3}\.\d{1,6}", re.ASCII)
EARTH_KILOMETRES = 6371.0088
"""The mean radius of the Earth (IUGG)."""


@dataclass(frozen=True, slots=True)
class Place:
    """Degrees east and north."""

    longitude: float
    latitude: float


def parse_degrees(text: str, most: int) -> float | None:
    """Degrees written as `102.664412`, between -most and most; None if the text says no such
    thing."""
    if not _DEGREES.fullmatch(text):
        return None
    value = float(text)
    return value if abs(value) <= most else None


def kilometres(one: Place, other: Place) -> int:
    """Whole kilometres as the crow flies (haversine formula): roads are longer, never shorter."""
    north = radians(other.latitude - one.latitude)
    east = radians(other.longitude - one.longitude)
    chord = sin(north / 2) ** 2 + cos(radians(one.latitude)) * cos(radians(other.latitude)) * (
        sin(east / 2) ** 2
    )
    return round(2 * EARTH_KILOMETRES * asin(min(1.0, sqrt(chord))))
