"""From the first unlocked envelope to the import: gate, shares, keys, what opened and what did
not."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from crypto.checkpoint import parse_checkpoint
from crypto.encoding import unb64u
from crypto.errors import CryptoError
from crypto.shares import SECRET, commitment, half_commitment, key_commitment
from crypto.trustee import Release, verify_release
from rooms.codec import encode
from rooms.ids import BidId, EnvelopeId, PersonId
from rooms.opening import commands as c
from rooms.opening import events as e
from rooms.opening.announcing import unannounced
from rooms.opening.checks import counted_bid, in_phase, own_bid, some
from rooms.opening.closing import check_minimum
from rooms.opening.events import Event
from rooms.opening.evidence import BYTES_MISSING, NO_KEY, attribute
from rooms.opening.evolve import evolve
from rooms.opening.forms import check_form
from rooms.opening.phases import Phase
from rooms.opening.receiving import MOST_EVIDENCE
from rooms.opening.state import Bid, Part, State
from rooms.opening.terms import Policy
from rooms.refusals import (
    AlreadyDone,
    BadShare,
    BidNotPending,
    BidsNotAnnounced,
    BidsPending,
    GateNotOpened,
    Refused,
    ReleaseIncomplete,
    SealRefused,
    TrusteeClockWrong,
    UnknownBid,
    UnknownEnvelope,
    WindowOver,
    WrongHead,
    WrongKey,
    WrongOpeningKey,
    WrongPolicy,
)

CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far a trustee's clock may be from the server's."""
MALFORMED_OUTER = "malformed_outer"


def start(state: State, command: c.StartDecryption, now: datetime) -> list[Event]:
    """Unlocks the first envelope after the roll, a later one after the earlier was announced."""
    in_phase(state, Phase.ROLL_PUBLISHED, Phase.ANNOUNCING)
    check_minimum(state)
    order = [envelope.id for envelope in state.terms.envelopes]
    due = order[len(state.imported) : len(state.imported) + 1]
    if [command.envelope] != due:
        raise UnknownEnvelope(envelope=command.envelope, due=due)
    left = [bid.id for bid in unannounced(state)]
    if left:
        raise BidsNotAnnounced(bids=some(left))
    return unlock(state, command.envelope, now)


def unlock(state: State, envelope: EnvelopeId, now: datetime) -> list[Event]:
    """The envelope with the end of its window, and the bids whose bytes never came."""
    until = now + timedelta(seconds=state.terms.windows.decryption)
    started = e.DecryptionStarted(envelope, until)
    return [started, *lapse(evolve(state, started), now)]


def note_gate(state: State, command: c.NoteGate) -> list[Event]:
    """The gate took the outer layer off, or could not: its bidder sealed that one wrongly."""
    envelope = _unlocked(state, command.envelope)
    if envelope in state.gates:
        raise AlreadyDone(what="gate")
    if not state.shared:
        raise WrongPolicy(policy=state.terms.policy.value)
    wanted = {bid.id for bid in state.in_play(envelope)}
    if set(command.wraps) != wanted:
        raise UnknownBid(bid=some(set(command.wraps) ^ wanted)[0])
    events: list[Event] = [e.GateOpened(envelope, command.wraps)]
    if state.terms.policy is not Policy.EITHER:
        # Under `either` the bidder's own key still opens the bid.
        for bid, wraps in command.wraps.items():
            if wraps is None and not state.bids[bid].parts[envelope].final:
                events.append(_void(state, bid, envelope, MALFORMED_OUTER, 2))
    return events


