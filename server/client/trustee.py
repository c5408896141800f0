"""A trustee's side: card, rehearsal, and the release of all shares after the own checks."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crypto.checkpoint import Checkpoint
from crypto.encoding import jcs, unb64u
from crypto.header import Header
from crypto.keyfile import TrusteeKeys
from crypto.manifest import Manifest, make_card
from crypto.merkle import leaf_hash, verify_inclusion
from crypto.trustee import Wrapped, answer_rehearsal, build_release, check_closing
from server.client.api import Api, ApiRefused

POLL = 0.5
"""Seconds between two looks at whether there is something to release."""

OVER = {"imported", "ended", "published", "archived", "failed", "terminated"}


class TrusteeCheckFailed(Exception):
    """What the server showed is not what it has to be: nothing was released."""


@dataclass(slots=True)
class Trustee:
    """One trustee in one room. `now` is the trustee's own clock, not the server's."""

    api: Api
    room: str
    keys: TrusteeKeys
    name: str
    now: Callable[[], datetime]

    async def give_card(self) -> None:
        """Hands in the signed card with the two public keys."""
        card = make_card(
            person=self.keys.person,
            name=self.name,
            kem=self.keys.kem.public,
            created=self.now(),
            key=self.keys.sign,
        )
        await self.api.post(f"/api/openings/{self.room}/trustee/card", {"card": card.to_json()})

    async def rehearse(self) -> None:
        """Shows that the key can open what is sealed to it."""
        path = f"/api/openings/{self.room}/trustee/rehearsal"
        challenge = await self.api.get(path)
        answer = answer_rehearsal(
            unb64u(challenge["ciphertext"]),
            opening=self.room,
            person=self.keys.person,
            kem=self.keys.kem,
            key=self.keys.sign,
        )
        await self.api.post(path, {"answer": answer.to_json()})

    async def release(self, envelope: str) -> int:
        """Checks head, clock and leaves, and releases the shares of all bids; answers how many.

        Raises CryptoError or TrusteeCheckFailed, and releases nothing, if anything doesn't fit.
        """
        site = await self.api.get("/api/site")
        manifest = Manifest.parse(
            await self.api.get(f"/api/openings/{self.room}/manifest.json"),
            unb64u(site["platform_key"]),
        )
        given = await self.api.get(f"/api/openings/{self.room}/trustee/wraps?envelope={envelope}")
        clock = self.now()
        closing = check_closing(
            manifest=manifest, checkpoint=given["checkpoint"], log_name=site["site"], clock=clock
        )
        release = build_release(
            manifest=manifest,
            person=self.keys.person,
            kem=self.keys.kem,
            key=self.keys.sign,
            checkpoint=given["checkpoint"],
            clock=clock,
            wrapped=list(_wrapped(given["wraps"], envelope, closing)),
        )
        await self.api.post(
            f"/api/openings/{self.room}/trustee/release",
            {"envelope": envelope, "release": release.to_json()},
        )
        return len(given["wraps"])

    async def release_when_open(self, envelope: str) -> int:
        """`release`, as soon as the platform has taken its own layer off."""
        while True:
            try:
                return await self.release(envelope)
            except ApiRefused as refusal:
                if refusal.code != "gate_not_opened":
                    raise
            await asyncio.sleep(POLL)

    async def prepare(self, told: Callable[[str], None]) -> None:
        """Gives the card while the tender is a draft, waits for its publication, rehearses."""
        given = False
        while True:
            detail = await self.api.get(f"/api/openings/{self.room}")
            if detail["phase"] != "draft":
                break
            if not given:
                await self.give_card()
                told("card")
                given = True
            await asyncio.sleep(POLL)
        if detail["phase"] == "receiving":
            await self.rehearse()
            told("rehearsed")

    async def attend(self, told: Callable[[str], None]) -> None:
        """Waits for the opening, releases the shares of every envelope as it is unlocked, and ends
        when the opening has no more use for them."""
        manifest = Manifest.parse(await self.api.get(f"/api/openings/{self.room}/manifest.json"))
        waiting = [envelope.id for envelope in manifest.envelopes]
        while waiting:
            await asyncio.sleep(POLL)
            detail = await self.api.get(f"/api/openings/{self.room}")
            if detail["phase"] in OVER and detail["phase"] != "imported":
                return
            if detail["phase"] != "decrypting":
                continue
            try:
                count = await self.release(waiting[0])
            except ApiRefused as refusal:
                if refusal.status in (404, 409, 425, 503):
                    continue
                raise
            told(f"{waiting[0]}: {count}")
            waiting.pop(0)


def _wrapped(
    items: Iterable[dict[str, Any]], envelope: str, closing: Checkpoint
) -> Iterable[Wrapped]:
    """The wraps, each bound to a bid whose leaf is under the closing head. Raises MerkleError."""
    for item in items:
        verify_inclusion(
            leaf=leaf_hash(jcs(item["leaf"])),
            index=int(item["index"]),
            size=closing.size,
            proof=[bytes.fromhex(node) for node in item["proof"]],
            root=closing.root,
        )
        event = item["leaf"]["event"]
        header = Header.parse(event["header"])
        if (header.bid, header.bidder) != (item["bid"], item["bidder"]):
            raise TrusteeCheckFailed(f"bid {item['bid']} is not the one in its leaf")
        yield Wrapped(header, envelope, unb64u(item["wrap"]))
