"""After the call: steps, delivery, promised time, rating."""

from dataclasses import dataclass
from datetime import datetime

from rooms.counter.kinds import Way
from rooms.ids import Digest


@dataclass(frozen=True, slots=True)
class StepNoted:
    item: str
    step: str
    note: str


@dataclass(frozen=True, slots=True)
class ItemCompleted:
    """办结. `invite_at` is when the applicant is asked for a rating again."""

    item: str
    note: str
    invite_at: datetime


@dataclass(frozen=True, slots=True)
class ResultDelivered:
    """`tracking` is a parcel's number, or empty."""

    item: str
    way: Way
    tracking: str


@dataclass(frozen=True, slots=True)
class Reminded:
    """80 % of the promised time is over; `due` is its end."""

    item: str
    due: datetime


@dataclass(frozen=True, slots=True)
class Escalated:
    """The promised time is over (督办); `item` is None where a bad rating waits for its answer."""

    item: str | None
    due: datetime


@dataclass(frozen=True, slots=True)
class RatingInvited:
    """The applicant, who has not rated yet, is asked again."""


@dataclass(frozen=True, slots=True)
class SessionRated:
    """`level` from 1 (非常不满意) to 5 (非常满意); `words` the salted digest of what was written.
    A level of 1 or 2 is a case to be answered before `answer_by`."""

    level: int
    words: Digest | None
    answer_by: datetime | None


@dataclass(frozen=True, slots=True)
class RatingAnswered:
    text: str
