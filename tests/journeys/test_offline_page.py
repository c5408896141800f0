"""The offline sealing page, opened from disk as a bidder opens it."""

import hashlib
import json
import re
import subprocess
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from crypto.encoding import Json
from crypto.header import verify_submission
from crypto.keyfile import SignerKey, read_bidder_keys, write_signer_key
from crypto.manifest import Envelope, Manifest, build_manifest
from tests.crypto.world import DEADLINE, World, world

pytestmark = [pytest.mark.browser, pytest.mark.slow]

REPOSITORY = Path(__file__).resolve().parents[2]
AXE = REPOSITORY / "web" / "node_modules" / "axe-core" / "axe.min.js"
SIGNING, OPENING = "签名密钥的口令-signing", "开标密钥的口令-opening"
SLOW = 60_000
"""Milliseconds that deriving a key from a passphrase may take on a busy machine."""


def _item(name: str, kind: str, label: str, english: str, envelope: str | None = None) -> Json:
    return {
        "id": name, "kind": kind, "label_zh": label, "label_en": english,
        "required": True, "announced": True, "unit": "", "envelope": envelope,
    }  # fmt: skip


FORM: list[Json] = [
    _item("price", "money", "投标报价", "Price"),
    _item("duration", "days", "工期", "Duration"),
    _item("lead", "text", "项目负责人", "Project lead"),
    _item("quality", "text", "质量标准", "Quality", "b"),
]


def tender(where: World, page: Path) -> Manifest:
    """A tender with two envelopes that names the page's digest."""
    old = where.manifest
    return build_manifest(
        opening=old.opening,
        version=1,
        previous=None,
        terms={
            "project_title": "七里河大桥加固工程", "project_number": "GS-2026-118",
            "lot_title": "一标段", "lot_number": "01", "form": FORM,
        },
        deadline=DEADLINE,
        policy="either",
        threshold=old.threshold,
        cards=[trustee.card.signed for trustee in old.trustees],
        gate=old.gate,
        log=old.log,
        envelopes=[Envelope("a", "商务标"), Envelope("b", "技术标")],
        offline_page=hashlib.sha256(page.read_bytes()).hexdigest(),
        key=where.platform,
    )  # fmt: skip


async def choose(page: Page, label: str, *paths: Path, which: int = 0) -> None:
    await page.get_by_label(label, exact=True).nth(which).set_input_files(list(paths))


async def open_key(page: Page, passphrase: str) -> None:
    await page.get_by_label("口令", exact=True).fill(passphrase)
    await page.get_by_role("button", name="打开密钥").click()


async def prepared(browser: Browser, pages: Path, folder: Path, where: World) -> Page:
    """The page at the point where the manifest and the key have been given."""
    offline = pages / "offline.html"
    manifest = tender(where, offline)
    (folder / "manifest.json").write_text(json.dumps(manifest.signed.to_json()))
    signer = SignerKey(manifest.opening, "acme", where.bidder)
    (folder / "signing.key").write_bytes(write_signer_key(signer, SIGNING, work=14))
    context = await browser.new_context(locale="zh-CN", accept_downloads=True)
    page = await context.new_page()
    await page.goto(offline.as_uri())
    await choose(page, "选择 manifest.json", folder / "manifest.json")
    await choose(page, "选择签名密钥文件", folder / "signing.key")
    return page


async def test_a_bid_sealed_from_disk_is_one_that_the_server_takes(
    browser: Browser, pages: Path, tmp_path: Path
) -> None:
    where = world("either")
    page = await prepared(browser, pages, tmp_path, where)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await open_key(page, "wrong")
    await expect(page.get_by_role("alert").last).to_contain_text("口令不正确", timeout=SLOW)
    await open_key(page, SIGNING)
    await page.get_by_label(re.compile("投标报价")).fill("1,234,567.8", timeout=SLOW)
    await expect(page.get_by_text("壹佰贰拾叁万肆仟伍佰陆拾柒元捌角整")).to_be_visible()
    await page.get_by_label(re.compile("工期")).fill("180")
    await page.get_by_label(re.compile("项目负责人")).fill("王小𬭎")
    await page.get_by_label(re.compile("质量标准")).fill("合格")
    (tmp_path / "商务.txt").write_text("报价函")
    (tmp_path / "plan.bin").write_bytes(bytes(3_000_000))
    # Once a file is there its envelope's label is another: the next is the second envelope's.
    await choose(page, "选择文件", tmp_path / "商务.txt")
    await choose(page, "选择文件", tmp_path / "plan.bin")
    await page.get_by_label("开标密钥文件的口令").fill(OPENING)
    await page.get_by_label("再输入一次口令").fill(OPENING)
    await page.get_by_role("button", name="封标").click()
    await expect(page.get_by_role("heading", name="封好了")).to_be_visible(timeout=SLOW)

    saved: dict[str, bytes] = {}
    for link in await page.get_by_role("link", name=re.compile("保存")).all():
        async with page.expect_download() as downloading:
            await link.click()
        download = await downloading.value
        await download.save_as(tmp_path / "saved" / download.suggested_filename)
        saved[download.suggested_filename] = _bytes(
            tmp_path / "saved" / download.suggested_filename
        )
    manifest = tender(where, pages / "offline.html")
    header = verify_submission(json.loads(saved["submission.json"]), manifest, where.bidder.public)
    assert header.made_with == "offline"
    await expect(page.get_by_text(header.digest)).to_be_visible()
    keys = read_bidder_keys(saved[f"{header.bid}-opening-key.age"], OPENING)
    found = {
        each.envelope: _unpacked(
            saved[f"{header.bid}-{each.envelope}.age"], each.identity, tmp_path
        )
        for each in keys.keys
    }
    assert found == {
        "a": ({"price": 123456780, "duration": 180, "lead": "王小𬭎"}, ["商务.txt"]),
        "b": ({"quality": "合格"}, ["plan.bin"]),
    }
    assert [url for url in asked if not url.startswith(("blob:", "data:", "file:"))] == []


