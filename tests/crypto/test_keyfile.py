import subprocess
from pathlib import Path

import pytest

from crypto.agefile import encrypt_with_passphrase
from crypto.encoding import jcs
from crypto.errors import AgeError, CryptoError, KeyFileError
from crypto.keyfile import (
    BidderKeys,
    TrusteeKeys,
    bidder_keys_text,
    parse_bidder_keys,
    read_bidder_keys,
    read_trustee_keys,
    write_bidder_keys,
    write_trustee_keys,
)
from crypto.seal import OpeningKey
from crypto.signing import SigningKey
from crypto.suite import KemKey
from tests.crypto.world import sealed, world

WORK = 4
MADE = sealed(world("either"))
KEYS = BidderKeys("bridge-7", "acme", MADE.bid.keys)


def test_a_bidders_keys_come_back_with_the_passphrase() -> None:
    found = read_bidder_keys(write_bidder_keys(KEYS, "一二三四", WORK), "一二三四")
    assert found == KEYS
    assert found.find(MADE.bid.header.bid, "a") == MADE.bid.keys[0]
    assert found.find(MADE.bid.header.bid, "b") is None


def test_a_wrong_passphrase_is_called_one() -> None:
    with pytest.raises(KeyFileError, match="passphrase"):
        read_bidder_keys(write_bidder_keys(KEYS, "right", WORK), "wrong")


def test_the_age_command_takes_the_decrypted_file_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text(bidder_keys_text(KEYS), encoding="ascii")
    done = subprocess.run(
        ["age", "-d", "-i", str(tmp_path / "keys")],
        input=MADE.ages["a"],
        check=True,
        capture_output=True,
    )
    assert b"statement.json" in done.stdout[:100]


def test_a_half_is_marked_and_comes_back_as_one() -> None:
    half = OpeningKey("b-" + "a" * 20, "a", bytes(32), half=True)
    keys = BidderKeys("bridge-7", "acme", (half,))
    assert " half\n" in bidder_keys_text(keys)
    assert parse_bidder_keys(bidder_keys_text(keys).encode()) == keys


def test_every_changed_line_is_refused_or_read_as_what_it_says() -> None:
    text = bidder_keys_text(KEYS)
    for position in range(len(text)):
        flipped = text[:position] + chr(ord(text[position]) ^ 1) + text[position + 1 :]
        try:
            found = parse_bidder_keys(flipped.encode())
        except CryptoError:
            continue
        assert bidder_keys_text(found) == flipped


def test_what_is_no_key_file_is_refused_with_a_code() -> None:
    for plain in (b"", b"\xff", b"# yunkai key file v1\n", b"AGE-SECRET-KEY-1\n" * 5):
        with pytest.raises(KeyFileError, match="key_file"):
            parse_bidder_keys(plain)
    with pytest.raises(AgeError, match="age_header"):
        read_bidder_keys(b"not sealed", "x")


def test_a_trustees_two_keys_come_back() -> None:
    keys = TrusteeKeys("t-1", KemKey.generate(), SigningKey.generate())
    found = read_trustee_keys(write_trustee_keys(keys, "pass", WORK), "pass")
    assert (found.person, found.kem.public, found.sign.public) == (
        "t-1",
        keys.kem.public,
        keys.sign.public,
    )


def test_a_trustee_file_of_another_format_is_refused() -> None:
    plain = jcs({"format": "yunkai/trustee-key/v2", "person": "t-1", "kem": "", "sign": ""})
    with pytest.raises(KeyFileError, match="key_file"):
        read_trustee_keys(encrypt_with_passphrase(plain, "pass", WORK), "pass")


def test_a_bidders_file_is_no_trustees_file() -> None:
    with pytest.raises(CryptoError, match="json"):
        read_trustee_keys(write_bidder_keys(KEYS, "pass", WORK), "pass")
