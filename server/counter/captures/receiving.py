"""Captures: received whole, looked at in a child process, kept under their digest with previews."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from weakref import WeakValueDictionary

from rooms.counter.kinds import Picture
from rooms.ids import Digest, RoomId
from server.counter.captures.child import Limits, run
from server.counter.captures.refused import NotTaken
from server.errors import NotFound
from server.store.blobs import Blobs
from server.store.files import Files, StoredFile

MOST_BYTES: Final = 40 * 1024 * 1024
"""Of one page. A 20-megapixel JPEG of a document camera has 8 to 12 MB."""
AT_ONCE: Final = 2
"""Children at once: each may use a processor and a gigabyte."""
LIMITS: Final = Limits(seconds=120, processor=20, memory=1280 * 1024**2, written=16 * 1024**2)
"""The clock is the generous one: on a busy machine an honest picture waits for its turn."""

PREVIEW_TYPE: Final = "image/webp"
_CHILD = "server.counter.captures.looking"


class Size(StrEnum):
    """How large a preview is: 1600 or 240 pixels on its long side."""

    PREVIEW = "preview"
    SMALL = "small"


def original_name(sha256: Digest) -> str:
    """Under which name of the room's files a capture is kept."""
    return f"materials/{sha256}"


def preview_name(sha256: Digest, page: int, size: Size) -> str:
    """Under which name a preview is kept; pages count from one."""
    return f"previews/{sha256}/{page}-{size}.webp"


class Captures:
    """The captures of every room. Bytes are trusted only after a child has looked at them."""

    def __init__(self, blobs: Blobs, files: Files, most_bytes: int = MOST_BYTES) -> None:
        self.most_bytes = most_bytes
        self._blobs = blobs
        self._files = files
        self._children = asyncio.Semaphore(AT_ONCE)
        self._turns: WeakValueDictionary[RoomId, asyncio.Lock] = WeakValueDictionary()

    async def receive(self, room: RoomId, pieces: AsyncIterator[bytes]) -> Picture:
        """Keeps a picture with its previews; the same bytes again change nothing. Width and height
        are those of the picture as it is seen, upright.

        Raises NotTaken, TooLarge, DiskFull; nothing is kept then.
        """
        async with self._blobs.staged(pieces, self.most_bytes) as received:
            folder = await self._folder()
            try:
                found = await self._look(room, received.path, folder)
                picture = Picture(received.digest, received.size, **found)
                await asyncio.to_thread(self._blobs.adopt, received.path, received.digest)
                await self._keep_previews(room, picture.sha256, 1, folder)
            finally:
                await asyncio.to_thread(shutil.rmtree, folder)
        await self._files.name(
            room,
            StoredFile(
                original_name(picture.sha256), picture.sha256, picture.size, picture.media_type
            ),
        )
        return picture

    async def original(self, room: RoomId, sha256: Digest) -> StoredFile:
        """The file as it came. Raises NotFound."""
        found = await self._files.find(room, original_name(sha256))
        if found is None:
            raise NotFound
        return found

    async def preview(
        self, room: RoomId, sha256: Digest, page: int = 1, size: Size = Size.PREVIEW
    ) -> StoredFile:
        """A preview; of a PDF's later pages it is drawn when somebody first asks.

        Raises NotFound, NotTaken (a page that can't be drawn), DiskFull.
        """
        name = preview_name(sha256, page, size)
        if (found := await self._files.find(room, name)) is not None:
            return found
        original = await self.original(room, sha256)
        is_pdf = original.media_type == "application/pdf"
        if page > 1 and not is_pdf:
            raise NotFound
        folder = await self._folder()
        try:
            await self._look(room, self._blobs.path(sha256), folder, page if is_pdf else None)
            await self._keep_previews(room, sha256, page, folder)
        finally:
            await asyncio.to_thread(shutil.rmtree, folder)
        return await self.preview(room, sha256, page, size)

    async def reuse(self, source: RoomId, room: RoomId, sha256: Digest) -> StoredFile:
        """Gives a capture of an earlier session its names in this one. Raises NotFound."""
        original = await self.original(source, sha256)
        for each in await self._files.list(source, f"previews/{sha256}/"):
            await self._files.name(room, each)
        return await self._files.name(room, original)

    async def forget(self, room: RoomId, sha256: Digest) -> None:
        """Takes a capture out of a room again that no entry speaks of."""
        for each in await self._files.list(room, f"previews/{sha256}/"):
            await self._files.forget(room, each.name)
        await self._files.forget(room, original_name(sha256))

    async def _look(
        self, room: RoomId, path: Path, folder: Path, page: int | None = None
    ) -> dict[str, Any]:
        words = (str(path), str(folder))
        # One session has one child at a time: its bombs make nobody else wait.
        async with self._turns.setdefault(room, asyncio.Lock()), self._children:
            return await run(_CHILD, LIMITS, *words, *([] if page is None else [str(page)]))

    async def _keep_previews(self, room: RoomId, sha256: Digest, page: int, folder: Path) -> None:
        for size in Size:
            made = folder / f"{size}.webp"
            if not made.is_file():
                raise NotTaken("material_broken")
            data = await asyncio.to_thread(made.read_bytes)
            await self._files.put(room, preview_name(sha256, page, size), data, PREVIEW_TYPE)

    async def _folder(self) -> Path:
        return Path(await asyncio.to_thread(tempfile.mkdtemp, dir=self._blobs.staging))
