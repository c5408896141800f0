"""age v1 files (https://age-encryption.org/v1): one X25519 recipient for a bid, one passphrase for
a key file.

Everything is binary; the ASCII armor is refused.
"""

import os
from io import BytesIO

from crypto.ageheader import (
    FILE_KEY,
    MOST_WORK,
    AgeHeader,
    check_x25519,
    decode_identity,
    decode_recipient,
    encode_identity,
    encode_recipient,
    payload_key,
    public_of,
    read_header,
    unwrap_scrypt,
    unwrap_x25519,
    wrap_scrypt,
    wrap_x25519,
    write_header,
)
from crypto.agestream import ChunkWriter, decrypt_chunks, sealed_size
from crypto.encoding import MEBIBYTE, Random
from crypto.errors import AgeError
from crypto.streams import ByteSink, ByteSource, Data, LineSource, read_fully

__all__ = [
    "AgeHeader",
    "AgeReader",
    "AgeWriter",
    "decode_identity",
    "decode_recipient",
    "decrypt_with_passphrase",
    "encode_identity",
    "encode_recipient",
    "encrypt_with_passphrase",
    "file_size",
    "open_age",
    "read_header",
    "read_single_header",
    "recipient_of",
]

NONCE = 16
WORK = 18
"""The scrypt work factor of new key files, the same as the age command's."""

SINGLE_HEADER = 168
"""How long the header with exactly one X25519 stanza is."""


def recipient_of(secret: bytes) -> str:
    """The recipient `age1…` of the identity with this raw scalar."""
    return encode_recipient(public_of(secret))


def file_size(plain: int) -> int:
    """The size of the age file, with one X25519 stanza, around `plain` bytes."""
    return SINGLE_HEADER + NONCE + sealed_size(plain)


class AgeWriter:
    """Encrypts to one recipient while it is written to; `finish` completes the file, which stays
    open.
    """

    def __init__(self, out: ByteSink, recipient: str, random: Random = os.urandom) -> None:
        public = decode_recipient(recipient)
        file_key, ephemeral, nonce = random(FILE_KEY), random(32), random(NONCE)
        out.write(write_header(wrap_x25519(public, file_key, ephemeral), file_key))
        out.write(nonce)
        self._chunks = ChunkWriter(out, payload_key(file_key, nonce))

    def write(self, data: Data) -> int:
        return self._chunks.write(data)

    def finish(self) -> None:
        self._chunks.finish()


class AgeReader:
    """The plaintext of an age file, read in order.

    What has been read is authentic, but only after `read` has returned nothing is the whole known
    to be complete.
    """

    def __init__(self, source: ByteSource, file_key: bytes) -> None:
        nonce = read_fully(source, NONCE)
        if len(nonce) != NONCE:
            raise AgeError("age_header")
        self._pieces = decrypt_chunks(source, payload_key(file_key, nonce))
        self._piece = memoryview(b"")
        self._refusal: AgeError | None = None

    def read(self, size: int) -> bytes:
        """Between 1 and `size` bytes, or none at the end of the whole, intact file."""
        return bytes(self.view(size))

    def view(self, size: int) -> memoryview:
        """Like `read` without a copy; valid until the next call."""
        if self._refusal is not None:
            raise self._refusal
        while not self._piece:
            try:
                piece = next(self._pieces, None)
            except AgeError as refusal:
                # Whoever reads on must not take this for the end of a whole file.
                self._refusal = refusal
                raise
            if piece is None:
                return memoryview(b"")
            self._piece = piece
        part, self._piece = self._piece[:size], self._piece[size:]
        return part


def read_single_header(source: LineSource) -> AgeHeader:
    """The header of a file that has exactly one stanza, X25519, well formed; needs no secret."""
    header = read_header(source)
    if len(header.stanzas) != 1 or header.stanzas[0].scheme != "X25519":
        raise AgeError(
            "age_stanzas", {"stanzas": [stanza.scheme[:32] for stanza in header.stanzas[:8]]}
        )
    check_x25519(header.stanzas[0])
    return header


def open_age(source: LineSource, secret: bytes) -> AgeReader:
    """Open a file with a raw X25519 identity, whatever other stanzas the file has."""
    return AgeReader(source, unwrap_x25519(read_header(source), secret))


def encrypt_with_passphrase(
    plain: bytes, passphrase: str, work: int = WORK, random: Random = os.urandom
) -> bytes:
    """A passphrase file around `plain`. Takes 2^work KiB of memory."""
    file_key, salt, nonce = random(FILE_KEY), random(16), random(NONCE)
    out = BytesIO()
    out.write(write_header(wrap_scrypt(passphrase, file_key, salt, work), file_key))
    out.write(nonce)
    chunks = ChunkWriter(out, payload_key(file_key, nonce))
    chunks.write(plain)
    chunks.finish()
    return out.getvalue()


def decrypt_with_passphrase(
    sealed: bytes, passphrase: str, most: int = MEBIBYTE, most_work: int = MOST_WORK
) -> bytes:
    """The plaintext, of at most `most` bytes, of a passphrase file."""
    source = BytesIO(sealed)
    reader = AgeReader(source, unwrap_scrypt(read_header(source), passphrase, most_work))
    plain = bytearray()
    while piece := reader.view(MEBIBYTE):
        plain += piece
        if len(plain) > most:
            raise AgeError("age_size", {"most": most})
    return bytes(plain)
