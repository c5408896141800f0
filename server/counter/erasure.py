"""Erasing an applicant's personal data after their time: rows, pages, signatures, recordings, and
the archives that hold them. The log stays as it is, and goes on being checkable
(docs/formats/sessions.md)."""

import asyncio
import shutil
from pathlib import Path

import structlog

from rooms.ids import RoomId
from server.counter.queue.reserving import Reservations
from server.counter.room import SESSIONS, Session, session
from server.desk import Desk
from server.store.blobs import Blobs
from server.store.files import Files
from server.store.people import People

PERSONAL = ("materials/", "previews/", "signatures/", "archive.")
"""What the names of files begin with that hold personal data, in a session."""

_log = structlog.get_logger()


class EraseApplicants:
    """The job that erases what is kept of the applicant and the agent, once the log says so. The
    archive is made anew without it by the job after this one."""

    def __init__(
        self,
        *,
        desk: Desk,
        people: People,
        files: Files,
        blobs: Blobs,
        reservations: Reservations,
        recordings: Path,
    ) -> None:
        """`recordings` is the folder of every room's recordings."""
        self._desk = desk
        self._people = people
        self._files = files
        self._blobs = blobs
        self._reservations = reservations
        self._recordings = recordings

    async def __call__(self, room: RoomId) -> None:
        """Erases what is still there. A crash in the middle is no harm: it is done again."""
        found = await self._desk.room(room)
        if found.machine.kind != SESSIONS.kind or not session(found).state.erased:
            return
        if await self._people.kept(room):
            await self._erase(session(found))

    async def _erase(self, room: Session) -> None:
        erased = 0
        for file in await self._files.list(room.id):
            if file.name.startswith(PERSONAL):
                await self._files.forget(room.id, file.name)
                # A page that a later session uses again is that session's too.
                if not await self._files.named(file.sha256):
                    await asyncio.to_thread(self._blobs.remove, file.sha256)
                erased += 1
        if room.state.recordings:
            folder = self._recordings / room.id
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        await self._reservations.free([room.id])
        if room.state.agent is not None:
            erased += await self._people.erase(room.id, room.state.agent.person)
        # Last: whoever looks for what is still to be erased looks for these rows.
        erased += await self._people.erase(room.id, room.state.applicant)
        _log.info("applicant_erased", room=room.id, rows_and_files=erased)
