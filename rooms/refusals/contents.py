"""Refusals of too much, and of wrong content."""

from rooms.refusals.base import TooLarge, Unacceptable


class TextTooLong(TooLarge):
    """`field` has more than `most` characters."""

    code = "text_too_long"


class BidTooLarge(TooLarge):
    """`size` is more than the tender's `most` bytes."""

    code = "bid_too_large"


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