def release_shares(
    state: State, command: c.ReleaseShares, by: PersonId, now: datetime
) -> list[Event]:
    """A trustee releases its shares. Whatever does not hold is refused and kept as evidence."""
    envelope = _unlocked(state, command.envelope)
    if not state.shared:
        raise WrongPolicy(policy=state.terms.policy.value)
    if envelope not in state.gates:
        raise GateNotOpened(envelope=envelope)
    if not _running(state, now) and not any(until > now for until in state.remedies.values()):
        raise WindowOver(window="decryption")
    index = state.trustee_index(by) or 0
    open_bids = [bid for bid in state.pending() if state.gates[envelope].get(bid.id) is not None]
    lacking = [bid for bid in open_bids if index not in bid.parts[envelope].shares]
    if not lacking and (by, envelope) in state.released:
        raise AlreadyDone(what="release")
    try:
        release = _check_release(state, command, by, now)
        _check_shares(state, release, envelope, lacking)
    except Refused as refusal:
        raise refusal.recording(e.ReleaseRefused(by, refusal.code)) from None
    return [e.SharesReleased(by, envelope, command.release)]


def release_key(state: State, command: c.ReleaseKey, by: PersonId, now: datetime) -> list[Event]:
    """A bidder releases the key, or the half, that its bid was sealed under; no other will do."""
    envelope = _unlocked(state, command.envelope)
    bid = own_bid(state, command.bid, by)
    if state.terms.policy is Policy.TRUSTEES:
        raise WrongPolicy(policy=state.terms.policy.value)
    part = _pending_part(state, bid, envelope)
    until = state.remedies.get(bid.id, state.decryption_until)
    if until is None or now >= until:
        raise WindowOver(window="decryption")
    if part.key is not None:
        raise AlreadyDone(what="key")
    if not _is_bidders_key(state, bid, part, envelope, command.key):
        refusal = WrongOpeningKey(bid=bid.id, envelope=envelope)
        if len(part.keys_refused) >= MOST_EVIDENCE:
            raise refusal
        raise refusal.recording(e.BidderKeyRefused(by, bid.id, envelope, refusal.code))
    return [e.BidderKeyReleased(by, bid.id, envelope, command.key)]


def note_opened(state: State, command: c.NoteOpened) -> list[Event]:
    """The worker opened an envelope with K, which must be the committed key."""
    envelope = _unlocked(state, command.envelope)
    bid = counted_bid(state, command.bid)
    part = _pending_part(state, bid, envelope)
    secret = _secret(command.key)
    if secret is None or key_commitment(bid.context(envelope), secret) != part.header.kc:
        raise WrongOpeningKey(bid=bid.id, envelope=envelope)
    check_form(state.version_of(bid).terms, envelope, command.form)
    return [e.BidOpened(bid.id, envelope, command.by, command.key, command.form, command.files)]


def note_void(state: State, command: c.NoteVoid) -> list[Event]:
    """The worker could not open an envelope; whose fault that is follows from the evidence."""
    envelope = _unlocked(state, command.envelope)
    bid = counted_bid(state, command.bid)
    _pending_part(state, bid, envelope)
    return [_void(state, bid.id, envelope, command.code, command.step)]


def import_bids(state: State) -> list[Event]:
    """批量导入: every bid has a final state."""
    in_phase(state, Phase.DECRYPTING)
    left = [bid.id for bid in state.pending()]
    if left:
        raise BidsPending(bids=some(left), count=len(left))
    return [imported(state)]


def imported(state: State) -> e.BidsImported:
    """How many of the unlocked envelopes opened."""
    parts = [bid.parts[_envelope(state)] for bid in state.in_play(_envelope(state))]
    opened = sum(part.opened is not None for part in parts)
    return e.BidsImported(opened, len(parts) - opened)


def lapse(state: State, now: datetime) -> list[Event]:
    """What time did to bids that are still sealed: bytes that never came, keys that never came."""
    if state.phase is not Phase.DECRYPTING:
        return []
    envelope = _envelope(state)
    grace_over = state.upload_until is not None and now >= state.upload_until
    events: list[Event] = []
    for bid in state.pending():
        part = bid.parts[envelope]
        until = state.remedies.get(bid.id, state.decryption_until)
        if not part.stored:
            if grace_over:
                events.append(_void(state, bid.id, envelope, BYTES_MISSING, 6))
        elif until is not None and now >= until and not openable(state, bid):
            events.append(_void(state, bid.id, envelope, NO_KEY, 5))
    return events


