"""Sealed files on their way in: pieces are appended durably, the whole is compared with the bid's
header.

The size of the file in the staging folder is the offset; nothing else remembers it, so nothing can
disagree.
"""

import asyncio
import fcntl
import hashlib
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

import structlog
from sqlalchemy import Row, select, update

from crypto.errors import CryptoError
from crypto.header import EnvelopeHeader, check_age_header
from rooms.ids import BidId, Digest, EnvelopeId, PersonId, RoomId
from rooms.opening.commands import NoteBytes
from rooms.opening.state import Standing
from rooms.refusals import BytesAlreadyStored, Refused
from server.clock import Clock
from server.desk import THE_SYSTEM, Desk
from server.errors import Conflict, DiskFull, NotFound, Problem, TooLarge
from server.openings import opening
from server.store.blobs import PIECE, Blobs, digest_of, disk_full_named
from server.store.database import Database
from server.store.tables import uploads

LOCKING = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
MOST_REMEMBERED = 2000
"""Uploads whose running digest is kept; another one's file is read again at its end."""

_log = structlog.get_logger()


class State(StrEnum):
    """How far an upload is."""

    OPEN = "open"
    WHOLE = "whole"  # all bytes are there and equal the header's digest; the log doesn't say so yet
    STORED = "stored"
    ENDED = "ended"  # taken back by the bidder, or too late


class ChecksumMismatch(Problem):
    """A piece doesn't have the checksum its sender gave; it was not kept (tus 1.0, checksum)."""

    status = 460


class Gone(Problem):
    """The upload ended."""

    status = 410


class Locked(Problem):
    """Another request is writing this upload."""

    status = 423


@dataclass(frozen=True, slots=True)
class Upload:
    """One envelope's file. `size` in bytes, `code` why its bytes were refused the last time."""

    upload: str
    room: RoomId
    bid: BidId
    envelope: EnvelopeId
    person: PersonId
    sha256: Digest
    size: int
    recipient: str
    state: State
    code: str | None


def name_of(bid: str, envelope: str) -> str:
    """An upload's name in addresses."""
    return f"{bid}-{envelope}"


def row_of(
    room: RoomId, person: PersonId, bid: str, header: EnvelopeHeader
) -> Mapping[str, object]:
    """The row of a new upload, to be written together with the bid."""
    return {
        "upload": name_of(bid, header.id),
        "room": room,
        "bid": bid,
        "envelope": header.id,
        "person": person,
        "sha256": header.sha256,
        "size": header.size,
        "recipient": header.recipient,
        "state": State.OPEN,
        "code": None,
    }


