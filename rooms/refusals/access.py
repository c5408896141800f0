"""Refusals of what cannot be read, may not be done, or is not there."""

from rooms.refusals.base import Forbidden, Missing, Unreadable


class MalformedCommand(Unreadable):
    """`path` names the first member that is unknown, missing or of the wrong type; `problem` says
    which."""

    code = "malformed_command"


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


class FieldOfAnother(Forbidden):
    """The signature field is prepared for somebody else: `name`."""

    code = "field_of_another"


class UnknownField(Missing):
    """The minutes have no such signature field: `field`."""

    code = "unknown_field"


class UnknownBid(Missing):
    code = "unknown_bid"


class UnknownEnvelope(Missing):
    code = "unknown_envelope"


class UnknownObjection(Missing):
    code = "unknown_objection"


class UnknownRecording(Missing):
    code = "unknown_recording"


class UnknownPerson(Missing):
    code = "unknown_person"
