"""The header of an age v1 file, read as strictly as its specification asks, and its X25519 and
scrypt stanzas.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from crypto import bech32
from crypto.errors import AgeError
from crypto.streams import LineSource

FILE_KEY = 16
LARGEST_HEADER = 64 * 1024
MOST_WORK = 20
"""The largest scrypt work factor accepted: 1 GiB of memory."""

_VERSION = b"age-encryption.org/v1\n"
_ARMOR = b"-----BEGIN AGE ENCRYPTED FILE-----"
_COLUMNS = 64
_X25519_LABEL = b"age-encryption.org/v1/X25519"
_SCRYPT_LABEL = b"age-encryption.org/v1/scrypt"
_ARGUMENT = re.compile(rb"[\x21-\x7e]+")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]*")
_DECIMAL = re.compile(r"[1-9][0-9]*", re.ASCII)
_ZERO_NONCE = bytes(12)


@dataclass(frozen=True, slots=True)
class Stanza:
    """One way to the file key: the scheme's name, its arguments, its body."""

    scheme: str
    arguments: tuple[str, ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class AgeHeader:
    """A header as it was read: `covered` are the bytes under `mac`, `size` is where the payload's
    nonce begins.
    """

    stanzas: tuple[Stanza, ...]
    mac: bytes
    covered: bytes
    size: int

    def check_mac(self, file_key: bytes) -> None:
        if not hmac.compare_digest(_mac(file_key, self.covered), self.mac):
            raise AgeError("age_hmac")


def read_header(source: LineSource) -> AgeHeader:
    """Read a header; the source is left at the payload's nonce."""
    reader = _Lines(source)
    first = reader.line()
    if first != _VERSION:
        raise AgeError("age_armor" if first.startswith(_ARMOR) else "age_header")
    stanzas: list[Stanza] = []
    while True:
        covered = len(reader.taken)
        line = reader.line()[:-1]
        if line.startswith(b"--- "):
            mac = _unb64(line[4:])
            if not stanzas or len(mac) != 32:
                raise AgeError("age_header")
            return AgeHeader(
                tuple(stanzas), mac, bytes(reader.taken[: covered + 3]), len(reader.taken)
            )
        if not line.startswith(b"-> "):
            raise AgeError("age_header")
        arguments = line[3:].split(b" ")
        if not all(_ARGUMENT.fullmatch(argument) for argument in arguments):
            raise AgeError("age_header")
        scheme, *rest = (argument.decode("ascii") for argument in arguments)
        stanzas.append(Stanza(scheme, tuple(rest), _read_body(reader)))


def write_header(stanza: Stanza, file_key: bytes) -> bytes:
    """A header with one stanza."""
    encoded = _b64(stanza.body)
    # A last line shorter than 64 columns ends a body, even if it has to be an empty one.
    lines = [encoded[start : start + _COLUMNS] for start in range(0, len(encoded) + 1, _COLUMNS)]
    opening = b" ".join(
        [b"->", stanza.scheme.encode(), *(argument.encode() for argument in stanza.arguments)]
    )
    covered = _VERSION + b"\n".join([opening, *lines]) + b"\n---"
    return covered + b" " + _b64(_mac(file_key, covered)) + b"\n"


def public_of(secret: bytes) -> bytes:
    """The X25519 public key that belongs to a raw scalar of 32 bytes."""
    return X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


def wrap_x25519(recipient: bytes, file_key: bytes, ephemeral: bytes) -> Stanza:
    """The stanza that gives `file_key` to `recipient`; `ephemeral` are 32 fresh random bytes."""
    key = X25519PrivateKey.from_private_bytes(ephemeral)
    share = key.public_key().public_bytes_raw()
    wrapping = _x25519_key(_exchange(key, recipient), share, recipient)
    return Stanza(
        "X25519", (_text(share),), ChaCha20Poly1305(wrapping).encrypt(_ZERO_NONCE, file_key, None)
    )


def unwrap_x25519(header: AgeHeader, secret: bytes) -> bytes:
    """The file key, from whichever X25519 stanza is for `secret`; the header's MAC is checked."""
    _refuse_mixed_scrypt(header)
    key = X25519PrivateKey.from_private_bytes(secret)
    recipient = key.public_key().public_bytes_raw()
    for stanza in header.stanzas:
        if stanza.scheme != "X25519":
            continue
        share = check_x25519(stanza)
        wrapping = _x25519_key(_exchange(key, share), share, recipient)
        file_key = _unseal(wrapping, stanza.body)
        if file_key is not None:
            header.check_mac(file_key)
            return file_key
    raise AgeError("age_no_match")


def check_x25519(stanza: Stanza) -> bytes:
    """The ephemeral share of a well-formed X25519 stanza."""
    if len(stanza.arguments) != 1 or len(stanza.body) != FILE_KEY + 16:
        raise AgeError("age_header")
    share = _unb64(stanza.arguments[0].encode())
    if len(share) != 32:
        raise AgeError("age_header")
    return share


def wrap_scrypt(passphrase: str, file_key: bytes, salt: bytes, work: int) -> Stanza:
    """The stanza that gives `file_key` to whoever knows `passphrase`; N is 2^work."""
    wrapping = _scrypt_key(passphrase, salt, work)
    return Stanza(
        "scrypt",
        (_text(salt), str(work)),
        ChaCha20Poly1305(wrapping).encrypt(_ZERO_NONCE, file_key, None),
    )


def unwrap_scrypt(header: AgeHeader, passphrase: str, most_work: int = MOST_WORK) -> bytes:
    """The file key of a passphrase file; the header's MAC is checked."""
    _refuse_mixed_scrypt(header)
    stanza = header.stanzas[0]
    if stanza.scheme != "scrypt":
        raise AgeError("age_no_match")
    if len(stanza.arguments) != 2 or len(stanza.body) != FILE_KEY + 16:
        raise AgeError("age_header")
    salt, work = _unb64(stanza.arguments[0].encode()), stanza.arguments[1]
    if len(salt) != 16 or not _DECIMAL.fullmatch(work):
        raise AgeError("age_header")
    if len(work) > 2 or int(work) > most_work:
        raise AgeError("age_work_factor", {"most": most_work})
    file_key = _unseal(_scrypt_key(passphrase, salt, int(work)), stanza.body)
    if file_key is None:
        raise AgeError("age_no_match")
    header.check_mac(file_key)
    return file_key


def payload_key(file_key: bytes, nonce: bytes) -> bytes:
    """The key of the payload's chunks."""
    return _hkdf(file_key, nonce, b"payload")


def encode_recipient(public: bytes) -> str:
    """`age1…`"""
    return bech32.encode("age", public)


def decode_recipient(text: str) -> bytes:
    """The X25519 public key in `age1…`, lowercase."""
    public = bech32.decode("age", text)
    if len(public) != 32 or text != text.lower():
        raise AgeError("bech32")
    return public


def encode_identity(secret: bytes) -> str:
    """`AGE-SECRET-KEY-1…`"""
    return bech32.encode("age-secret-key-", secret).upper()


def decode_identity(text: str) -> bytes:
    """The raw scalar, before clamping, in `AGE-SECRET-KEY-1…`."""
    secret = bech32.decode("age-secret-key-", text)
    if len(secret) != 32 or text != text.upper():
        raise AgeError("bech32")
    return secret


class _Lines:
    """Lines of a header, with everything taken so far kept for the MAC."""

    def __init__(self, source: LineSource) -> None:
        self._source = source
        self.taken = bytearray()

    def line(self) -> bytes:
        line = self._source.readline(LARGEST_HEADER + 1 - len(self.taken))
        self.taken += line
        if not line.endswith(b"\n") or len(self.taken) > LARGEST_HEADER:
            raise AgeError("age_header")
        return line


def _read_body(reader: _Lines) -> bytes:
    lines = []
    while True:
        line = reader.line()[:-1]
        if len(line) > _COLUMNS:
            raise AgeError("age_header")
        lines.append(line)
        if len(line) < _COLUMNS:
            return _unb64(b"".join(lines))


def _refuse_mixed_scrypt(header: AgeHeader) -> None:
    if len(header.stanzas) > 1 and any(stanza.scheme == "scrypt" for stanza in header.stanzas):
        raise AgeError("age_header")


def _exchange(key: X25519PrivateKey, public: bytes) -> bytes:
    try:
        return key.exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError:
        # An all-zero result: the other side sent a point of low order.
        raise AgeError("age_header") from None


def _x25519_key(shared: bytes, share: bytes, recipient: bytes) -> bytes:
    return _hkdf(shared, share + recipient, _X25519_LABEL)


def _scrypt_key(passphrase: str, salt: bytes, work: int) -> bytes:
    cost = 1 << work
    return hashlib.scrypt(
        passphrase.encode(),
        salt=_SCRYPT_LABEL + salt,
        n=cost,
        r=8,
        p=1,
        maxmem=cost * 1024 + (1 << 20),
        dklen=32,
    )


def _unseal(wrapping: bytes, body: bytes) -> bytes | None:
    try:
        return ChaCha20Poly1305(wrapping).decrypt(_ZERO_NONCE, body, None)
    except InvalidTag:
        return None


def _mac(file_key: bytes, covered: bytes) -> bytes:
    return hmac.digest(_hkdf(file_key, b"", b"header"), covered, "sha256")


def _hkdf(secret: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt or None, info).derive(secret)


def _b64(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")


def _text(data: bytes) -> str:
    return _b64(data).decode("ascii")


def _unb64(text: bytes) -> bytes:
    if not _BASE64.fullmatch(text) or len(text) % 4 == 1:
        raise AgeError("age_header")
    data = base64.b64decode(text + b"=" * (-len(text) % 4))
    if _b64(data) != text:
        raise AgeError("age_header")
    return data