def _bytes(path: Path) -> bytes:
    return path.read_bytes()


def _unpacked(age: bytes, identity: str, folder: Path) -> tuple[object, list[str]]:
    """The form and the names of the files, by Debian's age and tar."""
    out = folder / hashlib.sha256(age).hexdigest()
    out.mkdir()
    (out / "key").write_text(identity)
    plain = subprocess.run(
        ["age", "-d", "-i", str(out / "key")], input=age, check=True, capture_output=True
    )
    subprocess.run(["tar", "x", "-C", str(out)], input=plain.stdout, check=True)
    names = sorted(path.name for path in (out / "files").iterdir())
    return json.loads((out / "form.json").read_text()), names


async def test_the_page_proves_that_it_is_the_one_the_manifest_names(
    browser: Browser, pages: Path, tmp_path: Path
) -> None:
    page = await prepared(browser, pages, tmp_path, world("either"))
    await page.get_by_text("核对本页面").click()
    await choose(page, "选择 offline.html", pages / "offline.html")
    await expect(page.get_by_text("一致：本页面就是清单指定的那一个。")).to_be_visible()
    (tmp_path / "other.html").write_bytes((pages / "offline.html").read_bytes() + b" ")
    await choose(page, "选择 offline.html", tmp_path / "other.html")
    await expect(page.get_by_text("请不要使用本页面")).to_be_visible()


async def test_a_forged_manifest_and_another_tenders_key_are_refused(
    browser: Browser, pages: Path, tmp_path: Path
) -> None:
    where = world("either")
    page = await prepared(browser, pages, tmp_path, where)
    other = SignerKey("another", "acme", where.bidder)
    (tmp_path / "other.key").write_bytes(write_signer_key(other, SIGNING, work=14))
    await choose(page, "选择签名密钥文件", tmp_path / "other.key")
    await open_key(page, SIGNING)
    await expect(page.get_by_role("alert").last).to_contain_text("属于另一个项目", timeout=SLOW)
    forged = json.loads((tmp_path / "manifest.json").read_text())
    forged["body"]["threshold"] = 1
    (tmp_path / "manifest.json").write_text(json.dumps(forged))
    await page.get_by_role("button", name=re.compile("更换")).click()
    await choose(page, "选择 manifest.json", tmp_path / "manifest.json")
    await expect(page.get_by_role("alert").last).to_contain_text("签名不正确")


async def test_what_is_missing_is_marked_and_nothing_is_sealed(
    browser: Browser, pages: Path, tmp_path: Path
) -> None:
    page = await prepared(browser, pages, tmp_path, world("either"))
    await open_key(page, SIGNING)
    await page.get_by_label(re.compile("投标报价")).fill("一百万", timeout=SLOW)
    await page.get_by_role("button", name="封标").click()
    await expect(page.get_by_text("请按“元”填写金额，最多两位小数。")).to_be_visible()
    await expect(page.get_by_text("请填写此项。")).to_have_count(3)
    await expect(page.get_by_text("口令至少 10 个字符。")).to_be_visible()
    await expect(page.get_by_label(re.compile("投标报价"))).to_be_focused()


@pytest.mark.parametrize("width", [1280, 390])
async def test_everybody_can_use_it(
    browser: Browser, pages: Path, tmp_path: Path, pictures: Path, width: int
) -> None:
    page = await prepared(browser, pages, tmp_path, world("either"))
    await page.set_viewport_size({"width": width, "height": 900})
    await open_key(page, SIGNING)
    await page.get_by_label(re.compile("投标报价")).fill("1200000", timeout=SLOW)
    await page.add_script_tag(path=AXE)
    for language in ("zh", "en"):
        found = await page.evaluate(
            "axe.run().then((r) => r.violations.map((v) => [v.id, v.nodes[0].html]))"
        )
        assert found == []
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await page.screenshot(path=pictures / f"offline-{language}-{width}.png", full_page=True)
        if language == "zh":
            await page.get_by_role("button", name="English").click()
