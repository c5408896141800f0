import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.checkpoint import (
    Checkpoint,
    LogKey,
    key_hash,
    parse_checkpoint,
    sign_checkpoint,
    verify_checkpoint,
)
from crypto.encoding import b64u
from crypto.errors import CheckpointError, KeyRefused
from crypto.signing import SigningKey
from tests.crypto.recipes import recipe, run
from tests.crypto.world import SITE, chance

KEY = LogKey.generate(chance("log"))
HEAD = Checkpoint(f"{SITE}/openings/bridge-7", 11, bytes(range(32)))
TEXT = sign_checkpoint(HEAD, SITE, KEY)


@given(st.integers(0, 2**53 - 1), st.binary(min_size=32, max_size=32))
def test_a_head_comes_back(size: int, root: bytes) -> None:
    head = Checkpoint(HEAD.origin, size, root)
    text = sign_checkpoint(head, SITE, KEY)
    assert verify_checkpoint(text, SITE, KEY.public, HEAD.origin) == head


def test_the_recipe_with_openssl_accepts_a_head_and_refuses_an_altered_one(tmp_path: Path) -> None:
    script = recipe("log.md", "head.txt")
    (tmp_path / "head.txt").write_text(TEXT, encoding="utf-8")
    done = run(script, tmp_path, KEY=b64u(KEY.public))
    assert "Signature Verified Successfully" in done.stdout, done.stderr
    (tmp_path / "head.txt").write_text(TEXT.replace("\n11\n", "\n12\n"), encoding="utf-8")
    assert run(script, tmp_path, KEY=b64u(KEY.public)).returncode != 0


def test_the_signature_is_the_one_that_go_prints_for_its_example_note() -> None:
    # golang.org/x/mod/sumdb/note: the private key and the note of the package's example.
    seed = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
    text = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n"
    )
    line = base64.b64decode(
        "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    )
    key = LogKey(seed)
    assert key_hash("PeterNeumann", key.public).hex() == "c74f20a3"
    assert key_hash("PeterNeumann", key.public) + key.sign(text.encode()) == line


def test_every_flipped_character_is_refused_or_leaves_the_head_unsigned() -> None:
    for position in range(len(TEXT)):
        flipped = TEXT[:position] + chr(ord(TEXT[position]) ^ 1) + TEXT[position + 1 :]
        with pytest.raises(CheckpointError):
            verify_checkpoint(flipped, SITE, KEY.public, HEAD.origin)


def test_a_head_of_another_room_is_refused_though_the_log_signed_it() -> None:
    other = sign_checkpoint(Checkpoint(f"{SITE}/openings/other", 11, HEAD.root), SITE, KEY)
    with pytest.raises(CheckpointError, match="checkpoint_origin"):
        verify_checkpoint(other, SITE, KEY.public, HEAD.origin)


def test_a_witness_beside_the_log_does_no_harm_and_alone_is_not_enough() -> None:
    witness = sign_checkpoint(HEAD, "witness.example", LogKey.generate())
    line = witness.partition("\n\n")[2]
    assert verify_checkpoint(TEXT + line, SITE, KEY.public) == HEAD
    assert verify_checkpoint(witness + TEXT.partition("\n\n")[2], SITE, KEY.public) == HEAD
    assert parse_checkpoint(witness) == HEAD
    with pytest.raises(CheckpointError, match="checkpoint_signature"):
        verify_checkpoint(witness, SITE, KEY.public)


def test_endless_signature_lines_are_refused() -> None:
    line = TEXT.partition("\n\n")[2]
    with pytest.raises(CheckpointError, match="checkpoint"):
        parse_checkpoint(TEXT + line * 16)


@given(st.text(max_size=200))
def test_any_text_is_a_head_or_refused(text: str) -> None:
    for candidate in (text, TEXT + text + "!", text + TEXT[1:]):
        with pytest.raises(CheckpointError):
            verify_checkpoint(candidate, "another.example", KEY.public)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb"])
def test_a_name_that_would_break_the_lines_cannot_sign(name: str) -> None:
    with pytest.raises(CheckpointError, match="checkpoint"):
        sign_checkpoint(HEAD, name, KEY)


def test_a_log_key_comes_back_from_pkcs8_and_others_are_refused() -> None:
    assert LogKey.from_pkcs8(KEY.to_pkcs8()).public == KEY.public
    for data in (SigningKey.generate().to_pkcs8(), b"", KEY.to_pkcs8()[:-1]):
        with pytest.raises(KeyRefused, match="key"):
            LogKey.from_pkcs8(data)
