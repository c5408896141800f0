"""Refusals of the right order at the wrong moment."""

from rooms.refusals.base import OutOfStep


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


class RecordingNotRunning(OutOfStep):
    """Neither the acting host's camera nor one of the hall is being recorded: `host`."""

    code = "recording_not_running"


class MinutesNotReady(OutOfStep):
    """The sealed minutes are not made yet; `phase` is where the opening is."""

    code = "minutes_not_ready"


class MinutesChanged(OutOfStep):
    """Somebody else's revision came first: `expected` is the newest one, `found` the one that was
    signed."""

    code = "minutes_changed"


class SigningClosed(OutOfStep):
    """The room is archived, or the minutes have their last time stamp."""

    code = "signing_closed"


class RecordUnsigned(OutOfStep):
    """The host has not signed the record."""

    code = "record_unsigned"
