"""Browsers' stand-ins: aiortc with real VP8 and Opus. Pictures are of one brightness and sound is
of one loudness each, so that a viewer can tell whose they are."""

import asyncio
import contextlib
import fractions
import random
import re
import time
from collections.abc import Callable, Sequence
from struct import unpack_from
from typing import Any, TypeVar

import av
from aiortc import (
    AudioStreamTrack,
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
    VideoStreamTrack,
)
from aiortc.mediastreams import MediaStreamError
from aiortc.rtcconfiguration import RTCBundlePolicy
from aiortc.rtp import RtpPacket

from rooms.ids import RoomId
from server.media.plane import EngineEvent, Feed, MediaPlane, Published, Slot, Subscription

E = TypeVar("E")
PATIENT = 60.0
"""Seconds that anything may take on a machine that has other things to do."""
RATE = 48000
SAMPLES = RATE // 50


class Grey(VideoStreamTrack):
    """A small picture of one brightness, ten times a second."""

    def __init__(self, brightness: int) -> None:
        super().__init__()
        self.brightness = brightness
        self._count = 0
        self._start: float | None = None

    async def recv(self) -> av.VideoFrame:
        """The next picture, when it is due."""
        self._start = self._start or time.monotonic()
        await asyncio.sleep(max(0.0, self._start + self._count / 10 - time.monotonic()))
        frame = av.VideoFrame(160, 120, "yuv420p")
        for plane, value in zip(frame.planes, (self.brightness, 128, 128), strict=True):
            plane.update(bytes([value]) * plane.buffer_size)
        frame.pts, frame.time_base = self._count * 9000, fractions.Fraction(1, 90000)
        self._count += 1
        return frame


