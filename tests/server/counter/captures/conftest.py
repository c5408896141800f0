"""A folder of blobs, a database and the captures over them, without a server around."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from rooms.counter.kinds import Picture
from rooms.ids import RoomId
from server.clock import utc_now
from server.counter.captures.receiving import Captures, Size
from server.store.blobs import Blobs
from server.store.database import Database
from server.store.files import Files
from server.store.log import Batch, Line, RoomLog, Summary
from server.store.migrate import migrate

ROOM = RoomId("s-0123456789abcdef0123")
OTHER = RoomId("s-fedcba98765432100000")
SUMMARY = Summary("counter", "", "booked", "", "", "", False, "{}", None, frozenset())
PIECE = 100_000


async def pieces(data: bytes) -> AsyncIterator[bytes]:
    """Bytes as they arrive."""
    for start in range(0, len(data), PIECE):
        yield data[start : start + PIECE]


@dataclass(frozen=True, slots=True)
class Table:
    """The table of one session."""

    captures: Captures
    blobs: Blobs
    files: Files

    async def put(self, data: bytes) -> Picture:
        """Puts a file on the table."""
        return await self.captures.receive(ROOM, pieces(data))

    async def preview(
        self, capture: Picture, page: int = 1, size: Size = Size.PREVIEW
    ) -> Image.Image:
        """What somebody sees of it."""
        found = await self.captures.preview(ROOM, capture.sha256, page, size)
        assert found.media_type == "image/webp"
        picture = Image.open(BytesIO(await self.blobs.read(found.sha256)), formats=["WEBP"])
        picture.load()
        return picture

    def left(self) -> list[Path]:
        """Files that are lying about."""
        return list(self.blobs.staging.iterdir())


@pytest.fixture
async def table(tmp_path: Path) -> AsyncIterator[Table]:
    """An empty table."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'test.sqlite3'}")
    await migrate(database)
    log = RoomLog(database)
    log.start()
    for room in (ROOM, OTHER):
        await log.append(Batch(room, Line(), 1, ("first",), SUMMARY, None))
    await log.close()
    blobs = Blobs(tmp_path / "blobs")
    files = Files(database, blobs, utc_now)
    yield Table(Captures(blobs, files), blobs, files)
    await database.close()


Corners = Callable[[Image.Image], list[str]]


@pytest.fixture
def corners() -> Corners:
    """The colours near a picture's corners, row by row."""
    return _corners


def _corners(picture: Image.Image) -> list[str]:
    width, height = picture.size
    places = ((0.1, 0.1), (0.9, 0.1), (0.1, 0.9), (0.9, 0.9))
    return [_named(picture, int(width * x), int(height * y)) for x, y in places]


def _named(picture: Image.Image, x: int, y: int) -> str:
    pixel = picture.getpixel((x, y))
    assert isinstance(pixel, tuple)
    bits = tuple(int(each > 128) for each in pixel[:3])
    return {
        (1, 0, 0): "red",
        (0, 1, 0): "green",
        (0, 0, 1): "blue",
        (1, 1, 0): "yellow",
        (1, 1, 1): "white",
        (0, 0, 0): "black",
    }[bits]
