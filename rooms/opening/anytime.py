"""What may be ordered in many phases: pausing, extending, terminating, warnings, hosts, chat."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from rooms.codec import floor
from rooms.ids import BidId, PersonId
from rooms.opening import commands as c
from rooms.opening import events as e
from rooms.opening.checks import in_phase, within
from rooms.opening.events import ChatMode, Event, Window
from rooms.opening.faults import MOST_MINUTES
from rooms.opening.phases import AFTER_ROLL, ALIVE, HELD, Phase
from rooms.opening.rights import roles_of
from rooms.opening.state import State
from rooms.opening.terms import Role
from rooms.refusals import (
    AlreadyDone,
    ChatBetweenBidders,
    ChatClosed,
    NotEnrolled,
    NotPaused,
    OutOfPhase,
    TextMissing,
    UnknownPerson,
    WindowOver,
)
from rooms.texts import check_text

DEPOSITS = frozenset({"paid", "unpaid", "guarantee"})
_HOST_SIDE = frozenset({Role.HOST, Role.DEPUTY, Role.TENDERER, Role.SUPERVISOR})


def windows(state: State, now: datetime) -> dict[Window, datetime]:
    """The running windows with their ends."""
    ends: dict[Window, datetime | None] = {Window.UPLOAD: state.upload_until}
    if state.phase is Phase.DECRYPTING:
        ends[Window.DECRYPTION] = state.decryption_until
    if state.phase is Phase.CONFIRMING:
        if not state.lapsed:
            ends[Window.CONFIRMATION] = state.confirmation_until
        ends[Window.OBJECTION] = state.objections_until
    return {window: end for window, end in ends.items() if end is not None and end > now}


def pause(state: State, command: c.PauseOpening, now: datetime) -> list[Event]:
    in_phase(state, *HELD)
    return [e.OpeningPaused(check_text(command.reason, "reason"), now)]


def resume(state: State, now: datetime) -> list[Event]:
    """The frozen time is added to every window that was running. Uploads went on all the time."""
    in_phase(state, *HELD)
    if state.paused_since is None:
        raise NotPaused
    frozen = now - state.paused_since
    running = windows(state, state.paused_since)
    running.pop(Window.UPLOAD, None)
    shifted = {window: end + frozen for window, end in running.items()}
    return [e.OpeningResumed(shifted, _remedies(state, state.paused_since, frozen))]


def extend(state: State, command: c.ExtendWindow, now: datetime) -> list[Event]:
    in_phase(state, *HELD)
    within(command.minutes, "minutes", 1, MOST_MINUTES)
    check_text(command.reason, "reason")
    end = windows(state, now).get(command.window)
    if end is None:
        raise WindowOver(window=command.window.value)
    until = end + timedelta(minutes=command.minutes)
    return [e.WindowExtended(command.window, until, command.reason)]


def note_interruption(state: State, command: c.NoteInterruption) -> list[Event]:
    """The platform was away: windows that ran meanwhile get the lost time back, the deadline
    not."""
    in_phase(state, *ALIVE)
    since, back = floor(command.since), floor(command.back)
    if state.interruptions:
        # Two processes may notice the same gap.
        since = max(since, state.interruptions[-1].back)
    if since >= back:
        return []
    if state.paused_since is not None:
        # What passed during a pause is given back when the opening goes on.
        lost = max(state.paused_since - since, timedelta())
    else:
        lost = back - since
    shifted = {window: end + lost for window, end in windows(state, since).items()}
    return [e.ServiceInterrupted(since, back, shifted, _remedies(state, since, lost))]


def terminate(state: State, command: c.TerminateOpening) -> list[Event]:
    in_phase(state, Phase.RECEIVING, Phase.CLOSED, *HELD)
    return [e.OpeningTerminated(check_text(command.reason, "reason"))]


def warn(state: State, command: c.IssueWarning, by: PersonId) -> list[Event]:
    in_phase(state, *ALIVE)
    return [e.WarningIssued(by, check_text(command.text, "text"))]


def take_over(state: State, by: PersonId) -> list[Event]:
    in_phase(state, *ALIVE)
    if state.host == by:
        raise AlreadyDone(what="take_over")
    return [e.HostChanged(by)]


def note_deposit(state: State, command: c.NoteDeposit) -> list[Event]:
    """Not before the roll: who bids, and so whose deposit came, is nobody's business until then."""
    in_phase(state, *AFTER_ROLL)
    if not any(each.bidder == command.bidder for each in state.counted.values()):
        raise UnknownPerson(person=command.bidder)
    if command.state not in DEPOSITS:
        raise TextMissing(field="state")
    return [e.DepositNoted(command.bidder, command.state)]


def chat(state: State, command: c.PostChat, by: PersonId) -> list[Event]:
    """Public, or private with one person; bidders never privately among themselves."""
    in_phase(state, *ALIVE)
    roles = roles_of(state, by)
    if roles == {Role.BIDDER}:
        if not state.rolled:
            # A word before the roll would tell that its author bids.
            raise OutOfPhase(phase=state.phase.value, allowed=[each.value for each in AFTER_ROLL])
        if state.counted_of(by) is None:
            raise NotEnrolled
    if state.chat is ChatMode.CLOSED or (state.chat is ChatMode.MUTED and not roles & _HOST_SIDE):
        raise ChatClosed(mode=state.chat.value)
    if command.to is not None:
        _check_addressee(state, command.to, roles)
    return [e.ChatPosted(by, check_text(command.text, "text"), command.to)]


def set_chat(state: State, command: c.SetChatMode) -> list[Event]:
    in_phase(state, *ALIVE)
    if command.mode is state.chat:
        raise AlreadyDone(what="chat_mode")
    return [e.ChatModeSet(command.mode)]


def _check_addressee(state: State, to: PersonId, mine: frozenset[Role]) -> None:
    theirs = frozenset(seat.role for seat in state.seats_of(to))
    if theirs:
        return
    if not state.rolled or state.counted_of(to) is None:
        raise UnknownPerson(person=to)
    if mine == {Role.BIDDER}:
        raise ChatBetweenBidders


def _remedies(state: State, running_at: datetime, by: timedelta) -> Mapping[BidId, datetime]:
    return {bid: end + by for bid, end in state.remedies.items() if end > running_at}
