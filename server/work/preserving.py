"""The job that makes signed minutes last: the evidence and the time stamp over everything."""

import asyncio

import structlog

from rooms.ids import RoomId
from rooms.opening.commands import NotePreserved
from rooms.opening.state import State
from rooms.refusals import Refused
from server.clock import Clock
from server.desk import THE_SYSTEM, Desk
from server.documents.sign import preserve
from server.room import AnyRoom
from server.site import Site
from server.store.blobs import Blobs
from server.store.files import SIGNED, Files, StoredFile
from server.work.minutes import MINUTES, PDF

_log = structlog.get_logger()


class PreserveMinutes:
    """Adds the last revision (PAdES B-LTA) to minutes that nobody will sign any more."""

    def __init__(self, *, desk: Desk, clock: Clock, site: Site, blobs: Blobs, files: Files) -> None:
        self._desk = desk
        self._clock = clock
        self._site = site
        self._blobs = blobs
        self._files = files

    async def __call__(self, room: RoomId) -> None:
        """Preserves minutes if that is due. Raises DiskFull, TimestampsUnavailable: tried again."""
        found = await self._desk.room(room)
        if "preserve" in found.machine.work(found.state, self._clock()):
            await self._preserve(found)
        if isinstance(found.state, State) and found.state.preserved:
            await self._files.forget(room, SIGNED)

    async def _preserve(self, room: AnyRoom) -> None:
        record = room.state.record
        if record is None:
            return
        signed = await self._blobs.read(record)
        site = self._site
        pdf = await asyncio.to_thread(
            preserve, signed, site.authority, site.timestamper, self._clock()
        )
        digest = await self._blobs.put(pdf)
        try:
            await self._desk.order(room.id, NotePreserved(record, digest, len(pdf)), THE_SYSTEM)
        except Refused as refused:
            _log.info("note_refused", room=room.id, code=refused.code)
            return
        await self._files.name(room.id, StoredFile(MINUTES, digest, len(pdf), PDF))
