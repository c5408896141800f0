"""HPKE's sender for suite 1 with a chosen ephemeral key, written from RFC 9180 alone.

The library draws the ephemeral key itself. With this one, vectors can be made again, and the
library can be checked against something that is not the library.
"""

import hmac
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

KEM = b"KEM" + (0x0010).to_bytes(2, "big")
SUITE = b"HPKE" + b"".join(number.to_bytes(2, "big") for number in (0x0010, 0x0001, 0x0002))


@dataclass(frozen=True, slots=True)
class Sender:
    """RFC 9180's context of a sender, for its first message only."""

    enc: bytes
    key: bytes
    nonce: bytes

    def seal(self, aad: bytes, plain: bytes) -> bytes:
        return AESGCM(self.key).encrypt(self.nonce, plain, aad)


def schedule(ephemeral: ec.EllipticCurvePrivateKey, public: bytes, info: bytes) -> Sender:
    """SetupBaseS with a given ephemeral key (RFC 9180 §4.1, §5.1)."""
    enc = ephemeral.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)
    dh = ephemeral.exchange(ec.ECDH(), theirs)
    eae = _labelled_extract(KEM, b"", b"eae_prk", dh)
    shared = _labelled_expand(KEM, eae, b"shared_secret", enc + public, 32)
    context = (
        b"\x00"
        + _labelled_extract(SUITE, b"", b"psk_id_hash", b"")
        + _labelled_extract(SUITE, b"", b"info_hash", info)
    )
    secret = _labelled_extract(SUITE, shared, b"secret", b"")
    return Sender(
        enc,
        _labelled_expand(SUITE, secret, b"key", context, 32),
        _labelled_expand(SUITE, secret, b"base_nonce", context, 12),
    )


def seal(ephemeral: ec.EllipticCurvePrivateKey, public: bytes, info: bytes, plain: bytes) -> bytes:
    """`enc | ct` with an empty aad."""
    sender = schedule(ephemeral, public, info)
    return sender.enc + sender.seal(b"", plain)


def _labelled_extract(suite: bytes, salt: bytes, label: bytes, ikm: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + ikm, "sha256")


def _labelled_expand(suite: bytes, prk: bytes, label: bytes, info: bytes, length: int) -> bytes:
    labelled = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    return hmac.digest(prk, labelled + b"\x01", "sha256")[:length]
