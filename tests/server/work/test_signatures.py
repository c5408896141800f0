"""People sign the sealed minutes over HTTP: the file, the log, and everything that is refused."""

import asyncio
import hashlib
import subprocess
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from crypto.acts import ask_to_sign
from crypto.encoding import Json, b64u, unb64u
from crypto.pades import check_pdf
from crypto.signing import SigningKey
from rooms.audit import Report
from rooms.ids import RoomId
from rooms.opening.state import State
from server.client.api import Api, ApiRefused
from server.client.signer import Signer
from server.documents.sign import finish_signature
from server.documents.timestamp import TimestampsUnavailable
from server.verify.check import check_file
from tests.server.site import RunningServer, serving, until
from tests.server.tender import Tender, published

WORK = 60.0
HOSTS, WATCHES = "host-1", "supervisor-1"


@pytest.fixture
async def tender(running_server: RunningServer, tmp_path: Path) -> AsyncIterator[Tender]:
    """An opening with sealed minutes."""
    async with AsyncExitStack() as stack:
        yield await failed(running_server, stack, tmp_path / "bids")


async def failed(server: RunningServer, stack: AsyncExitStack, folder: Path) -> Tender:
    """An opening that failed for want of bids; its minutes are sealed. The clock is right again, so
    that certificates are valid for programs that look at the system's."""
    made = await published(server, stack, folder)
    await made.close()
    await made.host.command(made.room, "FailOpening", reason="截标时无投标人递交")
    await until(lambda: sealed(made), WORK)
    server.clock.on(-7300)
    return made


async def state_of(tender: Tender) -> State:
    return (await tender.server.parts.desk.room(RoomId(tender.room))).state


async def sealed(tender: Tender) -> bool:
    return (await state_of(tender)).record is not None


async def preserved(tender: Tender) -> bool:
    return (await state_of(tender)).preserved


async def signer(tender: Tender, api: Api) -> Signer:
    me = await api.get("/api/me")
    return Signer(api, tender.room, me["person"])


async def refused(work: object) -> str:
    with pytest.raises(ApiRefused) as refusal:
        await work  # type: ignore[misc]  # a coroutine
    return refusal.value.code


async def minutes(tender: Tender) -> bytes:
    return await tender.host.fetch(f"{tender.path}/minutes.pdf")


async def checked(tender: Tender, folder: Path) -> Report:
    """What the check says of the newest archive."""

    async def made() -> bool:
        try:
            await tender.host.download(f"{tender.path}/archive.zip", folder / "archive.zip")
        except ApiRefused as refusal:
            return refusal.code != "being_made"
        return True

    await until(made, WORK)
    return await asyncio.to_thread(check_file, folder / "archive.zip")


def pdfsig(pdf: bytes, root: bytes, folder: Path) -> str:
    """What Debian's pdfsig says when it trusts nothing but the site's root."""
    database = folder / "nss"
    database.mkdir(exist_ok=True)
    (folder / "root.pem").write_bytes(root)
    (folder / "signed.pdf").write_bytes(pdf)
    subprocess.run(["certutil", "-N", "-d", database, "--empty-password"], check=True)
    trust = ["certutil", "-A", "-d", str(database), "-n", "root", "-t", "CT,C,C"]
    subprocess.run([*trust, "-i", str(folder / "root.pem")], check=True)
    asked = ["pdfsig", "-nssdir", str(database), str(folder / "signed.pdf")]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout


async def test_host_and_supervisor_sign_and_the_file_is_preserved(
    tender: Tender, tmp_path: Path
) -> None:
    first = await minutes(tender)
    for api in (tender.host, tender.supervisor):
        await (await signer(tender, api)).sign()
    await until(lambda: preserved(tender), WORK)

    last = await minutes(tender)
    state = await state_of(tender)
    assert last.startswith(first)
    assert hashlib.sha256(last).hexdigest() == state.record
    for each in state.revisions:
        assert hashlib.sha256(last[: each.size]).hexdigest() == each.sha256

    root = tender.server.parts.site.authority.root_pem
    found = check_pdf(last, [root])
    assert [(each.field, each.signer, each.problems) for each in found] == [
        ("seal", "云开公共服务平台", ()),
        (HOSTS, "host", ()),
        (WATCHES, "supervisor", ()),
        ("archive", "云开公共服务平台 时间戳", ()),
    ]
    said = pdfsig(last, root, tmp_path)
    assert said.count("Signature Validation: Signature is Valid.") == 3
    assert said.count("Certificate Validation: Certificate is Trusted.") == 3

    report = await checked(tender, tmp_path)
    assert report.findings == []
    assert [dict(f.params) for f in report.facts if f.code == "minutes_preserved"] == [
        {"revisions": "4"}
    ]
    (tmp_path / "minutes.pdf").write_bytes(last)
    assert (await asyncio.to_thread(check_file, tmp_path / "minutes.pdf", [root])).findings == []


