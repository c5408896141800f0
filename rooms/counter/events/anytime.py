"""What may happen in many phases."""

from dataclasses import dataclass
from datetime import datetime

from rooms.ids import PersonId


@dataclass(frozen=True, slots=True)
class SeatLeft:
    """Somebody's connection is gone; the session goes on and waits (重连)."""

    person: PersonId
    since: datetime


@dataclass(frozen=True, slots=True)
class SeatReturned:
    """Somebody is back who was away from `since` on."""

    person: PersonId
    since: datetime


@dataclass(frozen=True, slots=True)
class ServiceInterrupted:
    """The platform itself was away between the instants. `lapses_at` is the new end of a call that
    was running."""

    since: datetime
    back: datetime
    lapses_at: datetime | None


@dataclass(frozen=True, slots=True)
class ApplicantErased:
    """The personal data were kept until `kept_until` and are erased now. `asked_by` is the
    administrator who did not wait for the platform to do so."""

    kept_until: datetime
    asked_by: PersonId | None
