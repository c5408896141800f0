"""Joint review, fees, the decision and the end of the call."""

from dataclasses import dataclass
from datetime import datetime

from rooms.counter.kinds import Missing, Stance
from rooms.counter.terms import Outcome
from rooms.ids import PersonId


@dataclass(frozen=True, slots=True)
class DepartmentInvited:
    person: PersonId
    name: str
    department: str
    item: str


@dataclass(frozen=True, slots=True)
class OpinionGiven:
    person: PersonId
    item: str
    opinion: Stance
    text: str


@dataclass(frozen=True, slots=True)
class FeeNoted:
    """`amount` in fen; `reference` is the payment provider's."""

    item: str
    fee: str
    amount: int
    reference: str


@dataclass(frozen=True, slots=True)
class FeePaid:
    item: str
    fee: str
    amount: int
    reference: str


@dataclass(frozen=True, slots=True)
class OutcomeDecided:
    """What was decided about one item.

    `missing` and `until` belong to a supplement, `remedy` to a rejection, `promised_at` with
    `remind_at` (80 % of the time to it) to what is accepted. `by_rule` names the instant-decision
    rule that held; `overrides`: decided otherwise than it, or than an invited department, says.
    `untold` is the reason why a second supplement was not told the first time.
    """

    item: str
    outcome: Outcome
    reason: str
    remedy: str
    missing: tuple[Missing, ...]
    until: datetime | None
    promised_at: datetime | None
    remind_at: datetime | None
    by_rule: str | None
    overrides: bool
    untold: str


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """The call is over. `reason` is empty when every item is decided."""

    reason: str
