"""The fold: what each event makes of the state. It checks the table of phases and believes
everything else."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from crypto.encoding import unb64u
from crypto.manifest import Manifest
from crypto.shares import Share
from rooms import recording
from rooms.ids import BidId, Digest, EnvelopeId, PersonId
from rooms.opening import events as e
from rooms.opening import sealed
from rooms.opening.events import Event, Window
from rooms.opening.phases import after
from rooms.opening.state import (
    Bid,
    Bidder,
    Confirmation,
    Interruption,
    Objection,
    Opened,
    Part,
    Published,
    Revision,
    SignedIn,
    Standing,
    State,
    Void,
)
from rooms.opening.terms import Regime, Role, Terms
from rooms.record import ARCHIVE_FIELD, SEAL_FIELD


def evolve(state: State, event: Event) -> State:
    """The state after an event; `IllegalTransition` where the table of phases has no place for
    it."""
    phase = after(state.phase, event)
    if phase is not state.phase:
        state = replace(state, phase=phase)
    match event:
        case e.TenderDrafted():
            return replace(state, draft=event.terms, host=_acting(state, event.terms))
        case e.TrusteeReady():
            return replace(state, cards={**state.cards, event.trustee: event.card})
        case e.TenderPublished():
            return _publish(state, event)
        case e.TrusteeRehearsed():
            return replace(state, rehearsed=state.rehearsed | {event.trustee})
        case e.TenderAccepted():
            return _accept(state, event)
        case e.BidReceived():
            return _receive(state, event)
        case e.BidStored():
            return _part(state, event.bid, event.envelope, stored=True)
        case e.BidBytesRefused():
            refused = state.bids[event.bid].parts[event.envelope].bytes_refused
            return _part(state, event.bid, event.envelope, bytes_refused=(*refused, event.code))
        case e.BidWithdrawn():
            state = _bidder(state, event.bidder, live=None)
            return _bid(state, event.bid, standing=Standing.WITHDRAWN)
        case e.BidderSignedIn():
            signed_in = SignedIn(event.representative, event.late, event.emergency)
            return _bidder(state, event.bidder, signed_in=signed_in)
        case e.BiddingClosed():
            return replace(
                state,
                counted={each.bid: each for each in event.bids},
                upload_until=event.deadline + timedelta(seconds=state.terms.windows.upload_grace),
            )
        case e.OpeningStarted():
            return replace(state, recording=event.recording)
        case e.RollPublished():
            return replace(state, rolled=True, enough=event.enough)
        case e.OpeningContinued():
            # Before anything is opened the question is how many bid, afterwards how many are left.
            return replace(state, continued=True) if state.envelope else replace(state, enough=True)
        case e.OpeningFailed() | e.OpeningTerminated():
            # The floor ends with the opening.
            return replace(state, outcome=event.reason, paused_since=None, hands=(), floor=None)
        case e.DecryptionStarted():
            since = event.until - timedelta(seconds=state.terms.windows.decryption)
            return replace(
                state,
                envelope=event.envelope,
                decryption_since=since,
                decryption_until=event.until,
            )
        case e.GateOpened():
            return replace(state, gates={**state.gates, event.envelope: event.wraps})
        case e.SharesReleased():
            return _release(state, event)
        case e.ReleaseRefused():
            return state
        case e.BidderKeyReleased():
            return _part(state, event.bid, event.envelope, key=event.key)
        case e.BidderKeyRefused():
            refused = state.bids[event.bid].parts[event.envelope].keys_refused
            return _part(state, event.bid, event.envelope, keys_refused=(*refused, event.code))
        case e.BidOpened():
            opened = Opened(event.by, event.key, event.form, event.files)
            state = _without_remedy(state, event.bid)
            return _part(state, event.bid, event.envelope, opened=opened)
        case e.BidVoid():
            void = Void(event.code, event.step, event.fault)
            state = _without_remedy(state, event.bid)
            return _part(state, event.bid, event.envelope, void=void)
        case e.FaultRuled():
            return _bid(state, event.bid, ruled=event.fault, ruling=event.reason)
        case e.RemedyGranted():
            return _remedy(state, event)
        case e.BidsImported():
            return replace(state, imported=(*state.imported, _unlocked(state)))
        case e.DrawCommitted():
            drawing = state.drawing
            commitments = {**drawing.commitments, event.by: event.commitment}
            return replace(state, drawing=replace(drawing, commitments=commitments))
        case e.DrawRevealed():
            seeds = {**state.drawing.seeds, event.by: event.seed}
            return replace(state, drawing=replace(state.drawing, seeds=seeds))
        case e.ParameterDrawn():
            return replace(state, drawing=replace(state.drawing, value=event.value))
        case e.AnnouncingStarted():
            return state
        case e.BidAnnounced():
            return _bid(
                state,
                event.bid,
                row=event.row,
                over_limit=event.over_limit,
                announced=_unlocked(state),
            )
        case e.ConfirmationStarted():
            return replace(
                state,
                confirmation_until=event.until,
                objections_until=event.objections_until,
                lapsed=False,
            )
        case e.BidConfirmed():
            return _bid(state, event.bid, confirmation=Confirmation.CONFIRMED, dispute="")
        case e.BidDisputed():
            return _bid(state, event.bid, confirmation=Confirmation.DISPUTED, dispute=event.reason)
        case e.ConfirmationsLapsed():
            return _lapse(state, event.bids)
        case e.ObjectionRaised():
            raised = Objection(event.objection, event.by, event.text)
            return replace(state, objections={**state.objections, event.objection: raised})
        case e.ObjectionAnswered():
            answered = replace(state.objections[event.objection], answer=event.text)
            return replace(state, objections={**state.objections, event.objection: answered})
        case e.SigningStarted():
            return replace(state, content=event.content)
        case e.RecordSigned():
            return replace(state, signatures={**state.signatures, event.person: event.role})
        case e.OpeningEnded():
            return replace(state, paused_since=None, hands=(), floor=None)
        case e.RecordPublished():
            return _revise(state, Revision(event.sha256, event.size, SEAL_FIELD))
        case e.MinutesSigned():
            signed = (event.field, event.person, event.certificate)
            return _revise(state, Revision(event.sha256, event.size, *signed))
        case e.MinutesPreserved():
            last = Revision(event.sha256, event.size, ARCHIVE_FIELD)
            return replace(_revise(state, last), preserved=True)
        case e.RoomArchived():
            return replace(state, archived=True)
        case e.OpeningPaused():
            return replace(state, paused_since=event.since)
        case e.OpeningResumed():
            return replace(_windows(state, event.windows, event.remedies), paused_since=None)
        case e.WindowExtended():
            return _windows(state, {event.window: event.until}, {})
        case e.ServiceInterrupted():
            gap = Interruption(event.since, event.back)
            state = replace(state, interruptions=(*state.interruptions, gap))
            return _windows(state, event.windows, event.remedies)
        case e.Reconvened():
            return _reconvene(state, event.until)
        case e.WarningIssued():
            return state
        case e.HostChanged():
            return replace(state, host=event.host)
        case e.DepositNoted():
            return _bidder(state, event.bidder, deposit=event.state)
        case e.ChatPosted():
            return state
        case e.ChatModeSet():
            return replace(state, chat=event.mode)
        case e.FloorRequested():
            return replace(state, hands=(*state.hands, event.person))
        case e.FloorWithdrawn():
            return _without_floor(state, event.person)
        case e.FloorGranted():
            return replace(_without_floor(state, event.person), floor=event.person)
        case e.FloorTaken():
            return replace(state, floor=None)
        case e.SoundMuted():
            muted = state.muted | {event.person} if event.muted else state.muted - {event.person}
            return replace(state, muted=muted)
        case e.RecordingStarted() | e.RecordingsMarked() | e.RecordingEnded():
            return replace(state, recordings=recording.after(state.recordings, event))
        case _:
            assert_never(event)


def _acting(state: State, terms: Terms) -> PersonId | None:
    """Whoever acts as host goes on acting under new terms, unless these take the seat away."""
    if state.host in {s.person for s in terms.seats if s.role in (Role.HOST, Role.DEPUTY)}:
        return state.host
    return next((seat.person for seat in terms.seats if seat.role is Role.HOST), None)


def _publish(state: State, event: e.TenderPublished) -> State:
    version = Published(
        event.version,
        event.terms,
        event.manifest,
        Manifest.parse(dict(event.manifest)),
        event.manifest_digest,
    )
    host = _acting(state, event.terms)
    return replace(state, draft=None, published=(*state.published, version), host=host)


def _accept(state: State, event: e.TenderAccepted) -> State:
    key = sealed.key(event.acceptance)
    known = state.bidders.get(event.bidder)
    bidder = (
        Bidder(event.bidder, event.name, key, event.version, event.deposit)
        if known is None
        else replace(known, name=event.name, key=key, version=event.version)
    )
    return replace(state, bidders={**state.bidders, event.bidder: bidder})


def _receive(state: State, event: e.BidReceived) -> State:
    body = sealed.body(event.header)
    previous = body["previous"]
    replaced = state.bidders[event.bidder].live
    if replaced is not None:
        state = _bid(state, replaced, standing=Standing.REPLACED)
    bid = Bid(
        id=event.bid,
        bidder=event.bidder,
        manifest=Digest(sealed.text(body, "manifest")),
        previous=None if previous is None else Digest(str(previous)),
        header=event.header,
        digest=event.header_digest,
        key=sealed.key(event.header),
        outers=event.outers,
        received_at=event.received_at,
        parts={EnvelopeId(each.id): Part(each) for each in sealed.parts(event.header)},
    )
    state = replace(state, bids={**state.bids, event.bid: bid})
    return _bidder(state, event.bidder, live=event.bid)


def _release(state: State, event: e.SharesReleased) -> State:
    body = sealed.body(event.release)
    index, items = body["index"], body["shares"]
    if not isinstance(index, int) or not isinstance(items, list):
        raise TypeError("a release without its shares")
    bids = dict(state.bids)
    for item in items:
        if not isinstance(item, dict) or item["envelope"] != event.envelope:
            continue
        bid = bids[BidId(sealed.text(item, "bid"))]
        part = bid.parts[event.envelope]
        if item["share"] is None:
            problems = {**part.problems, index: sealed.text(item, "problem")}
            part = replace(part, problems=problems)
        else:
            value, blind = sealed.text(item, "share"), sealed.text(item, "blind")
            share = Share(index, unb64u(value), unb64u(blind))
            problems = {at: said for at, said in part.problems.items() if at != index}
            part = replace(part, shares={**part.shares, index: share}, problems=problems)
        bids[bid.id] = replace(bid, parts={**bid.parts, event.envelope: part})
    released = state.released | {(event.trustee, event.envelope)}
    return replace(state, bids=bids, released=released)


def _remedy(state: State, event: e.RemedyGranted) -> State:
    envelope = _unlocked(state)
    state = _part(state, event.bid, envelope, void=None)
    state = _bid(state, event.bid, ruled=None, ruling="")
    return replace(
        state,
        remedies={**state.remedies, event.bid: event.until},
        imported=tuple(each for each in state.imported if each != envelope),
    )


def _lapse(state: State, lapsed: tuple[BidId, ...]) -> State:
    bids = dict(state.bids)
    for each in lapsed:
        bid = bids[each]
        absent = state.bidders[bid.bidder].signed_in is None
        deemed = absent and state.terms.regime is Regime.PROCUREMENT
        confirmation = Confirmation.DEEMED if deemed else Confirmation.LAPSED
        bids[each] = replace(bid, confirmation=confirmation)
    return replace(state, bids=bids, lapsed=True)


def _reconvene(state: State, until: datetime) -> State:
    missed = (Confirmation.LAPSED, Confirmation.DEEMED)
    bids = {
        bid.id: replace(bid, confirmation=Confirmation.NONE) if bid.confirmation in missed else bid
        for bid in state.bids.values()
    }
    return replace(
        state,
        bids=bids,
        confirmation_until=until,
        objections_until=until,
        lapsed=False,
        content=None,
        signatures={},
        record=None,
        revisions=(),
        preserved=False,
        reconvened=state.reconvened + 1,
    )


def _revise(state: State, revision: Revision) -> State:
    return replace(state, record=revision.sha256, revisions=(*state.revisions, revision))


def _windows(
    state: State, windows: Mapping[Window, datetime], remedies: Mapping[BidId, datetime]
) -> State:
    return replace(
        state,
        upload_until=windows.get(Window.UPLOAD, state.upload_until),
        decryption_until=windows.get(Window.DECRYPTION, state.decryption_until),
        confirmation_until=windows.get(Window.CONFIRMATION, state.confirmation_until),
        objections_until=windows.get(Window.OBJECTION, state.objections_until),
        remedies={**state.remedies, **remedies},
    )


def _without_floor(state: State, person: PersonId) -> State:
    hands = tuple(each for each in state.hands if each != person)
    return replace(state, hands=hands, floor=None if state.floor == person else state.floor)


def _unlocked(state: State) -> EnvelopeId:
    if state.envelope is None:
        raise LookupError("no envelope is unlocked yet")
    return state.envelope


def _without_remedy(state: State, bid: BidId) -> State:
    if bid not in state.remedies:
        return state
    left = {each: until for each, until in state.remedies.items() if each != bid}
    return replace(state, remedies=left)


def _bidder(state: State, person: PersonId, **changes: object) -> State:
    bidder = replace(state.bidders[person], **changes)  # type: ignore[arg-type]  # the callers are above
    return replace(state, bidders={**state.bidders, person: bidder})


def _bid(state: State, bid: BidId, **changes: object) -> State:
    changed = replace(state.bids[bid], **changes)  # type: ignore[arg-type]  # the callers are above
    return replace(state, bids={**state.bids, bid: changed})


def _part(state: State, bid: BidId, envelope: EnvelopeId, **changes: object) -> State:
    parts = state.bids[bid].parts
    part = replace(parts[envelope], **changes)  # type: ignore[arg-type]  # the callers are above
    return _bid(state, bid, parts={**parts, envelope: part})
