"""Whole openings over HTTP under the four policies, with everything that may go wrong in them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

import crypto.seal
from crypto.encoding import b64u
from crypto.shares import SECRET, Share, commitment, deal
from crypto.tarball import TarWriter
from rooms.opening.events import BidOpened, BidVoid, Fault
from server.client.api import ApiRefused
from server.client.bidder import Bidder
from tests.server.site import RunningServer
from tests.server.tender import FORM, Tender, published
from tests.server.work.ceremony import (
    checked_archive,
    final,
    finish,
    outcome,
    pass_time,
    proved,
    read_out,
)

Make = Callable[..., Awaitable[Tender]]
DECRYPTION = 1800
UPLOAD_GRACE = 600


@pytest.fixture
async def make(running_server: RunningServer, tmp_path: Path) -> AsyncIterator[Make]:
    """Publishes a tender under a policy."""
    async with AsyncExitStack() as stack:

        async def made(policy: str, **more: Any) -> Tender:
            return await published(running_server, stack, tmp_path / "bids", policy, **more)

        yield made


async def release(tender: Tender, *numbers: int, envelope: str = "a") -> None:
    """These trustees release their shares."""
    for number in numbers:
        await tender.trustees[number - 1].release(envelope)


def opened(event: BidOpened | BidVoid) -> str:
    """Who opened a bid: trustees, bidder or both."""
    assert isinstance(event, BidOpened), event
    return event.by


def void(event: BidOpened | BidVoid) -> tuple[str, Fault]:
    """Why a bid is void, and whose fault it is."""
    assert isinstance(event, BidVoid), event
    return event.code, event.fault


async def test_trustees_open_every_bid_though_one_of_three_stays_away(
    make: Make, tmp_path: Path
) -> None:
    tender = await make("trustees")
    bidders = [await tender.submitted() for _ in range(3)]
    await tender.open()
    await release(tender, 1, 3)
    await final(tender, bidders)
    for each in bidders:
        assert opened(await outcome(tender, each)) == "trustees"
    await read_out(tender)
    report = await finish(tender, tmp_path)
    assert report.findings == []
    assert proved(report, "head_witnessed") == {"trustees": "2"}


async def test_too_few_trustees_are_the_platforms_fault_and_the_host_decides(
    make: Make, tmp_path: Path
) -> None:
    tender = await make("trustees")
    bidders = [await tender.submitted() for _ in range(3)]
    await tender.open()
    await release(tender, 2)
    await pass_time(tender, DECRYPTION + 1)
    await final(tender, bidders)
    for each in bidders:
        assert void(await outcome(tender, each)) == ("no_key", Fault.PLATFORM)
    await tender.host.command(tender.room, "FailOpening", reason="受托人未到，流标")
    report = await checked_archive(tender, tmp_path)
    assert report.findings == []
    assert proved(report, "bids_opened_again") == {"opened": "0", "void": "3"}


async def test_who_asks_for_the_archive_while_the_minutes_are_made_gets_it_without_asking_again(
    make: Make, tmp_path: Path
) -> None:
    tender = await make("trustees")
    await tender.close()
    await tender.host.command(tender.room, "FailOpening", reason="截标时无投标人递交")
    file = tmp_path / "archive.zip"
    await tender.supervisor.download(f"{tender.path}/archive.zip", file)
    assert file.read_bytes().startswith(b"PK")


async def test_a_bidder_who_never_releases_its_key_counts_as_withdrawn_by_itself(
    make: Make, tmp_path: Path
) -> None:
    tender = await make("bidder")
    bidders = [await tender.submitted() for _ in range(4)]
    await tender.open()
    for each in bidders[:3]:
        await each.release_keys("a")
    await final(tender, bidders[:3])
    await pass_time(tender, DECRYPTION + 1)
    await final(tender, bidders)
    for each in bidders[:3]:
        assert opened(await outcome(tender, each)) == "bidder"
    assert void(await outcome(tender, bidders[3])) == ("no_key", Fault.BIDDER)
    await read_out(tender)
    report = await finish(tender, tmp_path)
    assert report.findings == []
    assert proved(report, "bids_opened_again") == {"opened": "3", "void": "1"}


async def test_a_wrong_key_is_refused_and_the_right_one_still_opens_the_bid(
    make: Make, tmp_path: Path
) -> None:
    tender = await make("bidder")
    bidders = [await tender.submitted() for _ in range(3)]
    await tender.open()
    first = bidders[0]
    assert first.sealed is not None
    with pytest.raises(ApiRefused) as refused:
        await first.api.command(
            tender.room,
            "ReleaseKey",
            bid=first.sealed.header.bid,
            envelope="a",
            key=b64u(bytes(SECRET)),
        )
    assert refused.value.code == "wrong_opening_key"
    for each in bidders:
        await each.release_keys("a")
    await final(tender, bidders)
    assert opened(await outcome(tender, first)) == "bidder"
    await read_out(tender)
    assert (await finish(tender, tmp_path)).findings == []


async def test_under_either_the_trustees_open_what_its_bidder_left_closed(
    make: Make, tmp_path: Path
) -> None:
    tender = await make("either")
    bidders = [await tender.submitted() for _ in range(3)]
    await tender.open()
    await bidders[0].release_keys("a")
    await final(tender, bidders[:1])
    await release(tender, 1, 2)
    await final(tender, bidders)
    assert opened(await outcome(tender, bidders[0])) == "bidder"
    for each in bidders[1:]:
        assert opened(await outcome(tender, each)) == "trustees"
    await read_out(tender)
    assert (await finish(tender, tmp_path)).findings == []


async def test_under_both_the_trustees_alone_open_nothing(make: Make, tmp_path: Path) -> None:
    tender = await make("both")
    bidders = [await tender.submitted() for _ in range(4)]
    await tender.open()
    for each in bidders[:3]:
        await each.release_keys("a")
    await release(tender, 1, 2, 3)
    await final(tender, bidders[:3])
    await pass_time(tender, DECRYPTION + 1)
    await final(tender, bidders)
    for each in bidders[:3]:
        assert opened(await outcome(tender, each)) == "both"
    assert void(await outcome(tender, bidders[3])) == ("no_key", Fault.BIDDER)
    await read_out(tender)
    assert (await finish(tender, tmp_path)).findings == []


def _bad_shares(secret: bytes, ctx: bytes, threshold: int, count: int) -> list[Share]:
    """Shares of which the last lies beside the polynomial."""
    *shares, last = deal(secret, ctx, threshold, count)
    return [*shares, Share(last.index, bytes(31) + b"\1", last.blind)]


def _bad_commitments(secret: bytes, ctx: bytes, threshold: int, count: int) -> tuple[str, ...]:
    return tuple(commitment(ctx, share) for share in _bad_shares(secret, ctx, threshold, count))


async def resealed(bidder: Bidder, folder: Path) -> None:
    """Seals again, after the sealing was tampered with, and hands in."""
    bidder.sealed = None
    file = folder / "again.txt"
    file.write_bytes(b"x" * 100)
    bidder.seal({"a": dict(FORM)}, [file])
    await bidder.submit()


@pytest.mark.parametrize("policy", ["trustees", "either", "both"])
async def test_a_bid_dealt_wrongly_is_its_bidders_fault_whoever_opens_it(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, policy: str
) -> None:
    tender = await make(policy)
    bidders = [await tender.submitted() for _ in range(3)]
    cheat = await tender.sealed()
    with monkeypatch.context() as tampered:
        tampered.setattr(crypto.seal, "deal", _bad_shares)
        tampered.setattr(crypto.seal, "commitments", _bad_commitments)
        await resealed(cheat, tmp_path)
    await tender.open()
    if policy == "both":
        for each in (*bidders, cheat):
            await each.release_keys("a")
    await release(tender, 1, 2)
    await final(tender, (*bidders, cheat))
    assert void(await outcome(tender, cheat)) == ("malformed_shares", Fault.BIDDER)
    for each in bidders:
        assert isinstance(await outcome(tender, each), BidOpened)
    await read_out(tender)
    report = await finish(tender, tmp_path)
    assert report.findings == []
    assert proved(report, "bids_opened_again") == {"opened": "3", "void": "1"}


class _NamelessTar(TarWriter):
    """A tar whose form has another name."""

    def add(self, name: str, data: bytes) -> None:
        super().add("form.txt" if name == "form.json" else name, data)


async def test_a_bid_whose_tar_is_malformed_is_its_bidders_fault(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tender = await make("trustees")
    bidders = [await tender.submitted() for _ in range(3)]
    cheat = await tender.sealed()
    with monkeypatch.context() as tampered:
        tampered.setattr(crypto.seal, "TarWriter", _NamelessTar)
        await resealed(cheat, tmp_path)
    await tender.open()
    await release(tender, 1, 2)
    await final(tender, (*bidders, cheat))
    event = await outcome(tender, cheat)
    assert isinstance(event, BidVoid)
    assert (event.step, event.fault) == (7, Fault.BIDDER)
    await read_out(tender)
    assert (await finish(tender, tmp_path)).findings == []


async def test_a_form_that_does_not_fit_the_terms_is_its_bidders_fault(
    make: Make, tmp_path: Path
) -> None:
    tender = await make("trustees")
    bidders = [await tender.submitted() for _ in range(3)]
    cheat = await tender.bidder()
    await cheat.accept()
    cheat.seal({"a": {"price": "一百元"}}, [])
    await cheat.submit()
    await tender.open()
    await release(tender, 1, 2)
    await final(tender, (*bidders, cheat))
    event = await outcome(tender, cheat)
    assert isinstance(event, BidVoid)
    assert (event.step, event.fault) == (9, Fault.BIDDER)
    await read_out(tender)
    assert (await finish(tender, tmp_path)).findings == []


async def test_bytes_that_never_arrive_are_their_bidders_fault(make: Make, tmp_path: Path) -> None:
    tender = await make("trustees")
    bidders = [await tender.submitted() for _ in range(3)]
    silent = await tender.sealed()
    assert silent.sealed is not None
    await silent.api.post(f"{tender.path}/bids", silent.sealed.submission)
    await tender.open()
    await release(tender, 1, 2)
    await final(tender, bidders)
    await pass_time(tender, UPLOAD_GRACE)
    await final(tender, (*bidders, silent))
    assert void(await outcome(tender, silent)) == ("bytes_missing", Fault.BIDDER)
    await read_out(tender)
    assert (await finish(tender, tmp_path)).findings == []


async def test_two_envelopes_open_one_after_the_other(make: Make, tmp_path: Path) -> None:
    tender = await make(
        "trustees",
        envelopes=[
            {"id": "a", "title": "技术文件", "later": False},
            {"id": "b", "title": "报价文件", "later": True},
        ],
        form=[
            {"id": "duration", "kind": "days", "label_zh": "工期", "label_en": "Duration"},
            {"id": "price", "kind": "money", "label_zh": "报价", "label_en": "Price",
             "envelope": "b"},
        ],
    )  # fmt: skip
    bidders = []
    for _ in range(3):
        each = await tender.bidder()
        await each.accept()
        each.seal({"a": {"duration": 90}, "b": {"price": 1_000_00}}, [])
        await each.submit()
        bidders.append(each)
    await tender.open()
    await release(tender, 1, 2)
    await final(tender, bidders)
    with pytest.raises(ApiRefused):
        await release(tender, 1, envelope="b")
    await read_out(tender)
    await tender.host.command(tender.room, "StartDecryption", envelope="b")
    for number in (2, 3):
        await tender.trustees[number - 1].release_when_open("b")
    await final(tender, bidders, "b")
    await read_out(tender)
    report = await finish(tender, tmp_path)
    assert report.findings == []
    assert proved(report, "bids_opened_again") == {"opened": "6", "void": "0"}
