"""The browser's sealing code in real Chromium, against `age`, `tar` and the Python code."""

import hashlib
import json
import subprocess
from collections.abc import AsyncIterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser

from crypto.encoding import Json, b64u, unb64u
from crypto.header import Header, verify_submission
from crypto.keyfile import read_bidder_keys, read_trustee_keys
from crypto.manifest import Envelope, Manifest, Policy, build_manifest
from crypto.opening import open_bid, recover_key
from crypto.seal import outers_of
from crypto.shares import Share
from crypto.trustee import Card, check_rehearsal, rehearse
from crypto.wraps import open_outer, unwrap
from tests.crypto.world import DEADLINE, World, sealed, world
from tests.journeys.sealing_page import (
    Exchange,
    SealingPage,
    build_sealing_page,
    content,
    exchange,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PRICE: Json = {
    "id": "price",
    "kind": "money",
    "label_zh": "投标报价",
    "label_en": "Price",
    "required": True,
    "announced": True,
    "unit": "",
    "envelope": None,
}
PASSPHRASE = "七里河大桥-passphrase"
SIZES = {"空文件.txt": 0, "one.bin": 1024, "图纸.pdf": 20 * 1024 * 1024}

# Chrome 109 has none of these algorithms in its WebCrypto, and none of these functions.
OLD_BROWSER = """
for (const name of ["importKey", "generateKey"]) {
  const known = SubtleCrypto.prototype[name];
  SubtleCrypto.prototype[name] = function (...given) {
    const names = given.map((each) => each?.name ?? each);
    return names.some((each) => typeof each === "string" && /25519|ChaCha20/.test(each))
      ? Promise.reject(new DOMException("no such algorithm", "NotSupportedError"))
      : known.apply(this, given);
  };
}
for (const name of ["toReversed", "toSorted", "toSpliced", "with"]) delete Array.prototype[name];
for (const name of ["fromBase64", "fromHex"]) delete Uint8Array[name];
for (const name of ["toBase64", "toHex"]) delete Uint8Array.prototype[name];
"""


def tender(where: World, policy: Policy) -> Manifest:
    """The world's manifest with a form, as the pages need one."""
    old = where.manifest
    return build_manifest(
        opening=old.opening,
        version=1,
        previous=None,
        terms={"project_title": "七里河大桥", "form": [PRICE]},
        deadline=DEADLINE,
        policy=policy,
        threshold=old.threshold,
        cards=[trustee.card.signed for trustee in old.trustees],
        gate=old.gate,
        log=old.log,
        envelopes=[Envelope("a", "投标文件")],
        offline_page=None,
        key=where.platform,
    )


def to_seal(
    where: World, sizes: Mapping[str, int] | None = None, passphrase: str | None = None
) -> dict[str, object]:
    """What the page is to seal, under a tender of this world."""
    return {
        "manifest": tender(where, where.manifest.policy).signed.to_json(),
        "signing": b64u(where.bidder.to_pkcs8()),
        "price": 123_456_789,
        "sizes": SIZES if sizes is None else sizes,
        "passphrase": passphrase,
    }


@pytest.fixture(scope="session")
def sealing_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_sealing_page(tmp_path_factory.mktemp("sealing"))


@pytest.fixture
async def files(sealing_page: Path) -> AsyncIterator[Exchange]:
    async with exchange(sealing_page) as made:
        yield made


@pytest.fixture
async def page(browser: Browser, files: Exchange) -> SealingPage:
    return await SealingPage.opened(await browser.new_context(), files)


def unpack(age: bytes, identity: str, folder: Path) -> Path:
    """What Debian's age and tar make of a bid."""
    out = folder / "out"
    out.mkdir()
    (folder / "key").write_text(identity)
    plain = subprocess.run(
        ["age", "-d", "-i", str(folder / "key")], input=age, check=True, capture_output=True
    )
    subprocess.run(["tar", "x", "-C", str(out)], input=plain.stdout, check=True)
    return out


def check_unpacked(made: Mapping[str, Any], files: Exchange, folder: Path) -> None:
    """The files and the form came out as they were sealed."""
    out = unpack(files.kept[f"{made['bid']}-a.age"], made["keyText"], folder)
    assert {path.name: path.stat().st_size for path in (out / "files").iterdir()} == SIZES
    assert (out / "files" / "图纸.pdf").read_bytes() == content(SIZES["图纸.pdf"])
    assert json.loads((out / "form.json").read_text()) == {"price": 123_456_789}


async def test_a_bid_sealed_in_a_worker_opens_with_age_and_tar(
    page: SealingPage, files: Exchange, tmp_path: Path
) -> None:
    made = await page.does("seal", to_seal(world("either")), "worker")
    check_unpacked(made, files, tmp_path)
    assert made["stages"] == ["hashing", "sealing", "finishing"]


async def test_a_bid_sealed_by_an_old_browser_opens_with_age_and_tar(
    browser: Browser, files: Exchange, tmp_path: Path
) -> None:
    context = await browser.new_context()
    await context.add_init_script(OLD_BROWSER)
    page = await SealingPage.opened(context, files)
    # Scripts can't be put into a worker beforehand: this browser seals in its page.
    made = await page.does("seal", to_seal(world("either")), "page")
    check_unpacked(made, files, tmp_path)


async def test_the_server_takes_a_bid_of_the_browser_and_two_trustees_open_it(
    page: SealingPage, files: Exchange
) -> None:
    where = world("trustees")
    manifest = tender(where, "trustees")
    made = await page.does("seal", to_seal(where), "worker")

    header = verify_submission(made["submission"], manifest, where.bidder.public)
    assert header.digest == made["digest"]
    wraps = open_outer(where.gate, header.context("a"), outers_of(made["submission"])["a"], 3)
    shares: list[Share] = [
        unwrap(where.trustees[i][0], header.context("a"), i + 1, wraps[i]) for i in (0, 2)
    ]
    key = recover_key(manifest=manifest, header=header, envelope="a", shares=shares)
    age = BytesIO(files.kept[f"{header.bid}-a.age"])
    found = open_bid(header=header, envelope="a", key=key, source=age)
    assert {file.name: file.size for file in found.files} == SIZES


async def test_the_key_file_opens_with_its_passphrase(page: SealingPage, files: Exchange) -> None:
    what = to_seal(world("bidder"), {"a.txt": 1}, PASSPHRASE)
    made = await page.does("seal", what, "worker")
    keys = read_bidder_keys(files.kept["key.age"], PASSPHRASE)
    assert (keys.bidder, [key.bid for key in keys.keys]) == ("acme", [made["bid"]])
    assert keys.keys[0].identity in made["keyText"]


async def test_a_bid_sealed_by_python_opens_in_the_browser(
    page: SealingPage, files: Exchange
) -> None:
    where = world("bidder")
    manifest = tender(where, "bidder")
    there = World(manifest, where.platform, where.gate, where.log, where.trustees, where.bidder)
    contents = {"大.bin": content(5_000_000), "小.txt": b"x"}
    made = sealed(there, form={"price": 5}, files=contents)
    files.offered["bid.age"] = made.ages["a"]
    found = await page.does(
        "open",
        manifest.signed.to_json(),
        made.bid.header.signed.to_json(),
        b64u(made.bid.keys[0].secret),
    )
    digests = [[name, hashlib.sha256(data).hexdigest()] for name, data in contents.items()]
    assert found == {"form": {"price": 5}, "files": digests}


async def test_a_bidders_key_survives_a_reload_and_cannot_be_exported(page: SealingPage) -> None:
    before = await page.does("bidderKey", "acme")
    await page.reloads()
    assert await page.does("bidderKey", "acme") == before
    assert before["extractable"] is False
    assert await page.does("exportBidderKey", "acme") == "key_not_exportable"


async def test_two_bidders_on_one_computer_have_two_keys(page: SealingPage) -> None:
    acme, rival = [await page.does("bidderKey", name) for name in ("acme", "rival")]
    assert acme["point"] != rival["point"]


async def test_a_trustee_rehearses_after_a_reload_and_can_take_the_keys_elsewhere(
    page: SealingPage,
) -> None:
    made = await page.does("createTrustee", "t-1", PASSPHRASE)
    card = Card.parse(made["card"])
    challenge, nonce = rehearse(opening="bridge-7", person="t-1", kem=card.key)
    await page.reloads()
    rehearsed = await page.does("rehearse", "t-1", b64u(challenge))
    assert rehearsed["extractable"] is False
    check_rehearsal(rehearsed["answer"], opening="bridge-7", card=card, nonce=nonce)
    keys = read_trustee_keys(unb64u(made["file"]), PASSPHRASE)
    assert (keys.kem.public, keys.sign.public) == (card.key, card.signed.key)


async def test_a_cancelled_sealing_leaves_nothing_on_the_disk(page: SealingPage) -> None:
    found = await page.does("cancel", to_seal(world("bidder"), {"a.bin": 60 << 20}))
    assert found == {"outcome": "AbortError", "left": []}


async def test_a_sealed_file_is_still_there_after_a_reload_until_it_is_forgotten(
    page: SealingPage,
) -> None:
    made = await page.does("seal", to_seal(world("bidder"), {"a.txt": 5}), "worker")
    name = f"{made['bid']}-a.age"
    await page.reloads()
    header = Header.parse(made["submission"]["header"])
    assert await page.does("stored", name) == header.envelope("a").sha256
    await page.does("forget", name)
    assert await page.does("stored", name) is None
