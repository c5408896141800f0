"""Makes one feed's frames into a recording: which bytes, in which order, from when on."""

from collections import deque
from collections.abc import Iterable

from server.media.plane import Track
from server.media.taps import webm
from server.media.taps.files import Ended, File
from server.media.taps.stream import Frame

CLUSTER = 1000
"""Milliseconds after which another cluster begins, if no keyframe comes before."""

PATIENCE = 2.0
"""Seconds of sound that wait for the first keyframe; then the recording begins without."""

_MERGE = 0.3
_MOST_WAITING = 16 << 20


class Recording:
    """Of one feed with these tracks. Begins with a keyframe, and with the sound since it was
    ordered. Blocks are written as they come, into clusters of unknown size: what a killed process
    leaves can be read up to its last block."""

    def __init__(self, tracks: Iterable[Track], file: File, now: float) -> None:
        self._tracks = sorted(tracks, key=lambda each: webm.NUMBER[each])
        self._file = file
        self._since = now
        self._queues: dict[Track, deque[Frame]] = {each: deque() for each in self._tracks}
        self._begun: float | None = None
        self._cluster: int | None = None
        self._last = 0
        self._out: list[bytes] = []
        self.needs_key = "video" in self._queues
        """Whether it waits for a keyframe."""

    def put(self, frame: Frame) -> None:
        """Takes a frame in the order of its track."""
        if self._file.waiting > _MOST_WAITING:
            # The disk stands still: a hole is better than a full memory.
            self.needs_key = "video" in self._queues
            return
        if frame.track == "video":
            if self.needs_key and not frame.key:
                return
            self.needs_key = False
        self._queues[frame.track].append(frame)

    def tick(self, now: float) -> None:
        """Hands what is ready to the file: ten times a second, so that little is lost."""
        self._drain(now)
        if self._out:
            self._file.write(b"".join(self._out))
            self._out = []

    def end(self, reason: Ended) -> None:
        """Writes the rest."""
        self._drain(float("inf"))
        if self._begun is None:  # nothing ever came: an empty recording is still WebM
            self._out.append(webm.head(self._tracks))
        self.tick(float("inf"))
        self._file.end(reason)

    def _drain(self, now: float) -> None:
        """Writes frames of all tracks in the order of their times: one waits a moment for what may
        come earlier on the other track."""
        if self._begun is None and not self._begin(now):
            return
        while ready := [queue for queue in self._queues.values() if queue]:
            queue = min(ready, key=_head)
            if len(ready) < len(self._queues) and queue[0].time > now - _MERGE:
                break
            self._write(queue.popleft())

    def _begin(self, now: float) -> bool:
        heads = [queue[0] for queue in self._queues.values() if queue]
        if not heads:
            return False
        if self.needs_key and now - self._since < PATIENCE:
            return False
        sizes = [each.size for each in heads if each.size]
        self._out.append(webm.head(self._tracks, sizes[0] if sizes else None))
        self._begun = min(each.time for each in heads)
        return True

    def _write(self, frame: Frame) -> None:
        assert self._begun is not None
        time = max(round((frame.time - self._begun) * 1000), self._last)
        self._last = time
        starts = frame.key and frame.track == "video"
        if self._cluster is None or starts or time - self._cluster >= CLUSTER:
            self._cluster = time
            self._out.append(webm.open_cluster(time))
        self._out.append(webm.block(frame.track, time - self._cluster, frame.key, frame.data))


def _head(queue: deque[Frame]) -> float:
    return queue[0].time
