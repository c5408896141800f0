"""The job that makes the minutes: drawn from the log, sealed, stored, noted in the log."""

import asyncio
import hashlib

import structlog

from crypto.encoding import Json
from rooms.ids import Digest, RoomId
from rooms.orders import NoteRecord
from rooms.refusals import Refused
from server.clock import Clock
from server.desk import THE_SYSTEM, Desk
from server.heads import Heads
from server.minutes import Inputs, draw
from server.openings import OPENINGS, Opening, opening
from server.site import Site
from server.store.files import Files
from server.store.people import People
from server.work.sealing import Sealer

MINUTES = "minutes.pdf"
PDF = "application/pdf"
HINT = "yunkai verify minutes.pdf；或用 pdfsig 与站点根证书核验"

_log = structlog.get_logger()


class MakeMinutes:
    """Makes the sealed minutes of openings that are over; again after a reconvening."""

    def __init__(
        self, *, desk: Desk, clock: Clock, site: Site, heads: Heads, people: People, files: Files
    ) -> None:
        self._desk = desk
        self._clock = clock
        self._sealer = Sealer(site, clock)
        self._heads = heads
        self._people = people
        self._files = files
        self._one = asyncio.Semaphore(1)

    async def __call__(self, room: RoomId) -> None:
        """Makes minutes if they are due. Raises DiskFull, TimestampsUnavailable: tried again."""
        found = await self._desk.room(room)
        if found.machine.kind != OPENINGS.kind:
            return
        if "minutes" in found.machine.work(found.state, self._clock()):
            async with self._one:
                await self._make(opening(found))

    async def _make(self, room: Opening) -> None:
        size = room.size
        inputs = await self._inputs(room, size)
        pdf = await asyncio.to_thread(self._drawn_and_sealed, room, size, inputs)
        await self._files.put(room.id, MINUTES, pdf, PDF)
        digest = Digest(hashlib.sha256(pdf).hexdigest())
        try:
            await self._desk.order(room.id, NoteRecord(digest, len(pdf), size), THE_SYSTEM)
        except Refused as refused:
            _log.info("note_refused", room=room.id, code=refused.code)

    async def _inputs(self, room: Opening, size: int) -> Inputs:
        return Inputs(
            head=await self._heads.of_size(room, size),
            closing_head=await self._heads.closing(room) or "",
            issuer=self._sealer.issuer,
            verify_url=self._sealer.verify_url,
            verify_hint=HINT,
            people=_names(await self._people.of_room(room.id)),
            certificates=self._sealer.certificates,
        )

    def _drawn_and_sealed(self, room: Opening, size: int, inputs: Inputs) -> bytes:
        return self._sealer.seal(draw(room.entries[:size], inputs, self._sealer.fonts))


def _names(people: dict[Digest, dict[str, Json]]) -> dict[Digest, str]:
    """Names of representatives by digest; other personal data stay out of the minutes."""
    found: dict[Digest, str] = {}
    for digest, payload in people.items():
        value = payload["value"]
        if isinstance(value, dict) and isinstance(value.get("name"), str):
            found[digest] = str(value["name"])
    return found
