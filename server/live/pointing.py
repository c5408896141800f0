"""Pointing at a shared screen: where somebody points is passed on at once and kept nowhere.

A point is in ten-thousandths of the picture's width and height, so that it is the same place on
every screen, however the picture lies there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from json import dumps
from typing import Any

from crypto.encoding import Json
from rooms.ids import RoomId
from server.desk import Desk
from server.errors import Problem
from server.live.frames import event_frame
from server.live.gateway import Gateway
from server.media.plane import Feed

FULL = 10_000
"""The picture's width, and its height."""
RATE, BURST = 30.0, 30.0
"""Points a second that one connection may send, and at once."""

Shared = Callable[[RoomId], Feed | None]
"""The feed in a room's slot for screens."""


@dataclass(slots=True)
class Allowance:
    """What is left of one connection's points (a token bucket)."""

    left: float
    at: float

    def take(self, now: float) -> bool:
        """Whether one more may be sent at this instant, in seconds."""
        self.left = min(BURST, self.left + (now - self.at) * RATE)
        self.at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


class Pointing:
    """Passes points on to everybody else in the room. `seconds` is a clock that only goes
    forward."""

    def __init__(
        self, gateway: Gateway, desk: Desk, shared: Shared, seconds: Callable[[], float]
    ) -> None:
        self._gateway = gateway
        self._desk = desk
        self._shared = shared
        self._seconds = seconds
        self._allowances: dict[str, Allowance] = {}
        gateway.server.on("point", self._point)
        gateway.gone.append(lambda sid: self._allowances.pop(sid, None))

    async def _point(self, sid: str, asked: object = None) -> Json:
        """Somebody points at a place, or (without x and y) no more."""
        at = _read(asked)
        if at is None:
            return _refusal("bad_point")
        room_id, feed, x, y = at
        connection = self._gateway.joined(sid, room_id)
        if connection is None:
            return _refusal("not_joined")
        now = self._seconds()
        if not self._allowances.setdefault(sid, Allowance(BURST, now)).take(now):
            return _refusal("too_often")
        person = connection.account.person
        try:
            room = await self._desk.room(room_id)
        except Problem as problem:
            return _refusal(problem.code)
        if not room.machine.may_point(room.state, person):
            return _refusal("may_not_point")
        screen = self._shared(room_id)
        if screen is None or str(screen) != feed:
            return _refusal("nothing_shared")
        data = {"room": room_id, "person": person, "feed": feed, "x": x, "y": y}
        self._gateway.tell_others(room_id, sid, event_frame("pointer", dumps(data)))
        return {}


def _read(asked: object) -> tuple[RoomId, str, int | None, int | None] | None:
    """Room, feed and place of a message; None for one that says nothing of the kind."""
    if not isinstance(asked, dict):
        return None
    fields: dict[str, Any] = asked
    room, feed, x, y = (fields.get(name) for name in ("room", "feed", "x", "y"))
    if not isinstance(room, str) or not isinstance(feed, str):
        return None
    if (x, y) == (None, None):
        return RoomId(room), feed, None, None
    if not _inside(x) or not _inside(y):
        return None
    return RoomId(room), feed, x, y


def _inside(value: object) -> bool:
    return type(value) is int and 0 <= value <= FULL


def _refusal(code: str) -> Json:
    return {"error": {"code": code, "params": {}}}
