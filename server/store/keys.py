"""The site's keys: made at the first start, kept in encrypted files."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from crypto.checkpoint import LogKey
from crypto.signing import SigningKey
from crypto.suite import KemKey
from server.errors import BadSettings

_PrivateKey = Ed25519PrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class SiteKeys:
    """`log` signs heads, `gate` opens the outer layer of bids, `platform` signs manifests and
    receipts."""

    log: LogKey
    gate: KemKey
    platform: SigningKey

    @classmethod
    def open(cls, folder: Path, passphrase: bytes) -> "SiteKeys":
        """The keys in this folder; those that are missing are made.

        Raises BadSettings when the passphrase isn't theirs.
        """
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        log = _open(folder / "log.pem", passphrase, Ed25519PrivateKey.generate)
        gate = _open(folder / "gate.pem", passphrase, _new_p256)
        platform = _open(folder / "platform.pem", passphrase, _new_p256)
        if not isinstance(log, Ed25519PrivateKey):
            raise BadSettings("log.pem is no Ed25519 key")
        if isinstance(gate, Ed25519PrivateKey) or isinstance(platform, Ed25519PrivateKey):
            raise BadSettings("gate.pem and platform.pem must be P-256 keys")
        return cls(LogKey(log.private_bytes_raw()), KemKey(gate), SigningKey(platform))


def _new_p256() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _open(file: Path, passphrase: bytes, make: Callable[[], _PrivateKey]) -> _PrivateKey:
    if not file.exists():
        key = make()
        pem = key.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase)
        )
        _write_once(file, pem)
        return key
    try:
        found = load_pem_private_key(file.read_bytes(), passphrase)
    except (ValueError, TypeError) as problem:
        raise BadSettings(f"{file}: wrong passphrase or damaged key file") from problem
    if not isinstance(found, Ed25519PrivateKey | ec.EllipticCurvePrivateKey):
        raise BadSettings(f"{file}: unknown kind of key")
    return found


def _write_once(file: Path, data: bytes) -> None:
    """Appears under its name only when it is whole: a torn key file would lock the site out of its
    own log."""
    draft = file.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
