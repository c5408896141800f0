"""Rooms on the wire: entries, commands, terms. The types are made from the domain's own
dataclasses."""

from collections.abc import Iterable
from dataclasses import MISSING, fields
from functools import cache, reduce
from operator import or_
from typing import Annotated, Any, Literal, get_args, get_type_hints

from pydantic import BaseModel, Field, RootModel, create_model

from rooms.opening import commands, events
from rooms.opening.phases import Phase
from rooms.opening.terms import Regime, Role, Terms
from server.http.openings import ELSEWHERE
from server.http.wire import Digest, Id, Person, SealedObject, Time, Wire


@cache
def tagged(form: type) -> type[BaseModel]:
    """A dataclass as a wire type with its name in `type`."""
    hints = get_type_hints(form)
    members: dict[str, Any] = {"type": (Literal[form.__name__], ...)}
    for each in fields(form):
        default = ... if each.default is MISSING else each.default
        members[each.name] = (hints[each.name], default)
    return create_model(form.__name__, __base__=Wire, __doc__=form.__doc__, **members)


def _union(forms: Iterable[type]) -> Any:
    return Annotated[reduce(or_, [tagged(form) for form in forms]), Field(discriminator="type")]


_COMMANDS = [form for form in get_args(commands.PersonCommand) if form not in ELSEWHERE]


class Command(RootModel[_union(_COMMANDS)]):  # type: ignore[misc]  # made at run time
    """An order that has no route of its own."""


_HIDDEN = {events.TenderAccepted, events.BidReceived, events.BidWithdrawn}
"""Events that are in no stream."""

_SHOWN: dict[type, tuple[str, ...]] = {
    events.TrusteeRehearsed: ("trustee",),
    events.BidderSignedIn: ("bidder", "late", "emergency"),
    events.BiddingClosed: ("deadline",),
    events.GateOpened: ("envelope",),
    events.SharesReleased: ("trustee", "envelope"),
    events.BidderKeyReleased: ("bidder", "bid", "envelope"),
    events.BidOpened: ("bid", "envelope", "by"),
    events.BidConfirmed: ("bidder", "bid", "row"),
}
"""The members that streams keep of events that are shown in part (rooms/opening/visibility.py)."""


class ShareProblem(Wire):
    """Why a trustee has no share of a bid."""

    bid: Id
    problem: str


_ADDED: dict[type, dict[str, Any]] = {
    events.GateOpened: {"bids": (int, ...), "failed": (list[Id], ...)},
    events.SharesReleased: {"shares": (int, ...), "problems": (list[ShareProblem], ...)},
    events.BidOpened: {
        "form": (dict[str, str | int] | None, None),
        "files": (list[dict[str, Any]] | None, None),
    },
    events.BidConfirmed: {"signed": (bool, ...)},
}
"""What streams say in place of what they leave out."""


def _shown(form: type) -> type[BaseModel]:
    if form not in _SHOWN:
        return tagged(form)
    hints = get_type_hints(form)
    members: dict[str, Any] = {"type": (Literal[form.__name__], ...)}
    members |= {name: (hints[name], ...) for name in _SHOWN[form]}
    return create_model(
        form.__name__, __base__=Wire, __doc__=form.__doc__, **members, **_ADDED.get(form, {})
    )


_EVENTS = [_shown(form) for form in get_args(events.Event) if form not in _HIDDEN]


class Event(RootModel[Annotated[reduce(or_, _EVENTS), Field(discriminator="type")]]):  # type: ignore[misc]  # made at run time
    """What happened, as streams show it."""


class By(Wire):
    """Who did it; `role` is empty for somebody without one."""

    person: Id
    name: str
    role: Role | Literal[""]


class Entry(Wire):
    """An entry of a stream; `n` counts from 1 without gaps."""

    n: int
    at: Time
    by: By
    event: Event


class Done(Wire):
    """What an order led to, as its author's stream shows it; `n` is the stream's last number."""

    n: int
    entries: list[Entry]


class Page(Done):
    """A part of a stream. `head` is the signed head of the log, after the close only."""

    head: str | None


class Sealed(RootModel[SealedObject]):
    """A sealed object (docs/formats/seal.md, 1)."""


class People(RootModel[list[Person]]):
    """People who can be seated."""


class TermsBody(Wire):
    """A draft."""

    terms: Terms


class PublishBody(Wire):
    """What to publish: the draft, unless terms are given."""

    terms: Terms | None = None


class OpeningSummary(Wire):
    """A line of the list of openings."""

    id: Id
    phase: Phase
    paused: bool
    version: int
    deadline: Time
    project_number: str
    project_title: str
    lot_number: str
    lot_title: str
    regime: Regime
    tenderer: str
    agency: str
    place: str
    rehearsal: bool
    role: Role | None


class OpeningList(Wire):
    """A page of openings; `total` counts all pages."""

    items: list[OpeningSummary]
    total: int


class My(Wire):
    """What the asker is in a room; `role` is null for an account that may become a bidder."""

    person: Id
    role: Role | None
    name: str


class OpeningDetail(Wire):
    """One opening. `draft` is what the host's side prepares but hasn't published."""

    id: Id
    phase: Phase
    version: int
    terms: Terms
    draft: Terms | None
    manifest: SealedObject | None
    manifest_digest: Digest | None
    my: My
    head: str | None


class Accepted(Wire):
    """A bidder's acceptance in force; `key` is the point of its signing key."""

    name: str
    version: int
    manifest: Digest
    key: str
    deposit: str


class UploadState(Wire):
    """How far a sealed file is; `code` says why its bytes were refused the last time.

    `expires_at` is null once the upload was taken back.
    """

    url: str
    offset: int
    size: int
    expires_at: Time | None
    code: str | None


class SignedIn(Wire):
    late: bool
    emergency: bool


class PastBid(Wire):
    """A bid the bidder handed in; `standing` is "live", "replaced" or "withdrawn"."""

    bid: Id
    header_digest: Digest
    received_at: Time
    standing: str
    receipt: SealedObject | None
    withdrawal_receipt: SealedObject | None


class Mine(Wire):
    """Everything a bidder has in a room."""

    acceptance: Accepted | None
    bid: Id | None
    header_digest: Digest | None
    header: SealedObject | None
    stored: dict[Id, bool]
    uploads: dict[Id, UploadState]
    receipt: SealedObject | None
    signed_in: SignedIn | None
    history: list[PastBid]


class Moment(Wire):
    """A line of a bid's evidence; `entry` is the number of the log's entry behind it."""

    at: Time
    what: str
    params: dict[str, Any]
    entry: int


class Attribution(Wire):
    """Whose fault it is that a bid did not open, and the codes of the reasons."""

    fault: events.Fault
    because: list[str]


class Evidence(Wire):
    """What the log proves about a bid."""

    timeline: list[Moment]
    attribution: Attribution | None
