"""What people sign besides bids: acceptance, withdrawal, confirmation (§6), and the request of a
signer (`docs/formats/minutes.md` §3)."""

from dataclasses import dataclass
from typing import Self

from crypto.encoding import Json, digest_hex, jcs
from crypto.shape import Members
from crypto.signing import SealedObject, SigningKey, sign


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A bidder accepts a manifest and, by the key it signs with, enrols that key."""

    opening: str
    manifest: str
    bidder: str
    name: str
    signed: SealedObject

    @classmethod
    def parse(cls, obj: object) -> Self:
        signed = SealedObject.parse(obj, "acceptance").verify("acceptance")
        body = Members(
            signed.body, "acceptance", ("format", "opening", "manifest", "bidder", "name")
        )
        return cls(
            body.identifier("opening"),
            body.digest("manifest"),
            body.identifier("bidder"),
            body.text("name", 200),
            signed,
        )


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A bidder withdraws a bid; `previous` is the digest of its header."""

    opening: str
    bidder: str
    bid: str
    previous: str
    signed: SealedObject
    digest: str

    @classmethod
    def parse(cls, obj: object, key: bytes | None = None) -> Self:
        """The withdrawal in parsed JSON, signed by the bidder's enrolled key if that is given."""
        signed = SealedObject.parse(obj, "withdrawal").verify("withdrawal", key)
        body = Members(
            signed.body, "withdrawal", ("format", "opening", "bidder", "bid", "previous")
        )
        return cls(
            body.identifier("opening"),
            body.identifier("bidder"),
            body.bid(),
            body.digest("previous"),
            signed,
            signed.digest(),
        )


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A bidder confirms its row of the opening record; `row` is the digest of the row's canonical
    JSON.
    """

    opening: str
    bidder: str
    bid: str
    row: str
    signed: SealedObject

    @classmethod
    def parse(cls, obj: object, key: bytes | None = None) -> Self:
        """The confirmation in parsed JSON, signed by the bidder's enrolled key if that is given."""
        signed = SealedObject.parse(obj, "confirmation").verify("confirmation", key)
        body = Members(signed.body, "confirmation", ("format", "opening", "bidder", "bid", "row"))
        return cls(
            body.identifier("opening"),
            body.identifier("bidder"),
            body.bid(),
            body.digest("row"),
            signed,
        )


def accept(*, opening: str, manifest: str, bidder: str, name: str, key: SigningKey) -> SealedObject:
    """Sign an acceptance of the manifest with this digest."""
    return sign(
        "acceptance",
        {"opening": opening, "manifest": manifest, "bidder": bidder, "name": name},
        key,
    )


def withdraw(
    *, opening: str, bidder: str, bid: str, previous: str, key: SigningKey
) -> SealedObject:
    """Sign the withdrawal of the bid whose header has the digest `previous`."""
    return sign(
        "withdrawal", {"opening": opening, "bidder": bidder, "bid": bid, "previous": previous}, key
    )


def confirm(
    *, opening: str, bidder: str, bid: str, row: dict[str, Json], key: SigningKey
) -> SealedObject:
    """Sign the confirmation of an announced row."""
    return sign(
        "confirmation",
        {"opening": opening, "bidder": bidder, "bid": bid, "row": digest_hex(jcs(row))},
        key,
    )


@dataclass(frozen=True, slots=True)
class SignerRequest:
    """Somebody about to sign sealed minutes asks for a certificate and proves, by signing this, to
    hold the key. `record` is the digest of the file to be signed, so that no old proof serves."""

    opening: str
    person: str
    field: str
    record: str
    signed: SealedObject

    @classmethod
    def parse(cls, obj: object) -> Self:
        signed = SealedObject.parse(obj, "signer").verify("signer")
        body = Members(signed.body, "signer", ("format", "opening", "person", "field", "record"))
        return cls(
            body.identifier("opening"),
            body.identifier("person"),
            body.identifier("field"),
            body.digest("record"),
            signed,
        )


def ask_to_sign(
    *, opening: str, person: str, field: str, record: str, key: SigningKey
) -> SealedObject:
    """Sign the request for a certificate with which this person signs this field."""
    return sign(
        "signer", {"opening": opening, "person": person, "field": field, "record": record}, key
    )
