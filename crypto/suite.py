"""Suite 1: P-256 keys, and HPKE (RFC 9180) with DHKEM(P-256, HKDF-SHA256) and AES-256-GCM."""

import os
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from crypto.encoding import Random
from crypto.errors import KeyRefused, ShareError

SUITE = 1
POINT = 65
OVERHEAD = POINT + 16
"""What HPKE adds to a plaintext: the encapsulated key and the tag."""

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_HPKE = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


class PrivateKey:
    """A P-256 private key; its two kinds, for signing and for HPKE, are never the same key."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key
        self.public = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        """The 65 bytes of the uncompressed point (SEC 1 §2.3.3)."""

    @classmethod
    def generate(cls, random: Random = os.urandom) -> Self:
        """A fresh key, its scalar drawn by rejection (FIPS 186-5 appendix A.2.2)."""
        while True:
            scalar = int.from_bytes(random(32), "big")
            if 0 < scalar < _ORDER:
                return cls(ec.derive_private_key(scalar, ec.SECP256R1()))

    @classmethod
    def from_pkcs8(cls, data: bytes) -> Self:
        """The key in an unencrypted PKCS#8 structure (RFC 5958), as WebCrypto exports it."""
        try:
            key = load_der_private_key(data, password=None)
        except Exception:  # the parser raises many kinds, all of them mean the same
            raise KeyRefused("key") from None
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(
            key.curve, ec.SECP256R1
        ):
            raise KeyRefused("key")
        return cls(key)

    def to_pkcs8(self) -> bytes:
        return self._key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


class KemKey(PrivateKey):
    """A trustee's or the gate's key for HPKE."""

    def _private(self) -> ec.EllipticCurvePrivateKey:
        return self._key


def load_point(point: bytes) -> ec.EllipticCurvePublicKey:
    """The public key at an uncompressed point; refuses points off the curve and any other form."""
    if len(point) != POINT or point[0] != 4:
        raise KeyRefused("key")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        raise KeyRefused("key") from None


def hpke_seal(public: bytes, info: bytes, plaintext: bytes) -> bytes:
    """`enc | ct` for the holder of `public`: base mode, empty aad, sequence number 0."""
    return _HPKE.encrypt(plaintext, load_point(public), info)


def hpke_open(key: KemKey, info: bytes, ciphertext: bytes) -> bytes:
    """What `hpke_seal` sealed under the same `info`."""
    try:
        return _HPKE.decrypt(ciphertext, key._private(), info)
    except (InvalidTag, ValueError):
        raise ShareError("hpke") from None
