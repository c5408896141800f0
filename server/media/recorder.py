"""Has what is sent recorded while it is to be, and sees to it that every recording gets its end in
the log."""

import asyncio
import contextlib
from collections.abc import Iterable, Mapping

import structlog

from rooms.ids import RecordingId, RoomId
from rooms.refusals import Refused
from server.clock import Clock
from server.desk import Desk
from server.errors import NotFound, Problem
from server.machine import Guest
from server.media.ledger import Ledger
from server.media.live import Live, Sending, recording_of
from server.media.plane import MediaPlane, Recorded
from server.room import AnyRoom

REST_SECONDS = 30.0
"""How long recording a feed rests after it failed."""

_log = structlog.get_logger()


class Recorder:
    """The recordings of a server's live rooms. `rooms` are the controller's."""

    def __init__(
        self, desk: Desk, ledger: Ledger, clock: Clock, rooms: Mapping[RoomId, Live]
    ) -> None:
        self._desk = desk
        self._ledger = ledger
        self._clock = clock
        self._rooms = rooms
        self._left_over: set[RoomId] = set()

    def look_after(self, unfinished: Iterable[RoomId]) -> None:
        """Rooms in which the server before this one may have left recordings running."""
        self._left_over = {*unfinished, *self._ledger.rooms()}

    async def compare(
        self, plane: MediaPlane, room: AnyRoom, live: Live, here: Iterable[Guest]
    ) -> None:
        """Begins and stops recordings, for the one who has the room's lock. Raises MediaAway."""
        recorded = room.machine.recorded(room.state, self._clock(), here)
        for feed in live.sent():
            sending = live.feeds.get(feed)
            if sending is None:
                continue  # the engine died meanwhile
            if not recorded and sending.recording is not None and not sending.stopping:
                sending.stopping = True
                await plane.record(live.room, feed, sending.recording, None)
            elif recorded and sending.recording is None:
                await self._begin(plane, live, sending)

    def heard(self, told: Recorded) -> None:
        """An engine told of a file; the ledger knows already."""
        live = self._rooms.get(told.room)
        if live is None or not told.ended:
            return
        live.ending.pop(told.recording, None)
        for sending in live.feeds.values():
            if sending.recording == told.recording:
                sending.recording, sending.stopping = None, False
                if told.ended == "failed":
                    sending.rests_until = _now() + REST_SECONDS

    async def leave_off(self, room: AnyRoom, live: Live) -> None:
        """Ends what the log has as running although nothing here records it any more."""
        for recording in [each for each, until in live.ending.items() if _now() >= until]:
            del live.ending[recording]
        await self._leave_off(room, live.recordings())

    async def close_left_over(self) -> None:
        """Ends recordings that the server before this one left running."""
        for name in list(self._left_over):
            try:
                room = await self._desk.room(name)
                # Where somebody sends again already, it is seen to there.
                if name not in self._rooms:
                    await self._leave_off(room, set())
                if not any(room.state.running()):
                    self._left_over.discard(name)
            except NotFound:
                self._left_over.discard(name)
            except Problem as problem:
                _log.warning("recordings_left_over", room=name, code=problem.code)

    async def stop(self, plane: MediaPlane) -> None:
        """Stops all recordings; their ends are told."""
        for live in self._rooms.values():
            for feed, sending in list(live.feeds.items()):
                if sending.recording is not None:
                    with contextlib.suppress(Problem):
                        await plane.record(live.room, feed, sending.recording, None)

    def unended(self) -> list[tuple[RoomId, RecordingId]]:
        """Recordings whose ends nobody told yet."""
        return [
            (room, recording)
            for room, live in self._rooms.items()
            for recording in live.recordings()
            if recording not in self._ledger.ends(room)
        ]

    async def close(self) -> None:
        """Writes what waits, and ends what never got its end."""
        await self._ledger.write()
        for room, recording in self.unended():
            await self._ledger.leave_off(room, recording)

    async def _begin(self, plane: MediaPlane, live: Live, sending: Sending) -> None:
        if _now() < sending.rests_until:
            return
        earlier = recording_of((await self._desk.room(live.room)).state, sending.feed)
        if earlier is not None and (
            earlier in live.ending or not await self._ledger.leave_off(live.room, earlier)
        ):
            return
        try:
            recording, file = await self._ledger.begin(live.room, sending.feed)
        except (Refused, OSError) as problem:
            _log.warning("recording_not_begun", room=live.room, problem=str(problem))
            sending.rests_until = _now() + REST_SECONDS
            return
        sending.recording = recording
        try:
            await plane.record(live.room, sending.feed, recording, file)
        except Problem as problem:
            _log.warning("recording_not_begun", room=live.room, problem=problem.code)
            # An engine that has just come back may not know the feed for a moment.
            sending.failures += 1
            rest = min(REST_SECONDS, 2.0**sending.failures)
            sending.recording, sending.rests_until = None, _now() + rest
            self._ledger.failed(live.room, recording)
            await self._ledger.write_ends(live.room)

    async def _leave_off(self, room: AnyRoom, mine: set[RecordingId]) -> None:
        for each in list(room.state.running()):
            if each.id not in mine and each.id not in self._ledger.ends(room.id):
                await self._ledger.leave_off(room.id, each.id)


def _now() -> float:
    return asyncio.get_running_loop().time()
