"""Sealed files on their way in: interrupted, resumed, damaged, too large, doubled, without room on
the disk."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import ClientError, ClientPayloadError

from rooms.opening.events import BidBytesRefused, BidStored
from server.client.bidder import Bidder
from tests.server.site import until
from tests.server.tender import Tender


@dataclass(slots=True)
class Sending:
    """A bid whose header is in and whose file is still to come."""

    tender: Tender
    bidder: Bidder
    url: str
    data: bytes

    async def ask(self, method: str, data: Any = None, **headers: str) -> Any:
        """A tus request: the answer, read."""
        sent = {
            **self.bidder.api._headers(),
            "Tus-Resumable": "1.0.0",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        session = self.bidder.api._open
        async with session.request(
            method, self.tender.server.url + self.url, data=data, headers=sent
        ) as answer:
            await answer.read()
            return answer

    async def patch(self, offset: int, data: Any, **headers: str) -> Any:
        """Sends bytes."""
        return await self.ask(
            "PATCH",
            data,
            Upload_Offset=str(offset),
            Content_Type="application/offset+octet-stream",
            **headers,
        )

    async def offset(self) -> int:
        """How far the server is."""
        return int((await self.ask("HEAD")).headers["Upload-Offset"])

    async def stored(self) -> bool:
        """Whether the server says that the bid's bytes are there."""
        mine = await self.bidder.api.get(f"{self.tender.path}/mine")
        return bool(mine["stored"]["a"])


@pytest.fixture
async def sending(tender: Tender) -> Sending:
    """A bid of 100 KB whose header is in."""
    bidder = await tender.sealed(size=100_000)
    answer = await bidder.api.post(f"{tender.path}/bids", bidder.sealed.submission)
    return Sending(tender, bidder, answer["uploads"]["a"], bidder.age("a").read_bytes())


async def test_an_upload_in_pieces_arrives_whole(sending: Sending) -> None:
    for start in range(0, len(sending.data), 30_000):
        answer = await sending.patch(start, sending.data[start : start + 30_000])
        assert answer.status == 204
    assert await sending.stored()


async def test_an_upload_goes_on_after_a_broken_connection(sending: Sending) -> None:
    async def half() -> AsyncIterator[bytes]:
        yield sending.data[:50_000]
        await until(lambda: _is_writing(sending), 60)
        await asyncio.sleep(0.5)
        raise ClientPayloadError("the cable was pulled")

    with pytest.raises(ClientError):
        await sending.patch(0, half(), Content_Length=str(len(sending.data)))
    offset = await until(sending.offset)
    assert 0 < offset <= 50_000
    await until(lambda: _sent_rest(sending))
    assert await sending.stored()


async def _is_writing(sending: Sending) -> bool:
    """Whether the server is at this upload, so that nobody else may be."""
    return bool((await sending.patch(1, b"x")).status == 423)


async def _sent_rest(sending: Sending) -> bool:
    offset = await sending.offset()
    answer = await sending.patch(offset, sending.data[offset:])
    return bool(answer.status == 204)


async def test_a_piece_with_a_wrong_checksum_is_not_kept(sending: Sending) -> None:
    wrong = base64.b64encode(hashlib.sha256(b"other bytes").digest()).decode()
    answer = await sending.patch(0, sending.data[:1000], Upload_Checksum=f"sha256 {wrong}")
    assert answer.status == 460
    assert await sending.offset() == 0


async def test_a_piece_with_its_checksum_is_kept(sending: Sending) -> None:
    right = base64.b64encode(hashlib.sha256(sending.data[:1000]).digest()).decode()
    answer = await sending.patch(0, sending.data[:1000], Upload_Checksum=f"sha256 {right}")
    assert (answer.status, answer.headers["Upload-Offset"]) == (204, "1000")


async def test_bytes_at_another_offset_are_refused(sending: Sending) -> None:
    await sending.patch(0, sending.data[:1000])
    assert (await sending.patch(500, sending.data[500:])).status == 409


async def test_more_bytes_than_the_header_says_are_refused(sending: Sending) -> None:
    assert (await sending.patch(0, sending.data + b"x")).status == 413

    async def unannounced() -> AsyncIterator[bytes]:
        yield sending.data
        yield b"x"

    assert (await sending.patch(await sending.offset(), unannounced())).status == 413
    assert not await sending.stored()


async def test_other_bytes_than_the_headers_are_refused_and_kept_as_evidence(
    sending: Sending,
) -> None:
    answer = await sending.patch(0, bytes(len(sending.data)))
    assert answer.status == 422
    room = await sending.tender.server.parts.desk.room(sending.tender.room)
    assert [
        each.event.code for each in room.entries if isinstance(each.event, BidBytesRefused)
    ] == ["digest_mismatch"]
    mine = await sending.bidder.api.get(f"{sending.tender.path}/mine")
    assert mine["uploads"]["a"]["code"] == "digest_mismatch"
    # The right bytes are still welcome.
    assert (await sending.patch(0, sending.data)).status == 204
    assert await sending.stored()


async def test_a_finished_upload_is_noted_once(sending: Sending) -> None:
    await sending.patch(0, sending.data)
    assert await sending.offset() == len(sending.data)
    assert (await sending.patch(0, sending.data)).status == 409
    room = await sending.tender.server.parts.desk.room(sending.tender.room)
    assert len([1 for each in room.entries if isinstance(each.event, BidStored)]) == 1


async def test_an_upload_taken_back_is_gone(sending: Sending) -> None:
    await sending.patch(0, sending.data[:1000])
    assert (await sending.ask("DELETE")).status == 204
    assert (await sending.patch(0, sending.data)).status == 410


async def test_another_bidders_upload_is_not_found(sending: Sending) -> None:
    other = await sending.tender.bidder()
    thief = Sending(sending.tender, other, sending.url, sending.data)
    assert (await thief.ask("HEAD")).status == 404
    assert (await thief.patch(0, sending.data)).status == 404


async def test_a_client_of_another_tus_version_is_refused(sending: Sending) -> None:
    answer = await sending.ask("HEAD", Tus_Resumable="0.2.2")
    assert answer.status == 412


async def test_two_requests_do_not_write_the_same_upload(sending: Sending) -> None:
    going = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield sending.data[:2000]
        await going.wait()
        yield sending.data[2000:]

    first = asyncio.create_task(sending.patch(0, slow()))
    await asyncio.sleep(0.2)
    assert (await sending.patch(0, sending.data)).status == 423
    going.set()
    assert (await first).status == 204
    assert await sending.stored()


async def test_bytes_after_the_grace_are_refused(sending: Sending) -> None:
    sending.tender.server.clock.to(sending.tender.deadline)
    sending.tender.server.clock.on(601)
    assert (await sending.patch(0, sending.data)).status == 410


async def test_bytes_within_the_grace_count(sending: Sending) -> None:
    await sending.tender.close()
    assert (await sending.patch(0, sending.data)).status == 204
    assert await sending.stored()
