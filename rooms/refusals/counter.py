"""Refusals of sessions at a counter."""

from rooms.refusals.base import Forbidden, Missing, OutOfStep, TooLarge, Unacceptable

# --- coming in ------------------------------------------------------------------------------------


class MatterUnfit(Unacceptable):
    """The session cannot be about this: `problem` is `no_items`, `repeated`, `times`, `person`,
    `language` or `missing`."""

    code = "matter_unfit"


class BookingOver(OutOfStep):
    """The booked time ended at `ends_at`."""

    code = "booking_over"


class TicketTaken(OutOfStep):
    """The ticket is called already, to the window `window`."""

    code = "ticket_taken"


class CallLapsed(OutOfStep):
    """Nobody came to the window before `lapses_at`."""

    code = "call_lapsed"


class CalledEnough(OutOfStep):
    """A ticket is called at most `most` times before it lapses."""

    code = "called_enough"


class RequeuedEnough(OutOfStep):
    """A ticket goes back into the queue at most `most` times."""

    code = "requeued_enough"


class SeatTaken(OutOfStep):
    """Somebody sits at the window of this `side` already."""

    code = "seat_taken"


class NoOffer(OutOfStep):
    """Nobody offers this person a side: the offer was withdrawn, or went to somebody else."""

    code = "no_offer"


class OwnMatter(Forbidden):
    """Nobody serves a session in which they are the applicant or the agent."""

    code = "own_matter"


class FarMissing(OutOfStep):
    """No clerk of the deciding region has taken the session yet."""

    code = "far_missing"


# --- consent and identity -------------------------------------------------------------------------


class ConsentMissing(OutOfStep):
    """Nothing of the applicant is captured before there is consent."""

    code = "consent_missing"


class IdentityMissing(OutOfStep):
    """Materials and forms come after the identity was checked; for the check, after a document was
    shown."""

    code = "identity_missing"


class IdentityUnproven(Unacceptable):
    """A check cannot pass: `problem` is `number` or `likeness`."""

    code = "identity_unproven"


class ReuseNotAllowed(OutOfStep):
    """The applicant has not allowed that pages of earlier sessions are used."""

    code = "reuse_not_allowed"


# --- materials and forms --------------------------------------------------------------------------


class UnknownPage(Missing):
    code = "unknown_page"


class PageGone(OutOfStep):
    """The page was removed or replaced."""

    code = "page_gone"


class PageRepeated(Unacceptable):
    """The same picture is a page of this material already: `page`."""

    code = "page_repeated"


class PictureUnfit(Unacceptable):
    """The picture's size, pages or type cannot be: `field`."""

    code = "picture_unfit"


class TooManyPages(TooLarge):
    """The material, or the session, has `most` pages already."""

    code = "too_many_pages"


class WrongPages(Unacceptable):
    """The new order is not of the pages that are there."""

    code = "wrong_pages"


class NothingCaptured(OutOfStep):
    """There is no page of `material` that could be judged."""

    code = "nothing_captured"


class FieldsChanged(OutOfStep):
    """These `fields` were changed after they were shown."""

    code = "fields_changed"


class FieldsMissing(OutOfStep):
    """Required fields of `item` are empty: `fields`."""

    code = "fields_missing"


class FieldsUnconfirmed(OutOfStep):
    """The applicant has not confirmed these `fields` of `item`."""

    code = "fields_unconfirmed"


class FormChanged(OutOfStep):
    """The form that was to be signed is not the present one."""

    code = "form_changed"


class FormUnsigned(OutOfStep):
    """The form of `item` is not signed."""

    code = "form_unsigned"


# --- deciding -------------------------------------------------------------------------------------


class ItemDecided(OutOfStep):
    """`item` has its outcome already."""

    code = "item_decided"


class ItemsUndecided(OutOfStep):
    """These `items` have no outcome yet; the session ends before that only with a reason."""

    code = "items_undecided"


class MaterialsLacking(OutOfStep):
    """These required `materials` of `item` are neither accepted nor waived."""

    code = "materials_lacking"


class DateMissing(Unacceptable):
    """`field` must be an instant in the future."""

    code = "date_missing"


class NothingMissing(Unacceptable):
    """A supplement says what is missing."""

    code = "nothing_missing"


class SupplementTold(OutOfStep):
    """What was missing for `item` was told before, and that is done once; a second time needs the
    reason why it was not told then."""

    code = "supplement_told"


class ValuesWanted(Unacceptable):
    """The rules of `item` ask for the values of these `fields`."""

    code = "values_wanted"


class WrongValue(Unacceptable):
    """The value of `field` is not the confirmed one."""

    code = "wrong_value"


class NotInvited(Forbidden):
    """This department was not asked about `item`."""

    code = "not_invited"


class UnknownFee(Missing):
    code = "unknown_fee"


class FeeNotNoted(OutOfStep):
    code = "fee_not_noted"


class WrongAmount(Unacceptable):
    """`found` is not the amount that was noted: `noted`, both in fen."""

    code = "wrong_amount"


class CallOver(OutOfStep):
    """The call is over."""

    code = "call_over"


class NotRecorded(OutOfStep):
    """The session is not recorded; the near clerk said why: `reason`."""

    code = "not_recorded"


# --- afterwards -----------------------------------------------------------------------------------


class NotProcessing(OutOfStep):
    """`item` was not accepted, or is completed."""

    code = "not_processing"


class NoResult(OutOfStep):
    """`item` has no result to deliver yet."""

    code = "no_result"


class NotRated(OutOfStep):
    """There is no bad rating that waits for an answer."""

    code = "not_rated"


class RatingOpen(OutOfStep):
    """A bad rating waits for its answer."""

    code = "rating_open"


class RetentionRunning(OutOfStep):
    """The personal data are kept `until` then."""

    code = "retention_running"
