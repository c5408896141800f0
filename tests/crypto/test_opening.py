"""What opens a bid, what does not, and whose fault the evidence proves."""

import itertools
from dataclasses import replace
from io import BytesIO

import pytest

from crypto import gate, trustee
from crypto.agefile import AgeWriter, recipient_of
from crypto.encoding import digest_hex
from crypto.errors import BidMalformed, GateError, NoKey, WrongBytes, WrongKey
from crypto.header import EnvelopeHeader, Header, sign_header
from crypto.opening import open_bid, recover_key
from crypto.seal import outers_of
from crypto.shares import Share
from crypto.signing import SigningKey
from crypto.suite import KemKey
from tests.crypto.world import FILES, FORM, Made, World, sealed, world

WORLD = world("either")
MADE = sealed(WORLD)
HEADER = MADE.bid.header
KEY = MADE.bid.keys[0].secret


def shares_of(where: World, made: Made, envelope: str = "a") -> list[Share]:
    header = made.bid.header
    wraps = gate.open_outer(
        key=where.gate,
        manifest=where.manifest,
        header=header,
        envelope=envelope,
        outer=outers_of(made.bid.submission)[envelope],
    )
    return [
        trustee.unwrap(kem, header.context(envelope), place, wraps[place - 1])
        for place, (kem, _) in enumerate(where.trustees, start=1)
    ]


def resealed(header: Header, key: SigningKey = WORLD.bidder, **change: object) -> Header:
    """The header of a bidder who signs something else about the same envelope."""
    envelope: EnvelopeHeader = replace(header.envelopes[0], **change)  # type: ignore[arg-type]
    return sign_header(
        manifest=WORLD.manifest,
        bidder=header.bidder,
        bid=header.bid,
        previous=None,
        made_with="command",
        envelopes=[envelope],
        key=key,
    )


@pytest.mark.parametrize("policy", ["trustees", "either"])
def test_any_t_of_the_trustees_open_every_envelope(policy: str) -> None:
    where = world(policy, 3, 5, envelopes=("a", "b"))  # type: ignore[arg-type]  # parametrized text
    made = sealed(where)
    for envelope in ("a", "b"):
        for present in itertools.combinations(shares_of(where, made, envelope), 3):
            key = recover_key(
                manifest=where.manifest, header=made.bid.header, envelope=envelope, shares=present
            )
            opened = open_bid(
                header=made.bid.header,
                envelope=envelope,
                key=key,
                source=BytesIO(made.ages[envelope]),
            )
            assert opened.form == FORM


def test_both_halves_are_needed_under_double_encryption() -> None:
    where = world("both")
    made = sealed(where)
    header, shares, mine = made.bid.header, shares_of(where, made)[:2], made.bid.keys[0].secret
    call = {"manifest": where.manifest, "header": header, "envelope": "a"}
    key = recover_key(**call, shares=shares, bidder_secret=mine)  # type: ignore[arg-type]
    assert open_bid(header=header, envelope="a", key=key, source=BytesIO(made.ages["a"]))
    with pytest.raises(NoKey, match="no_key"):
        recover_key(**call, shares=shares)  # type: ignore[arg-type]
    with pytest.raises(NoKey, match="no_key"):
        recover_key(**call, bidder_secret=mine)  # type: ignore[arg-type]
    with pytest.raises(WrongKey, match="wrong_key"):
        recover_key(**call, shares=shares, bidder_secret=key)  # type: ignore[arg-type]


def test_files_arrive_whole_and_are_listed_as_signed() -> None:
    taken: dict[str, BytesIO] = {}

    def sink(name: str, size: int) -> BytesIO:
        taken[name] = BytesIO()
        return taken[name]

    opened = open_bid(
        header=HEADER, envelope="a", key=KEY, source=BytesIO(MADE.ages["a"]), sink=sink
    )
    assert {name: out.getvalue() for name, out in taken.items()} == FILES
    assert [(f.name, f.sha256) for f in opened.files] == [
        (name, digest_hex(content)) for name, content in FILES.items()
    ]
    assert opened.statement.key == WORLD.bidder.public


