"""The kinds of rooms there are, and which one a room is of."""

from collections.abc import Sequence

from crypto.encoding import parse_json
from crypto.errors import CryptoError
from rooms.counter import commands as counter
from rooms.ids import RoomId
from rooms.log import MOST_ENTRY
from rooms.opening import commands as opening
from server.counter.room import SESSIONS
from server.machine import AnyMachine
from server.openings import OPENINGS

Command = opening.Command | counter.Command
"""An order to a room of any kind."""

MACHINES: tuple[AnyMachine, ...] = (OPENINGS, SESSIONS)
"""Every kind."""

SESSION = "s-"
"""What ids of sessions begin with."""
_BEGINNINGS = frozenset({"SessionBooked", "TicketIssued"})
"""The events that a session begins with."""


def machine_of(room: RoomId) -> AnyMachine:
    """The kind that a room's id names: "s-" is a session at a counter, all else an opening."""
    return SESSIONS if room.startswith(SESSION) else OPENINGS


def machine_in(lines: Sequence[bytes]) -> AnyMachine:
    """The kind of room whose log these lines are, by its first event."""
    try:
        first = parse_json(lines[0], most=MOST_ENTRY) if lines else None
    except CryptoError:
        return OPENINGS
    event = first.get("event") if isinstance(first, dict) else None
    begins = event.get("type") if isinstance(event, dict) else None
    return SESSIONS if begins in _BEGINNINGS else OPENINGS
