"""Steps after the call, completion and delivery."""

from datetime import datetime, timedelta

from rooms.counter import commands as c
from rooms.counter import events as e
from rooms.counter.checks import case_of, in_phase
from rooms.counter.events import Event
from rooms.counter.phases import Phase
from rooms.counter.state import Case, State
from rooms.refusals import AlreadyDone, NoResult, NotProcessing
from rooms.texts import check_name, check_optional

INVITED_AGAIN = timedelta(days=3)
"""So long after completion an applicant who has not rated is asked again."""


def begin_step(state: State, command: c.BeginStep) -> list[Event]:
    _processing(state, command.item)
    step = check_name(command.step, "step")
    return [e.StepNoted(command.item, step, check_optional(command.note, "note"))]


def complete(state: State, command: c.CompleteItem, now: datetime) -> list[Event]:
    _processing(state, command.item)
    note = check_optional(command.note, "note")
    return [e.ItemCompleted(command.item, note, now + INVITED_AGAIN)]


def deliver(state: State, command: c.DeliverResult) -> list[Event]:
    """What was done on the spot is handed over in the call, or afterwards like anything else."""
    in_phase(state, Phase.DECIDED, Phase.PROCESSING, Phase.COMPLETED, Phase.DELIVERED)
    case = case_of(state, command.item)
    if not case.finished:
        raise NoResult(item=command.item)
    if case.delivery is not None:
        raise AlreadyDone(what="deliver")
    tracking = check_name(command.tracking, "tracking") if command.tracking else ""
    return [e.ResultDelivered(command.item, command.way, tracking)]


def _processing(state: State, item: str) -> Case:
    in_phase(state, Phase.PROCESSING)
    case = case_of(state, item)
    if not case.processing:
        raise NotProcessing(item=item)
    return case
