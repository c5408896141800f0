"""Host and supervisor sign the sealed record in their browsers; everybody can check it."""

import asyncio
import re
import subprocess
from pathlib import Path

from playwright.async_api import Locator, Route, expect

from crypto.encoding import Json
from server.client.api import Api, ApiRefused
from tests.journeys.conftest import Arrives
from tests.journeys.opening import Opening, tender
from tests.journeys.person import SOON, Person
from tests.journeys.records import verifies
from tests.journeys.site import Site
from tests.journeys.test_access import is_fit_for_all

NOT_YET = {"bids_pending", "objections_running", "confirmation_running", "gate_not_opened"}


async def test_host_and_supervisor_sign_the_record_in_their_browsers(
    site: Site, arrives: Arrives, tmp_path: Path, pictures: Path
) -> None:
    opening = await tender(site)
    await opening.publish_for_now()
    for number in (1, 2, 3):
        account = await site.account("bidder", f"第{number}建设有限公司")
        await opening.hands_in(account, tmp_path / account.login, 1_180_000_000 + number)
    await comes_to_its_end(opening)

    host = await arrives(Person, opening.host)
    supervisor = await arrives(Person, opening.supervisor)
    page = f"/openings/{opening.room}"
    for each in (host, supervisor):
        await each.goes(page)
        await each.sees("在记录上签名")
    await expect(panel(host).get_by_role("listitem")).to_have_count(2)
    await host.picture(pictures, "signing-before")
    await is_fit_for_all(host, "the record before it is signed")

    written = asyncio.Event()

    async def waits(route: Route) -> None:
        await written.wait()
        await route.continue_()

    await host.page.route("**/minutes/signatures/finish", waits)
    await signs(host, "主持人", "王主持")
    await supervisor.sees("王主持 正在签名")
    await expect(button(supervisor)).to_be_disabled()
    other_window = Person(site, host.context, await host.context.new_page())
    await other_window.goes(page)
    await other_window.sees("您正在另一个窗口签名")
    await supervisor.picture(pictures, "signing-other")
    written.set()
    await host.sees("您的签名已写入开标记录")
    await host.sees("您已签名，正在等待其他人。")

    await expect(button(supervisor)).to_be_enabled(timeout=SOON)
    await signs(supervisor, "监督人", "陈监督")
    for each in (host, supervisor, other_window):
        await each.sees("签名完成，记录已加盖长期保存时间戳")
        signed = panel(each).get_by_role("listitem").filter(has_text="已签名")
        await expect(signed).to_have_count(2)
    await host.picture(pictures, "signing-done")
    await is_fit_for_all(host, "the record that everybody signed")

    minutes = await supervisor.downloads("下载开标记录 (PDF)", tmp_path)
    root = tmp_path / "root.pem"
    root.write_bytes(await opening.by_host.fetch("/api/root.pem"))
    said = pdfsig(minutes, root, tmp_path / "nss")
    for field in ("seal", "host-1", "supervisor-1"):
        assert f"Signature Field Name: {field}\n" in said
    assert said.count("Signature Validation: Signature is Valid.") == 3, said
    assert said.count("Certificate Validation: Certificate is Trusted.") == 3, said
    verifies(minutes, "--root", str(root))

    await opening.by_host.command(opening.room, "ArchiveRoom")
    await opening.by_host.download(f"{opening.path}/archive.zip", tmp_path / "archive.zip")
    verifies(tmp_path / "archive.zip", "--root", str(root))


async def comes_to_its_end(opening: Opening) -> None:
    """Programs hold the opening, up to the sealed minutes."""
    opening.comes_due()
    await opening.comes_to("closed")
    host = opening.by_host
    await orders(host, opening, "StartOpening", recording="会场设备检修，由监督人现场见证。")
    await orders(host, opening, "PublishRoll")
    await orders(host, opening, "StartDecryption", envelope="a")
    await asyncio.gather(*(each.release_when_open("a") for each in opening.trustees[:2]))
    await orders(host, opening, "ImportBids")
    await orders(host, opening, "StartAnnouncing")
    await orders(host, opening, "AnnounceBids")
    await orders(host, opening, "StartConfirmation")
    await opening.confirm()
    await orders(host, opening, "StartSigning")
    content = next(
        entry["event"]["content"]
        for entry in await opening.entries(host)
        if entry["event"]["type"] == "SigningStarted"
    )
    watch = await opening.site.as_program(opening.supervisor)
    for each in (host, watch):
        await orders(each, opening, "SignRecord", content=content)
    await orders(host, opening, "EndOpening")
    await opening.comes_to("published")


async def orders(api: Api, opening: Opening, name: str, **fields: Json) -> None:
    """Gives an order as soon as it is due."""
    end = asyncio.get_running_loop().time() + 2 * SOON / 1000
    while True:
        try:
            await api.command(opening.room, name, **fields)
            return
        except ApiRefused as refusal:
            if refusal.code not in NOT_YET or asyncio.get_running_loop().time() > end:
                raise
            await asyncio.sleep(0.2)


async def signs(person: Person, role: str, name: str) -> None:
    await person.presses(f"以“{role} {name}”签名")
    await person.answers("签名")


def panel(person: Person) -> Locator:
    return person.page.get_by_role("region", name="在记录上签名")


def button(person: Person) -> Locator:
    return panel(person).get_by_role("button", name=re.compile("签名$"))


def pdfsig(pdf: Path, root: Path, database: Path) -> str:
    """What Poppler's pdfsig says when it trusts the site's root and nothing else."""
    database.mkdir()
    made = ["certutil", "-N", "-d", str(database), "--empty-password"]
    trusted = ["certutil", "-A", "-d", str(database), "-n", "root", "-t", "CT,C,C", "-i", str(root)]
    for command in (made, trusted):
        subprocess.run(command, check=True)
    asked = ["pdfsig", "-nssdir", str(database), str(pdf)]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout
