"""Refusals: what a room answers to an order that cannot be carried out.

A refusal is no failure of the program. `code` is stable and translated by the browser, `params` are
plain JSON values for the translation. The groups say what kind of answer a refusal is; the server
maps groups, not codes, to HTTP statuses. Some refusals leave evidence: events in `evidence` are
appended to the log although the order is refused (a wrong key that was offered, a release that did
not hold), so that a fault can be attributed later.
"""

from collections.abc import Iterator
from typing import ClassVar, Self


class Refused(Exception):
    """An order that is not carried out. Never raised itself: only its subclasses with a `code`
    are."""

    code: ClassVar[str] = ""

    def __init__(self, **params: object) -> None:
        super().__init__(self.code)
        self.params: dict[str, object] = params
        self.evidence: tuple[object, ...] = ()

    def recording(self, *events: object) -> Self:
        """The same refusal, whose events are to be appended before it is answered."""
        self.evidence = events
        return self

    def __str__(self) -> str:
        given = ", ".join(f"{name}={value}" for name, value in self.params.items())
        return f"{self.code} ({given})" if given else self.code


def codes(base: type[Refused] = Refused) -> Iterator[tuple[str, type[Refused]]]:
    """Every refusal's code with its class."""
    for each in base.__subclasses__():
        if each.code:
            yield each.code, each
        yield from codes(each)


# --- groups ---------------------------------------------------------------------------------------


class Unreadable(Refused):
    """The order is not one of the protocol's (400)."""


class Forbidden(Refused):
    """Somebody else may do it, this person may not (403)."""


class Missing(Refused):
    """It speaks of something that is not there (404)."""


class OutOfStep(Refused):
    """Right order, wrong moment (409)."""


class TooLarge(Refused):
    """More than is allowed (413)."""


class Unacceptable(Refused):
    """Right order, right moment, wrong content (422)."""


# --- unreadable -----------------------------------------------------------------------------------


class MalformedCommand(Unreadable):
    """`path` names the first member that is unknown, missing or of the wrong type; `problem` says
    which."""

    code = "malformed_command"


# --- forbidden ------------------------------------------------------------------------------------


class WrongRole(Forbidden):
    code = "wrong_role"


class NotActingHost(Forbidden):
    """The host's orders come from whoever acts as host: `host`."""

    code = "not_acting_host"


class SeatHolderCannotBid(Forbidden):
    code = "seat_holder_cannot_bid"


class BidOfAnother(Forbidden):
    """The bid, or the signed object, names another bidder: copied, or sent under the wrong
    login."""

    code = "bid_of_another"


class NotEnrolled(Forbidden):
    """The person has not accepted the tender, or is not among the counted bidders."""

    code = "not_enrolled"


class ChatClosed(Forbidden):
    """Chat is muted or closed for this person (`mode`)."""

    code = "chat_closed"


class ChatBetweenBidders(Forbidden):
    code = "chat_between_bidders"


class AbsentAcceptsResult(Forbidden):
    """Government procurement: who did not take part in the opening accepts its result."""

    code = "absent_accepts_result"


# --- missing --------------------------------------------------------------------------------------


class UnknownBid(Missing):
    code = "unknown_bid"


class UnknownEnvelope(Missing):
    code = "unknown_envelope"


class UnknownObjection(Missing):
    code = "unknown_objection"


class UnknownPerson(Missing):
    code = "unknown_person"


# --- wrong moment ---------------------------------------------------------------------------------


class OutOfPhase(OutOfStep):
    """`phase` is where the opening is."""

    code = "out_of_phase"


class DeadlinePassed(OutOfStep):
    """A deadline means before: at the instant itself it is late."""

    code = "deadline_passed"


class LateBytes(OutOfStep):
    """The time in which bytes of a punctual header may still arrive is over."""

    code = "late_bytes"


class BytesAlreadyStored(OutOfStep):
    code = "bytes_already_stored"


class SignInNotOpen(OutOfStep):
    """Signing in opens at `opens`."""

    code = "sign_in_not_open"


class Paused(OutOfStep):
    code = "paused"


class NotPaused(OutOfStep):
    code = "not_paused"


class WindowOver(OutOfStep):
    """`window` ended, or is not running."""

    code = "window_over"


class AlreadyDone(OutOfStep):
    """What is asked for has happened already (`what`)."""

    code = "already_done"


class SealingTermsFrozen(OutOfStep):
    """What bids are sealed under cannot change after the first publication: `field`."""

    code = "sealing_terms_frozen"


class TrusteeNotReady(OutOfStep):
    """These trustees have not given their cards: `trustees`."""

    code = "trustee_not_ready"


class FewerThanMinimum(OutOfStep):
    """The host has to continue or to fail the opening first: `count` of `minimum`."""

    code = "fewer_than_minimum"


class NothingToOpen(OutOfStep):
    """Without a single bid an opening cannot go on, only fail."""

    code = "nothing_to_open"


class EnoughBidders(OutOfStep):
    """There is no question to decide: the minimum is reached."""

    code = "enough_bidders"


class GateNotOpened(OutOfStep):
    code = "gate_not_opened"


