"""Who may have brought an entry about: events by the orders that lead to them, and the clock's by
the time they were due (audit step 4)."""

from rooms.counter import commands as c
from rooms.counter import events as e
from rooms.counter import ticking
from rooms.counter.commands import Command
from rooms.counter.events import Event
from rooms.counter.kinds import Side
from rooms.counter.rights import RIGHTS, on_word, roles_of
from rooms.counter.seats import not_own
from rooms.counter.state import State
from rooms.ids import SYSTEM, PersonId
from rooms.log import Entry

ORDERED: dict[type[Event], type[Command]] = {
    e.SessionBooked: c.BookSession,
    e.TicketIssued: c.IssueTicket,
    e.SessionCancelled: c.CancelSession,
    e.HandOverOffered: c.OfferHandOver,
    e.HandedOver: c.HandOver,
    e.PersonAdmitted: c.AdmitPerson,
    e.SessionConnected: c.ConnectSession,
    e.ConsentGiven: c.GiveConsent,
    e.ConsentRefused: c.RefuseConsent,
    e.ReuseAllowed: c.AllowReuse,
    e.IdentityCaptured: c.CaptureIdentity,
    e.IdentityChecked: c.CheckIdentity,
    e.MaterialCaptured: c.CaptureMaterial,
    e.PageReplaced: c.RetakePage,
    e.PagesOrdered: c.OrderPages,
    e.PageRemoved: c.RemovePage,
    e.MaterialJudged: c.JudgeMaterial,
    e.ScreenshotTaken: c.TakeScreenshot,
    e.FieldFilled: c.FillField,
    e.FieldsConfirmed: c.ConfirmFields,
    e.FormSigned: c.SignForm,
    e.DepartmentInvited: c.InviteDepartment,
    e.OpinionGiven: c.GiveOpinion,
    e.FeeNoted: c.NoteFee,
    e.FeePaid: c.NotePayment,
    e.OutcomeDecided: c.Decide,
    e.SessionEnded: c.EndSession,
    e.StepNoted: c.BeginStep,
    e.ItemCompleted: c.CompleteItem,
    e.ResultDelivered: c.DeliverResult,
    e.SessionRated: c.RateSession,
    e.RatingAnswered: c.AnswerRating,
    e.SeatLeft: c.NotePresence,
    e.SeatReturned: c.NotePresence,
    e.ServiceInterrupted: c.NoteInterruption,
    e.ChatPosted: c.PostChat,
    e.WarningIssued: c.IssueWarning,
    e.RecordPublished: c.NoteRecord,
    e.RoomArchived: c.ArchiveRoom,
    e.ApplicantErased: c.EraseApplicant,
    e.RecordingStarted: c.NoteRecording,
    e.RecordingsMarked: c.MarkRecordings,
    e.RecordingEnded: c.NoteRecordingEnd,
}
"""Events that follow from an order, with the order: whoever may give it may be their author."""

TIMED = (
    e.BookingLapsed,
    e.TicketLapsed,
    e.Reminded,
    e.Escalated,
    e.RatingInvited,
)
"""What the clock brings about."""
OWN = (e.TicketCalled, e.FarAssigned, e.TicketRequeued, e.HandOverOfferEnded)
"""Events with rules of their own."""


def may_author(state: State, entry: Entry[Event]) -> bool:
    """Whether the author of an entry may have brought it about, from the state before it."""
    event, by = entry.event, entry.by
    match event:
        case e.TicketCalled():
            return event.clerk == by and _serves(state, by)
        case e.FarAssigned():
            return by in (SYSTEM, event.clerk) and _serves(state, event.clerk)
        case e.TicketRequeued():
            # Also whoever called it, which is no role any more once it has lapsed.
            return bool(roles_of(state, by)) or by in state.known
        case e.HandOverOfferEnded():
            return by in _offered(state, event.side) and event.declined == (by == event.to)
        case e.HandedOver() if not roles_of(state, by) & RIGHTS[c.HandOver]:
            # Taken by whom it was offered to, who had no role until then.
            taken = event.clerk == by and _offered(state, event.side)[:1] == (by,)
            return taken and _serves(state, by)
        case e.ConsentGiven() | e.ConsentRefused() | e.ReuseAllowed():
            said = event.by_hand_of == on_word(state, by)
        case e.FieldsConfirmed() | e.FormSigned():
            said = event.by_hand_of == on_word(state, by)
        case e.ChatPosted() | e.WarningIssued():
            said = event.by == by
        case e.OpinionGiven():
            said = event.person == by
        case e.ApplicantErased():
            said = not state.erased and event.kept_until <= entry.at
        case _ if isinstance(event, TIMED):
            return by == SYSTEM and event in ticking.tick(state, entry.at)
        case _:
            said = True
    return said and bool(roles_of(state, by) & RIGHTS[ORDERED[type(event)]])


def _offered(state: State, side: Side) -> tuple[PersonId, ...]:
    """To whom a side is offered, and whose it is; nobody where it is not."""
    made, seat = state.offers.get(side), state.near if side is Side.NEAR else state.far
    return (made.to, seat.person) if made is not None and seat is not None else ()


def _serves(state: State, person: PersonId) -> bool:
    """Raises Refused for the applicant, the agent and the system."""
    not_own(state, person)
    return True