def test_a_large_file_is_opened_in_pieces() -> None:
    content = bytes(range(256)) * (20 << 12)
    made = sealed(WORLD, files={"big.bin": content})
    pieces: list[int] = []

    class Counting:
        def write(self, data: bytes) -> int:
            pieces.append(len(data))
            return len(data)

    open_bid(
        header=made.bid.header,
        envelope="a",
        key=made.bid.keys[0].secret,
        source=BytesIO(made.ages["a"]),
        sink=lambda name, size: Counting(),  # type: ignore[arg-type,return-value]
    )
    assert sum(pieces) == len(content)
    assert max(pieces) <= 1 << 20


def test_a_damaged_copy_says_nothing_about_the_bidder() -> None:
    age = bytearray(MADE.ages["a"])
    age[1000] ^= 1
    for copy in (bytes(age), bytes(age[:-1]), b""):
        with pytest.raises(WrongBytes, match="wrong_bytes"):
            open_bid(header=HEADER, envelope="a", key=KEY, source=BytesIO(copy))


@pytest.mark.parametrize("place", [0, 30, 100, 170, 300, 1000, -1])
def test_a_wrong_digest_comes_before_whatever_else_is_wrong(place: int) -> None:
    age = bytearray(MADE.ages["a"])
    age[place] ^= 1
    for key in (KEY, bytes(32)):
        source = BytesIO(bytes(age))
        with pytest.raises(WrongBytes, match="wrong_bytes") as refusal:
            open_bid(header=HEADER, envelope="a", key=key, source=source)
        assert refusal.value.params["found"] == digest_hex(bytes(age))


def test_every_flipped_byte_that_the_bidder_itself_sealed_is_its_fault() -> None:
    """The header has the flipped file's digest, so that only what is inside can give it away."""
    age = MADE.ages["a"]
    for position in [*range(260), *range(260, len(age), 997), len(age) - 1]:
        flipped = age[:position] + bytes([age[position] ^ 1]) + age[position + 1 :]
        header = resealed(HEADER, sha256=digest_hex(flipped))
        with pytest.raises(BidMalformed) as refusal:
            open_bid(header=header, envelope="a", key=KEY, source=BytesIO(flipped))
        assert (refusal.value.verdict, refusal.value.step) == ("malformed_bid", 6)


def test_garbage_to_the_right_recipient_is_the_bidders_fault() -> None:
    out = BytesIO()
    writer = AgeWriter(out, recipient_of(KEY))
    writer.write(b"not a tar at all".ljust(65_536, b"\0"))
    writer.finish()
    header = resealed(HEADER, sha256=digest_hex(out.getvalue()))
    with pytest.raises(BidMalformed, match="tar_header") as refusal:
        open_bid(header=header, envelope="a", key=KEY, source=out)
    assert refusal.value.step == 7


def test_a_declared_recipient_that_is_not_the_keys_is_the_bidders_fault() -> None:
    header = resealed(HEADER, recipient=recipient_of(bytes(32)))
    with pytest.raises(BidMalformed, match="recipient"):
        open_bid(header=header, envelope="a", key=KEY, source=BytesIO(MADE.ages["a"]))


def test_a_copied_age_file_under_another_bid_does_not_open() -> None:
    """A rival who copies ciphertext and recipient can't have signed what is inside."""
    rival = SigningKey.generate()
    header = resealed(HEADER, key=rival)
    with pytest.raises(BidMalformed, match="signer") as refusal:
        open_bid(header=header, envelope="a", key=KEY, source=BytesIO(MADE.ages["a"]))
    assert refusal.value.step == 7


