"""HPKE's sender for suite 1 with a chosen ephemeral key, written from RFC 9180 alone.

The library draws the ephemeral key itself. With this one, vectors can be made again, and the
library can be checked against something that is not the library.
"""

import hmac

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

KEM = b"KEM" + (0x0010).to_bytes(2, "big")
SUITE = b"HPKE" + b"".join(number.to_bytes(2, "big") for number in (0x0010, 0x0001, 0x0002))


def seal(ephemeral: ec.EllipticCurvePrivateKey, public: bytes, info: bytes, plain: bytes) -> bytes:
    """`enc | ct` in base mode with an empty aad, sequence number 0."""
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
    key = _labelled_expand(SUITE, secret, b"key", context, 32)
    nonce = _labelled_expand(SUITE, secret, b"base_nonce", context, 12)
    return enc + AESGCM(key).encrypt(nonce, plain, b"")


def _labelled_extract(suite: bytes, salt: bytes, label: bytes, ikm: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + ikm, "sha256")


def _labelled_expand(suite: bytes, prk: bytes, label: bytes, info: bytes, length: int) -> bytes:
    labelled = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    return hmac.digest(prk, labelled + b"\x01", "sha256")[:length]