async def test_everybody_in_the_room_sees_who_signed(tender: Tender) -> None:
    host, watch = await signer(tender, tender.host), await signer(tender, tender.supervisor)
    await host.sign()
    shown = await watch.state()
    assert [(each["field"], each["signed"] is not None) for each in shown["fields"]] == [
        (HOSTS, True),
        (WATCHES, False),
    ]
    assert (shown["open"], shown["preserved"], shown["signing"]) == (True, False, None)
    assert shown["sha256"] == (await state_of(tender)).record


async def test_archiving_the_room_closes_the_signing_and_preserves_what_is_there(
    tender: Tender, tmp_path: Path
) -> None:
    host, watch = await signer(tender, tender.host), await signer(tender, tender.supervisor)
    await watch.sign()
    await tender.host.command(tender.room, "ArchiveRoom")
    assert await refused(host.prepare(HOSTS)) == "signing_closed"
    await until(lambda: preserved(tender), WORK)
    assert (await checked(tender, tmp_path)).findings == []


async def test_what_nobody_signs_is_archived_as_it_was_sealed(
    tender: Tender, tmp_path: Path
) -> None:
    first = await minutes(tender)
    await tender.host.command(tender.room, "ArchiveRoom")
    assert (await checked(tender, tmp_path)).findings == []
    assert await minutes(tender) == first


async def test_who_comes_second_is_told_who_is_signing_and_until_when(tender: Tender) -> None:
    host, watch = await signer(tender, tender.host), await signer(tender, tender.supervisor)
    prepared = await host.prepare(HOSTS)
    with pytest.raises(ApiRefused) as refusal:
        await watch.prepare(WATCHES)
    assert (refusal.value.status, refusal.value.code) == (409, "being_signed")
    assert refusal.value.params == {
        "person": host.person,
        "name": "host",
        "until": prepared["expires_at"],
    }
    assert (await watch.state())["signing"]["name"] == "host"
    await host.finish(prepared)
    await watch.sign()
    await until(lambda: preserved(tender), WORK)


async def test_an_expired_lease_is_taken_over_and_its_signature_refused(tender: Tender) -> None:
    host, watch = await signer(tender, tender.host), await signer(tender, tender.supervisor)
    late = await host.prepare(HOSTS)
    tender.server.clock.on(61)
    prepared = await watch.prepare(WATCHES)
    assert await refused(host.finish(late)) == "lease_expired"
    await watch.finish(prepared)
    await host.sign()
    await until(lambda: preserved(tender), WORK)


async def test_a_restart_forgets_who_was_signing(tmp_path: Path) -> None:
    async with serving(tmp_path / "data") as server, AsyncExitStack() as stack:
        tender = await failed(server, stack, tmp_path / "bids")
        host = await signer(tender, tender.host)
        prepared = await host.prepare(HOSTS)
    async with serving(tmp_path / "data") as again, again.logged_in(host.person) as api:
        same = Signer(api, tender.room, host.person, host.key)
        assert await refused(same.finish(prepared)) == "lease_expired"
        await same.sign()


async def test_a_restart_finishes_what_was_signed_and_not_preserved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> bytes:
        raise TimestampsUnavailable("away")

    with monkeypatch.context() as broken:
        broken.setattr("server.work.preserving.preserve", away)
        async with serving(tmp_path / "data") as server, AsyncExitStack() as stack:
            tender = await failed(server, stack, tmp_path / "bids")
            for api in (tender.host, tender.supervisor):
                await (await signer(tender, api)).sign()
            assert (await checked(tender, tmp_path)).findings == []
            person = (await tender.host.get("/api/me"))["person"]
    async with serving(tmp_path / "data") as again, again.logged_in(person) as api:

        async def done() -> bool:
            return bool((await Signer(api, tender.room, person).state())["preserved"])

        await until(done, WORK)


