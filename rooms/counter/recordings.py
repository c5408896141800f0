"""What is recorded of a session, when, and what its log says of the files."""

from rooms.counter import commands as c
from rooms.counter import events as e
from rooms.counter.checks import in_phase, on_call
from rooms.counter.events import Event
from rooms.counter.phases import HELD, OVER, RECORDED, Phase
from rooms.counter.rights import name_of, roles_of
from rooms.counter.state import State
from rooms.ids import SYSTEM, PersonId
from rooms.recording import grown
from rooms.refusals import (
    AlreadyDone,
    ConsentMissing,
    NotRecorded,
    OutOfRange,
    UnknownPerson,
    UnknownRecording,
)

CONFIRMED = "confirmed"
"""What the near clerk says of the recording when there will be one."""


def may_speak(state: State, person: PersonId) -> bool:
    """Whether this person may be seen and heard now: everybody in the session, while the call is
    on."""
    on = state.phase in HELD and not state.over
    return on and person != SYSTEM and bool(roles_of(state, person))


def recorded(state: State) -> bool:
    """Whether what is sent in the session is recorded now: never before there is consent."""
    return state.phase in RECORDED and not state.over and state.recording == CONFIRMED


def note(state: State, command: c.NoteRecording) -> list[Event]:
    """A recording began; a feed has at most one at a time."""
    if state.phase is Phase.CONNECTING:
        raise ConsentMissing
    in_phase(state, *RECORDED)
    on_call(state)
    if state.recording != CONFIRMED:
        raise NotRecorded(reason=state.recording)
    if not may_speak(state, command.person):
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
