"""Key files: the bidder's opening keys and a trustee's two keys, each under a passphrase (§6)."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass

from crypto.agefile import WORK, decrypt_with_passphrase, encrypt_with_passphrase
from crypto.ageheader import decode_identity
from crypto.encoding import Random, b64u, jcs, parse_json
from crypto.errors import AgeError, KeyFileError
from crypto.seal import OpeningKey
from crypto.shape import Members, is_bid, is_identifier
from crypto.signing import SigningKey
from crypto.suite import KemKey

LARGEST_KEY_FILE = 256 * 1024
TRUSTEE_FORMAT = "yunkai/trustee-key/v1"
SIGNER_FORMAT = "yunkai/bidder-key/v1"

_FIRST = "# yunkai key file v1"
_ENTRY = re.compile(r"# bid (\S+) envelope (\S+)( half)?")


@dataclass(frozen=True, slots=True)
class BidderKeys:
    """The opening keys that one bidder has for one opening."""

    opening: str
    bidder: str
    keys: tuple[OpeningKey, ...]

    def find(self, bid: str, envelope: str) -> OpeningKey | None:
        """The key of one envelope, if it is in the file."""
        for key in self.keys:
            if (key.bid, key.envelope) == (bid, envelope):
                return key
        return None


@dataclass(frozen=True, slots=True)
class TrusteeKeys:
    """A trustee's key for its shares and its key for its signature."""

    person: str
    kem: KemKey
    sign: SigningKey


@dataclass(frozen=True, slots=True)
class SignerKey:
    """A bidder's signing key for one opening, as it is carried from one device to another."""

    opening: str
    bidder: str
    sign: SigningKey


def write_bidder_keys(
    keys: BidderKeys, passphrase: str, work: int = WORK, random: Random = os.urandom
) -> bytes:
    """A key file that, once decrypted, is an identity file for `age -i` unless it holds halves."""
    return encrypt_with_passphrase(bidder_keys_text(keys).encode(), passphrase, work, random)


def read_bidder_keys(sealed: bytes, passphrase: str) -> BidderKeys:
    """The keys in a key file."""
    return parse_bidder_keys(_decrypt(sealed, passphrase))


def bidder_keys_text(keys: BidderKeys) -> str:
    """The plaintext of a key file."""
    lines = [_FIRST, f"# opening {keys.opening}", f"# bidder {keys.bidder}"]
    for key in keys.keys:
        half = " half" if key.half else ""
        lines += [f"# bid {key.bid} envelope {key.envelope}{half}", key.identity]
    return "".join(line + "\n" for line in lines)


def parse_bidder_keys(plain: bytes) -> BidderKeys:
    """The keys in a key file's plaintext."""
    try:
        lines = plain.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise KeyFileError("key_file") from None
    if len(lines) < 4 or lines[0] != _FIRST or lines.pop() or len(lines) % 2 == 0:
        raise KeyFileError("key_file")
    opening, bidder = _named(lines[1], "opening"), _named(lines[2], "bidder")
    pairs = zip(lines[3::2], lines[4::2], strict=True)
    return BidderKeys(opening, bidder, _unique([_entry(label, line) for label, line in pairs]))


def write_trustee_keys(
    keys: TrusteeKeys, passphrase: str, work: int = WORK, random: Random = os.urandom
) -> bytes:
    """A trustee key file."""
    plain = jcs(
        {
            "format": TRUSTEE_FORMAT,
            "person": keys.person,
            "kem": b64u(keys.kem.to_pkcs8()),
            "sign": b64u(keys.sign.to_pkcs8()),
        }
    )
    return encrypt_with_passphrase(plain, passphrase, work, random)


def read_trustee_keys(sealed: bytes, passphrase: str) -> TrusteeKeys:
    """The keys in a trustee key file."""
    obj = parse_json(_decrypt(sealed, passphrase), LARGEST_KEY_FILE)
    members = Members(obj, "trustee-key", ("format", "person", "kem", "sign"))
    if members.raw("format") != TRUSTEE_FORMAT:
        raise KeyFileError("key_file")
    return TrusteeKeys(
        members.identifier("person"),
        KemKey.from_pkcs8(members.data("kem", most=1000)),
        SigningKey.from_pkcs8(members.data("sign", most=1000)),
    )


def write_signer_key(
    key: SignerKey, passphrase: str, work: int = WORK, random: Random = os.urandom
) -> bytes:
    """A bidder's signing key file."""
    plain = jcs(
        {
            "format": SIGNER_FORMAT,
            "opening": key.opening,
            "bidder": key.bidder,
            "sign": b64u(key.sign.to_pkcs8()),
        }
    )
    return encrypt_with_passphrase(plain, passphrase, work, random)


def read_signer_key(sealed: bytes, passphrase: str) -> SignerKey:
    """The key in a bidder's signing key file."""
    obj = parse_json(_decrypt(sealed, passphrase), LARGEST_KEY_FILE)
    members = Members(obj, "bidder-key", ("format", "opening", "bidder", "sign"))
    if members.raw("format") != SIGNER_FORMAT:
        raise KeyFileError("key_file")
    return SignerKey(
        members.identifier("opening"),
        members.identifier("bidder"),
        SigningKey.from_pkcs8(members.data("sign", most=1000)),
    )


def _decrypt(sealed: bytes, passphrase: str) -> bytes:
    try:
        return decrypt_with_passphrase(sealed, passphrase, LARGEST_KEY_FILE)
    except AgeError as refusal:
        if refusal.code == "age_no_match":
            raise KeyFileError("passphrase") from None
        raise


def _named(line: str, label: str) -> str:
    name = line.removeprefix(f"# {label} ")
    if name == line or not is_identifier(name):
        raise KeyFileError("key_file")
    return name


def _entry(label: str, line: str) -> OpeningKey:
    match = _ENTRY.fullmatch(label)
    if not match or not is_bid(match[1]) or not is_identifier(match[2]):
        raise KeyFileError("key_file")
    return OpeningKey(match[1], match[2], decode_identity(line), match[3] is not None)


def _unique(keys: Sequence[OpeningKey]) -> tuple[OpeningKey, ...]:
    if len({(key.bid, key.envelope) for key in keys}) != len(keys):
        raise KeyFileError("key_file")
    return tuple(keys)