async def test_nobody_signs_for_another(tender: Tender) -> None:
    host, watch = await signer(tender, tender.host), await signer(tender, tender.supervisor)
    trustee = await signer(tender, tender.trustees[0].api)
    assert await refused(watch.prepare(HOSTS)) == "field_of_another"
    assert await refused(trustee.prepare(HOSTS)) == "field_of_another"
    assert await refused(host.prepare("guest-1")) == "unknown_field"
    prepared = await host.prepare(HOSTS)
    assert await refused(watch.finish(prepared)) == "lease_of_another"
    await host.finish(prepared)
    assert await refused(host.prepare(HOSTS)) == "already_done"


async def test_a_key_has_to_be_proven(tender: Tender) -> None:
    host = await signer(tender, tender.host)
    record = (await host.state())["sha256"]
    asked = {"opening": tender.room, "person": host.person, "field": HOSTS, "record": record}
    good = ask_to_sign(**asked, key=host.key).to_json()
    other = SigningKey.generate()
    forged: dict[str, dict[str, Json]] = {
        "the key of somebody else": {**good, "key": b64u(other.public)},
        "no signature": {**good, "signature": b64u(bytes(64))},
        "another person": ask_to_sign(**{**asked, "person": "p-1"}, key=host.key).to_json(),
        "another room": ask_to_sign(**{**asked, "opening": "o-1"}, key=host.key).to_json(),
        "another field": ask_to_sign(**{**asked, "field": WATCHES}, key=host.key).to_json(),
        "nothing": {},
    }
    for name, request in forged.items():
        body: dict[str, Json] = {"field": HOSTS, "request": request}
        sent = tender.host.post(f"{host.path}/prepare", body)
        assert await refused(sent) == "key_not_proven", name
    old = ask_to_sign(**{**asked, "record": "0" * 64}, key=host.key).to_json()
    sent = tender.host.post(f"{host.path}/prepare", {"field": HOSTS, "request": old})
    assert await refused(sent) == "minutes_changed"
    assert (await host.state())["signing"] is None


async def test_a_signature_by_another_key_is_refused_and_the_right_one_still_taken(
    tender: Tender,
) -> None:
    host = await signer(tender, tender.host)
    prepared = await host.prepare(HOSTS)
    other = Signer(tender.host, tender.room, host.person)
    assert await refused(other.finish(prepared)) == "signature_of_other_key"
    zeros = {"lease": prepared["lease"], "signature": b64u(bytes(64))}
    assert await refused(tender.host.post(f"{host.path}/finish", zeros)) == "signature_of_other_key"
    short = {"lease": prepared["lease"], "signature": "AAAA"}
    assert await refused(tender.host.post(f"{host.path}/finish", short)) == "invalid"
    await host.finish(prepared)
    assert (await host.state())["fields"][0]["signed"] is not None


async def test_without_time_stamps_nothing_is_signed(
    tender: Tender, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = await signer(tender, tender.host)
    prepared = await host.prepare(HOSTS)

    def away(*_: object) -> bytes:
        raise TimestampsUnavailable("away")

    monkeypatch.setattr("server.signatures.finish_signature", away)
    assert await refused(host.finish(prepared)) == "no_timestamps"
    monkeypatch.setattr("server.signatures.finish_signature", finish_signature)
    await host.finish(prepared)


async def test_a_signature_sent_twice_is_answered_twice_and_done_once(tender: Tender) -> None:
    host = await signer(tender, tender.host)
    prepared = await host.prepare(HOSTS)
    signature = host.key.sign(unb64u(prepared["attributes"]))
    body = {"lease": prepared["lease"], "signature": b64u(signature)}
    key = {"Idempotency-Key": "once"}
    path = f"{host.path}/finish"
    answers = [await tender.host._send("POST", path, body, key) for _ in range(2)]
    assert answers[0] == answers[1]
    assert len((await state_of(tender)).revisions) == 2


async def test_before_the_seal_there_is_nothing_to_sign(running_server: RunningServer) -> None:
    async with AsyncExitStack() as stack:
        tender = await published(running_server, stack, running_server.settings.data / "bids")
        host = await signer(tender, tender.host)
        assert await refused(host.state()) == "minutes_not_ready"


async def test_bidders_without_a_part_see_no_signatures(tender: Tender) -> None:
    person = await tender.server.account("bidder")
    async with tender.server.logged_in(person) as api:
        assert await refused(Signer(api, tender.room, person).state()) == "wrong_role"
