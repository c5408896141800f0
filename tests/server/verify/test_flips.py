"""Whatever byte of an archive is flipped, the check names what was touched."""

import io
import random

import pytest

from rooms import archive
from tests.server.rehearsed import Opening, checked, found, packed
from tests.server.verify.flips import flipped, in_blocks

BLOCK = 256
"""One byte in so many is flipped where the digest of a member or of the container shows it."""


def damaged(whole: bytes) -> set[str]:
    return {each.member for each in archive.read(io.BytesIO(whole)).damage}


def test_a_flipped_byte_in_any_block_of_a_member_names_the_member(opening: Opening) -> None:
    whole = opening.archive.read_bytes()
    for member in archive.read(io.BytesIO(whole)).members.values():
        for at, bit in in_blocks(member.size, BLOCK, member.name):
            assert member.name in damaged(flipped(whole, member.offset + at, bit)), (member, at)


def test_no_byte_of_the_container_itself_flips_unnoticed(opening: Opening) -> None:
    whole = opening.archive.read_bytes()
    members = list(archive.read(io.BytesIO(whole)).members.values())
    own = set(range(len(whole)))
    for member in members:
        own -= set(range(member.offset, member.offset + member.size))
    assert len(own) > 1000
    for at in sorted(own):
        assert archive.read(io.BytesIO(flipped(whole, at))).damage, at


def test_the_audit_reports_the_damage_with_the_rest_of_its_findings(opening: Opening) -> None:
    whole = opening.archive.read_bytes()
    member = archive.read(io.BytesIO(whole)).members["log.jsonl"]
    report = checked(flipped(whole, member.offset + 3))
    assert ("member_altered", "log.jsonl") in found(report)
    assert {each.step for each in report.findings} >= {1, 2}


KINDS = (
    "log.jsonl",
    "head.txt",
    "closing.txt",
    "site.json",
    "manifests/",
    "acceptances/",
    "headers/",
    "receipts/",
    "releases/",
    "keys/",
    "bids/",
    "people.json",
    "minutes.pdf",
    "root.pem",
)


def test_there_is_no_other_kind_of_member(opening: Opening) -> None:
    assert [name for name in opening.members if not name.startswith(KINDS)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_flip_is_found_even_when_the_list_of_digests_is_made_anew(
    opening: Opening, kind: str
) -> None:
    chance = random.Random(kind)
    name = next(each for each in opening.members if each.startswith(kind))
    raw = opening.members[name]
    touched = {**opening.members, name: flipped(raw, chance.randrange(len(raw)))}
    report = checked(packed(touched))
    assert not report.ok
    assert 1 not in {f.step for f in report.findings} or name in ("site.json", "root.pem")


def test_cut_and_lengthened_archives_are_found(opening: Opening) -> None:
    whole = opening.archive.read_bytes()
    assert not checked(whole + b"\0").ok
    assert not checked(whole[:-1]).ok
    assert not checked(whole[: len(whole) // 2]).ok
