"""What people do wrong is answered with a sentence and a way out, and costs them nothing."""

import asyncio
import json
import re
import secrets
from pathlib import Path

from playwright.async_api import Page, Route, expect

from crypto.encoding import Json, jcs
from crypto.keyfile import read_signer_key
from crypto.manifest import Manifest
from crypto.seal import EnvelopeSource, seal_bid
from tests.journeys.conftest import Arrives
from tests.journeys.opening import tender
from tests.journeys.person import SOON, Person
from tests.journeys.roles import Bidder, Member, Offer
from tests.journeys.site import Site

PASSPHRASE = "滇池水清 2026 岁"
_CODE = re.compile(r"\b[a-z]+(_[a-z]+)+\b")


async def test_an_unsealed_file_is_refused_and_the_sealed_one_still_taken(
    site: Site, arrives: Arrives, tmp_path: Path, pictures: Path
) -> None:
    opening = await tender(site)
    await opening.publish(3600)
    account = await site.account("bidder", "云岭建设工程有限公司")
    bidder = await arrives(Bidder, account)
    await bidder.accepts(opening.room)
    await bidder.page.get_by_role("heading", name="递交离线封好的投标").click()
    await bidder.writes("口令", PASSPHRASE)
    await bidder.writes("再输入一次", PASSPHRASE)
    key = await bidder.downloads("导出签名密钥", tmp_path / "offline")
    api = await site.as_program(account)
    manifest = Manifest.parse(await api.get(f"{opening.path}/manifest.json"))
    submission, age = sealed_elsewhere(manifest, key, tmp_path / "offline")

    plain = tmp_path / "submission.json"
    plain.write_text(json.dumps({"报价": "11823400.00"}), encoding="utf-8")
    await bidder.gives("选择 submission.json 和 .age 文件", plain)
    await is_told_in_words(bidder.page)
    unsealed = tmp_path / "投标文件.age"
    unsealed.write_bytes(secrets.token_bytes(age.stat().st_size))
    await bidder.gives("选择 submission.json 和 .age 文件", submission, unsealed)
    await bidder.presses("递交离线投标")
    await is_told_in_words(bidder.page)
    await bidder.picture(pictures, "unsealed-refused")
    await bidder.does_not_see("您的投标已完整递交，计入本次开标")

    await bidder.page.reload()
    await bidder.gives("选择密封文件 (.age)", age)
    await bidder.is_complete()
    await bidder.has_receipt(tmp_path / "kept")


