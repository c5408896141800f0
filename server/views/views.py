"""Lists, details and streams as JSON."""

from collections.abc import Sequence
from json import dumps
from weakref import WeakKeyDictionary

from crypto.encoding import Json
from rooms.opening.terms import Role
from rooms.opening.visibility import OBSERVER, STAFF, mask, name_of
from rooms.opening.wire import encode_terms
from server.desk import Outcome
from server.live.presence import Guest
from server.room import Room
from server.site import Site
from server.store.accounts import Account
from server.views.streams import Streams
from server.views.viewer import Viewer, viewer


class Views:
    """What is shown of rooms. Holds the streams of the rooms somebody looks at."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._streams: WeakKeyDictionary[Room, Streams] = WeakKeyDictionary()

    def viewer(self, room: Room, account: Account) -> Viewer:
        """As what this account looks at the room. Raises NotFound."""
        return viewer(room, account)

    def streams(self, room: Room) -> Streams:
        """The room's streams, up to date."""
        found = self._streams.get(room)
        if found is None:
            found = self._streams[room] = Streams()
        found.catch_up(room.entries)
        return found

    def page(self, room: Room, looking: Viewer, after: int, limit: int) -> str:
        """Entries after a number: {"entries", "n", "head"}."""
        streams = self.streams(room)
        entries = ",".join(streams.texts(looking.audience, after, limit))
        size = streams.size(looking.audience)
        return f'{{"entries":[{entries}],"n":{size},"head":{dumps(self.head(room))}}}'

    def head(self, room: Room) -> str | None:
        """The signed head over everything there is; None before the close, for its size tells of
        bids."""
        if not room.state.closed:
            return None
        return self._site.sign_head(room.id, room.size, room.root(room.size))

    def outcome(self, outcome: Outcome, looking: Viewer) -> str:
        """What an order led to, as its author sees it: {"n", "entries"}."""
        streams = self.streams(outcome.room)
        n, texts = streams.between(looking.audience, outcome.first, outcome.last)
        return f'{{"n":{n},"entries":[{",".join(texts)}]}}'

    def detail(self, room: Room, looking: Viewer) -> Json:
        """One opening, as its viewer may see it."""
        state = room.state
        published = state.published[-1] if state.published else None
        draft = state.draft if looking.audience == STAFF else None
        return {
            "id": room.id,
            "phase": state.phase,
            "version": published.version if published else 0,
            "terms": encode_terms(state.terms),
            "draft": encode_terms(draft) if draft else None,
            "manifest": published.manifest.signed.to_json() if published else None,
            "manifest_digest": published.digest if published else None,
            "my": {"person": looking.person, "role": looking.role, "name": looking.name},
            "head": self.head(room),
        }

    def people(self, room: Room, looking: str, present: Sequence[tuple[Guest, bool]]) -> list[Json]:
        """Who is here, as an audience may know it: bidders from the roll on."""
        masked = (
            looking == OBSERVER and room.state.published and room.state.terms.masked_from_observers
        )
        shown: list[Json] = []
        for guest, here in present:
            person, name = str(guest.person), guest.name
            if guest.role is Role.BIDDER:
                if not room.state.rolled or room.state.counted_of(guest.person) is None:
                    continue
                name = name_of(room.state, guest.person)
                if masked:
                    person, name = mask(room.state, guest.person)
            shown.append(
                {
                    "person": person,
                    "name": name,
                    "role": guest.role,
                    "state": "here" if here else "reconnecting",
                }
            )
        return shown
