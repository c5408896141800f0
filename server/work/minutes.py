"""The job that makes the minutes: drawn from the log, sealed, stored, noted in the log."""

import asyncio
import hashlib
from functools import cached_property

import structlog
from cryptography.x509.oid import NameOID

from crypto.encoding import Json
from rooms.ids import Digest, RoomId
from rooms.orders import NoteRecord
from rooms.refusals import Refused
from server.clock import Clock
from server.desk import THE_SYSTEM, Desk
from server.documents.fonts import Fonts
from server.documents.keys import SigningKey
from server.documents.sign import seal
from server.heads import Heads
from server.minutes import Inputs, draw
from server.openings import OPENINGS, Opening, opening
from server.site import Site
from server.store.files import Files
from server.store.people import People

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
        self._site = site
        self._heads = heads
        self._people = people
        self._files = files
        self._one = asyncio.Semaphore(1)

    async def __call__(self, room: RoomId) -> None:
        """Makes minutes if they are due. Raises DiskFull, TimestampsUnavailable: tried again."""
        found = await self._desk.room(room)
        if found.machine is not OPENINGS:
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
        authority = self._site.authority
        return Inputs(
            head=await self._heads.of_size(room, size),
            closing_head=await self._heads.closing(room) or "",
            issuer=_subject(authority.seal),
            verify_url=f"{self._site.public_url}/verify" if self._site.public_url else "",
            verify_hint=HINT,
            people=_names(await self._people.of_room(room.id)),
            certificates=tuple(_described(key) for key in (authority.root, authority.seal)),
        )

    def _drawn_and_sealed(self, room: Opening, size: int, inputs: Inputs) -> bytes:
        drawn = draw(room.entries[:size], inputs, self._fonts)
        site = self._site
        return seal(drawn, site.authority.seal, site.timestamper, self._fonts, self._clock())

    @cached_property
    def _fonts(self) -> Fonts:
        return Fonts.load()


def _names(people: dict[Digest, dict[str, Json]]) -> dict[Digest, str]:
    """Names of representatives by digest; other personal data stay out of the minutes."""
    found: dict[Digest, str] = {}
    for digest, payload in people.items():
        value = payload["value"]
        if isinstance(value, dict) and isinstance(value.get("name"), str):
            found[digest] = str(value["name"])
    return found


def _subject(key: SigningKey) -> str:
    names = key.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value)


def _described(key: SigningKey) -> str:
    certificate = key.certificate
    digest = hashlib.sha256(key.chain[0]).hexdigest()
    until = certificate.not_valid_after_utc.date().isoformat()
    return f"{_subject(key)}，有效期至 {until}，SHA-256 {digest}"
