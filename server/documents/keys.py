"""Private keys of the platform: P-256 with their certificates, in PKCS #12 files under a passphrase
(RFC 7292), as public authorities hand them out too."""

import os
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat, pkcs12
from cryptography.hazmat.primitives.serialization.pkcs12 import PBES

ROUNDS = 200_000
"""PBKDF2 rounds: a guess at a stolen file's passphrase costs about a tenth of a second."""


class KeyUnusable(Exception):
    """A key file that is missing, holds no P-256 key, or is locked with another passphrase."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key with its certificate (DER) and those above it."""

    key: ec.EllipticCurvePrivateKey
    chain: tuple[bytes, ...]

    def sign(self, message: bytes) -> bytes:
        """ECDSA with SHA-256 over `message`, in DER."""
        return self.key.sign(message, ec.ECDSA(hashes.SHA256()))

    def sign_raw(self, message: bytes) -> bytes:
        """The same as r and s, 32 bytes each."""
        r, s = decode_dss_signature(self.sign(message))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    @property
    def certificate(self) -> x509.Certificate:
        """The key's own certificate."""
        return x509.load_der_x509_certificate(self.chain[0])


def store(path: Path, pair: SigningKey, passphrase: bytes) -> None:
    """Write `pair` to a new file that only its owner may read. Raises FileExistsError."""
    lock = (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(ROUNDS)
        .key_cert_algorithm(PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(hashes.SHA256())
        .build(passphrase)
    )
    above = [x509.load_der_x509_certificate(each) for each in pair.chain[1:]]
    data = pkcs12.serialize_key_and_certificates(
        path.stem.encode(), pair.key, pair.certificate, above, lock
    )
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)


def load(path: Path, passphrase: bytes) -> SigningKey:
    """The key and certificates in `path`. Raises KeyUnusable."""
    try:
        key, own, above = pkcs12.load_key_and_certificates(path.read_bytes(), passphrase)
    except (OSError, ValueError, TypeError) as problem:
        raise KeyUnusable(f"{path}: {problem}") from problem
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
        raise KeyUnusable(f"{path}: not a P-256 key")
    if own is None or own.public_key() != key.public_key():
        raise KeyUnusable(f"{path}: no certificate for the key")
    return SigningKey(key, tuple(each.public_bytes(Encoding.DER) for each in (own, *above)))
