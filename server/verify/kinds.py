"""What the check has to know of a kind of room, and which kind a log is of."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crypto.encoding import parse_json
from crypto.errors import CryptoError
from rooms.archive import Container
from rooms.audit import Replayed, Report, Site
from rooms.codec import Tagged
from rooms.counter import evolve as counter_evolve
from rooms.counter import state as counter_state
from rooms.counter import wire as counter_wire
from rooms.counter.audit import events as counter_events
from rooms.log import MOST_ENTRY, Entry
from rooms.opening import evolve, signing, state, wire
from rooms.opening.audit.events import check_event
from server.counter import minutes as counter_minutes
from server.documents.authority import certificate_name
from server.documents.fonts import Fonts
from server.minutes import Inputs, draw
from server.verify import openings, sessions

AnyLog = Replayed[Any, Any]
"""A log that was read, of either kind."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of room.

    `look` computes again what each entry says (audit step 4); `places` are the names that
    signatures in the minutes must have, by field; `inputs` reads what minutes show besides the log
    and raises InputsUnreadable; `draw` draws them again; `audit` does the steps on an archive that
    are its own, and answers whether there can be minutes.
    """

    events: Tagged[Any]
    start: Any
    evolve: Callable[[Any, Any], Any]
    look: Callable[[Any, Entry[Any], Report, str], None]
    places: Callable[[Any], Mapping[str, str]]
    inputs: Callable[[bytes], Any]
    draw: Callable[[Sequence[Entry[Any]], Any, Fonts], bytes]
    audit: Callable[[Container, AnyLog, Site, Sequence[bytes], Report], bool]


def kind_of(log: bytes) -> Kind:
    """The kind of a log's room, by its first entry; what no kind begins with is an opening's."""
    first = log.partition(b"\n")[0]
    try:
        entry: Any = parse_json(first, most=MOST_ENTRY)
        name = entry["event"]["type"]
    except (CryptoError, KeyError, TypeError):
        return OPENING
    return BEGINNINGS.get(str(name), OPENING)


def _opening_places(found: state.State) -> Mapping[str, str]:
    if not found.published:
        return {}
    return {each.field: certificate_name(each.name) for each in signing.places(found)}


OPENING = Kind(
    events=wire.EVENTS,
    start=state.START,
    evolve=evolve.evolve,
    look=check_event,
    places=_opening_places,
    inputs=Inputs.parse,
    draw=draw,
    audit=openings.check,
)
SESSION = Kind(
    events=counter_wire.EVENTS,
    start=counter_state.START,
    evolve=counter_evolve.evolve,
    look=counter_events.check_event,
    places=lambda _: {},
    inputs=counter_minutes.SessionInputs.parse,
    draw=counter_minutes.draw,
    audit=sessions.check,
)
BEGINNINGS = {"SessionBooked": SESSION, "TicketIssued": SESSION}
"""By the event that a room of this kind begins with."""