class BidsPending(OutOfStep):
    """These bids have no final state yet: `bids`."""

    code = "bids_pending"


class BidNotPending(OutOfStep):
    """The bid is opened, void, or not part of this envelope's opening."""

    code = "bid_not_pending"


class BidNotOpened(OutOfStep):
    code = "bid_not_opened"


class BidsNotAnnounced(OutOfStep):
    """These opened bids have not been announced: `bids`."""

    code = "bids_not_announced"


class EnvelopesLeft(OutOfStep):
    """These envelopes are still locked: `envelopes`."""

    code = "envelopes_left"


class ParameterNotDrawn(OutOfStep):
    code = "parameter_not_drawn"


class SeedsNotCommitted(OutOfStep):
    code = "seeds_not_committed"


class ConfirmationRunning(OutOfStep):
    """These bids are neither confirmed nor disputed, and the window still runs: `bids`."""

    code = "confirmation_running"


class ObjectionsRunning(OutOfStep):
    """Objections may still be raised until `until`."""

    code = "objections_running"


class ObjectionOpen(OutOfStep):
    """These objections wait for an answer: `objections`."""

    code = "objection_open"


class FaultUnruled(OutOfStep):
    """The host must rule whose fault it is that these bids did not open: `bids`."""

    code = "fault_unruled"


class FaultProven(OutOfStep):
    """The evidence proves whose fault it is; there is nothing to rule on."""

    code = "fault_proven"


class RemedyNotAllowed(OutOfStep):
    """The tender allows no remedy, or none helps this bid: its key is not what is missing."""

    code = "remedy_not_allowed"


class RecordUnsigned(OutOfStep):
    """The host has not signed the record."""

    code = "record_unsigned"


# --- too large ------------------------------------------------------------------------------------


class TextTooLong(TooLarge):
    """`field` has more than `most` characters."""

    code = "text_too_long"


class BidTooLarge(TooLarge):
    """`size` is more than the tender's `most` bytes."""

    code = "bid_too_large"


# --- wrong content --------------------------------------------------------------------------------


class TextMissing(Unacceptable):
    """`field` is empty."""

    code = "text_missing"


class TextHasUnknownCharacters(Unacceptable):
    """`field` has control characters, unassigned code points or halves of a surrogate pair."""

    code = "text_has_unknown_characters"


class TermsUnacceptable(Unacceptable):
    """`problems` lists {"path", "code", …} for each member that cannot stand."""

    code = "terms_unacceptable"


class WrongManifest(Unacceptable):
    """The object names a manifest that is not the tender's newest."""

    code = "wrong_manifest"


class ManifestMismatch(Unacceptable):
    """The signed manifest does not say what the terms say: `field`."""

    code = "manifest_mismatch"


class AcceptanceMissing(Unacceptable):
    """The tender changed: its `version` must be accepted before bidding."""

    code = "acceptance_missing"


class WrongKey(Unacceptable):
    """The object is signed by a key that is not this person's enrolled one."""

    code = "wrong_key"


class WrongOpening(Unacceptable):
    """The signed object is of another opening: replayed."""

    code = "wrong_opening"


class ReplayedBid(Unacceptable):
    """This bid, or this id, was handed in before."""

    code = "replayed_bid"


class WrongPrevious(Unacceptable):
    """An amendment or a withdrawal names the header it replaces; this one names another."""

    code = "wrong_previous"


class WrongPolicy(Unacceptable):
    """The tender's `policy` knows no such key."""

    code = "wrong_policy"


class WrongHead(Unacceptable):
    """The release is signed over a head that is not the closing head."""

    code = "wrong_head"


class TrusteeClockWrong(Unacceptable):
    """The trustee's clock says `clock`, the server's `now`: before the deadline, or too far
    apart."""

    code = "trustee_clock_wrong"


class BadShare(Unacceptable):
    """The share of `bid` does not match its commitment."""

    code = "bad_share"


class ReleaseIncomplete(Unacceptable):
    """The release is silent about these bids: `bids`."""

    code = "release_incomplete"


class RehearsalFailed(Unacceptable):
    """The answer does not hold the nonce that was sealed."""

    code = "rehearsal_failed"


class WrongOpeningKey(Unacceptable):
    """The key is not the one the bid was sealed under; the bid is unharmed."""

    code = "wrong_opening_key"


class WrongSeed(Unacceptable):
    """The seed is not the one that was committed to."""

    code = "wrong_seed"


class WrongRow(Unacceptable):
    """The confirmation signs a row that is not the announced one."""

    code = "wrong_row"


class WrongContent(Unacceptable):
    """The signature is over a record that is not this one."""

    code = "wrong_content"


class FormUnfit(Unacceptable):
    """The form does not fit the tender's items: `item`, `problem`."""

    code = "form_unfit"


class OutOfRange(Unacceptable):
    """`field` is not between `least` and `most`."""

    code = "out_of_range"


class SealRefused(Unacceptable):
    """A signed object that does not hold. `reason` is the code of docs/formats/seal.md, 9."""

    code = "seal_refused"