def openable(state: State, bid: Bid) -> bool:
    """Whether the worker can open the unlocked envelope of this bid now, or find out why not."""
    part = bid.parts[_envelope(state)]
    if part.final or not part.stored:
        return False
    shared = state.shared and len(part.shares) >= state.terms.threshold
    match state.terms.policy:
        case Policy.TRUSTEES:
            return shared
        case Policy.BIDDER:
            return part.key is not None
        case Policy.EITHER:
            return shared or part.key is not None
        case Policy.BOTH:
            return shared and part.key is not None


def _check_release(state: State, command: c.ReleaseShares, by: PersonId, now: datetime) -> Release:
    manifest = state.current.manifest
    try:
        closing = parse_checkpoint(command.head)
        release = Release.parse(dict(command.release))
        if release.clock < state.deadline or abs(release.clock - now) > CLOCK_TOLERANCE:
            raise TrusteeClockWrong(clock=encode(release.clock), now=encode(now))
        if release.trustee != by:
            raise WrongKey(person=release.trustee)
        verify_release(dict(command.release), manifest=manifest, closing=closing)
    except CryptoError as error:
        if error.code == "release_checkpoint":
            raise WrongHead(trustee=by) from None
        if error.code == "signer":
            raise WrongKey(person=by) from None
        raise SealRefused(**{**error.params, "reason": error.code}) from None
    return release


def _check_shares(
    state: State, release: Release, envelope: EnvelopeId, lacking: Iterable[Bid]
) -> None:
    given = {share.bid for share in release.shares if share.envelope == envelope}
    silent = [bid.id for bid in lacking if bid.id not in given]
    if silent:
        raise ReleaseIncomplete(bids=some(silent))
    for released in release.shares:
        if released.envelope != envelope:
            raise UnknownEnvelope(envelope=released.envelope)
        bid = counted_bid(state, BidId(released.bid))
        # docs/formats/seal.md, 8, step 3
        if released.share is not None:
            promised = bid.parts[envelope].header.shares[release.index - 1]
            if commitment(bid.context(envelope), released.share) != promised:
                raise BadShare(bid=bid.id)


def _is_bidders_key(state: State, bid: Bid, part: Part, envelope: EnvelopeId, key: str) -> bool:
    secret, ctx, halves = _secret(key), bid.context(envelope), part.header.halves
    if secret is None:
        return False
    if state.terms.policy is Policy.BOTH:
        return halves is not None and half_commitment(ctx, 2, secret) == halves[1]
    return key_commitment(ctx, secret) == part.header.kc


def _secret(key: str) -> bytes | None:
    try:
        secret = unb64u(key)
    except CryptoError:
        return None
    return secret if len(secret) == SECRET else None


def _void(state: State, bid: BidId, envelope: EnvelopeId, code: str, step: int) -> e.BidVoid:
    return e.BidVoid(bid, envelope, code, step, attribute(state, state.bids[bid], code).fault)


def _pending_part(state: State, bid: Bid, envelope: EnvelopeId) -> Part:
    part = bid.parts[envelope]
    earlier = [each.id for each in state.terms.envelopes]
    earlier = earlier[: earlier.index(envelope)]
    if part.final or not all(bid.parts[each].opened for each in earlier):
        raise BidNotPending(bid=bid.id, envelope=envelope)
    return part


def _running(state: State, now: datetime) -> bool:
    return state.decryption_until is not None and now < state.decryption_until


def _unlocked(state: State, envelope: EnvelopeId) -> EnvelopeId:
    in_phase(state, Phase.DECRYPTING)
    if envelope != state.envelope:
        raise UnknownEnvelope(envelope=envelope, due=[state.envelope])
    return envelope


def _envelope(state: State) -> EnvelopeId:
    if state.envelope is None:
        raise LookupError("no envelope is unlocked yet")
    return state.envelope
