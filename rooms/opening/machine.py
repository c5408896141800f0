"""The machine of an opening: `decide` answers an order with facts or refuses, `evolve` folds facts.

Both are pure. Time is the argument `now`; chance comes with the commands.
"""

from datetime import datetime
from typing import assert_never

from rooms import codec
from rooms.ids import PersonId
from rooms.opening import (
    announcing,
    anytime,
    closing,
    decrypting,
    drawing,
    ending,
    faults,
    floor,
    publishing,
    receiving,
    recordings,
    signing,
    ticking,
)
from rooms.opening import commands as c
from rooms.opening.commands import Command
from rooms.opening.events import Event
from rooms.opening.evolve import evolve
from rooms.opening.rights import check_right
from rooms.opening.state import START, State
from rooms.opening.ticking import Due, due, next_instant
from rooms.refusals import Paused

__all__ = ["START", "Due", "State", "decide", "due", "evolve", "next_instant"]

WHILE_PAUSED: frozenset[type[Command]] = frozenset(
    {
        c.ResumeOpening,
        c.TerminateOpening,
        c.TakeOver,
        c.PostChat,
        c.SetChatMode,
        c.IssueWarning,
        c.NoteDeposit,
        c.SignIn,
        c.RaiseObjection,
        c.AnswerObjection,
        c.Tick,
        c.NoteBytes,
        c.NoteGate,
        c.NoteOpened,
        c.NoteVoid,
        c.NoteInterruption,
        c.NoteRecord,
        c.RequestFloor,
        c.WithdrawFloor,
        c.GrantFloor,
        c.TakeFloor,
        c.MutePerson,
        c.NoteRecording,
        c.MarkRecordings,
        c.NoteRecordingEnd,
    }
)
"""What goes on while an opening is paused."""


def decide(state: State, command: Command, *, by: PersonId, now: datetime) -> list[Event]:
    """The facts that an order by this person leads to at this instant; raises `Refused` if to none.

    An empty list means that nothing is to be recorded. `now` is the server's clock and the only
    one that counts; it is rounded down to the millisecond, as entries are.
    """
    now = codec.floor(now)
    check_right(state, command, by)
    if state.paused and type(command) not in WHILE_PAUSED:
        raise Paused
    events = _decide(state, command, by, now)
    for event in events:
        state = evolve(state, event)
    return events + ticking.advance(state, now)


def _decide(state: State, command: Command, by: PersonId, now: datetime) -> list[Event]:
    match command:
        case c.DraftTender():
            return publishing.draft(state, command, by, now)
        case c.GiveTrusteeCard():
            return publishing.give_card(state, command, by)
        case c.PublishTender():
            return publishing.publish(state, command, by, now)
        case c.AnswerRehearsal():
            return publishing.answer_rehearsal(state, command, by)
        case c.AcceptTender():
            return receiving.accept(state, command, by, now)
        case c.SubmitBid():
            return receiving.submit(state, command, by, now)
        case c.WithdrawBid():
            return receiving.withdraw(state, command, by, now)
        case c.SignIn():
            return receiving.sign_in(state, command, by, now)
        case c.NoteBytes():
            return receiving.note_bytes(state, command, now)
        case c.StartOpening():
            return closing.start(state, command)
        case c.PublishRoll():
            return closing.publish_roll(state)
        case c.ContinueOpening():
            return closing.go_on(state, command)
        case c.FailOpening():
            return closing.fail(state, command)
        case c.StartDecryption():
            return decrypting.start(state, command, now)
        case c.NoteGate():
            return decrypting.note_gate(state, command)
        case c.ReleaseShares():
            return decrypting.release_shares(state, command, by, now)
        case c.ReleaseKey():
            return decrypting.release_key(state, command, by, now)
        case c.NoteOpened():
            return decrypting.note_opened(state, command)
        case c.NoteVoid():
            return decrypting.note_void(state, command)
        case c.ImportBids():
            return decrypting.import_bids(state)
        case c.RuleFault():
            return faults.rule(state, command)
        case c.GrantRemedy():
            return faults.remedy(state, command, now)
        case c.CommitSeed():
            return drawing.commit(state, command, by)
        case c.RevealSeed():
            return drawing.reveal(state, command, by)
        case c.DrawParameter():
            return drawing.draw(state)
        case c.StartAnnouncing():
            return announcing.start(state)
        case c.AnnounceBids():
            return announcing.announce(state, command)
        case c.StartConfirmation():
            return announcing.start_confirmation(state, now)
        case c.ConfirmBid():
            return announcing.confirm(state, command, by, now)
        case c.DisputeBid():
            return announcing.dispute(state, command, by, now)
        case c.RaiseObjection():
            return announcing.object_to(state, command, by, now)
        case c.AnswerObjection():
            return announcing.answer(state, command)
        case c.StartSigning():
            return ending.start_signing(state, now)
        case c.SignRecord():
            return ending.sign(state, command, by)
        case c.EndOpening():
            return ending.end(state)
        case c.NoteRecord():
            return ending.note_record(state, command)
        case c.SignMinutes():
            return signing.sign(state, command, by)
        case c.NotePreserved():
            return signing.preserve(state, command)
        case c.ArchiveRoom():
            return ending.archive(state)
        case c.Reconvene():
            return ending.reconvene(state, command, now)
        case c.PauseOpening():
            return anytime.pause(state, command, now)
        case c.ResumeOpening():
            return anytime.resume(state, now)
        case c.ExtendWindow():
            return anytime.extend(state, command, now)
        case c.NoteInterruption():
            return anytime.note_interruption(state, command)
        case c.TerminateOpening():
            return anytime.terminate(state, command)
        case c.IssueWarning():
            return anytime.warn(state, command, by)
        case c.TakeOver():
            return anytime.take_over(state, by)
        case c.NoteDeposit():
            return anytime.note_deposit(state, command)
        case c.PostChat():
            return anytime.chat(state, command, by)
        case c.SetChatMode():
            return anytime.set_chat(state, command)
        case c.RequestFloor():
            return floor.request(state, by)
        case c.WithdrawFloor():
            return floor.withdraw(state, by)
        case c.GrantFloor():
            return floor.grant(state, command)
        case c.TakeFloor():
            return floor.take(state)
        case c.MutePerson():
            return floor.mute(state, command)
        case c.NoteRecording():
            return recordings.note(state, command, now)
        case c.MarkRecordings():
            return recordings.mark(state, command)
        case c.NoteRecordingEnd():
            return recordings.note_end(state, command)
        case c.Tick():
            return ticking.tick(state, now)
        case _:
            assert_never(command)
