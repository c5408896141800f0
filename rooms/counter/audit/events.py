"""Events that follow from the log before them, computed again (audit step 4)."""

from rooms.audit import Report
from rooms.counter import events as e
from rooms.counter.audit.authors import may_author
from rooms.counter.events import Event
from rooms.counter.forms import form_digest
from rooms.counter.state import State
from rooms.counter.terms import Outcome
from rooms.ids import RecordingId
from rooms.log import Entry
from rooms.refusals import Refused


def check_event(state: State, entry: Entry[Event], report: Report, about: str) -> None:
    """Step 4, second half: every entry is by somebody who might order it then, what the clock
    brings about was due, confirmations are of what stood in the form, signatures over all of it,
    decisions say what their kind has to, and marks of recordings only grow."""
    try:
        follows = may_author(state, entry) and _follows(state, entry.event)
    except (Refused, ValueError, LookupError, TypeError):
        follows = False
    if not follows:
        report.found(4, "event_differs", about, entry=entry.seq, event=type(entry.event).__name__)


def _follows(state: State, event: Event) -> bool:
    match event:
        case e.TicketIssued():
            return (event.matter is None) == (state.about is not None)
        case e.TicketCalled():
            return event.times == 1 or event.times == state.times + 1
        case e.IdentityChecked():
            shown = state.identity
            return shown is not None and (
                (shown.method, shown.number_valid, shown.masked, shown.document)
                == (event.method, event.number_valid, event.masked, event.document)
            )
        case e.MaterialCaptured():
            state.cases[event.item].item.material(event.material)
            return event.page not in state.pages and event.picture.sha256 != ""
        case e.PageReplaced():
            return event.page not in state.pages and not state.pages[event.previous].removed
        case e.PageRemoved():
            return not state.pages[event.page].removed
        case e.PagesOrdered():
            present = state.present(event.item, event.material)
            return sorted(event.pages) == sorted(page.id for page in present)
        case e.ScreenshotTaken():
            return not state.over
        case e.FieldsConfirmed():
            fields = state.cases[event.item].fields
            return all(fields[each.field].value == each.value for each in event.fields)
        case e.FormSigned():
            case = state.cases[event.item]
            return case.confirmed() and event.form == form_digest(case)
        case e.OpinionGiven():
            return event.person in state.cases[event.item].opinions
        case e.FeePaid():
            noted = state.cases[event.item].fees[event.fee]
            return not noted.paid and noted.amount == event.amount
        case e.OutcomeDecided():
            return _decided(state, event)
        case e.ItemCompleted():
            return state.cases[event.item].processing
        case e.SessionRated():
            return state.rating is None and 1 <= event.level <= 5
        case e.RecordingStarted():
            return event.recording not in state.recordings
        case e.RecordingsMarked():
            return all(_grew(state, each.recording, each.size, by=1) for each in event.marks)
        case e.RecordingEnded():
            return _grew(state, event.recording, event.size, by=0)
        case e.RecordPublished():
            return event.size > 0
        case _:
            return True


def _decided(state: State, event: e.OutcomeDecided) -> bool:
    """Once for each item; a rejection has its reason and remedy, a supplement all that is missing
    and its deadline; what is granted has its materials and a signed form, and when it is accepted a
    promised time, unless its item promises none."""
    case = state.cases[event.item]
    if case.decision is not None:
        return False
    if event.by_rule is not None and event.by_rule not in {rule.name for rule in case.item.rules}:
        return False
    match event.outcome:
        case Outcome.REJECTED:
            return bool(event.reason and event.remedy)
        case Outcome.SUPPLEMENT:
            return bool(event.missing) and event.until is not None
        case _:
            signed = not case.item.fields or (case.confirmed() and case.signature is not None)
            # What is done on the spot as a rule promises no time, not even when it is accepted.
            accepted = event.outcome is Outcome.ACCEPTED
            free = accepted and case.item.promised_days == 0
            promised = free or accepted == (event.promised_at is not None)
            return signed and promised and not event.missing and not case.lacking()


def _grew(state: State, recording: RecordingId, size: int, by: int) -> bool:
    """Whether a running recording's file is longer, by so much at least, than was said before."""
    found = state.recordings[recording]
    return found.ended is None and size >= found.size + by
