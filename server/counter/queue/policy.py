"""The rules of waiting, without any input or output: who comes before whom, and whom a window may
serve.

Everybody who waits has a *place*, an instant: that of the ticket, moved back by a head start for
those who come first. A place never changes by itself, so nobody is overtaken by anybody who comes
more than the greatest head start later: the longer somebody waits, the fewer can still pass.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from rooms.ids import PersonId, RoomId
from server.counter.catalogue.catalogue import knows

BOOKED_AHEAD = timedelta(hours=2)
"""The head start of who comes at a booked time. Bookings can't crowd others out: the slots of a
hall are limited."""
PRIORITY_AHEAD: Mapping[str, timedelta] = {
    "none": timedelta(0),
    "elderly": timedelta(minutes=30),
    "disabled": timedelta(minutes=30),
    "military": timedelta(minutes=30),
    "pregnant": timedelta(minutes=30),
}
"""The head start of each class of people who are served first."""
LATE = timedelta(minutes=15)
"""Who comes later than that after a booked time waits like somebody without a booking."""
BEHIND = 3
"""So many others are called before somebody who was not there is called again."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A ticket that waits. `since` is when it took its place, `ripe_at` when a booked time comes;
    `items` are codes of service items, `far_hall` is where they are decided: what is agreed on
    between the two regions says which one that is."""

    room: RoomId
    number: str
    place: datetime
    since: datetime
    items: tuple[str, ...]
    far_hall: str
    ripe_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Duty:
    """An open window with the clerk at it. `skills` are what is served there: codes of items,
    "prefix-*" or "*"."""

    window: str
    hall: str
    clerk: PersonId
    clerk_name: str
    skills: tuple[str, ...] = ("*",)

    def knows(self, items: Iterable[str]) -> bool:
        """Whether every one of these items is served here."""
        return all(knows(self.skills, item) for item in items)


def place_of_ticket(issued_at: datetime, priority: str) -> datetime:
    """The place of somebody who comes without a booking."""
    return issued_at - PRIORITY_AHEAD[priority]


def place_of_booking(starts_at: datetime, arrived_at: datetime, priority: str) -> datetime:
    """The place of somebody who booked this time and is there now."""
    if arrived_at > starts_at + LATE:
        return place_of_ticket(arrived_at, priority)
    return starts_at - max(BOOKED_AHEAD, PRIORITY_AHEAD[priority])


def in_order(waiting: Iterable[Waiting], now: datetime) -> list[Waiting]:
    """Who waits, the next one first. Whose booked time has not come is behind all others."""
    return sorted(waiting, key=lambda each: _key(each, now))


def _key(each: Waiting, now: datetime) -> tuple[bool, datetime, datetime, str, str]:
    early = each.ripe_at is not None and now < each.ripe_at
    return early, each.place, each.since, each.number, each.room


def place_behind(requeued: RoomId, waiting: Iterable[Waiting], now: datetime) -> datetime:
    """The place of a ticket that goes back behind three others, or behind all when fewer wait."""
    others = [
        each
        for each in in_order(waiting, now)
        if each.room != requeued and (each.ripe_at is None or each.ripe_at <= now)
    ][:BEHIND]
    return others[-1].place if others else now


OnDuty = Mapping[str, Sequence[Duty]]
"""The open windows by their halls."""


def by_hall(duties: Iterable[Duty], but: PersonId | None = None) -> OnDuty:
    """The open windows by their halls, without those of one clerk: nobody is both sides of a
    session."""
    found: dict[str, list[Duty]] = {}
    for each in duties:
        if each.clerk != but:
            found.setdefault(each.hall, []).append(each)
    return found


def may_serve(window: Duty, ticket: Waiting, on_duty: OnDuty) -> bool:
    """Whether this window knows all the items, and somebody on the far side is there for them."""
    return window.knows(ticket.items) and bool(far_of(ticket, on_duty))


def far_of(ticket: Waiting, on_duty: OnDuty) -> list[Duty]:
    """The far windows where this ticket can be decided now."""
    return [each for each in on_duty.get(ticket.far_hall, ()) if each.knows(ticket.items)]


def for_window(
    window: Duty,
    waiting: Iterable[Waiting],
    on_duty: Iterable[Duty],
    now: datetime,
    taken: Set[RoomId] = frozenset(),
) -> list[Waiting]:
    """What this window may call, the next one first, without what was found `taken` meanwhile.

    Every window draws from the one line of its hall, so none is ahead of another; a ticket nobody
    can serve at present keeps its place.
    """
    others = by_hall(on_duty, but=window.clerk)
    # Most who wait want the same as somebody else.
    known: dict[tuple[str, tuple[str, ...]], bool] = {}
    fitting = []
    for each in waiting:
        kind = (each.far_hall, each.items)
        if kind not in known:
            known[kind] = may_serve(window, each, others)
        if known[kind] and each.room not in taken:
            fitting.append(each)
    return in_order(fitting, now)
