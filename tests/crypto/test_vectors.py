"""The published vectors: this code makes them, and takes them from their files."""

import json
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from crypto import gate, trustee
from crypto.agefile import decrypt_with_passphrase, open_age
from crypto.checkpoint import LogKey, verify_checkpoint
from crypto.encoding import digest_hex, jcs, unb64u
from crypto.errors import BidMalformed, CryptoError
from crypto.header import Header, verify_submission
from crypto.keyfile import read_bidder_keys, read_trustee_keys
from crypto.manifest import Manifest
from crypto.opening import open_bid, recover_key
from crypto.seal import outers_of
from crypto.shares import Share, combine, commitments
from crypto.signing import SealedObject, SigningKey
from crypto.suite import KemKey
from tests.crypto.recipes import FORMATS
from tests.vectors.make import HERE, make

NAMES = [
    "encoding", "signing", "hpke", "shares", "age", "tar", "keyfile", "log", "seal", "opening"
]  # fmt: skip


def load(name: str) -> Any:
    return json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))


SEAL = load("seal")


def test_making_the_vectors_again_gives_the_same() -> None:
    made = make()
    assert sorted(made) == sorted(NAMES)
    for name in NAMES:
        assert json.loads(json.dumps(made[name])) == load(name), name


def test_every_code_of_the_package_is_in_the_format_document_and_no_other() -> None:
    source = "".join(
        path.read_text(encoding="utf-8")
        for path in (Path(__file__).parents[2] / "crypto").glob("*.py")
        if path.name not in ("pades.py", "cades.py")  # their codes are in minutes.md
    )
    raised = set(
        re.findall(
            r'(?:Error|Refused|WrongBytes|WrongKey|NoKey|Malformed|_distinct)\(\s*"(\w+)"', source
        )
    )
    raised |= {"age_armor", "age_truncated", "age_payload"}
    section = (FORMATS / "seal.md").read_text(encoding="utf-8").split("## 9")[1].split("## 10")[0]
    listed = {
        code
        for line in section.split("\n")
        if line.startswith("| `")
        for code in re.findall(r"`(\w+)`", line.split("|")[1])
    }
    assert listed == raised


def test_the_examples_in_the_format_documents_are_the_vectors() -> None:
    seal, log = ((FORMATS / name).read_text(encoding="utf-8") for name in ("seal.md", "log.md"))
    case = load("shares")["cases"][2]
    for text in (case["secret"], case["ctx"], case["shares"][0]["share"], case["commitments"][0]):
        assert f"`{text}`" in seal
    tree = load("log")["merkle"]
    assert f"`{tree['entries'][0]}`" in log
    assert f"`{tree['leaves'][0]}`" in log


@pytest.mark.parametrize("bid", SEAL["bids"], ids=lambda bid: bid["policy"])
def test_a_published_bid_opens_from_its_private_keys_alone(bid: dict[str, Any]) -> None:
    keys = bid["keys"]
    manifest = Manifest.parse(
        bid["manifest"], SigningKey.from_pkcs8(unb64u(keys["platform"])).public
    )
    assert manifest.digest == bid["digest"]
    header = verify_submission(bid["submission"], manifest, unb64u(keys["bidder_public"]))
    assert header.digest == bid["header_digest"]
    outers = outers_of(bid["submission"])
    for envelope in bid["envelopes"]:
        name = envelope["id"]
        assert header.context(name) == unb64u(envelope["ctx"])
        shares = []
        if manifest.shared:
            wraps = gate.open_outer(
                key=KemKey.from_pkcs8(unb64u(keys["gate"])),
                manifest=manifest,
                header=header,
                envelope=name,
                outer=outers[name],
            )
            assert [unb64u(text) for text in envelope["wraps"]] == list(wraps)
            every = [
                trustee.unwrap(
                    KemKey.from_pkcs8(unb64u(pair["kem"])), header.context(name), index, wrap
                )
                for index, (pair, wrap) in enumerate(zip(keys["trustees"], wraps, strict=True), 1)
            ]
            shares = [every[0], every[2]]
            assert shares == [_share(entry) for entry in envelope["shares"]]
        mine = unb64u(envelope["bidder_secret"])
        key = recover_key(
            manifest=manifest,
            header=header,
            envelope=name,
            shares=shares,
            bidder_secret=mine if bid["policy"] in ("both", "bidder") else None,
        )
        assert key == unb64u(envelope["key"])
        opened = open_bid(
            header=header, envelope=name, key=key, source=BytesIO(unb64u(envelope["age"]))
        )
        assert opened.form == bid["form"]
        assert [file.name for file in opened.files] == [file["name"] for file in bid["files"]]


