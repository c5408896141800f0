"""Does what a room's state calls for, outside of any request: gate, bids, minutes.

Nothing here is remembered: what is due follows from the log, so after a crash, or with several
servers at work on a room, the same thing is found again and at most done twice; the desk takes it
once.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence

import structlog

from rooms.ids import Digest, EnvelopeId, RoomId
from rooms.log import Entry
from rooms.opening.commands import NoteGate, NoteOpened, NoteVoid
from rooms.opening.decrypting import openable
from rooms.opening.events import Event
from rooms.opening.phases import Phase
from rooms.opening.state import Bid, State
from rooms.refusals import Refused
from server.desk import THE_SYSTEM, Desk
from server.errors import Problem
from server.room import Room
from server.site import Site
from server.store.blobs import Blobs
from server.work import bids, gate

WAIT_AFTER_TROUBLE = 5.0
"""Seconds before work that failed (a full disk, no time stamps) is tried again."""

Progress = Callable[[RoomId, str, int, int], None]
"""Told how far work is: room, what ("opening", "minutes"), done, total."""

MakeRecord = Callable[[Room], Awaitable[None]]

_log = structlog.get_logger()


class Worker:
    """One task a room with work to do; `room_changed` is cheap and may be called for any change."""

    def __init__(
        self, desk: Desk, site: Site, blobs: Blobs, record: MakeRecord, progress: Progress
    ) -> None:
        self._desk = desk
        self._site = site
        self._blobs = blobs
        self._record = record
        self._progress = progress
        self._tasks: dict[RoomId, asyncio.Task[None]] = {}
        self._again: set[RoomId] = set()
        self._threads = asyncio.Semaphore(os.cpu_count() or 1)
        self._closing = False

    def room_changed(self, room: Room, _entries: Sequence[Entry[Event]] = ()) -> None:
        """Looks whether the room's state calls for work, now or when the present work is done."""
        if self._closing or not due(room.state):
            return
        if room.id in self._tasks:
            self._again.add(room.id)
            return
        task = asyncio.create_task(self._run(room.id), name=f"work {room.id}")
        self._tasks[room.id] = task
        task.add_done_callback(lambda _: self._ended(room.id))

    async def close(self) -> None:
        """Ends the work under way; it is due again at the next start."""
        self._closing = True
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, room: RoomId) -> None:
        self._tasks.pop(room, None)

    async def _run(self, room: RoomId) -> None:
        while True:
            self._again.discard(room)
            try:
                await self._work(await self._desk.room(room))
            except Refused as refused:
                # Another server was faster, or the host went on: the state says what is due now.
                _log.info("work_refused", room=room, code=refused.code)
            except (Problem, OSError) as problem:
                _log.warning("work_failed", room=room, problem=str(problem))
                await asyncio.sleep(WAIT_AFTER_TROUBLE)
                continue
            # Whatever changed meanwhile, our own notes among it, has said so through room_changed.
            if room not in self._again:
                return

    async def _work(self, room: Room) -> None:
        state = room.state
        if state.phase is Phase.DECRYPTING and state.envelope is not None:
            await self._open(room.id, state, state.envelope)
        elif record_due(state):
            await self._record(room)

    async def _open(self, room: RoomId, state: State, envelope: EnvelopeId) -> None:
        if gate_due(state):
            found = await asyncio.to_thread(gate.digests, state, envelope, self._site.keys.gate)
            await self._desk.order(room, NoteGate(envelope, found), THE_SYSTEM)
        waiting = [bid for bid in state.pending() if openable(state, bid)]
        total = len(list(state.in_play(envelope)))
        before = total - len(list(state.pending()))
        jobs = [asyncio.create_task(self._open_one(room, state, bid, envelope)) for bid in waiting]
        try:
            for done, job in enumerate(asyncio.as_completed(jobs), before + 1):
                await job
                self._progress(room, "opening", done, total)
        finally:
            for each in jobs:
                each.cancel()

    async def _open_one(self, room: RoomId, state: State, bid: Bid, envelope: EnvelopeId) -> None:
        blob = self._blobs.path(Digest(bid.parts[envelope].header.sha256))
        async with self._threads:
            note = await asyncio.to_thread(bids.open_part, state, bid, envelope, blob)
        if isinstance(note, NoteOpened | NoteVoid):
            await self._desk.order(room, note, THE_SYSTEM)


def due(state: State) -> bool:
    """Whether the state calls for any work."""
    if state.phase is not Phase.DECRYPTING or state.envelope is None:
        return record_due(state)
    return gate_due(state) or any(openable(state, bid) for bid in state.pending())


def gate_due(state: State) -> bool:
    """Whether the gate's layer is still on the bids of the envelope now unlocked."""
    return (
        state.phase is Phase.DECRYPTING
        and state.shared
        and state.envelope is not None
        and state.envelope not in state.gates
    )


def record_due(state: State) -> bool:
    """Whether the opening is over and its minutes are not sealed yet."""
    return state.phase in (Phase.ENDED, Phase.FAILED, Phase.TERMINATED) and state.record is None
