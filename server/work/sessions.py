"""The jobs that make a session's papers: minutes, notices, archive."""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from crypto.encoding import Json, jcs
from rooms import log
from rooms.archive import Source
from rooms.counter import events as e
from rooms.counter.audit.files import notice_file, page_file, signature_file
from rooms.counter.events import Event
from rooms.counter.notices import notices
from rooms.counter.state import State
from rooms.counter.wire import EVENTS
from rooms.ids import Digest, RoomId
from rooms.log import Entry
from rooms.orders import NoteRecord
from rooms.refusals import Refused
from server.clock import Clock
from server.counter.catalogue.store import CatalogueStore
from server.counter.minutes import SessionInputs, draw, draw_notice
from server.counter.papers import Papers
from server.counter.room import SESSIONS, Session, session
from server.desk import THE_SYSTEM, Desk
from server.heads import Heads
from server.site import Site
from server.store.blobs import Blobs
from server.store.files import Files, StoredFile
from server.store.people import People
from server.work import Job
from server.work.archive import file_member, keep, text_member
from server.work.archives import archive_name
from server.work.minutes import MINUTES, PDF
from server.work.sealing import Sealer

Progress = Callable[[RoomId, str, int, int], None]

REMEMBERED = 4096
"""Sessions of which it is known that no notice is missing."""

_log = structlog.get_logger()


class MakeSessionMinutes:
    """Makes the sealed minutes of sessions whose call is over; again whenever they are outdated."""

    def __init__(
        self,
        *,
        desk: Desk,
        clock: Clock,
        heads: Heads,
        files: Files,
        papers: Papers,
        sealer: Sealer,
    ) -> None:
        self._desk = desk
        self._clock = clock
        self._heads = heads
        self._files = files
        self._papers = papers
        self._sealer = sealer
        self._one = asyncio.Semaphore(1)

    async def __call__(self, room: RoomId) -> None:
        """Makes minutes if they are due. Raises DiskFull, TimestampsUnavailable: tried again."""
        found = await self._desk.room(room)
        if found.machine.kind != SESSIONS.kind:
            return
        if "minutes" in found.machine.work(found.state, self._clock()):
            async with self._one:
                await self._make(session(found))

    async def _make(self, room: Session) -> None:
        entries, state = tuple(room.entries), room.state
        head = await self._heads.of_size(room, len(entries))
        inputs = await self._papers.inputs(room.id, state, entries, head)
        pdf = await asyncio.to_thread(self._drawn_and_sealed, entries, inputs)
        await self._files.put(room.id, MINUTES, pdf, PDF)
        digest = Digest(hashlib.sha256(pdf).hexdigest())
        try:
            await self._desk.order(room.id, NoteRecord(digest, len(pdf), len(entries)), THE_SYSTEM)
        except Refused as refused:
            _log.info("note_refused", room=room.id, code=refused.code)

    def _drawn_and_sealed(self, entries: Sequence[Entry[Event]], inputs: SessionInputs) -> bytes:
        return self._sealer.seal(draw(entries, inputs, self._sealer.fonts))


class MakeNotices:
    """Makes a sealed notice for each outcome, completed item and fee, as soon as the log has it."""

    def __init__(self, *, desk: Desk, files: Files, papers: Papers, sealer: Sealer) -> None:
        self._desk = desk
        self._files = files
        self._papers = papers
        self._sealer = sealer
        self._made: OrderedDict[RoomId, int] = OrderedDict()

    async def __call__(self, room: RoomId) -> None:
        """Makes the notices that are missing. Raises DiskFull, TimestampsUnavailable: tried
        again."""
        found = await self._desk.room(room)
        if found.machine.kind != SESSIONS.kind:
            return
        told = (e.OutcomeDecided, e.ItemCompleted, e.FeeNoted)
        newest = max(found.seq_of(kind) or 0 for kind in told)
        if newest == self._made.get(room, 0):
            return
        await self._make(session(found))
        self._made[room] = newest
        self._made.move_to_end(room)
        while len(self._made) > REMEMBERED:
            self._made.popitem(last=False)

    async def _make(self, room: Session) -> None:
        entries, state = tuple(room.entries), room.state
        beside = await self._papers.beside(room.id, state, entries)
        for notice in notices(entries, beside):
            name = notice_file(notice.name)
            if await self._files.find(room.id, name) is None:
                pdf = await asyncio.to_thread(
                    lambda made=notice: self._sealer.seal(draw_notice(made, self._sealer.fonts))  # type: ignore[misc]  # bound default
                )
                await self._files.put(room.id, name, pdf, PDF)


