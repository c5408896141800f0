"""Recording a participant without a browser: CPU of a packet, from plain RTP to the file on disk.

Limit: SHA-256 and writing of the same bytes alone, which is what evidence costs. Peer: aiortc's
jitter buffers and depacketiser with FFmpeg's muxer behind PyAV into a file that hashes what is
written: the shortest way to the same evidence with what is installed anyway. Rounds are interleaved
and medians are compared; `python -m bench.recording [SECONDS]`.
"""

import hashlib
import io
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import av
from aiortc.codecs.vpx import vp8_depayload
from aiortc.jitterbuffer import JitterBuffer
from aiortc.rtp import RtpPacket

from rooms.ids import PersonId, RecordingId, RoomId
from server.media.plane import Feed, Kind, Track
from server.media.taps.taps import Taps
from tests.server.media.taps.sender import FPS, SOUND_EVERY, Camera, Microphone

SECONDS = 60
ROUNDS = 5
PEER_TARGET = 1.0
TARGET = 0.01
"""Of a core for one participant."""

Sent = list[tuple[float, Track, bytes]]


def main() -> None:
    """Prints the table and the lines that say whether the targets are met."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    sent = _sent(seconds)
    ours, peers, limits = [], [], []
    with tempfile.TemporaryDirectory(prefix="yunkai-bench-") as name:
        for number in range(ROUNDS):
            file = Path(name) / f"{number}.webm"
            ours.append(_timed(partial(_record, sent, file)))
            peers.append(_timed(partial(_remux, sent, file.with_suffix(".peer"))))
            again = partial(_hash_and_write, file.read_bytes(), seconds, file.with_suffix(".raw"))
            limits.append(_timed(again))
    own, peer, limit = (statistics.median(each) for each in (ours, peers, limits))
    print(f"{seconds} s, {len(sent)} packets of 640x480 and Opus, {os.cpu_count()} cores")
    print(f"{'what':<44} {'us/packet':>10} {'% of a core':>12}")
    for what, cpu in (
        ("SHA-256 and write alone", limit),
        ("recording: order, WebM, SHA-256, write, sync", own),
        ("aiortc's jitter buffer and PyAV's muxer", peer),
    ):
        print(f"{what:<44} {cpu / len(sent) * 1e6:10.1f} {cpu / seconds * 100:12.2f}")
    share, ratio = own / seconds, peer / own
    ok = share <= TARGET and ratio >= PEER_TARGET
    print(f"recording/peer ratio={ratio:.2f} target={PEER_TARGET} {_told(ratio >= PEER_TARGET)}")
    print(f"recording share={share:.4f} target={TARGET} {_told(share <= TARGET)}")
    sys.exit(0 if ok else 1)


def _told(ok: bool) -> str:
    return "ok" if ok else "short"


def _sent(seconds: int) -> Sent:
    camera, microphone = Camera(640, 480), Microphone()
    sent: Sent = []
    for number in range(seconds * FPS):
        camera.wants_key = number % (10 * FPS) == 0
        sent += [(number / FPS, "video", each) for each in camera.picture()]
    for number in range(round(seconds / SOUND_EVERY)):
        sent += [(number * SOUND_EVERY, "audio", each) for each in microphone.sound()]
    return sorted(sent, key=lambda each: each[0])


def _timed(work: Callable[[], None]) -> float:
    """CPU seconds of all threads."""
    start = time.process_time()
    work()
    return time.process_time() - start


def _record(sent: Sent, file: Path) -> None:
    now = 0.0
    told: list[str] = []
    taps = Taps(lambda *what: told.append(what[-1]), lambda *_: None, lambda: now)
    room, feed = RoomId("bench"), Feed(PersonId("p"), Kind.CAMERA)
    taps.open(room, feed, {"video": "VP8", "audio": "opus"})
    taps.record(room, feed, RecordingId("r"), file)
    ticked = 0.0
    for now, track, packet in sent:
        if now - ticked >= 0.1:
            ticked = now
            taps.tick()
        taps.packet(room, feed, track, packet)
    taps.stop()
    assert told[-1] == "stopped"


def _remux(sent: Sent, file: Path) -> None:
    buffers = {"video": JitterBuffer(128, is_video=True), "audio": JitterBuffer(16, prefetch=4)}
    with _Hashed(file) as into, av.open(into, "w", format="webm") as out:
        video = out.add_stream("libvpx", rate=FPS)
        video.width, video.height = 640, 480
        audio = out.add_stream("libopus", rate=48000)
        streams = {"video": video, "audio": audio}
        rates = {"video": Fraction(1, 90000), "audio": Fraction(1, 48000)}
        first: dict[str, int] = {}
        for _, track, data in sent:
            packet = RtpPacket.parse(data)
            if track == "video":
                packet._data = vp8_depayload(packet.payload)
            else:
                packet._data = packet.payload
            _, frame = buffers[track].add(packet)
            if frame is None:
                continue
            start = first.setdefault(track, frame.timestamp)
            muxed = av.Packet(frame.data)
            muxed.stream = streams[track]
            muxed.pts = muxed.dts = (frame.timestamp - start) & 0xFFFFFFFF
            muxed.time_base = rates[track]
            muxed.is_keyframe = track == "audio" or not frame.data[0] & 1
            out.mux(muxed)


class _Hashed(io.FileIO):
    """A file with a running digest, brought to the disk at its end."""

    def __init__(self, file: Path) -> None:
        super().__init__(file, "w")
        self.digest = hashlib.sha256()

    def seekable(self) -> bool:
        return False

    def write(self, data: Any) -> int:
        self.digest.update(data)
        return super().write(data) or 0

    def close(self) -> None:
        if not self.closed:
            os.fsync(self.fileno())
        super().close()


def _hash_and_write(data: bytes, seconds: int, file: Path) -> None:
    digest = hashlib.sha256()
    piece = len(data) // (seconds * 10) + 1
    source = io.BytesIO(data)
    with file.open("wb", buffering=0) as out:
        while part := source.read(piece):
            digest.update(part)
            out.write(part)
        os.fsync(out.fileno())


if __name__ == "__main__":
    main()
