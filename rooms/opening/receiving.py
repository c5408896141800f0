"""Until the deadline: accepting the tender, handing bids in, amending, withdrawing, signing in."""

from datetime import datetime, timedelta

from crypto.acts import Acceptance, Withdrawal
from crypto.agestream import sealed_size
from crypto.header import Header, verify_submission
from crypto.tarball import SMALLEST_BUCKET
from rooms.codec import encode
from rooms.ids import BidId, Digest, PersonId
from rooms.opening import commands as c
from rooms.opening import events as e
from rooms.opening import sealed
from rooms.opening.checks import before_deadline, bidder, in_phase, this_bidder, this_opening
from rooms.opening.events import Event
from rooms.opening.phases import HELD, Phase
from rooms.opening.state import Standing, State
from rooms.opening.terms import Terms
from rooms.refusals import (
    AcceptanceMissing,
    AlreadyDone,
    BidTooLarge,
    BytesAlreadyStored,
    LateBytes,
    NotEnrolled,
    OutOfRange,
    ReplayedBid,
    SealRefused,
    SignInNotOpen,
    UnknownBid,
    UnknownEnvelope,
    WrongManifest,
    WrongPrevious,
)
from rooms.texts import check_name

MOST_EVIDENCE = 20
"""How many refusals of one kind are kept as evidence for one envelope of a bid."""


def most_sealed(terms: Terms) -> int:
    """How many bytes a bid may come to. The terms limit what a bidder puts in; sealing adds the
    statement, the form and padding of up to an eighth (docs/formats/seal.md)."""
    put_in = terms.max_bytes + SMALLEST_BUCKET * len(terms.envelopes)
    return sealed_size(put_in + put_in // 8)


def accept(state: State, command: c.AcceptTender, by: PersonId, now: datetime) -> list[Event]:
    """A bidder accepts the newest version and enrols its signing key."""
    before_deadline(state, now)
    check_name(command.name, "name")
    with sealed.refusing():
        acceptance = Acceptance.parse(dict(command.acceptance))
    this_opening(state, acceptance.opening)
    this_bidder(by, acceptance.bidder)
    if acceptance.manifest != state.current.digest:
        raise WrongManifest(expected=state.current.digest, found=acceptance.manifest)
    if acceptance.name != command.name:
        raise SealRefused(reason="name")
    return [e.TenderAccepted(by, command.name, state.current.version, command.acceptance)]


def submit(state: State, command: c.SubmitBid, by: PersonId, now: datetime) -> list[Event]:
    """A header in time. Whose it is, is compared before anything else: a copy has no chance."""
    before_deadline(state, now)
    enrolled = bidder(state, by)
    with sealed.refusing():
        header = Header.parse(dict(command.header))
    this_bidder(by, header.bidder)
    this_opening(state, header.opening)
    if header.signed.key != enrolled.key:
        sealed.check(command.header, "header", enrolled.key)
    if header.manifest != state.current.digest:
        raise WrongManifest(expected=state.current.digest, found=header.manifest)
    if enrolled.version != state.current.version:
        raise AcceptanceMissing(version=state.current.version)
    if BidId(header.bid) in state.bids:
        raise ReplayedBid(bid=header.bid)
    live = state.bids[enrolled.live] if enrolled.live else None
    if header.previous != (live.digest if live else None):
        raise WrongPrevious(expected=live.digest if live else None, found=header.previous)
    with sealed.refusing():
        submission = {"header": dict(command.header), "outers": dict(command.outers)}
        verify_submission(submission, state.current.manifest, enrolled.key)
    size = sum(part.size for part in header.envelopes)
    if size > most_sealed(state.terms):
        raise BidTooLarge(size=size, most=state.terms.max_bytes)
    digest = Digest(header.digest)
    return [e.BidReceived(by, BidId(header.bid), command.header, digest, command.outers, now)]


def withdraw(state: State, command: c.WithdrawBid, by: PersonId, now: datetime) -> list[Event]:
    """The bid that counts now is taken back; it never counts again."""
    before_deadline(state, now)
    enrolled = bidder(state, by)
    with sealed.refusing():
        withdrawal = Withdrawal.parse(dict(command.withdrawal), enrolled.key)
    this_bidder(by, withdrawal.bidder)
    this_opening(state, withdrawal.opening)
    if enrolled.live is None or withdrawal.bid != enrolled.live:
        raise UnknownBid(bid=withdrawal.bid)
    live = state.bids[enrolled.live]
    if withdrawal.previous != live.digest:
        raise WrongPrevious(expected=live.digest, found=withdrawal.previous)
    return [e.BidWithdrawn(by, live.id, command.withdrawal, Digest(withdrawal.digest), now)]


def sign_in(state: State, command: c.SignIn, by: PersonId, now: datetime) -> list[Event]:
    """A representative signs in, from the opening of the window on; after the deadline it is
    late."""
    in_phase(state, Phase.RECEIVING, Phase.CLOSED, *HELD)
    # After the close only those who bid sign in: an entry of anybody else would tell who else did.
    known = bidder(state, by)
    if state.phase is not Phase.RECEIVING and state.counted_of(by) is None:
        raise NotEnrolled
    if known.signed_in is not None:
        raise AlreadyDone(what="sign_in")
    opens = state.deadline - timedelta(seconds=state.terms.windows.sign_in)
    if now < opens and not command.emergency:
        raise SignInNotOpen(opens=encode(opens))
    late = now >= state.deadline
    return [e.BidderSignedIn(by, command.representative, late, command.emergency)]


def note_bytes(state: State, command: c.NoteBytes, now: datetime) -> list[Event]:
    """The bytes of one envelope arrived whole, or were refused."""
    in_phase(state, Phase.RECEIVING, Phase.CLOSED, *HELD)
    bid = state.bids.get(command.bid)
    if bid is None:
        raise UnknownBid(bid=command.bid)
    part = bid.parts.get(command.envelope)
    if part is None:
        raise UnknownEnvelope(envelope=command.envelope)
    if part.stored:
        raise BytesAlreadyStored(bid=bid.id, envelope=command.envelope)
    if bid.standing is not Standing.LIVE:
        raise UnknownBid(bid=bid.id)
    if part.final:
        raise LateBytes(bid=bid.id)
    if command.code is not None:
        if len(part.bytes_refused) >= MOST_EVIDENCE:
            return []
        return [e.BidBytesRefused(bid.id, command.envelope, command.code)]
    if state.upload_until is not None and now >= state.upload_until:
        raise LateBytes(bid=bid.id, until=encode(state.upload_until)).recording(
            e.BidBytesRefused(bid.id, command.envelope, LateBytes.code)
        )
    if command.size != part.header.size:
        raise OutOfRange(field="size", least=part.header.size, most=part.header.size)
    return [e.BidStored(bid.id, command.envelope, command.size)]
