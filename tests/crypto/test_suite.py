"""HPKE against RFC 9180's own vectors."""

import json

import cryptography_vectors
import pytest
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric import ec

from crypto.errors import KeyRefused, ShareError
from crypto.suite import KemKey, hpke_open, hpke_seal, load_point
from tests.crypto import hpke_by_hand

P256, BASE = 0x0010, 0


def vectors(kdf: int, aead: int) -> list[dict[str, object]]:
    with cryptography_vectors.open_vector_file("HPKE/test-vectors.json", "r") as file:
        every = json.load(file)
    wanted = (BASE, P256, kdf, aead)
    return [v for v in every if (v["mode"], v["kem_id"], v["kdf_id"], v["aead_id"]) == wanted]


def private(scalar: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int(scalar, 16), ec.SECP256R1())


def test_the_hand_written_sender_gives_the_bytes_of_rfc_9180() -> None:
    # Suite 1 has AES-256-GCM.
    (vector,) = vectors(kdf=1, aead=2)
    first = vector["encryptions"][0]  # type: ignore[index]  # the vectors are untyped JSON
    shared_key = hpke_by_hand.schedule(
        private(str(vector["skEm"])),
        bytes.fromhex(str(vector["pkRm"])),
        bytes.fromhex(str(vector["info"])),
    )
    assert shared_key.enc.hex() == vector["enc"]
    assert shared_key.key.hex() == vector["key"]
    assert shared_key.nonce.hex() == vector["base_nonce"]
    assert (
        shared_key.seal(bytes.fromhex(first["aad"]), bytes.fromhex(first["pt"])).hex()
        == first["ct"]
    )


def test_what_the_hand_written_sender_seals_the_library_opens() -> None:
    key, ephemeral = KemKey.generate(), ec.generate_private_key(ec.SECP256R1())
    for plain in (b"", b"x", bytes(1000)):
        sealed = hpke_by_hand.seal(ephemeral, key.public, b"info", plain)
        assert hpke_open(key, b"info", sealed) == plain


def test_the_library_opens_the_rfc_9180_ciphertext_as_enc_and_ct() -> None:
    (vector,) = vectors(kdf=1, aead=2)
    first = vector["encryptions"][0]  # type: ignore[index]
    suite = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
    # The vector has an aad, which the public interface does not take and suite 1 does not use.
    opened = hpke.rust_openssl.hpke._decrypt_with_aad(
        suite,
        bytes.fromhex(str(vector["enc"]) + first["ct"]),
        private(str(vector["skRm"])),
        bytes.fromhex(str(vector["info"])),
        bytes.fromhex(first["aad"]),
    )
    assert opened.hex() == first["pt"]


def test_a_sealed_text_is_65_and_16_bytes_longer_and_comes_back() -> None:
    key = KemKey.generate()
    sealed = hpke_seal(key.public, b"info", bytes(64))
    assert len(sealed) == 145
    assert hpke_open(key, b"info", sealed) == bytes(64)
    assert hpke_seal(key.public, b"info", bytes(64)) != sealed


def test_every_flipped_byte_another_info_and_another_key_are_refused() -> None:
    key = KemKey.generate()
    sealed = hpke_seal(key.public, b"info", b"share")
    for position in range(len(sealed)):
        flipped = sealed[:position] + bytes([sealed[position] ^ 1]) + sealed[position + 1 :]
        with pytest.raises(ShareError, match="hpke"):
            hpke_open(key, b"info", flipped)
    for other, info, data in (
        (key, b"x", sealed),
        (KemKey.generate(), b"info", sealed),
        (key, b"info", b""),
    ):
        with pytest.raises(ShareError, match="hpke"):
            hpke_open(other, info, data)


@pytest.mark.parametrize("point", [b"", bytes(65), b"\x04" + bytes(64), b"\x02" + bytes(32)])
def test_what_is_no_point_is_refused(point: bytes) -> None:
    with pytest.raises(KeyRefused, match="key"):
        load_point(point)


def test_a_key_is_drawn_again_when_chance_gives_no_scalar() -> None:
    draws = iter([bytes(32), b"\xff" * 32, bytes(31) + b"\x01"])
    generator = "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    assert KemKey.generate(lambda size: next(draws)).public.hex().startswith(generator)
