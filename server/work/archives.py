"""The job that makes archives: once the minutes are sealed, and again for every later entry."""

import asyncio
from collections.abc import Callable

from crypto.encoding import jcs
from crypto.receipt import Action
from rooms.ids import RoomId
from server.desk import Desk
from server.heads import Heads
from server.openings import OPENINGS, Opening, opening
from server.receipts import Receipts
from server.room import AnyRoom
from server.site import Site
from server.store.blobs import Blobs
from server.store.files import Files, StoredFile
from server.store.people import People
from server.work.archive import Material, build

Progress = Callable[[RoomId, str, int, int], None]


def archive_name(room: AnyRoom) -> str:
    """Under which name the archive of a room as it is now is kept."""
    return f"archive.{room.size}.zip"


class MakeArchive:
    """Makes the archive of a room whose record is published."""

    def __init__(
        self,
        *,
        desk: Desk,
        site: Site,
        heads: Heads,
        receipts: Receipts,
        people: People,
        files: Files,
        blobs: Blobs,
        progress: Progress,
    ) -> None:
        self._desk = desk
        self._site = site
        self._heads = heads
        self._receipts = receipts
        self._people = people
        self._files = files
        self._blobs = blobs
        self._progress = progress
        self._one = asyncio.Semaphore(1)

    async def __call__(self, room: RoomId) -> None:
        """Makes the archive unless it is there. Raises DiskFull: tried again."""
        found = await self._desk.room(room)
        if found.machine.kind != OPENINGS.kind:
            return
        if found.state.phase not in found.machine.over or found.state.record is None:
            return
        async with self._one:
            if await self._files.find(room, archive_name(found)) is None:
                await self._make(opening(found))

    async def _make(self, room: Opening) -> None:
        name, entries, state = archive_name(room), tuple(room.entries), room.state
        self._progress(room.id, "archive", 0, 1)
        receipts: dict[str, str] = {}
        for bid in state.bids:
            stems: dict[Action, str] = {"submit": bid, "withdraw": f"{bid}-withdrawal"}
            for action, stem in stems.items():
                receipt = await self._receipts.of(room, bid, action)
                if receipt is not None:
                    receipts[stem] = jcs(receipt).decode()
        people = await self._people.of_room(room.id)
        material = Material(
            entries=entries,
            state=state,
            head=await self._heads.of_size(room, len(entries)),
            closing=await self._heads.closing(room) or "",
            site=self._site.anchors(),
            receipts=receipts,
            people={digest: jcs(payload).decode() for digest, payload in people.items()},
            minutes=state.record,
        )
        digest = await asyncio.to_thread(build, material, self._blobs)
        size = self._blobs.path(digest).stat().st_size
        await self._files.name(room.id, StoredFile(name, digest, size, "application/zip"))
        self._progress(room.id, "archive", 1, 1)
