"""Orders as people send them where the machine is told something else: values instead of their
digests, ids instead of names, nothing of what only the server can know. Each has the name of the
command that the server makes of it (`server/counter/making.py`).
"""

from dataclasses import dataclass
from datetime import datetime

from rooms import codec
from rooms.counter import commands as c
from rooms.counter.kinds import IdentityMethod, Missing, Origin, Side
from rooms.counter.numbers import DocumentKind
from rooms.counter.terms import Outcome
from rooms.ids import PersonId


@dataclass(frozen=True, slots=True)
class FillField:
    """Writes into a field; an empty text empties it."""

    item: str
    field: str
    value: str | int
    origin: Origin = Origin.TYPED


@dataclass(frozen=True, slots=True)
class CaptureIdentity:
    """The number of the document that is shown, as it was read or typed."""

    method: IdentityMethod
    kind: DocumentKind
    number: str


@dataclass(frozen=True, slots=True)
class HandOver:
    """Gives one's window's duty to another clerk, at the same window or at `window`."""

    side: Side
    to: PersonId
    reason: str
    window: str = ""


@dataclass(frozen=True, slots=True)
class InviteDepartment:
    """Invites somebody of another department into the review of an item."""

    person: PersonId
    item: str


@dataclass(frozen=True, slots=True)
class Decide:
    """What is decided about an item. When it is promised for, and whether a rule decides it, the
    server finds out."""

    item: str
    outcome: Outcome
    reason: str = ""
    remedy: str = ""
    missing: tuple[Missing, ...] = ()
    until: datetime | None = None
    untold: str = ""


@dataclass(frozen=True, slots=True)
class RateSession:
    """Five levels, with words or without."""

    level: int
    words: str = ""


Plain = FillField | CaptureIdentity | HandOver | InviteDepartment | Decide | RateSession
Asked = c.PersonCommand | Plain

ASKED: codec.Tagged[Asked] = codec.Tagged(Asked)
"""What the commands' route takes."""
