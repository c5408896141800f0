"""A bidder that attends an opening by itself: takes part in the draw, confirms its row."""

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import Any

from crypto.encoding import b64u
from rooms.ids import PersonId
from rooms.opening.drawing import SEED, commitment
from rooms.opening.phases import OVER, Phase
from server.client.api import ApiRefused
from server.client.bidder import Bidder
from server.demo.background import pass_if_late

POLL = 1.0
"""Seconds between two looks at what happened."""


@dataclass(slots=True)
class Bystander:
    """A scripted bidder whose bid is in. It commits to a seed after somebody began the draw,
    reveals it after the first reveal, and confirms what was announced of its bid."""

    bidder: Bidder
    _seed: bytes = field(default_factory=lambda: secrets.token_bytes(SEED))
    _row: dict[str, Any] | None = None
    _done: set[str] = field(default_factory=set)

    async def attend(self) -> None:
        """Until the opening is over. Raises ApiRefused, ClientError."""
        api, path, after = self.bidder.api, f"/api/openings/{self.bidder.room}", 0
        while Phase((await api.get(path))["phase"]) not in OVER:
            page = await api.get(f"{path}/entries?after={after}")
            for entry in page["entries"]:
                await self._see(entry["event"])
                after = entry["n"]
            await asyncio.sleep(POLL)

    async def _see(self, event: dict[str, Any]) -> None:
        sealed = self.bidder.sealed
        match event["type"]:
            case "DrawCommitted":
                promise = commitment(PersonId(self.bidder.person), self._seed)
                await self._once("CommitSeed", commitment=promise)
            case "DrawRevealed":
                await self._once("RevealSeed", seed=b64u(self._seed))
            case "BidAnnounced" if sealed is not None and event["bid"] == sealed.header.bid:
                self._row = event["row"]
            case "ConfirmationStarted" if self._row is not None:
                try:
                    await self.bidder.confirm(self._row)
                except ApiRefused as refusal:
                    pass_if_late(refusal)
            case _:
                pass

    async def _once(self, order: str, **fields: str) -> None:
        if order in self._done:
            return
        self._done.add(order)
        try:
            await self.bidder.api.command(self.bidder.room, order, **fields)
        except ApiRefused as refusal:
            pass_if_late(refusal)
