"""Openings as a kind of room: what `Machine` asks, answered by `rooms.opening`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, cast

from crypto.encoding import Json
from rooms.ids import BidId, Digest, PersonId, RoomId
from rooms.log import Entry
from rooms.opening import events as e
from rooms.opening import machine, recordings, visibility
from rooms.opening.commands import Command
from rooms.opening.events import Event
from rooms.opening.phases import HELD, OVER, Phase
from rooms.opening.rights import roles_of
from rooms.opening.state import START, State
from rooms.opening.terms import Role
from rooms.opening.visibility import OBSERVER, STAFF, TRUSTEE, bidder_audience, mask, name_of
from rooms.opening.wire import COMMANDS, EVENTS, encode_terms
from server.errors import Conflict, Forbidden, NotFound
from server.machine import Cast, Guest, Viewer
from server.media import casting
from server.media.casting import HOSTS
from server.media.plane import Feed, Kind
from server.room import AnyRoom, Room
from server.store.accounts import Account, AccountRole
from server.store.log import Summary
from server.summary import summarise
from server.views.viewer import viewer

Opening = Room[State, Event]
"""A room with an opening."""

_NOBODY = PersonId("-")


def opening(room: AnyRoom) -> Opening:
    """The room as an opening. Raises NotFound for a session."""
    if not isinstance(room.state, State):
        raise NotFound("no_such_room")
    return cast(Opening, room)


class Openings:
    """The machine of openings."""

    kind = "opening"
    path = "openings"
    start = START
    events = EVENTS
    commands = COMMANDS
    audiences: tuple[str, ...] = (STAFF, f"{TRUSTEE}:{_NOBODY}", bidder_audience(_NOBODY), OBSERVER)
    newcomer: StrEnum = Role.BIDDER
    held = frozenset(phase.value for phase in HELD)
    over = frozenset(phase.value for phase in OVER)
    interrupted = frozenset({Phase.RECEIVING.value, Phase.CLOSED.value}) | held
    open_to = frozenset({AccountRole.SUPERVISOR, AccountRole.BIDDER})

    def decide(
        self, state: State, command: Command, *, by: PersonId, now: datetime
    ) -> Sequence[Event]:
        """As `Machine`."""
        return machine.decide(state, command, by=by, now=now)

    def evolve(self, state: State, event: Event) -> State:
        """As `Machine`."""
        return machine.evolve(state, event)

    def work(self, state: State, now: datetime) -> frozenset[str]:
        """As `Machine`."""
        return frozenset(job.work for job in machine.due(state, now))

    def summarise(
        self, state: State, before: tuple[State, Summary] | None, created: datetime | None
    ) -> Summary:
        """As `Machine`."""
        return summarise(state, before, created)

    # --- who sees what

    def viewer(self, room: RoomId, state: State, account: Account) -> Viewer:
        """As `Machine`."""
        return viewer(room, state, account)

    def project(
        self, before: State, entry: Entry[Event], audience: str
    ) -> Mapping[str, Any] | None:
        """As `Machine`."""
        return visibility.project(before, entry, audience)

    def concerned(self, before: State, entry: Entry[Event]) -> Iterator[PersonId]:
        """As `Machine`."""
        event = entry.event
        found = {entry.by}
        for name in ("by", "to", "bidder", "trustee"):
            person = getattr(event, name, None)
            if isinstance(person, str):
                found.add(PersonId(person))
        bid = before.bids.get(BidId(str(getattr(event, "bid", ""))))
        if bid is not None:
            found.add(bid.bidder)
        yield from found

    def closed(self, state: State) -> bool:
        """As `Machine`: before the close, the size tells of bids."""
        return state.closed

    def check_head(self, state: State, looking: Viewer) -> None:
        """As `Machine`."""
        if looking.role is Role.OBSERVER:
            raise Forbidden
        if not state.rolled and not self.over_for_good(state):
            raise Conflict("out_of_phase", {"phase": state.phase})

    def over_for_good(self, state: State) -> bool:
        """As `Machine`."""
        return state.phase in OVER and state.closed

    def detail(self, state: State, looking: Viewer) -> dict[str, Json]:
        """As `Machine`."""
        published = state.published[-1] if state.published else None
        draft = state.draft if looking.audience == STAFF else None
        return {
            "phase": state.phase,
            "version": published.version if published else 0,
            "terms": encode_terms(state.terms),
            "draft": encode_terms(draft) if draft else None,
            "manifest": published.manifest.signed.to_json() if published else None,
            "manifest_digest": published.digest if published else None,
        }

    def sees_records(self, looking: Viewer) -> bool:
        """As `Machine`."""
        return looking.audience == STAFF

    def minutes(self, state: State) -> tuple[Digest, int] | None:
        """As `Machine`."""
        size = state.revisions[-1].size if state.revisions else 0
        return (state.record, size) if state.record else None

    def sees_minutes(self, looking: Viewer) -> bool:
        """As `Machine`."""
        return looking.role is not None and looking.role is not Role.OBSERVER

    def named(self, state: State, audience: str, guest: Guest) -> tuple[str, str] | None:
        """As `Machine`: bidders from the roll on."""
        if guest.role is not Role.BIDDER:
            return guest.person, guest.name
        if not state.rolled or state.counted_of(guest.person) is None:
            return None
        if _masked(state, audience):
            return mask(state, guest.person)
        return guest.person, name_of(state, guest.person)

    def listed_role(self, account: Account, seat: str | None) -> str | None:
        """As `Machine`."""
        if account.room is not None:
            return Role.OBSERVER.value
        if seat is None and AccountRole.SUPERVISOR in account.roles:
            return Role.SUPERVISOR.value
        return seat

    # --- what an event changes for those who look on

    def reseats(self, event: Event) -> bool:
        """As `Machine`: a revision may take a seat away."""
        return isinstance(event, e.TenderPublished | e.TenderDrafted)

    def reveals(self, event: Event) -> bool:
        """As `Machine`."""
        return isinstance(event, e.RollPublished)

    def whose(self, state: State, event: Event) -> PersonId | None:
        """As `Machine`: a bidder's."""
        match event:
            case e.TenderAccepted() | e.BidReceived() | e.BidWithdrawn() | e.BidderSignedIn():
                return event.bidder
            case e.DepositNoted():
                return event.bidder
            case e.BidStored() | e.BidBytesRefused() | e.BidOpened() | e.BidVoid():
                return state.bids[event.bid].bidder
            case _:
                return None

    # --- live media

    def may_send(self, state: State, person: PersonId, kind: Kind) -> bool:
        """As `Machine`."""
        return casting.may_send(state, person, kind)

    def may_point(self, state: State, person: PersonId) -> bool:
        """As `Machine`: what is shown at an opening is for everybody to look at."""
        return False

    def cast(self, state: State, feeds: Iterable[Feed]) -> Cast:
        """As `Machine`."""
        return casting.cast(state, feeds)

    def muted(self, state: State) -> frozenset[PersonId]:
        """As `Machine`."""
        return state.muted

    def directs(self, state: State, person: PersonId) -> bool:
        """As `Machine`."""
        return bool(roles_of(state, person) & HOSTS)

    def naming(self, state: State, audience: str, person: PersonId) -> tuple[str, str]:
        """As `Machine`."""
        if _masked(state, audience) and any(
            each.bidder == person for each in state.counted.values()
        ):
            return mask(state, person)
        return person, name_of(state, person)

    def told_as(self, audience: str) -> str:
        """As `Machine`."""
        return audience if audience == OBSERVER else ""

    def recorded(self, state: State, now: datetime, here: Iterable[Guest]) -> bool:
        """As `Machine`."""
        if not recordings.recorded(state, now):
            return False
        if state.phase is not Phase.RECEIVING or any(state.running()):
            return True
        return any(guest.role in HOSTS for guest in here)


def _masked(state: State, audience: str) -> bool:
    return audience == OBSERVER and bool(state.published) and state.terms.masked_from_observers


OPENINGS = Openings()
