"""The machine of a session: `decide` answers an order with facts or refuses, `evolve` folds facts.

Both are pure. Time is the argument `now`; chance (ids, salts) comes with the commands.
"""

from datetime import datetime
from typing import assert_never

from rooms import codec
from rooms.counter import (
    anytime,
    consent,
    deciding,
    filling,
    handing,
    identity,
    materials,
    processing,
    queueing,
    rating,
    recordings,
    screenshots,
    seats,
    signing,
    ticking,
)
from rooms.counter import commands as c
from rooms.counter.commands import Command
from rooms.counter.events import Event
from rooms.counter.evolve import evolve
from rooms.counter.rights import check_right
from rooms.counter.state import START, State
from rooms.counter.ticking import Due, due, next_instant
from rooms.ids import PersonId

__all__ = ["START", "Due", "State", "decide", "due", "evolve", "next_instant"]


def decide(state: State, command: Command, *, by: PersonId, now: datetime) -> list[Event]:
    """The facts that an order by this person leads to at this instant; raises `Refused` if to none.

    An empty list means that nothing is to be recorded. `now` is the server's clock and the only
    one that counts; it is rounded down to the millisecond, as entries are.
    """
    now = codec.floor(now)
    check_right(state, command, by)
    match command:
        case c.BookSession():
            return queueing.book(state, command, now)
        case c.IssueTicket():
            return queueing.issue(state, command, now)
        case c.CancelSession():
            return queueing.cancel(state, command)
        case c.CallTicket():
            return queueing.call(state, command, by, now)
        case c.RecallTicket():
            return queueing.recall(state, now)
        case c.RequeueTicket():
            return queueing.requeue(state, by)
        case c.ConnectSession():
            return queueing.connect(state, command, now)
        case c.AssignFar():
            return seats.assign(state, command, by)
        case c.OfferHandOver():
            return handing.offer(state, command, by)
        case c.TakeOver():
            return handing.take(state, command, by)
        case c.EndHandOverOffer():
            return handing.end_offer(state, command, by)
        case c.HandOver():
            return handing.hand_over(state, command, by)
        case c.AdmitPerson():
            return seats.admit(state, command)
        case c.NotePresence():
            return seats.presence(state, command, now)
        case c.GiveConsent():
            return consent.give(state, command, by)
        case c.RefuseConsent():
            return consent.refuse(state, by)
        case c.AllowReuse():
            return consent.allow_reuse(state, by)
        case c.CaptureIdentity():
            return identity.capture(state, command)
        case c.CheckIdentity():
            return identity.check(state, command)
        case c.CaptureMaterial():
            return materials.capture(state, command)
        case c.RetakePage():
            return materials.retake(state, command)
        case c.OrderPages():
            return materials.order(state, command)
        case c.RemovePage():
            return materials.remove(state, command)
        case c.JudgeMaterial():
            return materials.judge(state, command)
        case c.TakeScreenshot():
            return screenshots.take(state, command)
        case c.FillField():
            return filling.fill(state, command)
        case c.ConfirmFields():
            return filling.confirm(state, command, by)
        case c.SignForm():
            return signing.sign(state, command, by)
        case c.InviteDepartment():
            return deciding.invite(state, command)
        case c.GiveOpinion():
            return deciding.give_opinion(state, command, by)
        case c.NoteFee():
            return deciding.note_fee(state, command)
        case c.NotePayment():
            return deciding.note_payment(state, command)
        case c.Decide():
            return deciding.decide(state, command, now)
        case c.EndSession():
            return deciding.end(state, command)
        case c.BeginStep():
            return processing.begin_step(state, command)
        case c.CompleteItem():
            return processing.complete(state, command, now)
        case c.DeliverResult():
            return processing.deliver(state, command)
        case c.RateSession():
            return rating.rate(state, command, now)
        case c.AnswerRating():
            return rating.answer(state, command)
        case c.PostChat():
            return anytime.chat(state, command, by)
        case c.IssueWarning():
            return anytime.warn(state, command, by)
        case c.NoteInterruption():
            return anytime.note_interruption(state, command)
        case c.NoteRecord():
            return anytime.note_record(state, command)
        case c.ArchiveRoom():
            return anytime.archive(state)
        case c.EraseApplicant():
            return anytime.erase(state, command, now)
        case c.NoteRecording():
            return recordings.note(state, command)
        case c.MarkRecordings():
            return recordings.mark(state, command)
        case c.NoteRecordingEnd():
            return recordings.note_end(state, command)
        case c.Tick():
            return ticking.tick(state, now)
        case _:
            assert_never(command)