class Uploads:
    """The uploads of the site."""

    def __init__(self, database: Database, blobs: Blobs, clock: Clock, desk: Desk) -> None:
        self._database = database
        self._blobs = blobs
        self._clock = clock
        self._desk = desk
        self._hashes: dict[str, tuple[int, hashlib._Hash]] = {}
        """Digests of uploads under way, so that a file need not be read again at its end."""

    async def find(self, upload: str, person: PersonId) -> Upload:
        """The person's upload of this name. Raises NotFound."""
        async with self._database.reading() as connection:
            query = select(uploads).where(uploads.c.upload == upload, uploads.c.person == person)
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            raise NotFound
        return _upload(row)

    async def of_person(self, room: RoomId, person: PersonId) -> list[Upload]:
        """A person's uploads in a room."""
        async with self._database.reading() as connection:
            query = select(uploads).where(uploads.c.room == room, uploads.c.person == person)
            return [_upload(row) for row in await connection.execute(query)]

    def offset(self, upload: Upload) -> int:
        """How many bytes are safe."""
        if upload.state in (State.WHOLE, State.STORED):
            return upload.size
        try:
            return self._part(upload).stat().st_size
        except FileNotFoundError:
            return 0

    async def closes(self, upload: Upload) -> datetime | None:
        """Until when bytes are welcome; None once the bid no longer counts."""
        state = opening(await self._desk.room(upload.room)).state
        bid = state.bids.get(upload.bid)
        if bid is None or bid.standing is not Standing.LIVE or upload.state is State.ENDED:
            return None
        grace = timedelta(seconds=state.terms.windows.upload_grace)
        return state.upload_until or state.deadline + grace

    async def write(
        self,
        upload: Upload,
        offset: int,
        pieces: AsyncIterator[bytes],
        checksum: bytes | None = None,
    ) -> int:
        """Appends bytes at `offset`; the new offset, all of it durable.

        What arrived before a broken connection is kept, unless a checksum over all of it was
        announced. Raises Gone, Locked, Conflict (`wrong_offset`), TooLarge, ChecksumMismatch,
        DiskFull, UploadRefused.
        """
        async with self._alone(upload) as found:
            if found.state in (State.WHOLE, State.STORED):
                raise Conflict("bytes_already_stored")
            closes = await self.closes(found)
            if closes is None or self._clock() >= closes:
                raise Gone("upload_ended")
            try:
                end = await self._append(found, offset, pieces, checksum)
            except DiskFull:
                # Should the bytes never come, whose fault that is will be asked.
                with suppress(Problem, Refused):
                    await self._note(found, DiskFull.CODE)
                raise
            if end == found.size:
                await self._finish(found)
        return end

    async def end(self, upload: Upload) -> None:
        """Takes an upload back: its bytes are deleted. Raises Conflict once they are stored."""
        async with self._alone(upload) as found:
            if found.state in (State.WHOLE, State.STORED):
                raise Conflict("bytes_already_stored")
            await self._end(found, None)

    async def resume(self) -> None:
        """Finishes what a crash left whole but untold, and clears away what is too late."""
        async with self._database.reading() as connection:
            query = select(uploads).where(uploads.c.state.in_((State.OPEN, State.WHOLE)))
            rows = (await connection.execute(query)).all()
        for row in rows:
            try:
                async with self._alone(_upload(row)) as found:
                    await self._resume(found)
            except Exception as problem:
                _log.warning("upload_not_resumed", upload=row.upload, problem=str(problem))

    async def _resume(self, upload: Upload) -> None:
        whole = upload.state is State.OPEN and self.offset(upload) == upload.size
        if upload.state is State.WHOLE or whole:
            await self._finish(upload)
        elif upload.state is State.OPEN:
            closes = await self.closes(upload)
            if closes is None or self._clock() >= closes:
                await self._end(upload, None)

    async def _finish(self, upload: Upload) -> None:
        """Compares a whole upload with its header and tells the room. May be repeated after a
        crash."""
        part = self._part(upload)
        if upload.state is State.OPEN:
            if code := await self._problem(upload, part):
                part.unlink(missing_ok=True)
                await self._mark(upload, State.OPEN, code)
                await self._note(upload, code)
                raise UploadRefused(code)
            await self._mark(upload, State.WHOLE)
        if part.exists():
            await asyncio.to_thread(self._blobs.adopt, part, upload.sha256)
        try:
            await self._note(upload, None)
        except Refused as refused:
            # Too late, or replaced meanwhile: the room doesn't want these bytes any more.
            await self._end(upload, refused.code)
            raise
        await self._mark(upload, State.STORED)

    async def _end(self, upload: Upload, code: str | None) -> None:
        await self._mark(upload, State.ENDED, code)
        self._part(upload).unlink(missing_ok=True)

    @asynccontextmanager
    async def _alone(self, upload: Upload) -> AsyncIterator[Upload]:
        """The upload as it is now, with nobody else at it. Raises Locked."""
        with disk_full_named():
            handle = os.open(self._blobs.staging / f"{upload.upload}.lock", LOCKING, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as problem:
                raise Locked("upload_locked") from problem
            yield await self.find(upload.upload, upload.person)
        finally:
            os.close(handle)

    async def _append(
        self,
        upload: Upload,
        offset: int,
        pieces: AsyncIterator[bytes],
        checksum: bytes | None,
    ) -> int:
        with disk_full_named():
            handle = os.open(self._part(upload), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            return await self._append_to(handle, upload, offset, pieces, checksum)
        finally:
            os.close(handle)

    async def _append_to(
        self,
        handle: int,
        upload: Upload,
        offset: int,
        pieces: AsyncIterator[bytes],
        checksum: bytes | None,
    ) -> int:
        start = os.fstat(handle).st_size
        if offset != start:
            raise Conflict("wrong_offset", {"offset": start})
        end = os.lseek(handle, start, os.SEEK_SET)
        known, running = self._hashes.pop(upload.upload, (0, hashlib.sha256()))
        own = hashlib.sha256()
        keep = False
        try:
            async for piece in _gathered(pieces):
                if end + len(piece) > upload.size:
                    raise TooLarge(upload.size)
                with disk_full_named():
                    await asyncio.to_thread(_write_all, handle, piece)
                if checksum is not None:
                    await asyncio.to_thread(own.update, piece)
                if known == end:
                    await asyncio.to_thread(running.update, piece)
                    known += len(piece)
                end += len(piece)
            if checksum is not None and own.digest() != checksum:
                raise ChecksumMismatch("checksum_mismatch")
            keep = True
        finally:
            # Whole pieces are kept when a connection breaks; a piece written in part is cut off.
            end = end if keep or checksum is None else start
            os.ftruncate(handle, end)
            await asyncio.to_thread(os.fsync, handle)
            if known == end:
                self._remember(upload, known, running)
        return end

    def _remember(self, upload: Upload, known: int, running: "hashlib._Hash") -> None:
        self._hashes[upload.upload] = (known, running)
        while len(self._hashes) > MOST_REMEMBERED:
            del self._hashes[next(iter(self._hashes))]

    async def _problem(self, upload: Upload, part: Path) -> str | None:
        known, running = self._hashes.pop(upload.upload, (0, hashlib.sha256()))
        if known == upload.size:
            digest = running.hexdigest()
        else:
            digest = await asyncio.to_thread(digest_of, part)
        if digest != upload.sha256:
            return "digest_mismatch"
        return await asyncio.to_thread(_age_problem, part, upload)

    async def _note(self, upload: Upload, code: str | None) -> None:
        command = NoteBytes(upload.bid, upload.envelope, upload.size, code)
        try:
            await self._desk.order(upload.room, command, THE_SYSTEM)
        except BytesAlreadyStored:
            _log.info("told_before", upload=upload.upload)

    def _part(self, upload: Upload) -> Path:
        return self._blobs.staging / f"{upload.upload}.part"

    async def _mark(self, upload: Upload, state: State, code: str | None = None) -> None:
        async with self._database.writing() as connection:
            await connection.execute(
                update(uploads)
                .where(uploads.c.upload == upload.upload)
                .values(state=state, code=code)
            )


class UploadRefused(Problem):
    """All bytes arrived, and they aren't the ones the header names, or no sealed file."""

    status = 422


async def _gathered(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in larger pieces: fewer trips to a thread. What came before a break is given
    out."""
    waiting: list[bytes] = []
    size = 0
    try:
        async for piece in pieces:
            waiting.append(piece)
            size += len(piece)
            if size >= PIECE:
                yield b"".join(waiting)
                waiting, size = [], 0
    except (OSError, asyncio.IncompleteReadError):
        if waiting:
            yield b"".join(waiting)
        raise
    if waiting:
        yield b"".join(waiting)


def _write_all(handle: int, piece: bytes) -> None:
    view = memoryview(piece)
    while view:
        view = view[os.write(handle, view) :]


def _age_problem(part: Path, upload: Upload) -> str | None:
    with part.open("rb") as source:
        try:
            check_age_header(source, _declared(upload))
        except CryptoError as problem:
            return problem.code
    return None


def _declared(upload: Upload) -> EnvelopeHeader:
    """The members of the header that concern the file."""
    return EnvelopeHeader(
        id=upload.envelope,
        shares=(),
        kc="",
        halves=None,
        outer=None,
        recipient=upload.recipient,
        sha256=upload.sha256,
        size=upload.size,
    )


def _upload(row: Row[tuple[object, ...]]) -> Upload:
    return Upload(
        upload=row.upload,
        room=RoomId(row.room),
        bid=BidId(row.bid),
        envelope=EnvelopeId(row.envelope),
        person=PersonId(row.person),
        sha256=Digest(row.sha256),
        size=row.size,
        recipient=row.recipient,
        state=State(row.state),
        code=row.code,
    )
