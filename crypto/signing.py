"""Signed JSON: `{"body", "key", "signature"}` (`docs/formats/seal.md` §1)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from crypto.encoding import Json, b64u, check_json, jcs
from crypto.errors import SignatureRefused
from crypto.shape import Members
from crypto.suite import POINT, PrivateKey, load_point

SIGNATURE = 64


class SigningKey(PrivateKey):
    """A P-256 key for ECDSA with SHA-256."""

    def sign(self, message: bytes) -> bytes:
        """r and s, 32 bytes each, as WebCrypto writes them; deterministic (RFC 6979)."""
        der = self._key.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        r, s = decode_dss_signature(der)
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def verify_signature(public: bytes, message: bytes, signature: bytes) -> None:
    """Return if `signature` (r and s, 64 bytes) is `public`'s over `message`."""
    if len(signature) != SIGNATURE:
        raise SignatureRefused("signature")
    der = encode_dss_signature(
        int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    )
    try:
        load_point(public).verify(der, message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise SignatureRefused("signature") from None


def format_of(kind: str) -> str:
    """The `format` member that every body of this kind has."""
    return f"yunkai/{kind}/v1"


@dataclass(frozen=True)
class SealedObject:
    """A signed body. It is not verified by being constructed or parsed: call `verify`."""

    body: Mapping[str, Json]
    key: bytes
    signature: bytes

    @classmethod
    def parse(cls, obj: object, kind: str) -> Self:
        """The object in parsed JSON, if it says that it is of this kind."""
        members = Members(obj, kind, ("body", "key", "signature"))
        body = members.object("body")
        check_json(body)
        if body.get("format") != format_of(kind):
            raise SignatureRefused("kind", {"kind": kind})
        return cls(body, members.data("key", POINT), members.data("signature", SIGNATURE))

    @cached_property
    def signed(self) -> bytes:
        """The bytes under the signature: the format, a line feed, the canonical body."""
        return f"{self.body['format']}\n".encode() + jcs(self.body)

    @property
    def canonical(self) -> bytes:
        """The canonical JSON of the whole object."""
        _, _, body = self.signed.partition(b"\n")
        key, signature = b64u(self.key).encode(), b64u(self.signature).encode()
        return b'{"body":%s,"key":"%s","signature":"%s"}' % (body, key, signature)

    def digest(self) -> str:
        """SHA-256 of the signed bytes, in hexadecimal. The signature is not part of it."""
        return hashlib.sha256(self.signed).hexdigest()

    def verify(self, kind: str, key: bytes | None = None) -> Self:
        """The object itself, if it is of this kind and its signature, by `key` if one is given, is
        right.
        """
        if self.body.get("format") != format_of(kind):
            raise SignatureRefused("kind", {"kind": kind})
        if key is not None and self.key != key:
            raise SignatureRefused("signer", {"kind": kind})
        verify_signature(self.key, self.signed, self.signature)
        return self

    def to_json(self) -> dict[str, Json]:
        return {"body": dict(self.body), "key": b64u(self.key), "signature": b64u(self.signature)}


def sign(kind: str, body: Mapping[str, Json], key: SigningKey) -> SealedObject:
    """Sign `body`, whose `format` member is added here."""
    full: dict[str, Json] = {"format": format_of(kind), **body}
    unsigned = SealedObject(full, key.public, b"")
    return SealedObject(full, key.public, key.sign(unsigned.signed))
