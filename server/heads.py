"""Signed heads of rooms' logs: the closing one, the last one, any one that is asked for."""

from rooms.ids import RoomId
from rooms.opening.events import BiddingClosed
from server.desk import Desk
from server.room import AnyRoom
from server.site import Site
from server.store.log import RoomLog


class Heads:
    """Signs heads after the commit. A head of one size has one text: Ed25519 is deterministic."""

    def __init__(self, log: RoomLog, site: Site, desk: Desk) -> None:
        self._log = log
        self._site = site
        self._desk = desk
        self._signed: dict[tuple[RoomId, int], str] = {}

    async def keep(self, room: RoomId) -> None:
        """The job that stores the closing head at once, and the last one when the room is over."""
        found = await self._desk.room(room)
        await self.closing(found)
        if found.state.phase in found.machine.over:
            await self.current(found)

    async def closing(self, room: AnyRoom) -> str | None:
        """The closing head: the one whose last leaf is `BiddingClosed`. None before the close."""
        size = room.seq_of(BiddingClosed)
        return None if size is None else await self.of_size(room, size)

    async def of_size(self, room: AnyRoom, size: int) -> str:
        """The head over the first `size` entries, stored from now on."""
        key = (room.id, size)
        if key not in self._signed:
            head = self._site.sign_head(room.id, size, room.root(size))
            self._signed[key] = await self._log.keep_head(room.id, size, head)
        return self._signed[key]

    async def current(self, room: AnyRoom) -> str:
        """The head over everything there is."""
        return await self.of_size(room, room.size)

    def sign_now(self, room: AnyRoom) -> str:
        """The head over everything there is, not stored."""
        return self._site.sign_head(room.id, room.size, room.root(room.size))
