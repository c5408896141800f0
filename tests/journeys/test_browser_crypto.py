"""The browser's sealing code in real Chromium, against `age`, `tar` and the Python code."""

import json
import subprocess
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

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
from tests.journeys.conftest import CHROMIUM, FLAGS
from tests.journeys.sealing_page import (
    SEAL,
    Exchange,
    build_sealing_page,
    content,
    exchange,
    run,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PRICE: Json = {
    "id": "price", "kind": "money", "label_zh": "投标报价", "label_en": "Price",
    "required": True, "announced": True, "unit": "", "envelope": None,
}  # fmt: skip
PASSPHRASE = "七里河大桥-passphrase"
SIZES = {"空文件.txt": 0, "one.bin": 1024, "图纸.pdf": 20 * 1024 * 1024}

# What Chrome 109 does not have: its WebCrypto knows neither these algorithms nor these curves.
OLD_BROWSER = """
for (const name of ["importKey", "generateKey"]) {
  const known = SubtleCrypto.prototype[name];
  SubtleCrypto.prototype[name] = function (...args) {
    const text = JSON.stringify(args.filter((arg) => typeof arg === "string" || arg?.name));
    if (/25519|ChaCha20/.test(text)) return Promise.reject(new DOMException("no such algorithm", "NotSupportedError"));
    return known.apply(this, args);
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


@pytest.fixture(scope="session")
def sealing_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_sealing_page(tmp_path_factory.mktemp("sealing"))


@pytest.fixture
async def files(sealing_page: Path) -> AsyncIterator[Exchange]:
    async with exchange(sealing_page) as made:
        yield made


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield chromium
        await chromium.close()


async def opened(context: BrowserContext, files: Exchange) -> Page:
    page = await context.new_page()
    await page.goto(f"{files.url}/index.html")
    await page.wait_for_function("window.sealing !== undefined")
    return page


async def seal_there(
    page: Page,
    where: World,
    manifest: Manifest,
    *,
    in_page: bool = False,
    passphrase: str | None = None,
) -> dict[str, Json]:
    """Seals the files of SIZES in the page."""
    made: dict[str, Json] = await run(
        page,
        SEAL,
        {
            "manifest": manifest.signed.to_json(),
            "pkcs8": b64u(where.bidder.to_pkcs8()),
            "bidder": "acme",
            "form": {"price": 123_456_789},
            "sizes": SIZES,
            "passphrase": passphrase,
            "inPage": in_page,
        },
    )
    return made


def unpack(age: bytes, identity: str, folder: Path) -> Path:
    """What Debian's age and tar make of a bid."""
    (folder / "key").write_text(identity)
    (folder / "bid.age").write_bytes(age)
    out = folder / "out"
    out.mkdir()
    plain = subprocess.run(
        ["age", "-d", "-i", str(folder / "key"), str(folder / "bid.age")],
        check=True,
        capture_output=True,
    )
    subprocess.run(["tar", "x", "-C", str(out)], input=plain.stdout, check=True)
    return out


@pytest.mark.parametrize("old", [False, True], ids=["this browser", "Chrome 109"])
async def test_a_bid_sealed_in_the_browser_opens_with_age_and_tar(
    browser: Browser, files: Exchange, tmp_path: Path, old: bool
) -> None:
    where = world("either")
    context = await browser.new_context()
    if old:
        await context.add_init_script(OLD_BROWSER)
    page = await opened(context, files)
    # Scripts can't be put into a worker beforehand: the old browser seals in its page.
    made = await seal_there(page, where, tender(where, "either"), in_page=old)

    out = unpack(files.kept[f"{made['bid']}-a.age"], str(made["keyText"]), tmp_path)
    assert {path.name: path.stat().st_size for path in (out / "files").iterdir()} == SIZES
    assert (out / "files" / "图纸.pdf").read_bytes() == content(SIZES["图纸.pdf"])
    assert json.loads((out / "form.json").read_text()) == {"price": 123_456_789}
    assert made["stages"] == ["hashing", "sealing", "finishing"]


async def test_the_server_takes_it_and_two_trustees_open_it(
    browser: Browser, files: Exchange
) -> None:
    where = world("trustees")
    manifest = tender(where, "trustees")
    page = await opened(await browser.new_context(), files)
    made = await seal_there(page, where, manifest)

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


async def test_the_key_file_opens_with_its_passphrase(
    browser: Browser, files: Exchange
) -> None:
    where = world("bidder")
    page = await opened(await browser.new_context(), files)
    made = await seal_there(page, where, tender(where, "bidder"), passphrase=PASSPHRASE)
    keys = read_bidder_keys(files.kept["key.age"], PASSPHRASE)
    assert (keys.bidder, [key.bid for key in keys.keys]) == ("acme", [made["bid"]])
    assert keys.keys[0].identity in str(made["keyText"])


async def test_a_bid_sealed_by_python_opens_in_the_browser(
    browser: Browser, files: Exchange
) -> None:
    where = world("bidder")
    manifest = tender(where, "bidder")
    there = World(
        manifest, where.platform, where.gate, where.log, where.trustees, where.bidder
    )
    made = sealed(there, form={"price": 5}, files={"大.bin": content(5_000_000), "小.txt": b"x"})
    header: Header = made.bid.header
    files.offered["bid.age"] = made.ages["a"]
    page = await opened(await browser.new_context(), files)
    opened_bid = await run(
        page,
        """async ({ manifest, header, key }) => {
          const s = window.sealing;
          const age = await (await fetch("/offered/bid.age")).blob();
          const bid = await s.openInWorker({ manifest, header, envelope: "a", age, source: { key: s.fromB64u(key) } });
          const first = await bid.files[1].content.text();
          return { form: bid.form, files: bid.files.map(({ name, size }) => [name, size]), first };
        }""",
        {
            "manifest": manifest.signed.to_json(),
            "header": header.signed.to_json(),
            "key": b64u(made.bid.keys[0].secret),
        },
    )
    assert opened_bid == {
        "form": {"price": 5},
        "files": [["大.bin", 5_000_000], ["小.txt", 1]],
        "first": "x",
    }


async def test_a_bidders_key_survives_a_reload_and_never_leaves_the_browser(
    browser: Browser, files: Exchange
) -> None:
    page = await opened(await browser.new_context(), files)
    load = """async () => {
      const key = await window.sealing.loadOrCreateBidderKey("bridge-7", "acme");
      return [key.point, key.privateKey.extractable];
    }"""
    point, extractable = await run(page, load)
    await page.reload()
    await page.wait_for_function("window.sealing !== undefined")
    assert [point, False] == await run(page, load)
    assert extractable is False
    refused = await run(
        page,
        """async () => {
          const s = window.sealing;
          const key = await s.loadOrCreateBidderKey("bridge-7", "acme");
          return s.exportBidderKeyFile({ opening: "bridge-7", bidder: "acme", key }, "x").catch((e) => e.code);
        }""",
    )
    assert refused == "key_not_exportable"


async def test_two_bidders_on_one_computer_have_two_keys(
    browser: Browser, files: Exchange
) -> None:
    page = await opened(await browser.new_context(), files)
    points = await run(
        page,
        """async () => {
          const s = window.sealing;
          const twice = await Promise.all([1, 2].map(() => s.loadOrCreateBidderKey("bridge-7", "acme")));
          const rival = await s.loadOrCreateBidderKey("bridge-7", "rival");
          return [...twice, rival].map((key) => key.point);
        }""",
    )
    assert points[0] == points[1] != points[2]


async def test_a_trustee_rehearses_after_a_reload_and_takes_the_keys_to_the_command_line(
    browser: Browser, files: Exchange
) -> None:
    page = await opened(await browser.new_context(), files)
    made = await run(
        page,
        """async () => {
          const s = window.sealing;
          const key = await s.createTrusteeKey("t-1");
          const file = await s.exportTrusteeKeyFile(key, "口令-passphrase");
          return { card: await s.makeCard(key, "受托人", new Date()), file: s.b64u(file) };
        }""",
    )
    card = Card.parse(made["card"])
    challenge, nonce = rehearse(opening="bridge-7", person="t-1", kem=card.key)
    await page.reload()
    await page.wait_for_function("window.sealing !== undefined")
    answer = await run(
        page,
        """async (challenge) => {
          const s = window.sealing;
          const key = await s.loadTrusteeKey("t-1");
          return [key.kem.pair.privateKey.extractable, await s.answerRehearsal(key, "bridge-7", challenge)];
        }""",
        b64u(challenge),
    )
    assert answer[0] is False
    check_rehearsal(answer[1], opening="bridge-7", card=card, nonce=nonce)
    keys = read_trustee_keys(unb64u(made["file"]), "口令-passphrase")
    assert (keys.kem.public, keys.sign.public) == (card.key, card.signed.key)


async def test_a_cancelled_sealing_leaves_nothing_on_the_disk(
    browser: Browser, files: Exchange
) -> None:
    where = world("bidder")
    page = await opened(await browser.new_context(), files)
    outcome = await run(
        page,
        """async ({ manifest, pkcs8 }) => {
          const s = window.sealing;
          const stop = new AbortController();
          const key = await s.importSigningKey(s.fromB64u(pkcs8));
          const files = [new File([new Uint8Array(60 << 20)], "a.bin")];
          const input = { manifest, bidder: "acme", key, previous: null, madeWith: "page", envelopes: [{ id: "a", form: { price: 1 }, files }] };
          const onProgress = ({ stage }) => stage === "sealing" && stop.abort();
          const error = await s.sealInWorker(input, { signal: stop.signal, onProgress }).catch((e) => e.name);
          await new Promise((done) => setTimeout(done, 2500));
          const left = [];
          const home = await (await navigator.storage.getDirectory()).getDirectoryHandle("yunkai-sealed");
          for await (const name of home.keys()) left.push(name);
          return { error, left };
        }""",
        {
            "manifest": tender(where, "bidder").signed.to_json(),
            "pkcs8": b64u(where.bidder.to_pkcs8()),
        },
    )
    assert outcome == {"error": "AbortError", "left": []}


async def test_a_sealed_file_is_still_there_after_a_reload(
    browser: Browser, files: Exchange
) -> None:
    where = world("bidder")
    page = await opened(await browser.new_context(), files)
    made = await seal_there(page, where, tender(where, "bidder"))
    await page.reload()
    await page.wait_for_function("window.sealing !== undefined")
    name = f"{made['bid']}-a.age"
    found = await run(
        page,
        """async (name) => {
          const s = window.sealing;
          const file = await s.storedAge(name);
          const digest = await s.sha256OfBlob(file);
          await s.forgetAge(name);
          return [digest, await s.storedAge(name)];
        }""",
        name,
    )
    header = Header.parse(made["submission"]["header"])  # type: ignore[index,call-overload]  # it is an object
    assert found == [header.envelope("a").sha256, None]
