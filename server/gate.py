"""The gate: takes the outer layer off sealed bids once `DecryptionStarted` is in the log, never
before."""

import asyncio
from collections.abc import Mapping, Sequence

from crypto.encoding import Json, b64u, digest_hex, unb64u
from crypto.errors import GateError
from crypto.gate import open_outer
from crypto.header import Header
from crypto.suite import KemKey
from rooms.ids import BidId, Digest, EnvelopeId, PersonId, RoomId
from rooms.log import to_json
from rooms.opening.events import BiddingClosed, BidReceived
from rooms.opening.state import Bid, State
from rooms.opening.wire import EVENTS
from rooms.refusals import GateNotOpened
from server.openings import Opening
from server.proofs import inclusion_proofs

Wraps = Mapping[BidId, Sequence[bytes] | None]
"""The trustees' wraps of each bid in the order of their indices; None where the outer layer is
malformed."""


class Gate:
    """Holds the gate's key and refuses to use it on anything that isn't being opened."""

    def __init__(self, key: KemKey) -> None:
        self._key = key
        self._opened: dict[tuple[RoomId, EnvelopeId], Wraps] = {}

    async def open(self, room: Opening, envelope: EnvelopeId) -> Wraps:
        """The wraps of every counted bid of the unlocked envelope. Raises GateNotOpened before
        that."""
        state = room.state
        unlocked = envelope == state.envelope or envelope in state.gates
        if not state.counted or not unlocked:
            raise GateNotOpened(envelope=envelope)
        key = (room.id, envelope)
        if key not in self._opened:
            bids = list(state.in_play(envelope))
            self._opened[key] = await asyncio.to_thread(self._open_all, state, bids, envelope)
            while len(self._opened) > 8:
                del self._opened[next(iter(self._opened))]
        return self._opened[key]

    async def digests(self, room: Opening, envelope: EnvelopeId) -> dict[BidId, Digest | None]:
        """What `GateOpened` says: the digest of each bid's wraps, one after the other."""
        return {
            bid: None if wraps is None else Digest(digest_hex(b"".join(wraps)))
            for bid, wraps in (await self.open(room, envelope)).items()
        }

    async def wraps_for(
        self, room: Opening, envelope: EnvelopeId, trustee: PersonId
    ) -> tuple[int, list[Json]]:
        """The trustee's index and its wraps of the bids not opened yet, each with the proof that
        the bid is under the closing head.
        """
        index = room.state.trustee_index(trustee) or 0
        opened = await self.open(room, envelope)
        bids = [bid for bid in room.state.pending() if opened.get(bid.id) is not None]
        return index, await asyncio.to_thread(_described, room, bids, envelope, opened, index)

    def _open_all(self, state: State, bids: Sequence[Bid], envelope: EnvelopeId) -> Wraps:
        return {bid.id: self._open_one(state, bid, envelope) for bid in bids}

    def _open_one(self, state: State, bid: Bid, envelope: EnvelopeId) -> Sequence[bytes] | None:
        try:
            return open_outer(
                key=self._key,
                manifest=state.version_of(bid).manifest,
                header=Header.parse(dict(bid.header)),
                envelope=envelope,
                outer=unb64u(bid.outers[envelope]),
            )
        except GateError:
            return None


def _described(
    room: Opening, bids: Sequence[Bid], envelope: EnvelopeId, opened: Wraps, index: int
) -> list[Json]:
    size = room.seq_of(BiddingClosed) or 0
    received = {
        entry.event.bid: entry
        for entry in room.entries[:size]
        if isinstance(entry.event, BidReceived)
    }
    positions = [received[bid.id].seq - 1 for bid in bids]
    proofs = inclusion_proofs(room.leaves[:size], positions)
    answer: list[Json] = []
    for bid, position, proof in zip(bids, positions, proofs, strict=True):
        wraps = opened[bid.id] or ()
        answer.append(
            {
                "bid": bid.id,
                "bidder": bid.bidder,
                "manifest": bid.manifest,
                "wrap": b64u(wraps[index - 1]),
                "commitment": bid.parts[envelope].header.shares[index - 1],
                "leaf": to_json(received[bid.id], EVENTS),
                "index": position,
                "proof": [node.hex() for node in proof],
            }
        )
    return answer
