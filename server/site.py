"""What the site is to the outside: its name, its keys, and what it signs with them."""

import asyncio
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from crypto.checkpoint import Checkpoint, sign_checkpoint
from crypto.encoding import Json, b64u
from crypto.manifest import Envelope, LogIdentity, Manifest, Policy, build_manifest
from crypto.receipt import Action, Receipt, build_receipt, with_token
from crypto.signing import SealedObject
from rooms.ids import BidId, Digest, PersonId, RoomId
from server.clock import Clock
from server.documents.authority import DEFAULT_NAME, Authority
from server.documents.timestamp import LocalTimestamper, Timestamper
from server.store.keys import SiteKeys


@dataclass(frozen=True, slots=True)
class Site:
    """The site's name with everything it vouches with. `public_url` has no slash at its end."""

    name: str
    keys: SiteKeys
    authority: Authority
    timestamper: Timestamper
    public_url: str

    @classmethod
    def open(
        cls,
        name: str,
        data: Path,
        passphrase: bytes,
        public_url: str,
        clock: Clock,
        organisation: str = "",
    ) -> "Site":
        """The site whose keys are in the data folder; made at the first start, with a seal in the
        name of the `organisation`."""
        keys = SiteKeys.open(data / "keys", passphrase)
        seal = organisation.strip() or DEFAULT_NAME
        authority = _authority(data / "keys" / "authority", passphrase, public_url, seal)
        return cls(name, keys, authority, LocalTimestamper(authority.tsa, clock), public_url)

    def origin(self, room: RoomId) -> str:
        """The origin line of a room's heads (docs/formats/log.md)."""
        kind = "sessions" if room.startswith("s-") else "openings"
        return f"{self.name}/{kind}/{room}"

    def sign_head(self, room: RoomId, size: int, root: bytes) -> str:
        """A signed head of a room's log."""
        checkpoint = Checkpoint(self.origin(room), size, root)
        return sign_checkpoint(checkpoint, name=self.name, key=self.keys.log)

    def sign_manifest(
        self,
        *,
        room: RoomId,
        version: int,
        previous: str | None,
        terms: dict[str, Json],
        deadline: datetime,
        policy: Policy,
        threshold: int,
        cards: Sequence[SealedObject],
        envelopes: Sequence[Envelope],
        offline_page: str | None,
    ) -> Manifest:
        """A signed manifest. Raises ManifestError when it contradicts itself."""
        return build_manifest(
            opening=room,
            version=version,
            previous=previous,
            terms=terms,
            deadline=deadline,
            policy=policy,
            threshold=threshold,
            cards=cards,
            gate=self.keys.gate.public,
            log=LogIdentity(self.origin(room), self.keys.log.public),
            envelopes=envelopes,
            offline_page=offline_page,
            key=self.keys.platform,
        )

    async def receipt(
        self,
        *,
        room: RoomId,
        manifest: Digest,
        bidder: PersonId,
        bid: BidId,
        header: Digest,
        action: Action,
        received_at: datetime,
    ) -> Receipt:
        """A signed and time-stamped receipt. Raises TimestampsUnavailable."""
        signed = build_receipt(
            opening=room,
            manifest=manifest,
            bidder=bidder,
            bid=bid,
            header=header,
            action=action,
            received_at=received_at,
            key=self.keys.platform,
        )
        digest = bytes.fromhex(signed.digest())
        token = await asyncio.to_thread(self.timestamper.token, digest)
        return with_token(signed, token)

    def anchors(self) -> dict[str, Json]:
        """What outsiders check with: site.json of an archive, and the gate's point."""
        return {
            "site": self.name,
            "log_key": b64u(self.keys.log.public),
            "platform_key": b64u(self.keys.platform.public),
            "root": self.authority.root_pem.decode(),
            "gate": b64u(self.keys.gate.public),
        }


def _authority(folder: Path, passphrase: bytes, public_url: str, name: str) -> Authority:
    if not folder.exists():
        draft = folder.with_name("authority.new")
        shutil.rmtree(draft, ignore_errors=True)
        address = f"{public_url}/authority" if public_url else None
        Authority.create(draft, passphrase, name=name, address=address)
        # Six files appear at once, or not at all.
        draft.rename(folder)
    return Authority.open(folder, passphrase)
