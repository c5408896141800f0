"""A room's taps with participants who send into them, on a clock that only the test moves."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from rooms.ids import PersonId, RecordingId, RoomId
from server.media.plane import Feed, Kind, Recorded, Track
from server.media.taps.taps import Taps
from tests.server.media.taps.sender import FPS, SOUND_EVERY, Camera, Microphone

ROOM = RoomId("hall-1")
HOST = Feed(PersonId("host"), Kind.CAMERA)
GUEST = Feed(PersonId("guest"), Kind.CAMERA)
SCREEN = Feed(PersonId("host"), Kind.SCREEN)

Network = Callable[[Track, bytes], list[bytes]]
"""What arrives of a packet that was sent, and in which order."""


def straight(_track: Track, packet: bytes) -> list[bytes]:
    """A network that loses nothing."""
    return [packet]


@dataclass
class Sender:
    """One participant."""

    camera: Camera | None
    microphone: Microphone | None
    network: Network = straight
    picture_at: float = 0.0
    sound_at: float = 0.0
    sent: dict[Track, int] = field(default_factory=lambda: {"audio": 0, "video": 0})


class Studio:
    """The room."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.told: list[Recorded] = []
        self.asked: list[tuple[float, Feed]] = []
        self.senders: dict[Feed, Sender] = {}
        self.taps = Taps(self._tell, self._want_keyframe, lambda: self.now)
        self._ticked = self.now

    def _tell(self, *what: object) -> None:
        assert threading.current_thread() is threading.main_thread()
        self.told.append(Recorded(*what))  # type: ignore[arg-type]  # five fields in their order

    def _want_keyframe(self, _room: RoomId, feed: Feed) -> None:
        self.asked.append((self.now, feed))
        camera = self.senders[feed].camera
        if camera is not None:
            camera.wants_key = True

    def join(
        self,
        feed: Feed,
        camera: Camera | None = None,
        microphone: Microphone | None = None,
        network: Network = straight,
    ) -> Sender:
        """Somebody begins to send."""
        sender = Sender(camera, microphone, network, self.now, self.now)
        self.senders[feed] = sender
        tracks: dict[Track, str] = {}
        if camera is not None:
            tracks["video"] = "VP8"
        if microphone is not None:
            tracks["audio"] = "opus"
        self.taps.open(ROOM, feed, tracks)
        return sender

    def leave(self, feed: Feed) -> None:
        """Somebody stops."""
        self.taps.close(ROOM, feed)
        del self.senders[feed]

    def run(self, seconds: float) -> None:
        """Lets time pass: everybody sends what is due."""
        end = self.now + seconds - 1e-6
        while True:
            coming = [self._ticked + 0.1]
            for sender in self.senders.values():
                if sender.camera is not None:
                    coming.append(sender.picture_at)
                if sender.microphone is not None:
                    coming.append(sender.sound_at)
            if min(coming) > end:
                break
            self.now = max(self.now, min(coming))
            self._step()
        self.now = max(self.now, end)

    def _step(self) -> None:
        for feed, sender in self.senders.items():
            if sender.camera is not None and sender.picture_at <= self.now:
                self._send(feed, sender, "video", sender.camera.picture())
                sender.picture_at += 1 / FPS
            if sender.microphone is not None and sender.sound_at <= self.now:
                self._send(feed, sender, "audio", sender.microphone.sound())
                sender.sound_at += SOUND_EVERY
        if self._ticked + 0.1 <= self.now:
            self._ticked = self.now
            self.taps.tick()

    def _send(self, feed: Feed, sender: Sender, track: Track, packets: list[bytes]) -> None:
        sender.sent[track] += 1
        for packet in packets:
            for arriving in sender.network(track, packet):
                self.taps.packet(ROOM, feed, track, arriving)

    def pause(self, feed: Feed, pictures: int) -> None:
        """A camera leaves out so many pictures: its machine was busy."""
        sender = self.senders[feed]
        assert sender.camera is not None
        sender.camera.leaves_out(pictures)
        sender.picture_at += pictures / FPS

    def record(self, feed: Feed, name: str, file: Path | None) -> None:
        """Begins or ends a recording."""
        self.taps.record(ROOM, feed, RecordingId(name), file)

    def ended(self, name: str) -> Recorded:
        """Waits until the recording is over and told."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            self.taps.tick()
            for each in self.told:
                if each.recording == name and each.ended:
                    return each
            time.sleep(0.01)
        raise AssertionError(f"{name} was not ended: {self.told}")
