"""What is recorded of an opening, when, and what its log says of the files."""

from datetime import datetime, timedelta

from rooms.codec import encode
from rooms.ids import SYSTEM
from rooms.opening import commands as c
from rooms.opening import events as e
from rooms.opening.checks import in_phase
from rooms.opening.events import Event, FeedKind
from rooms.opening.floor import may_speak
from rooms.opening.phases import HELD, Phase
from rooms.opening.state import State
from rooms.opening.visibility import name_of
from rooms.recording import grown
from rooms.refusals import AlreadyDone, OutOfRange, SignInNotOpen, UnknownPerson, UnknownRecording

CONFIRMED = "confirmed"
"""What the host says of the recording when there is one."""
RECORDED = (Phase.RECEIVING, Phase.CLOSED, *HELD)
OVER = (Phase.ENDED, Phase.FAILED, Phase.TERMINATED)
"""Where a recording that went on to the end of the opening is closed."""


def begins(state: State) -> datetime:
    """From when on the room is recorded: the opening of its sign-in window."""
    return state.deadline - timedelta(seconds=state.terms.windows.sign_in)


def recorded(state: State, now: datetime) -> bool:
    """Whether what is sent in the room is recorded now."""
    if state.phase is Phase.RECEIVING:
        return now >= begins(state)
    return state.phase is Phase.CLOSED or state.phase in HELD


def confirmed(state: State) -> bool:
    """Whether the acting host's camera or a camera of the hall is being recorded."""
    return any(
        each.kind is FeedKind.HALL or (each.kind is FeedKind.CAMERA and each.person == state.host)
        for each in state.running()
    )


def note(state: State, command: c.NoteRecording, now: datetime) -> list[Event]:
    """A recording began; a feed has at most one at a time."""
    in_phase(state, *RECORDED)
    if not recorded(state, now):
        raise SignInNotOpen(opens=encode(begins(state)))
    if command.person == SYSTEM or not may_speak(state, command.person):
        raise UnknownPerson(person=command.person)
    feed = (command.person, command.kind)
    if command.recording in state.recordings or any(
        (each.person, each.kind) == feed for each in state.running()
    ):
        raise AlreadyDone(what="recording")
    name = name_of(state, command.person)
    return [e.RecordingStarted(command.recording, command.person, name, command.kind)]


def mark(state: State, command: c.MarkRecordings) -> list[Event]:
    """Marks of running recordings that grew; others say nothing new and are left out."""
    in_phase(state, *RECORDED, *OVER)
    marks = grown(state.recordings, command.marks)
    return [e.RecordingsMarked(marks)] if marks else []


def note_end(state: State, command: c.NoteRecordingEnd) -> list[Event]:
    """A recording is over. Its file is never shorter than what a mark said is in it."""
    in_phase(state, *RECORDED, *OVER)
    found = state.recordings.get(command.recording)
    if found is None:
        raise UnknownRecording(recording=command.recording)
    if found.ended is not None:
        raise AlreadyDone(what="recording")
    if command.size < found.size:
        raise OutOfRange(field="size", least=found.size, most=None)
    return [e.RecordingEnded(command.recording, command.size, command.sha256, command.reason)]
