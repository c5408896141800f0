"""People's signatures in sealed minutes: prepared here, made in the browser, embedded here
(docs/formats/minutes.md, 3). One revision at a time: whoever prepares one holds the room's lease.
"""

import asyncio
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from weakref import WeakValueDictionary

from crypto.acts import SignerRequest
from crypto.encoding import format_time
from crypto.errors import CryptoError
from crypto.pades import Prepared
from rooms.ids import Digest, PersonId, RoomId
from rooms.opening import signing
from rooms.opening.commands import SignMinutes
from rooms.opening.signing import Place
from rooms.refusals import MinutesChanged, Refused
from server.clock import CHINA, Clock
from server.desk import Actor, Desk, Once, Outcome
from server.documents.fonts import Fonts
from server.documents.sign import finish_signature, prepare_signature
from server.documents.timestamp import TimestampsUnavailable
from server.errors import Conflict, Forbidden, Invalid, Unavailable
from server.openings import Opening
from server.room import AnyRoom
from server.site import Site
from server.store.blobs import Blobs
from server.store.files import SIGNED, Files, StoredFile
from server.work.minutes import MINUTES, PDF

LEASE = timedelta(seconds=60)
"""How long somebody has the next revision for itself."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A revision under way: who signs where, over which file, until when. `chain` (DER) begins with
    the certificate made for this signature."""

    id: str
    place: Place
    record: Digest
    chain: tuple[bytes, ...]
    prepared: Prepared
    expires_at: datetime


class Signatures:
    """Every room's signing. Leases are in memory alone: after a restart nobody holds one, and the
    log refuses what was prepared over an older file."""

    def __init__(self, *, desk: Desk, clock: Clock, site: Site, blobs: Blobs, files: Files) -> None:
        self._desk = desk
        self._clock = clock
        self._site = site
        self._blobs = blobs
        self._files = files
        self._leases: dict[RoomId, Lease] = {}
        self._one_by_one: WeakValueDictionary[RoomId, asyncio.Lock] = WeakValueDictionary()

    def lease(self, room: RoomId) -> Lease | None:
        """Who is signing in this room now."""
        found = self._leases.get(room)
        return found if found is not None and found.expires_at > self._clock() else None

    async def prepare(self, room: Opening, person: PersonId, field: str, request: object) -> Lease:
        """Gives this person the next revision, with the attributes to be signed.

        `request` is a signer's request in parsed JSON. Raises Refused (the place), Invalid (the
        request), Conflict (somebody else is signing), PdfRefused.
        """
        place = signing.place(room.state, field, person)
        key = _proven_key(room, place, request)
        async with self._alone(room.id):
            self._forget_expired()
            if (held := self.lease(room.id)) is not None:
                raise Conflict("being_signed", _told(held))
            # The room may have gone on while another one signed.
            place = signing.place(room.state, field, person)
            _same_record(room, request)
            lease = await self._prepared(place, signing.record(room.state), key)
            self._leases[room.id] = lease
            return lease

    async def finish(
        self, room: Opening, lease: str, signature: bytes, by: Actor, once: Once | None
    ) -> Outcome:
        """Embeds the signature (r and s) and notes the new revision.

        Raises Conflict (no such lease any more), Forbidden (somebody else's), Invalid (not the
        signature of the proven key), Unavailable (no time stamps), PdfRefused, DiskFull, Refused.
        """
        async with self._alone(room.id):
            held = self.lease(room.id)
            if held is None or not secrets.compare_digest(held.id, lease):
                # The same order may have been carried out before.
                return await self._desk.order(room.id, _expired, by, once=once)
            if held.place.person != by.person:
                raise Forbidden("lease_of_another", {"name": held.place.name})
            pdf = await self._embedded(held, signature)
            digest = await self._blobs.put(pdf)
            await self._files.name(room.id, StoredFile(SIGNED, digest, len(pdf), PDF))
            certificate = Digest(hashlib.sha256(held.chain[0]).hexdigest())
            order = SignMinutes(held.place.field, certificate, held.record, digest, len(pdf))
            try:
                outcome = await self._desk.order(room.id, order, by, once=once)
            except Refused:
                # What was prepared will never fit again.
                del self._leases[room.id]
                raise
            await self._files.name(room.id, StoredFile(MINUTES, digest, len(pdf), PDF))
            del self._leases[room.id]
            return outcome

    async def _prepared(self, place: Place, record: Digest, key: bytes) -> Lease:
        now = self._clock()
        try:
            chain = self._site.authority.issue(place.name, key, now)
        except ValueError as problem:
            raise Invalid("key_not_proven", {"reason": str(problem)}) from problem
        pdf = await self._blobs.read(record)
        prepared = await asyncio.to_thread(
            prepare_signature,
            pdf,
            place.field,
            place.name,
            chain[0],
            self._fonts,
            now.astimezone(CHINA),
        )
        return Lease(secrets.token_hex(16), place, record, chain, prepared, self._clock() + LEASE)

    async def _embedded(self, lease: Lease, signature: bytes) -> bytes:
        try:
            return await asyncio.to_thread(
                finish_signature, lease.prepared, lease.chain, signature, self._site.timestamper
            )
        except TimestampsUnavailable as problem:
            raise Unavailable("no_timestamps") from problem
        except CryptoError as problem:
            if problem.code in ("signature_wrong", "signature_malformed"):
                raise Invalid("signature_of_other_key") from problem
            raise

    def _alone(self, room: RoomId) -> asyncio.Lock:
        return self._one_by_one.get(room) or self._one_by_one.setdefault(room, asyncio.Lock())

    def _forget_expired(self) -> None:
        now = self._clock()
        self._leases = {room: each for room, each in self._leases.items() if each.expires_at > now}

    @cached_property
    def _fonts(self) -> Fonts:
        return Fonts.load()


def _proven_key(room: Opening, place: Place, request: object) -> bytes:
    """The public key whose holder made this request, for this place."""
    try:
        asked = SignerRequest.parse(request)
    except CryptoError as problem:
        raise Invalid("key_not_proven", {"reason": problem.code}) from problem
    if (asked.opening, asked.person, asked.field) != (room.id, place.person, place.field):
        raise Invalid("key_not_proven", {"reason": "other_place"})
    return asked.signed.key


def _same_record(room: Opening, request: object) -> None:
    record, asked = signing.record(room.state), SignerRequest.parse(request).record
    if asked != record:
        raise MinutesChanged(expected=record, found=asked)


def _told(lease: Lease) -> dict[str, object]:
    until = format_time(lease.expires_at)
    return {"person": lease.place.person, "name": lease.place.name, "until": until}


def _expired(room: AnyRoom) -> SignMinutes:
    raise Conflict("lease_expired")
