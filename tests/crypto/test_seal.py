"""Sealing, and what a server can check of a sealed bid without any secret."""

import json
import subprocess
from io import BytesIO
from pathlib import Path

import pytest

from crypto.encoding import jcs
from crypto.errors import CryptoError, EncodingError, SubmissionRefused, TarError
from crypto.seal import (
    EnvelopeSource,
    SourceFile,
    check_age_header,
    check_form,
    new_bid_id,
    outers_of,
    seal_bid,
    verify_submission,
)
from crypto.shape import is_bid
from crypto.signing import SigningKey
from tests.crypto.world import FILES, FORM, World, sealed, world

POLICIES = ["trustees", "bidder", "either", "both"]
WORLD = world("either")
MADE = sealed(WORLD)


@pytest.mark.parametrize("policy", POLICIES)
def test_a_submission_is_accepted_without_any_secret(policy: str) -> None:
    where = world(policy, envelopes=("a", "b"))  # type: ignore[arg-type]  # parametrized text
    made = sealed(where)
    sent = json.loads(json.dumps(made.bid.submission))
    header = verify_submission(sent, where.manifest, where.bidder.public)
    assert header == made.bid.header
    for envelope in header.envelopes:
        assert len(made.ages[envelope.id]) == envelope.size
        check_age_header(BytesIO(made.ages[envelope.id]), envelope)


def test_the_age_command_and_tar_open_a_bid_with_the_published_key(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(MADE.bid.keys[0].identity + "\n", encoding="ascii")
    (tmp_path / "bid.age").write_bytes(MADE.ages["a"])
    subprocess.run("age -d -i key bid.age | tar x", shell=True, cwd=tmp_path, check=True)  # noqa: S602
    for name, content in FILES.items():
        assert (tmp_path / "files" / name).read_bytes() == content
    assert (tmp_path / "form.json").read_bytes() == jcs(FORM)


def test_bids_of_different_size_look_the_same_within_a_bucket() -> None:
    small, large = sealed(WORLD, files={}), sealed(WORLD, files={"a": bytes(60_000)})
    assert len(small.ages["a"]) == len(large.ages["a"])
    assert len(jcs(small.bid.submission)) == len(jcs(large.bid.submission))


def test_two_bids_of_the_same_content_have_nothing_in_common() -> None:
    one, two = (sealed(WORLD).bid.header for _ in range(2))
    assert one.bid != two.bid
    first, second = one.envelopes[0], two.envelopes[0]
    assert not set(first.shares) & set(second.shares)
    assert first.recipient != second.recipient
    assert first.sha256 != second.sha256


def test_every_flipped_character_of_a_submission_is_refused() -> None:
    text = json.dumps(MADE.bid.submission, ensure_ascii=False)
    for position in range(len(text)):
        flipped = text[:position] + chr(ord(text[position]) ^ 1) + text[position + 1 :]
        try:
            obj = json.loads(flipped)
        except ValueError:
            continue
        with pytest.raises(CryptoError):
            verify_submission(obj, WORLD.manifest, WORLD.bidder.public)


def test_a_bid_sealed_under_another_version_of_the_manifest_is_refused() -> None:
    other = world("either", label="another")
    with pytest.raises(SubmissionRefused, match="manifest"):
        verify_submission(MADE.bid.submission, other.manifest, WORLD.bidder.public)


def test_a_rival_cannot_submit_a_copied_bid_as_its_own() -> None:
    rival = SigningKey.generate()
    with pytest.raises(CryptoError, match="signer"):
        verify_submission(MADE.bid.submission, WORLD.manifest, rival.public)


@pytest.mark.parametrize("submission", [None, [], {}, {"header": 1, "outers": {}}, {"header": {}}])
def test_what_is_no_submission_is_refused_with_a_code(submission: object) -> None:
    with pytest.raises(CryptoError):
        verify_submission(submission, WORLD.manifest, None)


def test_an_outer_layer_that_is_not_text_or_endless_is_refused() -> None:
    for outer in (1, None, "A" * 100_000, "!"):
        with pytest.raises(EncodingError):
            outers_of({"header": {}, "outers": {"a": outer}})


def test_a_file_that_changes_while_it_is_sealed_is_noticed() -> None:
    class Changing(BytesIO):
        reads = 0

        def seek(self, offset: int, whence: int = 0, /) -> int:
            self.reads += 1
            if self.reads > 1:
                self.getbuffer()[0] ^= 1
            return super().seek(offset, whence)

    with pytest.raises(SubmissionRefused, match="file_changed"):
        _seal(WORLD, [SourceFile("a", 100, Changing(bytes(100)))])


@pytest.mark.parametrize("size", [99, 101])
def test_a_file_of_another_size_than_announced_is_noticed(size: int) -> None:
    with pytest.raises(SubmissionRefused, match="file_changed"):
        _seal(WORLD, [SourceFile("a", 100, BytesIO(bytes(size)))])


def test_a_name_twice_and_a_dangerous_name_are_refused() -> None:
    twice = [SourceFile("a", 0, BytesIO()), SourceFile("a", 0, BytesIO())]
    with pytest.raises(SubmissionRefused, match="tar_duplicate"):
        _seal(WORLD, twice)
    with pytest.raises(TarError, match="tar_name"):
        _seal(WORLD, [SourceFile("../a", 0, BytesIO())])


def test_a_form_with_anything_but_texts_and_integers_is_refused() -> None:
    for form in ({"price": True}, {"price": None}, {"price": [1]}, {"price": {}}):
        with pytest.raises(EncodingError, match="form"):
            sealed(WORLD, form=form)
    with pytest.raises(EncodingError, match="form"):
        check_form(b'{"b":1,"a":1}')


def test_sealing_reports_its_progress_to_the_end() -> None:
    seen: list[tuple[int, int]] = []
    out = BytesIO()
    seal_bid(
        manifest=WORLD.manifest,
        bidder="acme",
        key=WORLD.bidder,
        envelopes=[
            EnvelopeSource("a", {}, [SourceFile("a", 3 << 20, BytesIO(bytes(3 << 20)))], out)
        ],
        made_with="command",
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen[-1] == (6 << 20, 6 << 20)
    assert len(seen) >= 6


def test_the_envelopes_must_be_the_manifests() -> None:
    with pytest.raises(SubmissionRefused, match="envelopes"):
        seal_bid(
            manifest=WORLD.manifest,
            bidder="acme",
            key=WORLD.bidder,
            envelopes=[EnvelopeSource("b", {}, [], BytesIO())],
            made_with="command",
        )


def test_a_bid_id_is_fresh_and_well_formed() -> None:
    ids = {new_bid_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(is_bid(name) for name in ids)


def _seal(where: World, files: list[SourceFile]) -> None:
    seal_bid(
        manifest=where.manifest,
        bidder="acme",
        key=where.bidder,
        envelopes=[EnvelopeSource("a", {}, files, BytesIO())],
        made_with="command",
    )
