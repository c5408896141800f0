"""What recordings are, written into the logs of their rooms: when they begin, what is safely in
their files, how they end. Also for those that another process left running."""

import asyncio
import os
import secrets
import time
from dataclasses import dataclass, field
from hashlib import file_digest
from pathlib import Path

import structlog

from rooms import recording as c
from rooms.ids import Digest, RecordingId, RoomId
from rooms.recording import NOTHING, FeedKind, Mark, RecordingStop
from rooms.refusals import AlreadyDone, OutOfRange, Refused, UnknownRecording
from server.desk import THE_SYSTEM, Desk
from server.errors import NotFound, Problem
from server.machine import Shared
from server.media.plane import Feed, Recorded

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class End:
    """How a recording ended, to be written as soon as the desk can."""

    size: int
    sha256: Digest
    reason: RecordingStop


@dataclass(slots=True)
class _Waiting:
    marks: dict[RecordingId, Mark] = field(default_factory=dict)
    ends: dict[RecordingId, End] = field(default_factory=dict)


class Ledger:
    """Writes recordings into logs; what can't be written now is written later."""

    def __init__(self, desk: Desk, folder: Path, still_seconds: float) -> None:
        """`still_seconds` is for how long a file must not have grown before it is believed that
        nobody writes it: 0 where this server is the only one."""
        self._desk = desk
        self._still = still_seconds
        self._folder = folder
        self._waiting: dict[RoomId, _Waiting] = {}
        self._writing = asyncio.Lock()

    def file(self, room: RoomId, recording: RecordingId) -> Path:
        """Where a recording is, or will be."""
        return self._folder / room / f"{recording}.webm"

    def rooms(self) -> list[RoomId]:
        """The rooms that were ever recorded here."""
        if not self._folder.is_dir():
            return []
        return [RoomId(each.name) for each in self._folder.iterdir() if each.is_dir()]

    async def begin(self, room: RoomId, feed: Feed) -> tuple[RecordingId, Path]:
        """A new recording of a feed, in the log already. Raises Refused, Problem."""
        recording = RecordingId(f"r-{secrets.token_hex(8)}")
        file = self.file(room, recording)
        await asyncio.to_thread(file.parent.mkdir, parents=True, exist_ok=True)
        kind = FeedKind(feed.kind.value)
        await self._desk.order(room, c.NoteRecording(recording, feed.person, kind), THE_SYSTEM)
        return recording, file

    def heard(self, told: Recorded, stopping: bool) -> None:
        """What an engine says of a file. `stopping` says that this server is being stopped."""
        waiting = self._waiting.setdefault(told.room, _Waiting())
        sha256 = Digest(told.sha256)
        if not told.ended:
            waiting.marks[told.recording] = Mark(told.recording, told.size, sha256)
            return
        waiting.marks.pop(told.recording, None)
        reason = RecordingStop(told.ended)
        if stopping and reason is RecordingStop.STOPPED:
            reason = RecordingStop.ENGINE
        waiting.ends[told.recording] = End(told.size, sha256, reason)

    def failed(self, room: RoomId, recording: RecordingId) -> None:
        """A recording could not be begun: nothing is in its file."""
        end = End(0, NOTHING, RecordingStop.FAILED)
        self._waiting.setdefault(room, _Waiting()).ends[recording] = end

    async def leave_off(self, room: RoomId, recording: RecordingId) -> bool:
        """Ends a recording whose engine is gone with what is in its file; whether that was done.
        It is not while another server may still write it."""
        if recording not in self.ends(room):
            file = self.file(room, recording)
            found = await asyncio.to_thread(_measure, file, self._still)
            if found is None:
                return False
            waiting = self._waiting.setdefault(room, _Waiting())
            waiting.ends.setdefault(recording, End(*found, RecordingStop.ENGINE))
        await self.write_ends(room)
        return recording not in self.ends(room)

    def ends(self, room: RoomId) -> frozenset[RecordingId]:
        """Recordings that are over, though not yet in the log."""
        waiting = self._waiting.get(room)
        return frozenset(waiting.ends) if waiting else frozenset()

    async def write(self) -> None:
        """Writes everything that waits."""
        for room in list(self._waiting):
            await self.write_ends(room)
            await self._write_marks(room)
            waiting = self._waiting[room]
            if not waiting.marks and not waiting.ends:
                del self._waiting[room]

    async def write_ends(self, room: RoomId) -> None:
        """Writes the ends of a room's recordings."""
        async with self._writing:
            waiting = self._waiting.get(room)
            for recording, end in list(waiting.ends.items()) if waiting else ():
                if await self._write_end(room, recording, end) and waiting is not None:
                    waiting.ends.pop(recording, None)

    async def _write_end(self, room: RoomId, recording: RecordingId, end: End) -> bool:
        """Whether there is nothing more to write of it."""
        order = c.NoteRecordingEnd(recording, end.size, end.sha256, end.reason)
        try:
            try:
                await self._desk.order(room, order, THE_SYSTEM)
            except OutOfRange:
                # The file is shorter than what was marked in it; the audit of files will say so.
                state = (await self._desk.room(room)).state
                await self._desk.order(room, _as_marked(state, recording), THE_SYSTEM)
        except (AlreadyDone, UnknownRecording, NotFound):
            return True
        except Refused as refusal:
            _log.error("recording_end_refused", room=room, recording=recording, code=refusal.code)
            return True
        except Problem as problem:
            _log.error("recording_not_ended", room=room, recording=recording, code=problem.code)
            return False
        return True

    async def _write_marks(self, room: RoomId) -> None:
        waiting = self._waiting[room]
        marks, waiting.marks = waiting.marks, {}
        if not marks:
            return
        try:
            await self._desk.order(room, c.MarkRecordings(tuple(marks.values())), THE_SYSTEM)
        except Refused as refusal:
            _log.info("marks_refused", room=room, code=refusal.code)
        except Problem as problem:
            # A later mark says more than these.
            waiting.marks = marks | waiting.marks
            _log.error("recordings_not_marked", room=room, code=problem.code)


def _as_marked(state: Shared, recording: RecordingId) -> c.NoteRecordingEnd:
    found = state.recordings[recording]
    return c.NoteRecordingEnd(recording, found.size, found.sha256, RecordingStop.FAILED)


def _measure(file: Path, still: float) -> tuple[int, Digest] | None:
    """Size and digest of a file, a missing one is empty; None if it grew so many seconds ago."""
    try:
        with file.open("rb") as data:
            if still and time.time() - os.fstat(data.fileno()).st_mtime < still:
                return None
            sha256 = file_digest(data, "sha256").hexdigest()
            return data.tell(), Digest(sha256)
    except FileNotFoundError:
        return 0, NOTHING
