"""Long work that follows from a room's log: the gate, opening bids, minutes, archives.

Jobs decide nothing. Each looks at the room, does what is due, and tells the desk; doing it twice
does no harm, so a crash in the middle needs no memory.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from rooms.ids import RoomId

Job = Callable[[RoomId], Awaitable[None]]
"""Does whatever of its kind is due in a room, and returns when nothing more is."""

_log = structlog.get_logger()

RETRY_SECONDS = 5.0
"""How long a room rests after a job failed."""


class Work:
    """Runs the jobs of rooms that changed: one room's jobs one after the other, different rooms
    side by side."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._jobs = jobs
        self._again: dict[RoomId, bool] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def room_changed(self, room: RoomId) -> None:
        """Looks at a room soon; called after each commit and, for every room not over, at the
        start."""
        if room in self._again:
            self._again[room] = True
            return
        self._again[room] = False
        task = asyncio.create_task(self._run(room), name=f"work {room}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Stops; what was under way is done again at the next start."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self, room: RoomId) -> None:
        try:
            while True:
                self._again[room] = False
                failed = False
                for job in self._jobs:
                    try:
                        await job(room)
                    except Exception:
                        failed = True
                        _log.exception("job_failed", room=room)
                if failed:
                    await asyncio.sleep(RETRY_SECONDS)
                elif not self._again[room]:
                    return
        finally:
            self._again.pop(room, None)
