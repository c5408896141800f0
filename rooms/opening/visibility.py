"""What a viewer may see of a log (docs/http.md, entries and streams).

Audiences are `staff` (host, deputy, tenderer, supervisor), `trustee` or `trustee:<person>`,
`bidder:<person>` and `observer`. Whether an entry is in a stream depends only on the state before
it, so a stream never changes behind a viewer's back.
"""

from collections.abc import Mapping
from typing import Any

from rooms.codec import encode
from rooms.ids import SYSTEM, PersonId
from rooms.log import Entry
from rooms.opening import events as e
from rooms.opening import sealed
from rooms.opening.events import Event
from rooms.opening.rights import role_of, roles_of
from rooms.opening.state import State
from rooms.opening.terms import Role
from rooms.opening.wire import EVENTS

Json = dict[str, Any]

STAFF = "staff"
TRUSTEE = "trustee"
OBSERVER = "observer"

_STAFF_ROLES = frozenset({Role.HOST, Role.DEPUTY, Role.TENDERER, Role.SUPERVISOR})
_WRITTEN = frozenset({"row", "form", "text", "reason", "name", "terms", "manifest"})
"""Members that hold what people wrote; ids are not looked for in them."""


def bidder_audience(person: PersonId) -> str:
    """The audience of one bidder."""
    return f"bidder:{person}"


def audience_of(state: State, person: PersonId) -> str:
    """The audience of somebody with an account: seats go before being a bidder."""
    roles = roles_of(state, person)
    if roles & _STAFF_ROLES:
        return STAFF
    if Role.TRUSTEE in roles:
        return f"{TRUSTEE}:{person}"
    return OBSERVER if Role.OBSERVER in roles else bidder_audience(person)


def project(before: State, entry: Entry[Event], audience: str) -> Json | None:
    """An entry as this audience sees it, without its number `n`; None if it does not.

    `before` is the state in front of the entry.
    """
    shown = visible(before, entry.event, audience)
    if shown is None:
        return None
    author = {"person": entry.by, "name": _name(before, entry), "role": _role(before, entry)}
    if audience == OBSERVER and _masked(before):
        shown, author = _mask(before, shown), _mask(before, author)
    return {"at": encode(entry.at), "by": author, "event": shown}


def visible(before: State, event: Event, audience: str) -> Json | None:
    """An event as this audience sees it, unmasked."""
    staff, person = audience == STAFF, audience.partition(":")[2]
    trustee = audience.partition(":")[0] == TRUSTEE
    match event:
        case e.TenderAccepted() | e.BidReceived() | e.BidWithdrawn():
            return None
        case e.TenderDrafted():
            return EVENTS.encode(event) if staff else None
        case e.TrusteeReady():
            return EVENTS.encode(event) if staff or trustee else None
        case e.TrusteeRehearsed():
            return _only(event, "trustee") if staff or trustee else None
        case e.BidStored() | e.BidBytesRefused():
            own = audience == bidder_audience(before.bids[event.bid].bidder)
            return EVENTS.encode(event) if before.rolled and (staff or own) else None
        case e.BidderSignedIn():
            return _only(event, "bidder", "late", "emergency") if before.rolled else None
        case e.BiddingClosed():
            return _only(event, "deadline")
        case e.GateOpened():
            failed = [bid for bid, wraps in event.wraps.items() if wraps is None]
            return {**_only(event, "envelope"), "bids": len(event.wraps), "failed": failed}
        case e.SharesReleased():
            return _only(event, "trustee", "envelope") | _release(event)
        case e.RecordingsMarked():
            return EVENTS.encode(event) if staff else None
        case e.ReleaseRefused():
            return EVENTS.encode(event) if staff or trustee else None
        case e.BidderKeyReleased():
            return _only(event, "bidder", "bid", "envelope")
        case e.BidderKeyRefused():
            own = audience == bidder_audience(event.bidder)
            return EVENTS.encode(event) if staff or own else None
        case e.BidOpened():
            # Until it is read out, what is in a bid is for the host's side and its bidder.
            own = audience == bidder_audience(before.bids[event.bid].bidder)
            inside = ("form", "files") if staff or own else ()
            return _only(event, "bid", "envelope", "by", *inside)
        case e.BidConfirmed():
            signed = {"signed": event.confirmation is not None}
            return _only(event, "bidder", "bid", "row") | signed
        case e.ChatPosted():
            heard = event.to is None or staff or (person and person in (event.by, event.to))
            return EVENTS.encode(event) if heard else None
        case _:
            return EVENTS.encode(event)


def name_of(state: State, person: PersonId) -> str:
    """What a person is called in this room; empty if it is not known here."""
    if person == SYSTEM:
        return ""
    if state.published or state.draft:
        for seat in state.seats_of(person):
            return seat.name
    bidder = state.bidders.get(person)
    return bidder.name if bidder else ""


def mask(state: State, person: PersonId) -> tuple[str, str]:
    """Id and name that stand for a bidder before observers: its place in the roll."""
    places = {each.bidder: place for place, each in enumerate(state.counted.values(), start=1)}
    place = places.get(person, 0)
    return f"bidder-{place}", f"投标人{place}"


def _name(before: State, entry: Entry[Event]) -> str:
    name = name_of(before, entry.by)
    if not name and isinstance(entry.event, e.TenderDrafted):
        # The first draft is what seats its own author.
        return next((s.name for s in entry.event.terms.seats if s.person == entry.by), "")
    return name


def _role(before: State, entry: Entry[Event]) -> str:
    role = role_of(before, entry.by)
    if role is None and isinstance(entry.event, e.TenderDrafted):
        return Role.HOST.value
    return role.value if role else ""


def _only(event: Event, *names: str) -> Json:
    members = EVENTS.encode(event)
    return {"type": members["type"], **{name: members[name] for name in names}}


def _release(event: e.SharesReleased) -> Json:
    items = sealed.body(event.release)["shares"]
    found = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    problems = [
        {"bid": item["bid"], "problem": item["problem"]} for item in found if item["problem"]
    ]
    return {"shares": len(found) - len(problems), "problems": problems}


def _masked(before: State) -> bool:
    return bool(before.published) and before.terms.masked_from_observers and bool(before.counted)


def _mask(state: State, shown: Json) -> Json:
    names = {each.bidder: mask(state, each.bidder) for each in state.counted.values()}
    return _walk(shown, names)


def _walk(members: Mapping[str, Any], names: Mapping[PersonId, tuple[str, str]]) -> Json:
    masked: Json = {}
    for key, value in members.items():
        masked[key] = value if key in _WRITTEN else _replace(value, names)
    who = PersonId(str(members.get("bidder") or members.get("person")))
    if "name" in masked and who in names:
        masked["name"] = names[who][1]
    return masked


def _replace(value: Any, names: Mapping[PersonId, tuple[str, str]]) -> Any:
    if isinstance(value, dict):
        return _walk(value, names)
    if isinstance(value, list):
        return [_replace(item, names) for item in value]
    return names[PersonId(value)][0] if isinstance(value, str) and value in names else value
