"""Watching without RTP: WebM over a WebSocket, one programme of the engine for everybody."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from subprocess import run

import aioice.ice
import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType

from rooms.ids import RoomId
from server.client.api import Api
from server.media.plane import Slot, Track
from server.media.taps import webm
from server.media.watching import MOST_WAITING, Watcher, Watches, begins_with_key
from tests.server.media.hall import LONG, TestHall, open_hall, who
from tests.server.site import until

ROOM = RoomId("bridge-7")
HEAD = b"head"


def cluster(time: int, key: bool, size: int = 100) -> bytes:
    return webm.cluster(time, [webm.block("video", 0, key, bytes([0x10]) + bytes(size))])


class Engine:
    """Programmes as an engine gives them: the same clusters to all, to a new reader from the next
    keyframe on, which it is asked for."""

    def __init__(self) -> None:
        self.readers: list[tuple[asyncio.Queue[bytes | None], list[bool]]] = []
        self.opened = 0
        self.time = 0

    async def watch(self, room: RoomId, slot: Slot, track: Track) -> AsyncGenerator[bytes, None]:
        self.opened += 1
        reader: tuple[asyncio.Queue[bytes | None], list[bool]] = (asyncio.Queue(), [False])
        self.readers.append(reader)
        try:
            while (piece := await reader[0].get()) is not None:
                yield piece
        finally:
            self.readers.remove(reader)

    def sends(self, size: int = 100) -> bytes:
        """The next cluster; a keyframe if somebody waits for one."""
        key = any(not begun[0] for _, begun in self.readers)
        piece = cluster(self.time, key, size)
        self.time += 400
        for queue, begun in self.readers:
            if not begun[0]:
                queue.put_nowait(HEAD)
                begun[0] = True
            queue.put_nowait(piece)
        return piece

    def ends(self) -> None:
        for queue, _ in self.readers:
            queue.put_nowait(None)


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
async def watches(engine: Engine) -> AsyncIterator[Watches]:
    made = Watches(engine.watch)
    yield made
    await made.close()


async def read(watcher: Watcher, count: int) -> list[bytes]:
    got: list[bytes] = []
    async with asyncio.timeout(LONG):
        async for piece in watcher:
            got.append(piece)
            if len(got) == count:
                break
    return got


async def opened(engine: Engine, times: int) -> None:
    await until(lambda: engine.opened >= times, LONG)


async def test_all_who_watch_the_same_share_one_programme(engine: Engine, watches: Watches) -> None:
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(watches.watch(ROOM, Slot.STAGE, "video"))
        await opened(engine, 1)
        one = engine.sends()
        assert await read(first, 2) == [HEAD, one]
        second = await stack.enter_async_context(watches.watch(ROOM, Slot.STAGE, "video"))
        third = await stack.enter_async_context(watches.watch(ROOM, Slot.STAGE, "video"))
        await opened(engine, 2)
        two = engine.sends()
        assert begins_with_key(two)
        assert await read(second, 2) == await read(third, 2) == [HEAD, two]
        # The programme that was opened for the keyframe is closed again.
        await until(lambda: len(engine.readers) == 1, LONG)
        three = engine.sends()
        assert not begins_with_key(three)
        assert (await read(second, 1), await read(first, 2)) == ([three], [two, three])
    await until(lambda: not engine.readers, LONG)


async def test_one_who_reads_too_slowly_goes_on_at_a_keyframe_and_keeps_nobody_waiting(
    engine: Engine, watches: Watches
) -> None:
    async with (
        watches.watch(ROOM, Slot.STAGE, "video") as slow,
        watches.watch(ROOM, Slot.STAGE, "video") as quick,
    ):
        await opened(engine, 1)
        sent = [engine.sends(MOST_WAITING // 4) for _ in range(3)]
        assert await read(quick, 4) == [HEAD, *sent]
        sent = [engine.sends(MOST_WAITING // 4)]
        assert await read(quick, 1) == sent
        await opened(engine, 2)
        after = engine.sends()
        assert begins_with_key(after)
        assert await read(slow, 1) == [after]


async def test_the_end_of_the_engine_is_the_end_of_the_programme(
    engine: Engine, watches: Watches
) -> None:
    async with watches.watch(ROOM, Slot.STAGE, "video") as watcher:
        await opened(engine, 1)
        engine.sends()
        engine.ends()
        assert len(await read(watcher, 99)) == 2
    async with watches.watch(ROOM, Slot.STAGE, "video") as again:
        await opened(engine, 2)
        engine.sends()
        assert len(await read(again, 2)) == 2


@pytest.mark.parametrize("data", [b"", b"\x1f\x43\xb6\x75", b"\x1f\x43\xb6\x75\x80\xe7", bytes(50)])
def test_what_is_no_cluster_begins_with_no_keyframe(data: bytes) -> None:
    assert not begins_with_key(data)


@pytest.mark.parametrize("size", [1, 200, 20_000, 3_000_000])
def test_a_keyframe_is_known_whatever_its_length(size: int) -> None:
    assert begins_with_key(cluster(123_456, True, size))
    assert not begins_with_key(cluster(123_456, False, size))


# --- over HTTP, with a real engine ---


@pytest.fixture
async def hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TestHall]:
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda use_ipv4, use_ipv6: ["127.0.0.1"])
    async with open_hall(tmp_path) as made:
        yield made


async def watch(
    hall: TestHall, session: ClientSession, api: Api, track: Track
) -> ClientWebSocketResponse:
    url = f"{hall.server.url}{hall.tender.path}/media/watch?slot=stage&track={track}"
    headers = {"Authorization": f"Bearer {api.token}"}
    return await session.ws_connect(url, headers=headers, max_msg_size=0)


async def take(socket: ClientWebSocketResponse, pieces: int) -> tuple[bytes, list[str]]:
    """So many binary frames, and what text frames said meanwhile."""
    got, said, count = b"", list[str](), 0
    async with asyncio.timeout(LONG):
        while count < pieces:
            message = await socket.receive()
            assert message.type in (WSMsgType.BINARY, WSMsgType.TEXT), message
            if message.type is WSMsgType.TEXT:
                said.append(json.loads(message.data)["state"])
            else:
                got, count = got + message.data, count + 1
    return got, said


async def test_those_who_come_late_see_the_stage_too_and_are_told_when_it_is_empty(
    hall: TestHall, tmp_path: Path
) -> None:
    tender = hall.tender
    async with ClientSession() as session:
        early = await watch(hall, session, tender.supervisor, "video")
        sender, way = await hall.sends(tender.host)
        _, said = await take(early, 3)
        assert said == ["empty", "live"]
        late = await watch(hall, session, tender.supervisor, "video")
        data, said = await take(late, 6)
        assert said == ["live"]
        file = tmp_path / "late.webm"
        file.write_bytes(data)
        frames, errors = await asyncio.to_thread(decoded, file)
        assert frames > 3
        assert not errors
        await way.stop()
        async with asyncio.timeout(LONG):
            while json.loads(await _text(early))["state"] != "empty":
                pass
        await sender.close()


def decoded(file: Path) -> tuple[int, str]:
    """How many pictures a decoder finds, and what it complains about."""
    shown = ["-count_frames", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0"]
    out = run(["ffprobe", "-v", "error", *shown, file], capture_output=True, text=True, check=True)
    return int(out.stdout.strip().strip(",")), out.stderr


async def _text(socket: ClientWebSocketResponse) -> str:
    while True:
        message = await socket.receive()
        assert message.type in (WSMsgType.BINARY, WSMsgType.TEXT), message
        if message.type is WSMsgType.TEXT:
            return str(message.data)


async def test_after_an_engine_was_killed_a_watcher_is_asked_to_come_again(hall: TestHall) -> None:
    tender = hall.tender
    await hall.sends(tender.host)
    await hall.until_in(Slot.STAGE, f"{await who(tender.host)}:camera")
    async with ClientSession() as session:
        socket = await watch(hall, session, tender.supervisor, "audio")
        await take(socket, 2)
        hall.kill_engine()
        async with asyncio.timeout(LONG):
            while (await socket.receive()).type in (WSMsgType.BINARY, WSMsgType.TEXT):
                pass
        assert socket.close_code == 1013
        live = hall.server.parts.hall.live(hall.room)
        await until(lambda: not live.away, LONG)
        await hall.sends(tender.host)
        again = await watch(hall, session, tender.supervisor, "audio")
        assert (await take(again, 2))[0].startswith(bytes.fromhex("1a45dfa3"))