async def test_a_changed_receipt_does_not_pass(
    site: Site, arrives: Arrives, tmp_path: Path, pictures: Path
) -> None:
    opening = await tender(site)
    await opening.publish(3600)
    account = await site.account("bidder", "云岭建设工程有限公司")
    made = await opening.hands_in(account, tmp_path / "bid", 1_180_000_000)
    genuine = tmp_path / "回执.pdf"
    genuine.write_bytes(await made.api.fetch(f"{opening.path}/receipt.pdf"))
    changed = tmp_path / "改过的回执.pdf"
    data = bytearray(genuine.read_bytes())
    data[len(data) // 3] ^= 1
    changed.write_bytes(bytes(data))
    anybody = await arrives(Person, None)
    await anybody.goes("/verify")
    await anybody.gives("选择要核验的文件", genuine)
    await anybody.sees("核验通过：没有发现问题", 2 * SOON)
    await anybody.presses("核验另一个文件")
    await anybody.gives("选择要核验的文件", changed)
    await anybody.sees(re.compile(r"核验发现 \d+ 个问题"), 2 * SOON)
    await anybody.picture(pictures, "verify-changed")
    no_codes(await anybody.page.get_by_role("main").inner_text())
    await anybody.presses("核验另一个文件")
    other = tmp_path / "说明.txt"
    other.write_text("不是开标记录", encoding="utf-8")
    await anybody.gives("选择要核验的文件", other)
    await is_told_in_words(anybody.page)


async def test_who_comes_late_reads_so_and_who_was_in_time_counts(
    site: Site, arrives: Arrives, tmp_path: Path, pictures: Path
) -> None:
    opening = await tender(site)
    await opening.publish_for_now()
    names = ("云岭建设工程有限公司", "滇中市政工程有限公司", "长江园林绿化有限公司")
    late, slow, idle = [await arrives(Bidder, await site.account("bidder", n)) for n in names]
    letter = tmp_path / "投标函.txt"
    letter.write_text("愿按招标文件要求承担本项目。\n", encoding="utf-8")
    await asyncio.gather(*(seals_only(each, opening.room, letter) for each in (late, slow, idle)))
    closed, in_time = asyncio.Event(), asyncio.Event()

    async def delay_order(route: Route) -> None:
        await closed.wait()
        await route.continue_()

    async def delay_answer(route: Route) -> None:
        answer = await route.fetch()
        in_time.set()
        await closed.wait()
        await route.fulfill(response=answer)

    await late.page.route("**/bids", delay_order)
    await slow.page.route("**/bids", delay_answer)
    await late.hands_in()
    await slow.hands_in()
    await in_time.wait()
    opening.comes_due()
    await idle.asks_the_time()
    await idle.sees("投标截止时间已过，您没有递交投标")
    await opening.comes_to("closed")
    # Its answer is still out; the page may wait for it or hear of the bid another way.
    await slow.does_not_see("您没有递交投标")
    closed.set()
    await expect(late.page.get_by_role("alert")).to_contain_text("投标截止时间已过")
    await late.sees("投标截止时间已过，您没有递交投标")
    await late.picture(pictures, "late")
    await slow.is_complete()
    await slow.has_receipt(tmp_path / "kept")


async def test_a_door_that_is_not_yours_says_so(site: Site, arrives: Arrives) -> None:
    opening = await tender(site)
    await opening.publish(3600)
    bidder = await arrives(Member, await site.account("bidder", "云岭建设工程有限公司"))
    outsider = await arrives(Member, await site.account("agency", "别家代理"))
    for path in ("/openings/new", "/people", f"/openings/{opening.room}/edit"):
        await bidder.goes(path)
        await bidder.page.wait_for_url("**/openings", timeout=SOON)
        await bidder.sees("开标项目")
    await bidder.goes("/openings/o-does-not-exist")
    await is_told_in_words(bidder.page)
    for path in ("room", "edit", ""):
        await outsider.goes(f"/openings/{opening.room}/{path}".rstrip("/"))
        await is_told_in_words(outsider.page)
    guest = await arrives(Person, None)
    await guest.goes(f"/openings/{opening.room}/room")
    await guest.sees("请先登录")
    await guest.writes("登录名", "nobody")
    await guest.writes("密码", "wrong password")
    await guest.presses("登录")
    await is_told_in_words(guest.page)


async def seals_only(bidder: Bidder, room: str, letter: Path) -> None:
    await bidder.accepts(room)
    await bidder.fills_in(Offer())
    await bidder.brings(letter)
    await bidder.seals()
    await expect(bidder.page.get_by_role("button", name="递交投标")).to_be_visible(timeout=SOON)


def sealed_elsewhere(manifest: Manifest, key: Path, folder: Path) -> tuple[Path, Path]:
    """What the machine without a network made: submission.json and the sealed file."""
    signer = read_signer_key(key.read_bytes(), PASSPHRASE)
    form: dict[str, Json] = {
        "price": 1_182_340_000,
        "duration": 270,
        "quality": "合格",
        "lead": "王𬭎",
    }
    age = folder / "a.age"
    with age.open("wb") as out:
        sealed = seal_bid(
            manifest=manifest,
            bidder=signer.bidder,
            key=signer.sign,
            envelopes=[EnvelopeSource(id="a", form=form, files=[], out=out)],
            made_with="command",
            previous=None,
        )
    submission = folder / "submission.json"
    submission.write_bytes(jcs(sealed.submission))
    return submission, age


async def is_told_in_words(page: Page) -> None:
    """There is an alert, in Chinese, and no code in it."""
    alert = page.get_by_role("alert").first
    await expect(alert).to_contain_text(re.compile("[\u4e00-\u9fff]{4}"), timeout=SOON)
    no_codes(await alert.inner_text())


def no_codes(text: str) -> None:
    """No code of a program is shown where a sentence belongs."""
    assert not _CODE.search(text), text
