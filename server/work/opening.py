"""The jobs of a running opening: the gate's layer comes off, bids open as soon as they can."""

import asyncio
import os
from collections.abc import Callable, Sequence

import structlog

from rooms.ids import BidId, Digest, EnvelopeId, RoomId
from rooms.opening.commands import NoteGate
from rooms.opening.machine import due
from rooms.opening.state import Bid, State
from rooms.refusals import Refused
from server.clock import Clock
from server.desk import THE_SYSTEM, Desk
from server.gate import Gate
from server.openings import OPENINGS, Opening, opening
from server.store.blobs import Blobs
from server.work.envelopes import open_part

Progress = Callable[[RoomId, str, int, int], None]
"""Told how far work is: room, what it is, done, total."""

_log = structlog.get_logger()


class OpenBids:
    """Opens what the room's state says can be opened, several bids at once."""

    def __init__(
        self, desk: Desk, clock: Clock, gate: Gate, blobs: Blobs, progress: Progress
    ) -> None:
        self._desk = desk
        self._clock = clock
        self._gate = gate
        self._blobs = blobs
        self._progress = progress
        # The ciphers run without the interpreter's lock, so every core is of use.
        self._threads = asyncio.Semaphore(os.cpu_count() or 1)

    async def __call__(self, room: RoomId) -> None:
        """Does what is due now; what these notes make possible comes as another change."""
        changed = await self._desk.room(room)
        if changed.machine.kind != OPENINGS.kind:
            return
        found = opening(changed)
        jobs = due(found.state, self._clock())
        envelope = found.state.envelope
        if envelope is None:
            return
        try:
            if any(job.work == "gate" for job in jobs):
                digests = await self._gate.digests(found, envelope)
                await self._desk.order(room, NoteGate(envelope, digests), THE_SYSTEM)
            waiting = [job.bid for job in jobs if job.work == "open" and job.bid is not None]
            await self._open(found, envelope, waiting)
        except Refused as refused:
            # Another server was faster, or the host went on: the state says what is due now.
            _log.info("note_refused", room=room, code=refused.code)

    async def _open(self, room: Opening, envelope: EnvelopeId, waiting: Sequence[BidId]) -> None:
        state = room.state
        total = sum(1 for _ in state.in_play(envelope))
        before = total - sum(1 for _ in state.pending())
        jobs = [
            asyncio.create_task(self._open_one(room.id, state, state.bids[bid], envelope))
            for bid in waiting
        ]
        try:
            for done, job in enumerate(asyncio.as_completed(jobs), before + 1):
                await job
                self._progress(room.id, "opening", done, total)
        finally:
            for each in jobs:
                each.cancel()

    async def _open_one(self, room: RoomId, state: State, bid: Bid, envelope: EnvelopeId) -> None:
        blob = self._blobs.path(Digest(bid.parts[envelope].header.sha256))
        async with self._threads:
            note = await asyncio.to_thread(open_part, state, bid, envelope, blob)
        if note is not None:
            await self._desk.order(room, note, THE_SYSTEM)