class Hum(AudioStreamTrack):
    """Sound of one loudness: a square wave."""

    def __init__(self, loudness: int) -> None:
        super().__init__()
        high, low = (v.to_bytes(2, "little", signed=True) for v in (loudness, -loudness))
        self._samples = (high * 48 + low * 48) * (SAMPLES // 96)
        self._count = 0
        self._begun: float | None = None

    async def recv(self) -> av.AudioFrame:
        """The next twenty milliseconds, when they are due."""
        self._begun = self._begun or time.monotonic()
        await asyncio.sleep(max(0.0, self._begun + self._count / 50 - time.monotonic()))
        frame = av.AudioFrame(format="s16", layout="mono", samples=SAMPLES)
        frame.planes[0].update(self._samples)
        frame.pts, frame.time_base = self._count * SAMPLES, fractions.Fraction(1, RATE)
        frame.sample_rate = RATE
        self._count += 1
        return frame


def new_peer() -> RTCPeerConnection:
    """A connection that asks nobody on the internet."""
    return RTCPeerConnection(
        RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
    )


class Publisher:
    """Sends a picture and sound of its own."""

    def __init__(self, plane: MediaPlane, room: RoomId, feed: Feed, brightness: int = 120) -> None:
        self.plane, self.room, self.feed = plane, room, feed
        self.peer = new_peer()
        self.peer.addTrack(Hum(4000))
        self.peer.addTrack(Grey(brightness))
        self.published: Published | None = None

    async def offer(self) -> str:
        """What it would send."""
        await self.peer.setLocalDescription()
        return self.peer.localDescription.sdp

    async def publish(self) -> "Publisher":
        """Sends from now on."""
        self.published = await self.plane.publish(self.room, self.feed, await self.offer())
        await self.peer.setRemoteDescription(
            RTCSessionDescription(sdp=self.published.answer, type="answer")
        )
        return self

    async def close(self) -> None:
        """Ends like a tab that is closed."""
        await self.peer.close()


class Screen:
    """What arrives of one slot."""

    def __init__(self) -> None:
        self.frames = 0
        self.brightness = 0
        self.loudness = 0
        self.sounds = 0

    async def look(self, track: MediaStreamTrack) -> None:
        """Takes frames until there are no more."""
        with contextlib.suppress(MediaStreamError):
            while True:
                frame = await track.recv()
                if isinstance(frame, av.VideoFrame):
                    self.brightness = bytes(frame.planes[0])[frame.width * 20 + 20]
                    self.frames += 1
                elif isinstance(frame, av.AudioFrame):
                    samples = memoryview(bytes(frame.planes[0])).cast("h")
                    self.loudness = max(abs(s) for s in samples[::7])
                    self.sounds += 1

    def shows(self, brightness: int) -> bool:
        """Whether the latest picture is of that brightness, as well as VP8 keeps it."""
        return self.frames > 0 and abs(self.brightness - brightness) < 12


class Viewer:
    """Receives all slots."""

    def __init__(self, plane: MediaPlane, room: RoomId, name: str = "viewer") -> None:
        self.plane, self.room, self.name = plane, room, name
        self.peer = new_peer()
        self.subscription: Subscription | None = None
        self.slots: dict[Slot, Screen] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def subscribe(self) -> "Viewer":
        """Receives from now on."""
        made = self.subscription = await self.plane.subscribe(self.room, self.name)
        await self.peer.setRemoteDescription(RTCSessionDescription(sdp=made.offer, type="offer"))
        await self.peer.setLocalDescription()
        tracks = {t.mid: t.receiver.track for t in self.peer.getTransceivers()}
        for section in made.sections:
            screen = self.slots[section.slot] = Screen()
            for mid in (section.audio, section.video):
                self._tasks.append(asyncio.ensure_future(screen.look(tracks[mid])))
        await self.plane.accept(self.room, made.resource, self.peer.localDescription.sdp)
        return self

    async def close(self) -> None:
        """Ends like a tab that is closed."""
        for task in self._tasks:
            task.cancel()
        await self.peer.close()


class Told:
    """What a plane told, to wait for."""

    def __init__(self, plane: MediaPlane) -> None:
        self.events: list[EngineEvent] = []
        self._task = asyncio.ensure_future(self._listen(plane))

    async def _listen(self, plane: MediaPlane) -> None:
        async for event in plane.events():
            self.events.append(event)

    async def until(self, kind: type[E], **having: object) -> E:
        """The first event of that kind with these attributes, now or later."""

        def found() -> E | None:
            for event in self.events:
                if isinstance(event, kind) and all(
                    getattr(event, name) == value for name, value in having.items()
                ):
                    return event
            return None

        await until(lambda: found() is not None, f"{kind.__name__} {having}: {self.events}")
        event = found()
        assert event is not None
        return event

    def close(self) -> None:
        """Stops listening."""
        self._task.cancel()


async def until(true: Callable[[], bool], what: str = "", within: float = PATIENT) -> None:
    """Waits for a state."""
    end = time.monotonic() + within
    while not true():
        assert time.monotonic() < end, f"not within {within} s: {what}"
        await asyncio.sleep(0.02)


class Loss:
    """Drops a share of the RTP that comes in at a peer, and counts what comes in the end."""

    def __init__(self, peer: RTCPeerConnection, share: float) -> None:
        """To be made before the peer is connected; what is decrypted is counted by its source."""
        self.numbers: dict[int, list[int]] = {}
        """Sequence numbers by payload type, of the one source that there is to be of each."""
        self.dropped = 0
        self._share = share
        self._chance = random.Random(5)
        transport: Any = peer.getTransceivers()[0].receiver.transport
        for protocol in transport.transport._connection._protocols:
            protocol.datagram_received = self._drop(protocol.datagram_received)
        given = transport._handle_rtp_data
        repairs = {
            int(its): int(of)
            for its, of in re.findall(r"a=fmtp:(\d+) apt=(\d+)", peer.remoteDescription.sdp)
        }

        async def count(data: bytes, arrival_time_ms: int) -> None:
            number, (seq,) = data[1] & 0x7F, unpack_from("!H", data, 2)
            packet = RtpPacket.parse(data)
            if number in repairs and packet.payload:
                # Sent again (RFC 4588): the number it had the first time comes before the rest.
                number, (seq,) = repairs[number], unpack_from("!H", packet.payload)
            self.numbers.setdefault(number, []).append(seq)
            await given(data, arrival_time_ms=arrival_time_ms)

        transport._handle_rtp_data = count

    def _drop(self, given: Callable[..., None]) -> Callable[..., None]:
        def receive(data: bytes, addr: Sequence[Any]) -> None:
            is_rtp = 128 <= data[0] < 192 and not 192 <= data[1] < 224
            if is_rtp and self._chance.random() < self._share:
                self.dropped += 1
            else:
                given(data, addr)

        return receive
