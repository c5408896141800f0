import json
import subprocess
from pathlib import Path

import pytest

from crypto.encoding import b64u
from crypto.errors import CryptoError, EncodingError, KeyRefused, SignatureRefused
from crypto.signing import SealedObject, SigningKey, sign, verify_signature
from crypto.suite import KemKey
from tests.crypto.recipes import recipe, run
from tests.crypto.world import chance

KEY = SigningKey.generate(chance("signer"))
SIGNED = sign("confirmation", {"opening": "bridge-7", "name": '王小𬭎 "x"\n', "price": 1}, KEY)


def test_a_signed_object_comes_back_from_its_json() -> None:
    again = SealedObject.parse(json.loads(json.dumps(SIGNED.to_json())), "confirmation")
    assert again.verify("confirmation", KEY.public) == SIGNED
    assert again.digest() == SIGNED.digest()


def test_the_recipe_with_openssl_accepts_a_signed_object(tmp_path: Path) -> None:
    (tmp_path / "object.json").write_text(json.dumps(SIGNED.to_json()), encoding="utf-8")
    done = run(recipe("seal.md", "object.json"), tmp_path)
    assert "Verified OK" in done.stdout, done.stderr
    assert SIGNED.digest() in done.stdout


def test_the_recipe_with_openssl_refuses_an_altered_object(tmp_path: Path) -> None:
    altered = SIGNED.to_json() | {"body": {**SIGNED.body, "price": 2}}
    (tmp_path / "object.json").write_text(json.dumps(altered), encoding="utf-8")
    assert run(recipe("seal.md", "object.json"), tmp_path).returncode != 0


def test_a_signature_made_by_openssl_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "key.der").write_bytes(KEY.to_pkcs8())
    (tmp_path / "message").write_bytes(b"message")
    der = subprocess.run(
        ["openssl", "dgst", "-sha256", "-sign", "key.der", "-keyform", "DER", "message"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    ).stdout
    r_size = der[3]
    r, s = der[4 : 4 + r_size], der[6 + r_size :]
    raw = r.lstrip(b"\0").rjust(32, b"\0") + s.lstrip(b"\0").rjust(32, b"\0")
    verify_signature(KEY.public, b"message", raw)


def test_a_flipped_bit_anywhere_in_the_signature_is_refused() -> None:
    for position in range(64):
        signature = bytearray(SIGNED.signature)
        signature[position] ^= 1
        with pytest.raises(SignatureRefused):
            SealedObject(SIGNED.body, SIGNED.key, bytes(signature)).verify("confirmation")


def test_a_flipped_character_anywhere_in_the_json_is_refused() -> None:
    text = json.dumps(SIGNED.to_json(), ensure_ascii=False)
    for position in range(len(text)):
        flipped = text[:position] + chr(ord(text[position]) ^ 1) + text[position + 1 :]
        try:
            obj = json.loads(flipped)
        except ValueError:
            continue
        with pytest.raises(CryptoError):
            SealedObject.parse(obj, "confirmation").verify("confirmation", KEY.public)


def test_a_signature_for_one_kind_is_none_for_another() -> None:
    lifted = SealedObject(
        {**SIGNED.body, "format": "yunkai/withdrawal/v1"}, SIGNED.key, SIGNED.signature
    )
    with pytest.raises(SignatureRefused, match="signature"):
        lifted.verify("withdrawal")
    with pytest.raises(SignatureRefused, match="kind"):
        SIGNED.verify("withdrawal")


def test_the_right_signature_by_another_key_is_refused() -> None:
    rival = SigningKey.generate()
    with pytest.raises(SignatureRefused, match="signer"):
        sign("confirmation", SIGNED.body, rival).verify("confirmation", KEY.public)


def test_a_body_with_a_fraction_is_refused_even_if_a_lenient_parser_let_it_through() -> None:
    obj = SIGNED.to_json() | {"body": {"format": "yunkai/confirmation/v1", "price": 1.5}}
    with pytest.raises(EncodingError, match="json_number"):
        SealedObject.parse(obj, "confirmation")


@pytest.mark.parametrize("obj", [None, [], "x", 1, {}, {"body": 1, "key": 2, "signature": 3}])
def test_what_is_no_signed_object_is_refused_with_a_code(obj: object) -> None:
    with pytest.raises(EncodingError):
        SealedObject.parse(obj, "confirmation")


def test_keys_come_back_from_pkcs8_and_others_are_refused(tmp_path: Path) -> None:
    assert SigningKey.from_pkcs8(KEY.to_pkcs8()).public == KEY.public
    made = ["openssl", "genpkey", "-algorithm", "EC", "-outform", "DER", "-pkeyopt"]
    other = subprocess.run([*made, "ec_paramgen_curve:P-384"], check=True, capture_output=True)
    ours = subprocess.run([*made, "ec_paramgen_curve:P-256"], check=True, capture_output=True)
    assert len(KemKey.from_pkcs8(ours.stdout).public) == 65
    for data in (other.stdout, KEY.to_pkcs8()[:-1], b""):
        with pytest.raises(KeyRefused, match="key"):
            SigningKey.from_pkcs8(data)


def test_a_point_off_the_curve_is_refused() -> None:
    key = KEY.public[:-1] + bytes([KEY.public[-1] ^ 1])
    with pytest.raises(KeyRefused):
        SealedObject.parse(SIGNED.to_json() | {"key": b64u(key)}, "confirmation").verify(
            "confirmation"
        )