def test_one_envelope_cannot_stand_for_the_other() -> None:
    where = world("either", envelopes=("a", "b"))
    made = sealed(where)
    first, second = made.bid.header.envelopes
    header = sign_header(
        manifest=where.manifest,
        bidder="acme",
        bid=made.bid.header.bid,
        previous=None,
        made_with="command",
        envelopes=[replace(second, id="a"), replace(first, id="b")],
        key=where.bidder,
    )
    with pytest.raises(BidMalformed, match="statement_names"):
        open_bid(
            header=header,
            envelope="a",
            key=made.bid.keys[1].secret,
            source=BytesIO(made.ages["b"]),
        )


def test_a_share_that_matches_no_commitment_is_ignored_wherever_it_stands() -> None:
    good = shares_of(WORLD, MADE)
    bad = [Share(1, bytes(32), bytes(32)), Share(9, bytes(32), bytes(32)), Share(0, b"", b"")]
    for shares in ([*bad, *good[1:]], [*good[1:], *bad], [good[0], *bad, good[2], good[2]]):
        found = recover_key(manifest=WORLD.manifest, header=HEADER, envelope="a", shares=shares)
        assert found == KEY


def test_a_bad_dealing_is_malformed_whichever_trustees_come_and_even_by_the_bidders_key() -> None:
    good = shares_of(WORLD, MADE)
    header = resealed(HEADER, shares=(*HEADER.envelopes[0].shares[:2], "0" * 64))
    for shares, secret in ((good[:2], None), ([], KEY), (good, KEY)):
        with pytest.raises(BidMalformed, match="malformed_shares") as refusal:
            recover_key(
                manifest=WORLD.manifest,
                header=header,
                envelope="a",
                shares=shares,
                bidder_secret=secret,
            )
        assert (refusal.value.step, refusal.value.verdict) == (4, "malformed_shares")


def test_a_wrong_key_of_the_bidder_is_refused_and_the_bid_still_opens() -> None:
    with pytest.raises(WrongKey, match="wrong_key"):
        recover_key(manifest=WORLD.manifest, header=HEADER, envelope="a", bidder_secret=bytes(32))
    shares = shares_of(WORLD, MADE)
    assert recover_key(manifest=WORLD.manifest, header=HEADER, envelope="a", shares=shares) == KEY


def test_the_same_point_by_another_scalar_is_not_the_committed_key() -> None:
    # X25519 clamps: K and K with another lowest bit open the same file. kc tells them apart.
    twin = bytes([KEY[0] ^ 1]) + KEY[1:]
    assert recipient_of(twin) == recipient_of(KEY)
    with pytest.raises(WrongKey, match="wrong_key"):
        recover_key(manifest=WORLD.manifest, header=HEADER, envelope="a", bidder_secret=twin)


def test_t_trustees_without_the_gate_and_the_gate_without_trustees_read_nothing() -> None:
    outer = outers_of(MADE.bid.submission)["a"]
    call = {"manifest": WORLD.manifest, "header": HEADER, "envelope": "a"}
    for kem, _ in WORLD.trustees:
        with pytest.raises(GateError, match="outer_sealed"):
            gate.open_outer(key=kem, outer=outer, **call)  # type: ignore[arg-type]
    wraps = gate.open_outer(key=WORLD.gate, outer=outer, **call)  # type: ignore[arg-type]
    for index, wrap in enumerate(wraps, start=1):
        with pytest.raises(Exception, match="hpke"):
            trustee.unwrap(WORLD.gate, HEADER.context("a"), index, wrap)


def test_an_outer_layer_of_another_bid_is_refused() -> None:
    other = sealed(WORLD)
    with pytest.raises(GateError, match="outer"):
        gate.open_outer(
            key=WORLD.gate,
            manifest=WORLD.manifest,
            header=HEADER,
            envelope="a",
            outer=outers_of(other.bid.submission)["a"],
        )
    with pytest.raises(GateError, match="outer_sealed"):
        gate.open_outer(
            key=KemKey.generate(),
            manifest=WORLD.manifest,
            header=HEADER,
            envelope="a",
            outer=outers_of(MADE.bid.submission)["a"],
        )
