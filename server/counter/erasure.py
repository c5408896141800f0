"""Erasing an applicant's personal data after their time: rows, pages, signatures, and the archives
that hold them. The log stays as it is, and goes on being checkable (docs/formats/sessions.md)."""

import asyncio

from rooms.ids import RoomId
from server.counter.room import session
from server.desk import Desk
from server.errors import Conflict
from server.store.blobs import Blobs
from server.store.files import Files
from server.store.people import People

PERSONAL = ("materials/", "previews/", "signatures/", "archive.")
"""What the names of files begin with that hold personal data, in a session."""


class Erasure:
    """Erases what is kept of applicants."""

    def __init__(self, desk: Desk, people: People, files: Files, blobs: Blobs) -> None:
        self._desk = desk
        self._people = people
        self._files = files
        self._blobs = blobs

    async def erase(self, room: RoomId) -> int:
        """Erases the applicant's and the agent's data of a session that is over; how many rows and
        files that were. Its archive is made anew without them by whoever looks at the room next.

        Raises NotFound, Conflict `out_of_phase`.
        """
        found = session(await self._desk.room(room))
        if not found.state.over:
            raise Conflict("out_of_phase", {"phase": found.state.phase})
        agent = found.state.agent
        erased = await self._people.erase(room, found.state.applicant)
        if agent is not None:
            erased += await self._people.erase(room, agent.person)
        for file in await self._files.list(room):
            if file.name.startswith(PERSONAL):
                await self._files.forget(room, file.name)
                # A page that a later session uses again is that session's too.
                if not await self._files.named(file.sha256):
                    await asyncio.to_thread(self._blobs.remove, file.sha256)
                erased += 1
        return erased
