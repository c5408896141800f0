"""Whoever flips a byte of a member and makes the list of digests anew is found by the step of the
audit that concerns the member, wherever the byte is."""

import io
import json
from collections.abc import Callable
from datetime import datetime
from functools import partial

import pytest

from crypto.pades import TokenRefused, verify_token
from rooms import archive
from rooms.audit import Report, check_head, read_log, read_site
from rooms.opening.audit import opened, signed
from rooms.opening.audit.events import check_event
from rooms.opening.evolve import evolve
from rooms.opening.state import START
from rooms.opening.wire import EVENTS
from tests.server.rehearsed import Opening, checked, packed
from tests.server.verify.flips import flipped, in_blocks

Step = Callable[[archive.Container, Report], object]

BLOCKS = {
    "log.jsonl": 512,
    "head.txt": 16,
    "closing.txt": 16,
    "manifests/": 64,
    "acceptances/": 64,
    "headers/": 64,
    "releases/": 64,
    "keys/": 16,
    "receipts/": 256,
    "bids/": 1024,
    "people.json": 16,
}
"""One byte in so many is flipped in each member of a kind, as the step's speed allows."""


@pytest.fixture(scope="module")
def steps(opening: Opening) -> dict[str, Step]:
    """The step of the audit for each kind of member, with all others as they were."""
    whole = archive.read(io.BytesIO(opening.archive.read_bytes()))
    report = Report()
    site = read_site(whole, report)
    assert site is not None
    log = read_log(whole.bytes("log.jsonl"), EVENTS, START, evolve, report, look=check_event)
    releases = opened.check_releases(log, whole.bytes("closing.txt").decode(), report)
    origin = log.state.current.manifest.log.origin
    assert report.ok

    def token_time(token: bytes, digest: bytes) -> datetime:
        try:
            return verify_token(token, digest, [site.root.encode()])
        except TokenRefused as refusal:
            raise ValueError(refusal.code) from None

    def head(name: str, container: archive.Container, found: Report) -> None:
        text = container.bytes(name).decode("utf-8", "replace")
        check_head(text, site, origin, log.lines, found, name)

    def whole_log(container: archive.Container, found: Report) -> None:
        read = read_log(
            container.bytes("log.jsonl"), EVENTS, START, evolve, found, look=check_event
        )
        text = container.bytes("head.txt").decode()
        check_head(text, site, origin, read.lines, found, "head.txt")

    copies = partial(signed.check_copies, log)
    return {
        "log.jsonl": whole_log,
        "head.txt": partial(head, "head.txt"),
        "closing.txt": partial(head, "closing.txt"),
        **dict.fromkeys(("manifests/", "acceptances/", "headers/", "releases/", "keys/"), copies),
        "receipts/": lambda container, found: signed.check_receipts(
            log, container, site, token_time, found
        ),
        "bids/": lambda container, found: opened.check_bids(log, container, releases, found),
        "people.json": partial(signed.check_people, log),
    }


@pytest.mark.parametrize("kind", BLOCKS)
def test_a_flip_anywhere_is_found_by_the_step_for_it(
    opening: Opening, steps: dict[str, Step], kind: str
) -> None:
    for name in (each for each in opening.members if each.startswith(kind)):
        raw = opening.members[name]
        for at, bit in in_blocks(len(raw), BLOCKS[kind], name):
            forged = packed({**opening.members, name: flipped(raw, at, bit)})
            report = Report()
            steps[kind](archive.read(io.BytesIO(forged)), report)
            assert not report.ok or in_token(kind, raw, at), (name, at, bit)


def in_token(kind: str, raw: bytes, at: int) -> bool:
    """Whether a byte of a receipt is in its time stamp token. That carries certificates which its
    signature doesn't cover (RFC 5652, 5.4); what the token says is checked all the same."""
    if kind != "receipts/":
        return False
    token = json.loads(raw)["token"].encode()
    return 0 <= at - raw.index(token) < len(token)


@pytest.mark.parametrize("name", ["site.json", "root.pem"])
def test_a_flip_anywhere_in_the_trust_anchors_is_found(opening: Opening, name: str) -> None:
    raw = opening.members[name]
    for at, bit in in_blocks(len(raw), 128, name):
        forged = packed({**opening.members, name: flipped(raw, at, bit)})
        assert not checked(forged).ok, (at, bit)


def test_a_flip_anywhere_in_the_minutes_is_found(opening: Opening) -> None:
    raw = opening.members["minutes.pdf"]
    for at, bit in in_blocks(len(raw), 16384, "minutes.pdf"):
        forged = packed({**opening.members, "minutes.pdf": flipped(raw, at, bit)})
        about = {each.about for each in checked(forged).findings if each.code == "minutes_digest"}
        assert about == {"minutes.pdf"}, (at, bit)
