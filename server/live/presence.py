"""Who is in a room. A lost connection shows as "reconnecting" for a while before its person is
gone."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rooms.ids import PersonId, RoomId
from server.clock import Clock
from server.machine import Guest


@dataclass(slots=True)
class _Attendance:
    guest: Guest
    connections: int = 0
    left_at: datetime | None = None


@dataclass(slots=True)
class Presence:
    """The people of all rooms. `changed` hears of rooms whose list is another now; `seen` of
    everybody who comes in (True) and who has been away for longer than the grace (False)."""

    clock: Clock
    grace: timedelta
    changed: Callable[[RoomId], None]
    seen: Callable[[RoomId, Guest, bool], None] = lambda room, guest, here: None
    _rooms: dict[RoomId, dict[PersonId, _Attendance]] = field(default_factory=dict)
    _left: dict[tuple[RoomId, PersonId], _Attendance] = field(default_factory=dict)

    def came(self, room: RoomId, guest: Guest) -> None:
        """A connection of this person joined."""
        people = self._rooms.setdefault(room, {})
        found = people.setdefault(guest.person, _Attendance(guest))
        found.guest = guest
        found.connections += 1
        found.left_at = None
        if found.connections == 1:
            self._left.pop((room, guest.person), None)
            self.changed(room)
            self.seen(room, guest, True)

    def left(self, room: RoomId, person: PersonId, on_purpose: bool) -> None:
        """A connection of this person ended; on purpose, they are gone at once."""
        people = self._rooms.get(room, {})
        found = people.get(person)
        if found is None:
            return
        found.connections -= 1
        if found.connections > 0:
            return
        found.left_at = self.clock()
        if on_purpose:
            # A page that is loaded anew leaves and comes back.
            self._left[room, person] = people.pop(person)
        self.changed(room)

    def sweep(self) -> None:
        """Forgets those whose grace is over."""
        limit = self.clock() - self.grace
        for room, people in list(self._rooms.items()):
            gone = [
                person
                for person, found in people.items()
                if found.left_at is not None and found.left_at <= limit
            ]
            for person in gone:
                self.seen(room, people.pop(person).guest, False)
            if not people:
                del self._rooms[room]
            if gone:
                self.changed(room)
        for (room, person), found in list(self._left.items()):
            if found.left_at is not None and found.left_at <= limit:
                del self._left[room, person]
                self.seen(room, found.guest, False)

    def people(self, room: RoomId) -> list[tuple[Guest, bool]]:
        """Everybody in the room, with whether they are connected now."""
        found = self._rooms.get(room, {})
        return [(each.guest, each.connections > 0) for each in found.values()]
