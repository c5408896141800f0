"""Who has the floor, and whose sound is off (docs/media.md)."""

from dataclasses import dataclass

from rooms.ids import PersonId


@dataclass(frozen=True, slots=True)
class FloorRequested:
    """Somebody raised a hand."""

    person: PersonId


@dataclass(frozen=True, slots=True)
class FloorWithdrawn:
    """The hand was put down, or the floor given back."""

    person: PersonId


@dataclass(frozen=True, slots=True)
class FloorGranted:
    """This person has the floor now, and nobody else."""

    person: PersonId


@dataclass(frozen=True, slots=True)
class FloorTaken:
    """The host took the floor back from whoever had it."""

    person: PersonId


@dataclass(frozen=True, slots=True)
class SoundMuted:
    """The host turned somebody's sound off, or on again."""

    person: PersonId
    muted: bool
