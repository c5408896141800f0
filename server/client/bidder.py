"""A bidder's side: accept, seal, hand in, sign in, release the own key, confirm."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Literal

from crypto import acts
from crypto.encoding import Json, b64u, unb64u
from crypto.manifest import Manifest
from crypto.seal import EnvelopeSource, SealedBid, SourceFile, seal_bid
from crypto.signing import SigningKey
from server.client.api import Api


@dataclass(slots=True)
class Bidder:
    """One bidder in one room. Sealed files are written into `folder` and stay there."""

    api: Api
    room: str
    person: str
    name: str
    folder: Path
    number: int = 0
    key: SigningKey = field(default_factory=SigningKey.generate)
    manifest: Manifest | None = None
    sealed: SealedBid | None = None
    receipt: dict[str, Any] = field(default_factory=dict)

    async def accept(self) -> None:
        """Fetches and checks the manifest, and accepts it with the own signing key."""
        site = await self.api.get("/api/site")
        manifest = Manifest.parse(
            await self.api.get(f"/api/openings/{self.room}/manifest.json"),
            unb64u(site["platform_key"]),
        )
        acceptance = acts.accept(
            opening=self.room,
            manifest=manifest.digest,
            bidder=self.person,
            name=self.name,
            key=self.key,
        )
        await self.api.post(
            f"/api/openings/{self.room}/acceptance",
            {"name": self.name, "acceptance": acceptance.to_json()},
        )
        self.manifest = manifest

    def seal(self, forms: Mapping[str, dict[str, Json]], files: Sequence[Path]) -> SealedBid:
        """Seals the bid: one form an envelope, all files in the last one. Raises OSError."""
        if self.manifest is None:
            raise RuntimeError("accept first")
        last = self.manifest.envelopes[-1].id
        self.folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:

            def opened(file: Path, mode: Literal["rb", "wb"]) -> BinaryIO:
                return stack.enter_context(file.open(mode))

            sources = [
                EnvelopeSource(
                    id=each.id,
                    form=forms.get(each.id, {}),
                    files=[
                        SourceFile(file.name, file.stat().st_size, opened(file, "rb"))
                        for file in (files if each.id == last else ())
                    ],
                    out=opened(self.age(each.id), "wb"),
                )
                for each in self.manifest.envelopes
            ]
            self.sealed = seal_bid(
                manifest=self.manifest,
                bidder=self.person,
                key=self.key,
                envelopes=sources,
                made_with="command",
                previous=None if self.sealed is None else self.sealed.header.digest,
            )
        return self.sealed

    def age(self, envelope: str) -> Path:
        """Where the sealed file of an envelope is."""
        return self.folder / f"{envelope}.age"

    async def submit(self) -> dict[str, Any]:
        """Hands in the header, keeps the receipt, then uploads the files."""
        if self.sealed is None:
            raise RuntimeError("seal first")
        path = f"/api/openings/{self.room}/bids"
        answer = await self.api.post(path, self.sealed.submission)
        self.receipt = answer["receipt"]
        for envelope, url in answer["uploads"].items():
            await self.api.upload(url, self.age(envelope))
        return self.receipt

    async def sign_in(self, representative: str, phone: str = "", id_number: str = "") -> None:
        """Signs a representative in."""
        await self.api.post(
            f"/api/openings/{self.room}/sign-in",
            {
                "name": representative,
                "id_number": id_number,
                "phone": phone,
                "authorisation": "",
                "emergency": False,
            },
        )

    async def release_keys(self, envelope: str) -> None:
        """Releases K, or the own half of it, of one envelope."""
        if self.sealed is None:
            raise RuntimeError("seal first")
        for key in self.sealed.keys:
            if key.envelope == envelope:
                await self.api.command(
                    self.room,
                    "ReleaseKey",
                    bid=key.bid,
                    envelope=envelope,
                    key=b64u(key.secret),
                )

    async def confirm(self, row: Mapping[str, Json]) -> None:
        """Confirms the announced row with the own signing key."""
        if self.sealed is None:
            raise RuntimeError("seal first")
        bid = self.sealed.header.bid
        confirmation = acts.confirm(
            opening=self.room,
            bidder=self.person,
            bid=bid,
            row=dict(row),
            key=self.key,
        )
        await self.api.command(
            self.room, "ConfirmBid", bid=bid, confirmation=confirmation.to_json()
        )