@dataclass(frozen=True, slots=True)
class SessionMaterial:
    """What the archive of a session is made of. `files` are the digests of its pages, signatures
    and notices that are still kept, by the name of their member."""

    entries: tuple[Entry[Event], ...]
    state: State
    head: str
    site: Mapping[str, Json]
    people: Mapping[str, Json]
    files: Mapping[str, Digest]


class MakeSessionArchive:
    """Makes the archive of a session whose record is published."""

    def __init__(
        self,
        *,
        desk: Desk,
        site: Site,
        heads: Heads,
        people: People,
        files: Files,
        blobs: Blobs,
        progress: Progress,
    ) -> None:
        self._desk = desk
        self._site = site
        self._heads = heads
        self._people = people
        self._files = files
        self._blobs = blobs
        self._progress = progress
        self._one = asyncio.Semaphore(1)

    async def __call__(self, room: RoomId) -> None:
        """Makes the archive unless it is there. Raises DiskFull: tried again."""
        found = await self._desk.room(room)
        if found.machine.kind != SESSIONS.kind:
            return
        if found.state.phase not in found.machine.over or found.state.record is None:
            return
        async with self._one:
            if await self._files.find(room, archive_name(found)) is None:
                await self._make(session(found))

    async def _make(self, room: Session) -> None:
        name, entries = archive_name(room), tuple(room.entries)
        self._progress(room.id, "archive", 0, 1)
        people: dict[str, Json] = dict((await self._people.of_room(room.id)).items())
        material = SessionMaterial(
            entries=entries,
            state=room.state,
            head=await self._heads.of_size(room, len(entries)),
            site=self._site.anchors(),
            people=people,
            files={
                each.name: each.sha256
                for prefix in ("materials/", "signatures/", "notices/")
                for each in await self._files.list(room.id, prefix)
            },
        )
        digest = await asyncio.to_thread(build, material, self._blobs)
        size = self._blobs.path(digest).stat().st_size
        await self._files.name(room.id, StoredFile(name, digest, size, "application/zip"))
        self._progress(room.id, "archive", 1, 1)


def build(material: SessionMaterial, blobs: Blobs) -> Digest:
    """Write the archive and keep it as a blob; the same material gives the same bytes. To be called
    in a thread. Raises DiskFull; FileNotFoundError for a lost blob."""
    return keep(list(members(material, blobs)), blobs)


def members(material: SessionMaterial, blobs: Blobs) -> Iterator[Source]:
    """The members in the order of the format. Pages and strokes that were erased are left out."""
    lines = log.lines([log.to_bytes(entry, EVENTS) for entry in material.entries])
    yield text_member("log.jsonl", lines)
    yield text_member("head.txt", material.head.encode())
    yield text_member("site.json", jcs(dict(material.site)))
    yield text_member("people.json", jcs(dict(material.people)))
    pages = {each.sha256 for each in material.state.pictures()}
    for name in sorted(map(page_file, pages)):
        if name in material.files:
            yield file_member(name, blobs.path(material.files[name]))
    signed = (each.event for each in material.entries)
    strokes = {event.strokes for event in signed if isinstance(event, e.FormSigned)}
    for name in sorted(map(signature_file, strokes)):
        if name in material.files:
            yield file_member(name, blobs.path(material.files[name]))
    for name, digest in sorted(material.files.items()):
        if name.startswith("notices/"):
            yield file_member(name, blobs.path(digest))
    if material.state.record is not None:
        yield file_member("minutes.pdf", blobs.path(material.state.record))
    yield text_member("root.pem", str(material.site["root"]).encode())


def session_jobs(
    *,
    desk: Desk,
    clock: Clock,
    site: Site,
    heads: Heads,
    people: People,
    files: Files,
    blobs: Blobs,
    catalogue: CatalogueStore,
    progress: Progress,
    retention: timedelta,
    erase: Job,
) -> list[Job]:
    """The long work that follows from sessions' logs, in the order in which it is done."""
    sealer = Sealer(site, clock)
    papers = Papers(catalogue, people, blobs, sealer, retention)
    return [
        MakeNotices(desk=desk, files=files, papers=papers, sealer=sealer),
        MakeSessionMinutes(
            desk=desk, clock=clock, heads=heads, files=files, papers=papers, sealer=sealer
        ),
        # What is erased is not in the archive that follows.
        erase,
        MakeSessionArchive(
            desk=desk,
            site=site,
            heads=heads,
            people=people,
            files=files,
            blobs=blobs,
            progress=progress,
        ),
    ]
