"""Lists, details and streams as JSON."""

from collections.abc import Sequence
from json import dumps
from weakref import WeakKeyDictionary

from crypto.encoding import Json
from server.desk import Outcome
from server.machine import Guest, Viewer
from server.room import AnyRoom
from server.site import Site
from server.store.accounts import Account
from server.views.streams import Streams


class Views:
    """What is shown of rooms. Holds the streams of the rooms somebody looks at."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._streams: WeakKeyDictionary[AnyRoom, Streams] = WeakKeyDictionary()

    def viewer(self, room: AnyRoom, account: Account) -> Viewer:
        """As what this account looks at the room. Raises NotFound."""
        return room.machine.viewer(room.id, room.state, account)

    def streams(self, room: AnyRoom) -> Streams:
        """The room's streams, up to date."""
        found = self._streams.get(room)
        if found is None:
            found = self._streams[room] = Streams(room.machine, room.machine.start)
        found.catch_up(room.entries)
        return found

    def page(self, room: AnyRoom, looking: Viewer, after: int, limit: int) -> str:
        """Entries after a number: {"entries", "n", "head"}."""
        streams = self.streams(room)
        entries = ",".join(streams.texts(looking.audience, after, limit))
        size = streams.size(looking.audience)
        return f'{{"entries":[{entries}],"n":{size},"head":{dumps(self.head(room))}}}'

    def head(self, room: AnyRoom) -> str | None:
        """The signed head over everything there is; None while its size would tell too much."""
        if not room.machine.closed(room.state):
            return None
        return self._site.sign_head(room.id, room.size, room.root(room.size))

    def outcome(self, outcome: Outcome, looking: Viewer) -> str:
        """What an order led to, as its author sees it: {"n", "entries"}."""
        streams = self.streams(outcome.room)
        n, texts = streams.between(looking.audience, outcome.first, outcome.last)
        return f'{{"n":{n},"entries":[{",".join(texts)}]}}'

    def detail(self, room: AnyRoom, looking: Viewer) -> dict[str, Json]:
        """One room, as its viewer may see it."""
        return {
            "id": room.id,
            **room.machine.detail(room.state, looking),
            "my": {"person": looking.person, "role": looking.role, "name": looking.name},
            "head": self.head(room),
        }

    def people(
        self, room: AnyRoom, looking: str, present: Sequence[tuple[Guest, bool]]
    ) -> list[Json]:
        """Who is here, as an audience may know it."""
        shown: list[Json] = []
        for guest, here in present:
            named = room.machine.named(room.state, looking, guest)
            if named is None:
                continue
            shown.append(
                {
                    "person": named[0],
                    "name": named[1],
                    "role": guest.role,
                    "state": "here" if here else "reconnecting",
                }
            )
        return shown
