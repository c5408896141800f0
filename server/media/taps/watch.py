"""What a slot shows, as WebM for those who can't receive RTP: one programme for its picture, one
for its sound.

Times count on from the moment the room was opened here, through every change of the feed, and are
the same for all programmes of a room. A reader that joins late begins at such a time and has to go
there (`currentTime = buffered.start(0)`); while nothing is sent, time goes on, and it has to go on
over the hole.

The first picture of a cluster may be dated earlier than it was taken. Players of Media Source
Extensions take a step of more than twice a picture's duration for a hole and show nothing behind it
before the next keyframe (coded frame processing, step 6), and a call sends keyframes only when it
is asked for one. Inside a cluster a picture lasts until the next; at its end nobody knows yet.
"""

from collections.abc import Callable

from server.media.plane import Feed, Track
from server.media.taps import webm
from server.media.taps.stream import Frame
from server.media.taps.vp8 import Size

Sink = Callable[[bytes], None]

CLUSTER = 0.4
"""Seconds of a cluster."""

FIRST_CLUSTER = 0.1
"""Seconds of a cluster that somebody waits for."""

FIRST_STEP = 60
"""Milliseconds that may be between a cluster of one picture and the next cluster."""

_LARGEST = 2 << 20
_MOST_IN_A_BLOCK = 30_000  # its time is a signed number of 16 bits (RFC 9559, 10.2)
_REST = 2.0


class SinkFull(Exception):
    """Raised by a sink that can take no more for now: it is left out until a keyframe some seconds
    later, and so keeps nobody else waiting."""


class _Reader:
    """One who gets the programme."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.begun = False
        self.waits = True  # for a cluster that begins with a keyframe
        self.rests_until = 0.0


class Programme:
    """Of one track of one slot. Costs nothing while nobody reads it."""

    def __init__(self, track: Track, epoch: float) -> None:
        self._track: Track = track
        self._epoch = epoch
        self._readers: list[_Reader] = []
        self._blocks: list[bytes] = []
        self._bytes = 0
        self._key = False
        self._start = 0
        self._last = -1
        self._step = 0  # the longest inside the cluster
        self._reach = _MOST_IN_A_BLOCK  # how far the next cluster may be from the last picture
        self._opened = 0.0
        self._size: Size | None = None

    @property
    def read(self) -> bool:
        """Whether anybody reads it."""
        return bool(self._readers)

    def needs_key(self, now: float) -> bool:
        """Whether a reader waits for a keyframe."""
        return (
            self._track == "video"
            and not (self._key and self._blocks)
            and any(each.waits and now >= each.rests_until for each in self._readers)
        )

    def add(self, sink: Sink) -> Callable[[], None]:
        """Gives the programme to a sink: the initialisation segment with the next keyframe, then
        clusters. Returns how to end that."""
        reader = _Reader(sink)
        self._readers.append(reader)

        def end() -> None:
            if reader in self._readers:
                self._readers.remove(reader)

        return end

    def put(self, frame: Frame, now: float) -> None:
        """Takes the next frame of what is shown."""
        if not self._readers:
            self._blocks = []
            return
        time = max(round((frame.time - self._epoch) * 1000), self._last + 1)
        starts = frame.key and self._track == "video"
        if self._blocks and (
            starts
            or time - self._start >= self._room_for()
            or self._bytes + len(frame.data) > _LARGEST
        ):
            self._flush(now)
        if not self._blocks:
            if self._track == "video" and not frame.key:
                time = min(time, self._last + self._reach)
            self._start = time
            self._opened = now
            self._key = frame.key
            self._step = 0
        else:
            self._step = max(self._step, time - self._last)
        self._size = frame.size or self._size
        self._blocks.append(webm.block(self._track, time - self._start, frame.key, frame.data))
        self._bytes += len(frame.data)
        self._last = time

    def tick(self, now: float) -> None:
        """Sends a cluster that waited long enough for more frames."""
        if self._blocks and now - self._opened >= self._longest():
            self._flush(now)

    def _longest(self) -> float:
        # Under a resting reader nobody else suffers: only those who begin are hurried for.
        return FIRST_CLUSTER if any(not each.begun for each in self._readers) else CLUSTER

    def _room_for(self) -> float:
        """Milliseconds from a cluster's first picture to the last that may be in it. The one after
        a picture that was dated earlier goes with it, however long the pause was."""
        return 1000 * self._longest() if len(self._blocks) > 1 else _MOST_IN_A_BLOCK

    def _flush(self, now: float) -> None:
        blocks, self._blocks, self._bytes = self._blocks, [], 0
        cluster = webm.cluster(self._start, blocks)
        self._reach = max(1, 3 * self._step // 2) if self._step else FIRST_STEP
        for reader in tuple(self._readers):
            if reader.waits and (not self._key or now < reader.rests_until):
                continue
            try:
                if not reader.begun:
                    reader.sink(webm.head([self._track], self._size))
                    reader.begun = True
                reader.sink(cluster)
                reader.waits = False
            except Exception:  # SinkFull, or whatever a broken connection raises
                reader.waits = True
                reader.rests_until = now + _REST


class Show:
    """A slot: which feed is wanted in it, and which one is to be seen and heard for now."""

    SWITCH = 2.0
    """Seconds that a feed is shown on while the next one's keyframe is awaited."""

    def __init__(self, epoch: float) -> None:
        self.wanted: Feed | None = None
        self.shown: dict[Track, Feed | None] = {"audio": None, "video": None}
        self.programmes: dict[Track, Programme] = {
            "audio": Programme("audio", epoch),
            "video": Programme("video", epoch),
        }
        self._until = 0.0

    def assign(self, feed: Feed | None, tracks: frozenset[Track], now: float) -> None:
        """Wants a feed that has these tracks by now; None empties the slot."""
        if feed == self.wanted:
            return
        self.wanted = feed
        self._until = now + self.SWITCH
        for track in self.shown:
            if track not in tracks:
                self.shown[track] = None

    def left(self, feed: Feed) -> None:
        """A feed ended."""
        for track, shown in self.shown.items():
            if shown == feed:
                self.shown[track] = None

    def put(self, feed: Feed, frame: Frame, now: float) -> None:
        """Takes a frame of a feed, if it is this slot's."""
        if self.shown[frame.track] != feed:
            if self.wanted != feed or not frame.key:
                return
            self.shown[frame.track] = feed
        self.programmes[frame.track].put(frame, now)

    def tick(self, now: float) -> None:
        """Sends what is due; stops showing a feed whose successor doesn't come."""
        for track, shown in self.shown.items():
            if shown != self.wanted and now >= self._until:
                self.shown[track] = None
            self.programmes[track].tick(now)

    def hears(self, feed: Feed) -> bool:
        """Whether the feed's frames are for anybody here."""
        return (feed == self.wanted or feed in self.shown.values()) and any(
            each.read for each in self.programmes.values()
        )

    def needs_key(self, feed: Feed, now: float) -> bool:
        """Whether somebody here waits for a keyframe of the feed."""
        programme = self.programmes["video"]
        if not programme.read:
            return False
        if self.shown["video"] == feed:
            return programme.needs_key(now)
        return self.wanted == feed
