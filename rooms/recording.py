"""What is recorded of a room of either kind: orders, facts, and what they fold to."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from rooms.ids import Digest, PersonId, RecordingId

NOTHING = Digest("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
"""The digest of a file with nothing in it."""


class FeedKind(StrEnum):
    """What somebody sends."""

    CAMERA = "camera"
    SCREEN = "screen"
    HALL = "hall"  # a camera of the hall, by a device that the host let in


class RecordingStop(StrEnum):
    """Why a recording is over."""

    LEFT = "left"  # its person sends no more
    STOPPED = "stopped"  # the opening, or the call, is over
    FAILED = "failed"  # the file could not be written any more
    ENGINE = "engine"  # what recorded ended; the file has what was written until then


@dataclass(frozen=True, slots=True)
class Mark:
    """What is safely in a recording's file: its first `size` bytes have this digest."""

    recording: RecordingId
    size: int
    sha256: Digest


# --- orders of the system -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NoteRecording:
    """A feed is being recorded from now on."""

    recording: RecordingId
    person: PersonId
    kind: FeedKind


@dataclass(frozen=True, slots=True)
class MarkRecordings:
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class NoteRecordingEnd:
    recording: RecordingId
    size: int
    sha256: Digest
    reason: RecordingStop


# --- facts ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RecordingStarted:
    """What this person sends is being recorded into a file of its own."""

    recording: RecordingId
    person: PersonId
    name: str
    kind: FeedKind


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


# --- the fold -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording of what one person sends. `size` and `sha256` are those of its last mark, at the
    end those of the whole file; `ended` is None while it runs."""

    id: RecordingId
    person: PersonId
    name: str
    kind: FeedKind
    size: int = 0
    sha256: Digest = NOTHING
    ended: RecordingStop | None = None


Recordings = Mapping[RecordingId, Recording]


def after(
    recordings: Recordings, event: RecordingStarted | RecordingsMarked | RecordingEnded
) -> Recordings:
    """The recordings after a fact about them."""
    match event:
        case RecordingStarted():
            begun = Recording(event.recording, event.person, event.name, event.kind)
            return {**recordings, event.recording: begun}
        case RecordingsMarked():
            return _mark(recordings, event.marks)
        case RecordingEnded():
            marked = _mark(recordings, (Mark(event.recording, event.size, event.sha256),))
            over = replace(marked[event.recording], ended=event.reason)
            return {**marked, event.recording: over}


def grown(recordings: Recordings, marks: tuple[Mark, ...]) -> tuple[Mark, ...]:
    """The marks of running recordings that say something new, at most one for each."""
    newest: dict[RecordingId, Mark] = {}
    for each in marks:
        found = recordings.get(each.recording)
        if found is None or found.ended is not None:
            continue
        known = newest[each.recording].size if each.recording in newest else found.size
        if each.size > known:
            newest[each.recording] = each
    return tuple(newest.values())


def _mark(recordings: Recordings, marks: tuple[Mark, ...]) -> Recordings:
    changed = dict(recordings)
    for each in marks:
        changed[each.recording] = replace(
            changed[each.recording], size=each.size, sha256=each.sha256
        )
    return changed
