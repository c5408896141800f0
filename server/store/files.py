"""The names of a room's files: which blob is `minutes.pdf`, which ones are tender documents."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from sqlalchemy import delete, insert, select

from crypto.encoding import format_time
from rooms.ids import Digest, RoomId
from server.clock import Clock
from server.store.blobs import Blobs
from server.store.database import Database
from server.store.tables import files

SIGNED = "minutes.signed.pdf"
"""Under which name minutes are kept that were signed and wait for their last time stamp."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A named blob of a room; `size` in bytes."""

    name: str
    sha256: Digest
    size: int
    media_type: str


class Files:
    """Every room's files."""

    def __init__(self, database: Database, blobs: Blobs, clock: Clock) -> None:
        self._database = database
        self._blobs = blobs
        self._clock = clock

    async def find(self, room: RoomId, name: str) -> StoredFile | None:
        """The file of this name."""
        query = select(files).where(files.c.room == room, files.c.name == name)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        return StoredFile(row.name, Digest(row.sha256), row.size, row.media_type)

    async def list(self, room: RoomId, prefix: str = "") -> list[StoredFile]:
        """The files whose names begin like this, in order."""
        query = select(files).where(files.c.room == room).order_by(files.c.name)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        return [
            StoredFile(row.name, Digest(row.sha256), row.size, row.media_type)
            for row in rows
            if row.name.startswith(prefix)
        ]

    async def named(self, sha256: Digest) -> bool:
        """Whether any room has a file of these bytes."""
        query = select(files.c.name).where(files.c.sha256 == sha256).limit(1)
        async with self._database.reading() as connection:
            return (await connection.execute(query)).first() is not None

    async def forget(self, room: RoomId, name: str) -> None:
        """Takes a name away, if it is there; its bytes stay."""
        if await self.find(room, name) is None:
            return
        async with self._database.writing() as connection:
            await connection.execute(
                delete(files).where(files.c.room == room, files.c.name == name)
            )

    async def put(self, room: RoomId, name: str, data: bytes, media_type: str) -> StoredFile:
        """Stores bytes under a name; an older file of that name gives way. Raises DiskFull."""
        digest = await self._blobs.put(data)
        return await self.name(room, StoredFile(name, digest, len(data), media_type))

    async def put_stream(
        self, room: RoomId, name: str, pieces: AsyncIterator[bytes], media_type: str, limit: int
    ) -> StoredFile:
        """Stores a stream under a name. Raises DiskFull, TooLarge."""
        digest, size = await self._blobs.put_stream(pieces, limit)
        return await self.name(room, StoredFile(name, digest, size, media_type))

    async def name(self, room: RoomId, file: StoredFile) -> StoredFile:
        """Gives a blob that is there already its name in a room."""
        async with self._database.writing() as connection:
            await connection.execute(
                delete(files).where(files.c.room == room, files.c.name == file.name)
            )
            await connection.execute(
                insert(files).values(
                    room=room,
                    name=file.name,
                    sha256=file.sha256,
                    size=file.size,
                    media_type=file.media_type,
                    made_at=format_time(self._clock()),
                )
            )
        return file
