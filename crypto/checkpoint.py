"""Log heads: C2SP tlog-checkpoint in a C2SP signed-note, signed with Ed25519
(`docs/formats/log.md`).
"""

import base64
import binascii
import hashlib
import os
import re
from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_private_key

from crypto.encoding import LARGEST_INTEGER, Random
from crypto.errors import CheckpointError, KeyRefused

LARGEST_CHECKPOINT = 8 * 1024
MOST_SIGNATURES = 16

_ED25519 = b"\x01"
_DASH = "\N{EM DASH} "
_NAME = re.compile(r"[^\s+\x00-\x1f\x7f]{1,200}")
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}", re.ASCII)


class LogKey:
    """The Ed25519 key (RFC 8032) that signs a log's heads."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._key.public_key().public_bytes_raw()
        """32 bytes."""

    @classmethod
    def generate(cls, random: Random = os.urandom) -> Self:
        return cls(random(32))

    @classmethod
    def from_pkcs8(cls, data: bytes) -> Self:
        try:
            key = load_der_private_key(data, password=None)
        except Exception:  # the parser raises many kinds, all of them mean the same
            raise KeyRefused("key") from None
        if not isinstance(key, Ed25519PrivateKey):
            raise KeyRefused("key")
        return cls(key.private_bytes_raw())

    def to_pkcs8(self) -> bytes:
        # RFC 8410 §7: the prefix before a seed is always the same.
        return bytes.fromhex("302e020100300506032b657004220420") + self._key.private_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """64 bytes."""
        return self._key.sign(message)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a log: `size` entries whose Merkle root is `root`."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def key_hash(name: str, public: bytes) -> bytes:
    """The four bytes that name an Ed25519 key in a signature line."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def sign_checkpoint(checkpoint: Checkpoint, name: str, key: LogKey) -> str:
    """The head as text, signed as `name`."""
    if not _NAME.fullmatch(name) or not _NAME.fullmatch(checkpoint.origin):
        raise CheckpointError("checkpoint")
    signature = key_hash(name, key.public) + key.sign(checkpoint.text.encode())
    return f"{checkpoint.text}\n{_DASH}{name} {base64.b64encode(signature).decode()}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """The head in a text, whoever signed it; refuses extension lines."""
    return _split(text)[0]


def verify_checkpoint(text: str, name: str, public: bytes, origin: str | None = None) -> Checkpoint:
    """The head in a text that the key `public`, called `name`, signed; of the log `origin` if that
    is given.

    Other signatures, such as witnesses', are passed over as the signed-note specification asks.
    """
    checkpoint, signatures = _split(text)
    if origin is not None and checkpoint.origin != origin:
        raise CheckpointError("checkpoint_origin", {"expected": origin, "found": checkpoint.origin})
    expected = key_hash(name, public)
    for signer, signature in signatures:
        if signer == name and signature[:4] == expected:
            try:
                Ed25519PublicKey.from_public_bytes(public).verify(
                    signature[4:], checkpoint.text.encode()
                )
            except (InvalidSignature, ValueError):
                raise CheckpointError("checkpoint_signature") from None
            return checkpoint
    raise CheckpointError("checkpoint_signature")


def _split(text: str) -> tuple[Checkpoint, list[tuple[str, bytes]]]:
    if len(text) > LARGEST_CHECKPOINT or not text.endswith("\n"):
        raise CheckpointError("checkpoint")
    note, separator, rest = text.partition("\n\n")
    lines = note.split("\n")
    if (
        not separator
        or len(lines) != 3
        or not _NAME.fullmatch(lines[0])
        or not _SIZE.fullmatch(lines[1])
    ):
        raise CheckpointError("checkpoint")
    root = _unb64(lines[2])
    signatures = [_signature(line) for line in rest.removesuffix("\n").split("\n")]
    if len(root) != 32 or int(lines[1]) > LARGEST_INTEGER or len(signatures) > MOST_SIGNATURES:
        raise CheckpointError("checkpoint")
    return Checkpoint(lines[0], int(lines[1]), root), signatures


def _signature(line: str) -> tuple[str, bytes]:
    name, separator, encoded = line.removeprefix(_DASH).partition(" ")
    signature = _unb64(encoded)
    if (
        not line.startswith(_DASH)
        or not separator
        or not _NAME.fullmatch(name)
        or len(signature) < 5
    ):
        raise CheckpointError("checkpoint")
    return name, signature


def _unb64(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise CheckpointError("checkpoint") from None
    if base64.b64encode(data).decode() != text:
        raise CheckpointError("checkpoint")
    return data
