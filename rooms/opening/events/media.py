"""Who has the floor, whose sound is off, and what is recorded (docs/media.md)."""

from dataclasses import dataclass

from rooms.ids import Digest, PersonId, RecordingId
from rooms.opening.events.kinds import FeedKind, RecordingStop


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


@dataclass(frozen=True, slots=True)
class RecordingStarted:
    """What this person sends is being recorded into a file of its own."""

    recording: RecordingId
    person: PersonId
    name: str
    kind: FeedKind


@dataclass(frozen=True, slots=True)
class Mark:
    """What is safely in a recording's file: its first `size` bytes have this digest."""

    recording: RecordingId
    size: int
    sha256: Digest


@dataclass(frozen=True, slots=True)
class RecordingsMarked:
    """Digests of running recordings, so that what was recorded before a crash is proven too."""

    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class RecordingEnded:
    """A recording is over; its file is never changed again."""

    recording: RecordingId
    size: int
    sha256: Digest
    reason: RecordingStop
