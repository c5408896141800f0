"""Receipts: the platform's promise that a header or a withdrawal arrived when it did (§6)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Self, cast

from crypto.encoding import Json, b64u, format_time
from crypto.errors import EncodingError
from crypto.shape import Members
from crypto.signing import SealedObject, SigningKey, sign

Action = Literal["submit", "withdraw"]
LARGEST_TOKEN = 64 * 1024

_MEMBERS = ("format", "opening", "manifest", "bidder", "bid", "header", "action", "received_at")


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt whose signature holds. `token` is the DER of an RFC 3161 token, not looked into
    here.

    `header` is the digest of what was received; `digest` is what the token's message imprint must
    be.
    """

    opening: str
    manifest: str
    bidder: str
    bid: str
    header: str
    action: Action
    received_at: datetime
    token: bytes | None
    signed: SealedObject
    digest: str

    @classmethod
    def parse(cls, obj: object, platform: bytes | None = None) -> Self:
        """The receipt in parsed JSON, with or without a token, signed by the platform's key if that
        is given.
        """
        token = None
        if isinstance(obj, dict) and "token" in obj:
            members = Members(obj, "receipt", ("body", "key", "signature", "token"))
            token = members.data("token", most=LARGEST_TOKEN)
            obj = {name: obj[name] for name in ("body", "key", "signature")}
            if not token:
                raise EncodingError("value", {"where": "receipt.token"})
        signed = SealedObject.parse(obj, "receipt").verify("receipt", platform)
        body = Members(signed.body, "receipt", _MEMBERS)
        return cls(
            opening=body.identifier("opening"),
            manifest=body.digest("manifest"),
            bidder=body.identifier("bidder"),
            bid=body.bid(),
            header=body.digest("header"),
            action=cast(Action, body.one_of("action", "submit", "withdraw")),
            received_at=body.time("received_at"),
            token=token,
            signed=signed,
            digest=signed.digest(),
        )

    def to_json(self) -> dict[str, Json]:
        """The receipt file."""
        file = self.signed.to_json()
        if self.token is not None:
            file["token"] = b64u(self.token)
        return file


def build_receipt(
    *,
    opening: str,
    manifest: str,
    bidder: str,
    bid: str,
    header: str,
    action: Action,
    received_at: datetime,
    key: SigningKey,
) -> SealedObject:
    """Sign a receipt; a time stamp over its digest makes it a receipt file with `with_token`."""
    body: dict[str, Json] = {
        "opening": opening,
        "manifest": manifest,
        "bidder": bidder,
        "bid": bid,
        "header": header,
        "action": action,
        "received_at": format_time(received_at),
    }
    return sign("receipt", body, key)


def with_token(receipt: SealedObject, token: bytes | None) -> Receipt:
    """The receipt file of a signed receipt and the time stamp token over its digest."""
    file = receipt.to_json()
    if token is not None:
        file["token"] = b64u(token)
    return Receipt.parse(file)
