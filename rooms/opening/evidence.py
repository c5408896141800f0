"""Whose fault it is that a bid did not open: what the log proves, and what only the host can rule
on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from rooms.codec import encode
from rooms.ids import BidId, EnvelopeId
from rooms.log import Entry
from rooms.opening import events as e
from rooms.opening import sealed
from rooms.opening.events import Event, Fault
from rooms.opening.state import Bid, Part, State
from rooms.opening.terms import Policy

BYTES_MISSING = "bytes_missing"
NO_KEY = "no_key"
PLATFORM_CODES = frozenset({"wrong_bytes", "disk_full", "storage_failed", "interrupted"})
"""Codes that only the platform's own failure leaves behind."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """A fault with the reasons for it, as codes that the browser translates."""

    fault: Fault
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of a bid's evidence timeline; `entry` is the number of the log entry behind it."""

    at: datetime
    what: str
    params: Mapping[str, object] = field(default_factory=dict)
    entry: int = 0


def attribute(state: State, bid: Bid, code: str | None = None) -> Attribution:
    """What the evidence so far proves about a bid that is void, or that would be void for
    `code`."""
    envelope = void_envelope(state, bid)
    if code is None:
        void = bid.parts[envelope].void if envelope else None
        if void is None or envelope is None:
            raise LookupError("the bid is not void")
        code = void.code
    part = bid.parts[envelope] if envelope else next(iter(bid.parts.values()))
    if code == BYTES_MISSING:
        return _missing_bytes(state, bid, part)
    if code == NO_KEY:
        return _missing_key(state, bid, part)
    if code in PLATFORM_CODES:
        return Attribution(Fault.PLATFORM, ("stored_bytes_damaged",))
    return Attribution(Fault.BIDDER, ("sealed_wrongly",))


def void_envelope(state: State, bid: Bid) -> EnvelopeId | None:
    """The envelope that is void, or else the one being opened."""
    for envelope, part in bid.parts.items():
        if part.void is not None:
            return envelope
    return state.envelope


def _interrupted(state: State, since: datetime | None, until: datetime | None) -> bool:
    return since is not None and any(
        gap.back > since and (until is None or gap.since < until) for gap in state.interruptions
    )


def _missing_bytes(state: State, bid: Bid, part: Part) -> Attribution:
    if any(code in PLATFORM_CODES for code in part.bytes_refused):
        return Attribution(Fault.PLATFORM, ("platform_refused_bytes",))
    if _interrupted(state, bid.received_at, state.upload_until):
        return Attribution(Fault.UNKNOWN, ("service_interrupted",))
    return Attribution(Fault.BIDDER, ("bytes_refused" if part.bytes_refused else "no_bytes",))


def _missing_key(state: State, bid: Bid, part: Part) -> Attribution:
    if _interrupted(state, state.decryption_since, state.decryption_until):
        return Attribution(Fault.UNKNOWN, ("service_interrupted",))
    policy, threshold = state.terms.policy, state.terms.threshold
    shared = len(part.shares) >= threshold
    trustees = _trustees(state, bid, part)
    offered = "wrong_key_offered" if part.keys_refused else "no_key_offered"
    if policy is Policy.BIDDER:
        return Attribution(Fault.BIDDER, (offered,))
    if policy is Policy.TRUSTEES:
        return trustees
    if trustees.fault is Fault.BIDDER and not shared:
        return Attribution(Fault.BIDDER, (*trustees.because, offered))
    if policy is Policy.BOTH:
        if part.key is not None:
            return trustees
        if shared:
            return Attribution(Fault.BIDDER, (offered,))
    elif part.keys_refused:
        # Under `either` the bidder tried, and with a key that is not its bid's.
        return Attribution(Fault.BIDDER, (offered, *trustees.because))
    return Attribution(Fault.UNKNOWN, ("both_ways_missed", offered, *trustees.because))


def _trustees(state: State, bid: Bid, part: Part) -> Attribution:
    """Why there are too few shares."""
    if state.envelope and state.gates.get(state.envelope, {}).get(bid.id, "") is None:
        return Attribution(Fault.BIDDER, ("outer_sealed_wrongly",))
    if len(state.terms.trustees()) - len(part.problems) < state.terms.threshold:
        # Trustees say that the bid hinders them; that alone is no proof against its bidder.
        return Attribution(Fault.UNKNOWN, ("trustees_report_problems",))
    return Attribution(Fault.PLATFORM, ("trustees_absent",))


def timeline(entries: Iterable[Entry[Event]], bid: BidId) -> list[Moment]:
    """Everything the log says that bears on why a bid did or did not open."""
    found = list(entries)
    bidder = next(
        (each.event.bidder for each in found if _receives(each.event, bid)),  # type: ignore[union-attr]  # _receives
        None,
    )
    moments = []
    for entry in found:
        params = _bearing(entry.event, bid, bidder)
        if params is not None:
            moments.append(Moment(entry.at, type(entry.event).__name__, params, entry.seq))
    return moments


def _receives(event: Event, bid: BidId) -> bool:
    return isinstance(event, e.BidReceived) and event.bid == bid


def _bearing(event: Event, bid: BidId, bidder: str | None) -> dict[str, object] | None:
    """What an event says about the bid, or None if nothing."""
    match event:
        case e.TenderAccepted() if event.bidder == bidder:
            return {"version": event.version}
        case e.BidReceived() if event.bid == bid:
            return {"digest": event.header_digest, "received_at": encode(event.received_at)}
        case e.BidStored() if event.bid == bid:
            return {"envelope": event.envelope, "size": event.size}
        case e.BidBytesRefused() if event.bid == bid:
            return {"envelope": event.envelope, "code": event.code}
        case e.BidderSignedIn() if event.bidder == bidder:
            return {"late": event.late, "emergency": event.emergency}
        case e.BiddingClosed():
            return {"deadline": encode(event.deadline)}
        case e.DecryptionStarted():
            return {"envelope": event.envelope, "until": encode(event.until)}
        case e.GateOpened() if bid in event.wraps:
            return {"envelope": event.envelope, "opened": event.wraps[bid] is not None}
        case e.SharesReleased():
            return _share(event, bid)
        case e.ReleaseRefused():
            return {"trustee": event.trustee, "code": event.code}
        case e.BidderKeyReleased() if event.bid == bid:
            return {"envelope": event.envelope}
        case e.BidderKeyRefused() if event.bid == bid:
            return {"envelope": event.envelope, "code": event.code}
        case e.BidOpened() if event.bid == bid:
            return {"envelope": event.envelope, "by": event.by}
        case e.BidVoid() if event.bid == bid:
            return {"envelope": event.envelope, "code": event.code, "fault": event.fault.value}
        case e.RemedyGranted() if event.bid == bid:
            return {"until": encode(event.until), "reason": event.reason}
        case e.FaultRuled() if event.bid == bid:
            return {"fault": event.fault.value, "reason": event.reason}
        case e.WindowExtended():
            return {"window": event.window.value, "until": encode(event.until)}
        case e.OpeningPaused():
            return {"reason": event.reason}
        case e.OpeningResumed():
            return {}
        case e.ServiceInterrupted():
            return {"since": encode(event.since), "back": encode(event.back)}
        case _:
            return None


def _share(event: e.SharesReleased, bid: BidId) -> dict[str, object] | None:
    items = sealed.body(event.release)["shares"]
    for item in items if isinstance(items, list) else []:
        if isinstance(item, dict) and (item["bid"], item["envelope"]) == (bid, event.envelope):
            return {"trustee": event.trustee, "problem": item["problem"]}
    return None
