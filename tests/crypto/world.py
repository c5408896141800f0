"""A small tender with real keys: what the tests of sealing and opening, and the vectors, happen in.

Everything follows from a label, so that the same label gives the same bytes.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO

from crypto.checkpoint import LogKey
from crypto.encoding import Random
from crypto.manifest import Envelope, LogIdentity, Manifest, Policy, build_manifest, make_card
from crypto.seal import EnvelopeSource, SealedBid, SourceFile, seal_bid
from crypto.signing import SigningKey
from crypto.suite import KemKey

DEADLINE = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
CREATED = datetime(2026, 11, 1, 8, 30, tzinfo=UTC)
SITE = "kaibiao.example"
FORM: dict[str, object] = {"price": 1_234_567_800, "duration": 180, "lead": "王小𬭎"}
FILES = {"投标函.txt": "我方愿以上述价格承包。\n".encode(), "scan.bin": bytes(range(256)) * 5}


def chance(label: str) -> Random:
    """Randomness that is not random: SHA-256 of the label and a counter."""
    stream = bytearray()
    counter = 0

    def draw(size: int) -> bytes:
        nonlocal counter
        while len(stream) < size:
            stream.extend(hashlib.sha256(f"{label}/{counter}".encode()).digest())
            counter += 1
        taken = bytes(stream[:size])
        del stream[:size]
        return taken

    return draw


@dataclass(frozen=True, slots=True)
class World:
    """A tender and everybody's private keys."""

    manifest: Manifest
    platform: SigningKey
    gate: KemKey
    log: LogKey
    trustees: tuple[tuple[KemKey, SigningKey], ...]
    bidder: SigningKey


def world(
    policy: Policy = "either",
    threshold: int = 2,
    count: int = 3,
    envelopes: tuple[str, ...] = ("a",),
    label: str = "world",
) -> World:
    draw = chance(f"{label}/{policy}")
    if policy == "bidder":
        threshold = count = 0
    platform, gate, log = SigningKey.generate(draw), KemKey.generate(draw), LogKey.generate(draw)
    trustees = tuple((KemKey.generate(draw), SigningKey.generate(draw)) for _ in range(count))
    cards = [
        make_card(person=f"t-{i}", name=f"受托人{i}", kem=kem.public, created=CREATED, key=key)
        for i, (kem, key) in enumerate(trustees, start=1)
    ]
    manifest = build_manifest(
        opening="bridge-7",
        version=1,
        previous=None,
        terms={"project": "七里河大桥", "policy": policy},
        deadline=DEADLINE,
        policy=policy,
        threshold=threshold,
        cards=cards,
        gate=gate.public,
        log=LogIdentity(f"{SITE}/openings/bridge-7", log.public),
        envelopes=[Envelope(name, f"信封 {name}") for name in envelopes],
        offline_page=None,
        key=platform,
    )
    return World(manifest, platform, gate, log, trustees, SigningKey.generate(draw))


@dataclass(frozen=True, slots=True)
class Made:
    """A sealed bid with its age files."""

    bid: SealedBid
    ages: dict[str, bytes]


def sealed(
    where: World,
    *,
    bidder: str = "acme",
    form: dict[str, object] | None = None,
    files: dict[str, bytes] | None = None,
    previous: str | None = None,
    label: str | None = None,
) -> Made:
    """A bid of one bidder, deterministic where a label is given (but for HPKE)."""
    contents = FILES if files is None else files
    outs = {envelope.id: BytesIO() for envelope in where.manifest.envelopes}
    sources = [
        EnvelopeSource(
            name,
            form or FORM,  # type: ignore[arg-type]  # the tests also seal forms that must be refused
            [SourceFile(file, len(data), BytesIO(data)) for file, data in contents.items()],
            out,
        )
        for name, out in outs.items()
    ]
    extra = {} if label is None else {"random": chance(label)}
    bid = seal_bid(
        manifest=where.manifest,
        bidder=bidder,
        key=where.bidder,
        envelopes=sources,
        made_with="command",
        previous=previous,
        **extra,
    )
    return Made(bid, {name: out.getvalue() for name, out in outs.items()})
