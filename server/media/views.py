"""What people are told of live media: slots, feeds, whose sound is off."""

from collections.abc import Callable
from json import dumps

from crypto.encoding import Json
from rooms.ids import PersonId
from server.media.live import Live
from server.media.plane import Feed
from server.room import AnyRoom


def describe(
    room: AnyRoom, live: Live, enabled: bool, person: PersonId, audience: str
) -> dict[str, Json]:
    """The state of a room's media as this person is told it, without relays."""
    slots, sent = live.slots(), live.sent()
    hosts = room.machine.directs(room.state, person)
    shown = {feed for feed in slots.values() if feed is not None}
    feeds = [each for each in sent if hosts or each in shown or each.person == person]
    named = _naming(room, audience)
    return {
        "enabled": enabled,
        "epoch": live.epoch,
        "slots": {slot.value: _feed(feed, named) if feed else None for slot, feed in slots.items()},
        "feeds": [_feed(each, named) for each in feeds],
        "muted": [named(each)[0] for each in sorted(room.machine.muted(room.state))],
        "recording": sum(1 for _ in room.state.running()),
    }


def teller(room: AnyRoom, live: Live) -> Callable[[PersonId, str], str]:
    """The frames of a change: the same text for all who are told the same."""
    senders = {each.person for each in live.sent()}
    made: dict[tuple[str, bool, PersonId | None], str] = {}

    def seen_by(person: PersonId, audience: str) -> str:
        hosts = room.machine.directs(room.state, person)
        seen_as = room.machine.told_as(audience)
        key = (seen_as, hosts, person if person in senders else None)
        if key not in made:
            said = describe(room, live, True, person, audience)
            made[key] = dumps({"room": room.id, **said}, ensure_ascii=False)
        return made[key]

    return seen_by


def _naming(room: AnyRoom, audience: str) -> Callable[[PersonId], tuple[str, str]]:
    """Gives id and name that stand for a person before this audience."""

    def named(person: PersonId) -> tuple[str, str]:
        return room.machine.naming(room.state, audience, person)

    return named


def _feed(feed: Feed, named: Callable[[PersonId], tuple[str, str]]) -> Json:
    person, name = named(feed.person)
    kind = feed.kind.value
    return {"person": person, "name": name, "kind": kind, "feed": f"{person}:{kind}"}
