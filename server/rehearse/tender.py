"""A tender from its draft to the bids that are handed in: what a rehearsal and a demonstration
share."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from crypto.encoding import Json
from crypto.keyfile import TrusteeKeys
from crypto.signing import SigningKey
from crypto.suite import KemKey
from server.client.bidder import Bidder
from server.client.trustee import Trustee
from server.rehearse import plan
from server.rehearse.cast import Cast, Member


def now() -> datetime:
    """The clock of everybody who takes part."""
    return datetime.now(UTC)


def trustees_of(cast: Cast) -> list[Trustee]:
    """The trustees with fresh keys, not in a room yet."""
    return [
        Trustee(
            each.api,
            "",
            TrusteeKeys(each.person, KemKey.generate(), SigningKey.generate()),
            each.party.name,
            now,
        )
        for each in cast.trustees
    ]


async def publish(host: Member, trustees: Sequence[Trustee], terms: Mapping[str, Json]) -> str:
    """Drafts a tender, lets the trustees give their cards, publishes it, lets them rehearse.

    Answers the room. Raises ApiRefused, CryptoError.
    """
    room = str((await host.api.post("/api/openings", {"terms": dict(terms)}))["id"])
    for trustee in trustees:
        trustee.room = room
        await trustee.give_card()
    await host.api.post(f"/api/openings/{room}/publish", {})
    for trustee in trustees:
        await trustee.rehearse()
    return room


async def hand_in(
    room: str, member: Member, number: int, folder: Path, files: Sequence[Path]
) -> Bidder:
    """A bidder accepts, seals its form with these files in `folder`, hands in and signs in.

    Raises ApiRefused, CryptoError, OSError.
    """
    bidder = Bidder(member.api, room, member.person, member.party.name, folder, number)
    await bidder.accept()
    await asyncio.to_thread(bidder.seal, {"a": plan.form_of(number)}, files)
    await bidder.submit()
    await bidder.sign_in(plan.person(number), "13800000000")
    return bidder
