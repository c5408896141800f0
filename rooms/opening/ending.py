"""Signing, ending, the finished record, the archive, and reconvening."""

from datetime import datetime, timedelta

from rooms.codec import encode
from rooms.ids import PersonId
from rooms.opening import commands as c
from rooms.opening import events as e
from rooms.opening.announcing import unconfirmed
from rooms.opening.checks import counted, in_phase, some
from rooms.opening.content import content_digest
from rooms.opening.events import Event
from rooms.opening.faults import unruled
from rooms.opening.phases import Phase
from rooms.opening.rights import RIGHTS, roles_of
from rooms.opening.state import Confirmation, State
from rooms.opening.terms import Role
from rooms.refusals import (
    AlreadyDone,
    ConfirmationRunning,
    FaultUnruled,
    ObjectionOpen,
    ObjectionsRunning,
    OutOfPhase,
    RecordUnsigned,
    WrongContent,
)
from rooms.texts import check_text


def start_signing(state: State, now: datetime) -> list[Event]:
    """Closes the record for signing, when nothing in it is open any more."""
    in_phase(state, Phase.CONFIRMING)
    _check_settled(state)
    waiting = unconfirmed(state)
    if waiting:
        raise ConfirmationRunning(bids=some(waiting), until=encode(state.confirmation_until))
    until = state.objections_until
    if until is not None and now < until and not _all_confirmed(state):
        raise ObjectionsRunning(until=encode(until))
    return [e.SigningStarted(content_digest(state))]


def sign(state: State, command: c.SignRecord, by: PersonId) -> list[Event]:
    """Somebody approves the record in its own name."""
    in_phase(state, Phase.SIGNING)
    if by in state.signatures:
        raise AlreadyDone(what="sign")
    if command.content != state.content:
        raise WrongContent(expected=state.content, found=command.content)
    roles = roles_of(state, by) & RIGHTS[c.SignRecord]
    if roles == {Role.BIDDER}:
        counted(state, by)
    role = min(roles, key=tuple(Role).index)
    return [e.RecordSigned(by, role, command.content)]


def end(state: State) -> list[Event]:
    in_phase(state, Phase.SIGNING)
    _check_settled(state)
    if not {Role.HOST, Role.DEPUTY} & set(state.signatures.values()):
        raise RecordUnsigned(host=state.host)
    return [e.OpeningEnded()]


def note_record(state: State, command: c.NoteRecord) -> list[Event]:
    """The sealed minutes are made."""
    in_phase(state, Phase.ENDED, Phase.FAILED, Phase.TERMINATED)
    if not state.closed:
        # The record carries the log, and before the deadline nobody may know who bid.
        raise OutOfPhase(phase=state.phase.value, allowed=[Phase.CLOSED.value])
    if state.record is not None:
        raise AlreadyDone(what="record")
    return [e.RecordPublished(command.sha256, command.size, command.log_size)]


def archive(state: State) -> list[Event]:
    in_phase(state, Phase.PUBLISHED, Phase.FAILED, Phase.TERMINATED)
    if state.record is None:
        raise RecordUnsigned(host=state.host)
    if state.archived:
        raise AlreadyDone(what="archive")
    return [e.RoomArchived()]


def reconvene(state: State, command: c.Reconvene, now: datetime) -> list[Event]:
    """复会: back to confirming and objecting; earlier signatures count no more."""
    in_phase(state, Phase.ENDED, Phase.PUBLISHED)
    until = now + timedelta(seconds=state.terms.windows.confirmation)
    return [e.Reconvened(check_text(command.reason, "reason"), until)]


def _check_settled(state: State) -> None:
    waiting = [each.id for each in state.objections.values() if each.answer is None]
    if waiting:
        raise ObjectionOpen(objections=some(waiting))
    if unruled(state):
        raise FaultUnruled(bids=some(unruled(state)))


def _all_confirmed(state: State) -> bool:
    """Whether no bidder is left who might still object: all of them confirmed their rows."""
    return all(bid.confirmation is Confirmation.CONFIRMED for bid in state.counted_bids())
