"""Bytes in a folder under their SHA-256. A blob is written once, whole and synced, or not at
all."""

import asyncio
import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rooms.ids import Digest
from server.errors import DiskFull, TooLarge

PIECE: Final = 1024 * 1024
"""Bytes read or written at once: memory stays flat whatever the size."""

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def disk_full_named() -> Iterator[None]:
    """Turns the system's ways of saying that nothing more fits into DiskFull."""
    try:
        yield
    except OSError as problem:
        if problem.errno in _FULL:
            raise DiskFull from problem
        raise


@dataclass(frozen=True, slots=True)
class Staged:
    """A file that was received whole and is no blob yet; `size` in bytes."""

    path: Path
    digest: Digest
    size: int


class Blobs:
    """A folder of blobs with a staging folder beside it, on the same file system so that a rename
    moves."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.staging = folder / "staging"
        with disk_full_named():
            self.staging.mkdir(parents=True, exist_ok=True)

    def path(self, digest: Digest) -> Path:
        """Where a blob of this digest is, or would be."""
        return self.folder / digest[:2] / digest

    def has(self, digest: Digest) -> bool:
        """Whether the blob is there."""
        return self.path(digest).is_file()

    async def read(self, digest: Digest) -> bytes:
        """A whole blob; for small ones. Raises FileNotFoundError."""
        return await asyncio.to_thread(self.path(digest).read_bytes)

    async def put(self, data: bytes) -> Digest:
        """Stores bytes, durable on return. Raises DiskFull."""
        return await asyncio.to_thread(self._put, data)

    async def put_stream(self, pieces: AsyncIterator[bytes], limit: int) -> tuple[Digest, int]:
        """Stores a stream, durable on return: its digest and size. Raises DiskFull, TooLarge."""
        async with self.staged(pieces, limit) as received:
            await asyncio.to_thread(self.adopt, received.path, received.digest)
        return received.digest, received.size

    @asynccontextmanager
    async def staged(self, pieces: AsyncIterator[bytes], limit: int) -> AsyncIterator["Staged"]:
        """Receives a stream beside the blobs, to be looked at and adopted; what nobody adopted is
        gone when the block ends. Raises DiskFull, TooLarge."""
        handle, name = tempfile.mkstemp(dir=self.staging)
        part = Path(name)
        digest = hashlib.sha256()
        size = 0
        try:
            with disk_full_named(), os.fdopen(handle, "wb") as out:
                async for piece in pieces:
                    size += len(piece)
                    if size > limit:
                        raise TooLarge(limit)
                    digest.update(piece)
                    await asyncio.to_thread(out.write, piece)
            yield Staged(part, Digest(digest.hexdigest()), size)
        finally:
            await asyncio.to_thread(part.unlink, missing_ok=True)

    def adopt(self, part: Path, digest: Digest) -> Path:
        """Makes a finished file of the staging folder a blob; its bytes must have this digest."""
        target = self.path(digest)
        with disk_full_named():
            target.parent.mkdir(exist_ok=True)
            _sync(part)
            part.replace(target)
            _sync(target.parent)
            _sync(self.folder)
        return target

    def _put(self, data: bytes) -> Digest:
        digest = Digest(hashlib.sha256(data).hexdigest())
        if self.has(digest):
            return digest
        handle, name = tempfile.mkstemp(dir=self.staging)
        part = Path(name)
        try:
            with disk_full_named(), os.fdopen(handle, "wb") as out:
                out.write(data)
            self.adopt(part, digest)
        finally:
            part.unlink(missing_ok=True)
        return digest

    def remove(self, digest: Digest) -> None:
        """Deletes a blob, if it is there. Whoever calls knows that nothing names it any more."""
        self.path(digest).unlink(missing_ok=True)

    def free(self) -> int:
        """Bytes left on the file system."""
        return shutil.disk_usage(self.folder).free


def digest_of(path: Path) -> Digest:
    """SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return Digest(hashlib.file_digest(file, "sha256").hexdigest())


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
