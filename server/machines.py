"""The kinds of rooms there are, and which one a room is of."""

from collections.abc import Sequence

from rooms.ids import RoomId
from rooms.opening import commands as opening
from server.machine import AnyMachine
from server.openings import OPENINGS

Command = opening.Command
"""An order to a room of any kind."""

MACHINES: tuple[AnyMachine, ...] = (OPENINGS,)
"""Every kind."""


def machine_in(lines: Sequence[bytes]) -> AnyMachine:
    """The kind of room whose log these lines are, by its first event."""
    return OPENINGS


def machine_of(room: RoomId) -> AnyMachine:
    """The kind that a room's id names: "s-" is a session at a counter, all else an opening."""
    return OPENINGS
