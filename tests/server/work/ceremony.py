"""From the first unlocked envelope to a checked archive, on a tender under test."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

from rooms.audit import Report
from rooms.ids import RoomId
from rooms.opening.closing import must_ask
from rooms.opening.events import BidOpened, BidVoid
from rooms.opening.state import Bid
from server.client.api import ApiRefused
from server.client.bidder import Bidder
from server.verify.check import check_file
from tests.server.site import until
from tests.server.tender import Tender

WORK = 90.0
"""Seconds that the server's own work may take on a busy machine."""


async def bid_of(tender: Tender, bidder: Bidder) -> Bid:
    """The bid as the room has it now."""
    assert bidder.sealed is not None
    room = await tender.server.parts.desk.room(RoomId(tender.room))
    return room.state.bids[bidder.sealed.header.bid]  # type: ignore[index]  # ids are plain text here


async def final(tender: Tender, bidders: Iterable[Bidder], envelope: str = "a") -> None:
    """Waits until each of these bids is open or void."""

    async def done() -> bool:
        parts = [(await bid_of(tender, each)).parts[envelope] for each in bidders]  # type: ignore[index]
        return all(part.final for part in parts)

    await until(done, WORK)


async def outcomes(tender: Tender) -> dict[str, BidOpened | BidVoid]:
    """What became of each bid, by its id; of several envelopes the last."""
    room = await tender.server.parts.desk.room(RoomId(tender.room))
    return {
        entry.event.bid: entry.event
        for entry in room.entries
        if isinstance(entry.event, BidOpened | BidVoid)
    }


async def outcome(tender: Tender, bidder: Bidder) -> BidOpened | BidVoid:
    """What became of this bid."""
    assert bidder.sealed is not None
    return (await outcomes(tender))[bidder.sealed.header.bid]


async def pass_time(tender: Tender, seconds: float) -> None:
    """Lets a window end."""
    tender.server.clock.on(seconds)
    await tender.server.parts.scheduler.tick_due()


async def read_out(tender: Tender) -> None:
    """Imports what is final, and announces what opened."""
    await tender.host.command(tender.room, "ImportBids")
    room = await tender.server.parts.desk.room(RoomId(tender.room))
    for bid in room.state.counted_bids():
        if bid.fault == "unknown":
            await tender.host.command(
                tender.room, "RuleFault", bid=bid.id, fault="bidder", reason="证据在案"
            )
    if must_ask(room.state):
        await tender.host.command(tender.room, "ContinueOpening", reason="依法继续")
    await tender.host.command(tender.room, "StartAnnouncing")
    await tender.host.command(tender.room, "AnnounceBids")


async def finish(tender: Tender, folder: Path) -> Report:
    """Confirmation, signing, the end; answers what the check says of the archive."""
    await tender.host.command(tender.room, "StartConfirmation")
    room = await tender.server.parts.desk.room(RoomId(tender.room))
    for bidder in tender.bidders:
        row = (await bid_of(tender, bidder)).row
        if row is not None:
            await bidder.confirm(dict(row))
    await pass_time(tender, 700)
    await tender.host.command(tender.room, "StartSigning")
    content = room.state.content
    assert content is not None
    for person in (tender.host, tender.supervisor):
        await person.command(tender.room, "SignRecord", content=content)
    await tender.host.command(tender.room, "EndOpening")
    return await checked_archive(tender, folder)


async def checked_archive(tender: Tender, folder: Path) -> Report:
    """What the check says of the archive, once it is made."""

    async def made() -> bool:
        try:
            await tender.supervisor.download(f"{tender.path}/archive.zip", folder / "archive.zip")
        except ApiRefused as refusal:
            return refusal.code not in ("being_made", "out_of_phase")
        return True

    await until(made, WORK)
    return await asyncio.to_thread(check_file, folder / "archive.zip")


def proved(report: Report, code: str) -> dict[str, str]:
    """The numbers of a fact."""
    return next(dict(each.params) for each in report.facts if each.code == code)
