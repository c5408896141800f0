"""Events that follow from the log before them, computed again (audit step 4)."""

from crypto.acts import Confirmation
from crypto.encoding import unb64u
from crypto.errors import CryptoError
from rooms.audit import Report
from rooms.ids import RecordingId
from rooms.log import Entry
from rooms.opening import announcing, closing, decrypting, drawing, floor, recordings, signing
from rooms.opening import events as e
from rooms.opening.checks import bidder
from rooms.opening.content import content_digest
from rooms.opening.events import Event
from rooms.opening.evidence import attribute
from rooms.opening.state import State
from rooms.refusals import Refused


def check_event(state: State, entry: Entry[Event], report: Report, about: str) -> None:
    """Step 4, second half: counts, lists, announced rows, the drawn value, faults and the digest of
    what is signed are what the state before this entry gives."""
    try:
        follows = _follows(state, entry.event)
    except (CryptoError, Refused, ValueError, LookupError, TypeError):
        follows = False
    if not follows:
        report.found(4, "event_differs", about, entry=entry.seq, event=type(entry.event).__name__)


def _follows(state: State, event: Event) -> bool:
    match event:
        case e.BiddingClosed():
            return [event] == closing.close(state)
        case e.OpeningStarted():
            return event.recording != recordings.CONFIRMED or recordings.confirmed(state)
        case e.FloorWithdrawn():
            return event.person in state.hands or event.person == state.floor
        case e.FloorRequested() | e.FloorGranted() | e.SoundMuted():
            return floor.may_speak(state, event.person)
        case e.FloorTaken():
            return event.person == state.floor
        case e.RecordingStarted():
            return event.recording not in state.recordings and floor.may_speak(state, event.person)
        case e.RecordingsMarked():
            return all(_grew(state, each.recording, each.size, by=1) for each in event.marks)
        case e.RecordingEnded():
            return _grew(state, event.recording, event.size, by=0)
        case e.RollPublished():
            return event == closing.roll(state)
        case e.BidVoid():
            bid = state.bids[event.bid]
            return event.fault is attribute(state, bid, event.code).fault
        case e.BidsImported():
            return event == decrypting.imported(state)
        case e.DrawRevealed():
            promised = state.drawing.commitments[event.by]
            return drawing.commitment(event.by, unb64u(event.seed)) == promised
        case e.ParameterDrawn():
            return [event] == drawing.draw(state)
        case e.AnnouncingStarted():
            return event.control_price == state.terms.control_price
        case e.BidAnnounced():
            return event == announcing.announcement(state, state.bids[event.bid])
        case e.BidConfirmed():
            return _confirmed(state, event)
        case e.SigningStarted():
            return event.content == content_digest(state)
        case e.RecordSigned():
            return event.content == state.content
        case e.MinutesSigned() | e.MinutesPreserved():
            return signing.follows(state, event)
        case _:
            return True


def _grew(state: State, recording: RecordingId, size: int, by: int) -> bool:
    """Whether a running recording's file is longer, by so much at least, than was said before."""
    found = state.recordings[recording]
    return found.ended is None and size >= found.size + by


def _confirmed(state: State, event: e.BidConfirmed) -> bool:
    bid = state.bids[event.bid]
    if event.row != announcing.row_digest(bid) or bid.bidder != event.bidder:
        return False
    if event.confirmation is None:
        return True
    signed = Confirmation.parse(dict(event.confirmation), bidder(state, event.bidder).key)
    named = (signed.opening, signed.bidder, signed.bid, signed.row)
    return named == (state.opening, event.bidder, event.bid, event.row)
