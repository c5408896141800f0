"""What may be ordered in many phases: chat, warnings, interruptions, minutes, the archive."""

from datetime import datetime

from crypto.encoding import format_time
from rooms.codec import floor
from rooms.counter import commands as c
from rooms.counter import events as e
from rooms.counter.checks import in_phase
from rooms.counter.events import Event
from rooms.counter.phases import ALIVE, FINISHED, OVER, Phase
from rooms.counter.rating import waits
from rooms.counter.rights import roles_of
from rooms.counter.state import State
from rooms.ids import SYSTEM, PersonId
from rooms.refusals import (
    AlreadyDone,
    MinutesNotReady,
    OutOfPhase,
    RatingOpen,
    RetentionRunning,
    UnknownPerson,
)
from rooms.texts import check_text

_RECORDED = (*OVER, Phase.CANCELLED)


def chat(state: State, command: c.PostChat, by: PersonId) -> list[Event]:
    """To everybody, or to one person who is in this session."""
    in_phase(state, *ALIVE)
    if command.to is not None and (command.to == SYSTEM or not roles_of(state, command.to)):
        raise UnknownPerson(person=command.to)
    return [e.ChatPosted(by, check_text(command.text, "text"), command.to)]


def warn(state: State, command: c.IssueWarning, by: PersonId) -> list[Event]:
    in_phase(state, *ALIVE)
    return [e.WarningIssued(by, check_text(command.text, "text"))]


def note_interruption(state: State, command: c.NoteInterruption) -> list[Event]:
    """The platform was away: a call that ran meanwhile gets the lost time back."""
    in_phase(state, *ALIVE)
    since, back = floor(command.since), floor(command.back)
    if state.interruptions:
        # Two processes may notice the same gap.
        since = max(since, state.interruptions[-1].back)
    if since >= back:
        return []
    lapses_at = state.lapses_at
    running = state.phase is Phase.CALLED and lapses_at is not None and lapses_at > since
    later = lapses_at + (back - since) if running and lapses_at is not None else None
    return [e.ServiceInterrupted(since, back, later)]


def minutes_due(state: State) -> bool:
    """Whether minutes are to be made: the first ones, or new ones because the session went on. They
    name every recording with its digest, so they wait for the last one's end."""
    return state.phase in _RECORDED and state.over and state.stale and not any(state.running())


def note_record(state: State, command: c.NoteRecord) -> list[Event]:
    """Minutes were made. Made anew after later steps, they take the place of the earlier ones,
    which stay in the log by their digest."""
    in_phase(state, *_RECORDED)
    if not state.over or any(state.running()):
        raise MinutesNotReady(phase=state.phase.value)
    if not state.stale:
        raise AlreadyDone(what="record")
    return [e.RecordPublished(command.sha256, command.size, command.log_size)]


def archive(state: State) -> list[Event]:
    if state.archived:
        raise AlreadyDone(what="archive")
    in_phase(state, *FINISHED)
    if not state.over:
        raise OutOfPhase(phase=state.phase.value, allowed=[Phase.COMPLETED.value])
    if waits(state):
        raise RatingOpen
    if state.record is None or state.stale:
        raise MinutesNotReady(phase=state.phase.value)
    return [e.RoomArchived()]


def erase(state: State, command: c.EraseApplicant, now: datetime) -> list[Event]:
    """Once, and not before the date to which the personal data are kept."""
    if state.erased:
        raise AlreadyDone(what="erase")
    in_phase(state, Phase.ARCHIVED)
    kept_until = floor(command.kept_until)
    if now < kept_until:
        raise RetentionRunning(until=format_time(kept_until))
    return [e.ApplicantErased(kept_until, command.asked_by)]