def _share(entry: dict[str, Any]) -> Share:
    return Share(entry["index"], unb64u(entry["share"]), unb64u(entry["blind"]))


@pytest.mark.parametrize("case", SEAL["objects"], ids=lambda case: case["kind"])
def test_published_objects_verify_and_have_their_digests(case: dict[str, Any]) -> None:
    if "object" in case:
        signed = SealedObject.parse(case["object"], case["kind"])
        assert signed.verify(case["kind"]).digest() == case["digest"]


@pytest.mark.parametrize("case", SEAL["submission_refused"], ids=lambda case: case["why"])
def test_published_bad_submissions_are_refused(case: dict[str, Any]) -> None:
    bid = next(bid for bid in SEAL["bids"] if bid["policy"] == case["policy"])
    manifest = Manifest.parse(bid["manifest"])
    with pytest.raises(CryptoError) as refusal:
        verify_submission(case["submission"], manifest, unb64u(bid["keys"]["bidder_public"]))
    assert refusal.value.code == case["refused"]


@pytest.mark.parametrize(
    "case", load("opening")["recover"], ids=lambda case: f"{case['policy']}: {case['why']}"
)
def test_published_verdicts_on_keys(case: dict[str, Any]) -> None:
    def recover() -> bytes:
        return recover_key(
            manifest=Manifest.parse(case["manifest"]),
            header=Header.parse(case["header"]),
            envelope=case["envelope"],
            shares=[_share(entry) for entry in case["shares"]],
            bidder_secret=case["bidder_secret"] and unb64u(case["bidder_secret"]),
        )

    if "key" in case:
        assert recover() == unb64u(case["key"])
        return
    with pytest.raises(CryptoError) as refusal:
        recover()
    step = refusal.value.step if isinstance(refusal.value, BidMalformed) else None
    assert (refusal.value.code, step) == (case["refused"], case.get("step"))


def test_published_shares_combine() -> None:
    for case in load("shares")["cases"]:
        shares = [_share(entry) for entry in case["shares"]]
        secret = combine(shares[-case["threshold"] :], case["threshold"])
        assert secret == unb64u(case["secret"])
        found = commitments(secret, unb64u(case["ctx"]), case["threshold"], case["count"])
        assert list(found) == case["commitments"]


def test_published_age_and_key_files_open() -> None:
    age, keys = load("age"), load("keyfile")
    for case in age["cases"]:
        reader = open_age(BytesIO(unb64u(case["file"])), unb64u(case["secret"]))
        plain = b"".join(iter(lambda reader=reader: reader.read(1 << 20), b""))
        assert plain == b"\xa5" * case["size"]
    sealed = age["passphrase"]
    opened = decrypt_with_passphrase(unb64u(sealed["file"]), sealed["passphrase"])
    assert opened.decode() == sealed["plain"]
    bidder = read_bidder_keys(unb64u(keys["bidder"]["file"]), keys["passphrase"])
    assert [key.identity for key in bidder.keys] == [
        key["identity"] for key in keys["bidder"]["keys"]
    ]
    theirs = read_trustee_keys(unb64u(keys["trustee"]["file"]), keys["passphrase"])
    assert theirs.kem.public == unb64u(keys["trustee"]["kem_public"])


def test_published_heads_and_canonical_json() -> None:
    head = load("log")["checkpoint"]
    key = LogKey.from_pkcs8(unb64u(head["private"]))
    for text in (head["text"], head["text_with_witness"]):
        assert verify_checkpoint(text, head["name"], key.public).root.hex() == head["root"]
    for case in load("encoding")["jcs"]:
        assert jcs(case["value"]).decode() == case["text"]
        assert digest_hex(jcs(case["value"])) == case["sha256"]
