"""Taps of an engine: from its feeds' packets to recordings and watches (docs/media.md)."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

import structlog

from rooms.ids import RecordingId, RoomId
from server.media.plane import Feed, Slot, Track
from server.media.taps import webm
from server.media.taps.files import Ended, Files
from server.media.taps.recorder import Recording
from server.media.taps.stream import Frame, Stream
from server.media.taps.watch import Show, Sink

Tell = Callable[[RoomId, RecordingId, int, str, Ended], None]

ASK_EVERY = 0.5
"""Seconds between two requests for a keyframe of one feed."""

_ASK_SILENT = 2.0
_SILENT = 2.0

_log = structlog.get_logger()


class _Source:
    """A feed that is being sent."""

    def __init__(self, tracks: tuple[Track, ...]) -> None:
        self.streams = {each: Stream(each) for each in tracks}
        self.recording: Recording | None = None
        self.recorded: RecordingId | None = None
        self.heard = False
        self.asked = float("-inf")
        self.seen = float("-inf")

    def begin_again(self) -> None:
        """Forgets what was before: nobody listened meanwhile."""
        self.streams = {each: Stream(each) for each in self.streams}


class _Room:
    def __init__(self, epoch: float) -> None:
        self.epoch = epoch
        self.sources: dict[Feed, _Source] = {}
        self.shows: dict[Slot, Show] = {}

    def show(self, slot: Slot) -> Show:
        return self.shows.setdefault(slot, Show(self.epoch))


class Taps:
    """All rooms of one engine. Everything is called from one thread and returns at once; nothing
    raises for what a sender does. `tell` is only called from `tick` and `stop`, `want_keyframe`
    also from the others, at most every ASK_EVERY seconds a feed."""

    def __init__(
        self,
        tell: Tell,
        want_keyframe: Callable[[RoomId, Feed], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tell = tell
        self._want_keyframe = want_keyframe
        self._clock = clock
        self._rooms: dict[RoomId, _Room] = {}
        self._files = Files()

    def open(self, room: RoomId, feed: Feed, tracks: Mapping[Track, str]) -> None:
        """A feed begins, with the codec of each of its tracks by its name in SDP. Tracks in other
        codecs than Opus and VP8 are left out. A feed that is there begins again."""
        self.close(room, feed)
        known = tuple(
            track
            for track, codec in webm.CODECS.items()
            if tracks.get(track, "").lower() == codec.lower()
        )
        at = self._room(room)
        at.sources[feed] = _Source(known)
        self._review(room, at)

    def packet(self, room: RoomId, feed: Feed, track: Track, rtp: bytes) -> None:
        """One plain RTP packet of a feed as it was received."""
        at = self._rooms.get(room)
        source = at.sources.get(feed) if at is not None else None
        if at is None or source is None or not source.heard:
            return
        stream = source.streams.get(track)
        if stream is None:
            return
        now = self._clock()
        if track == "video":
            source.seen = now
        try:
            for frame in stream.put(rtp, now):
                _give(at, feed, source, frame, now)
        except Exception:
            # The engine's transport would die of it: one room's recording is the smaller harm.
            _log.exception("tap_failed", room=room, feed=str(feed))
            source.begin_again()

    def close(self, room: RoomId, feed: Feed) -> None:
        """A feed is over; its recording ends as "left"."""
        at = self._rooms.get(room)
        source = at.sources.pop(feed, None) if at is not None else None
        if at is None or source is None:
            return
        _end(source, "left")
        for show in at.shows.values():
            show.left(feed)

    def record(self, room: RoomId, feed: Feed, recording: RecordingId, file: Path | None) -> None:
        """Records a feed into a new file, from its next keyframe on; None ends the recording as
        "stopped". Another recording of the same feed that still runs is ended. A file that can't
        be made, and a feed that is not there, are told as "failed"."""
        at = self._room(room)
        source = at.sources.get(feed)
        now = self._clock()
        if file is None:
            if source is not None and source.recorded == recording:
                _end(source, "stopped")
        elif source is None:
            self._files.fail(room, recording)
        elif source.recorded != recording:
            _end(source, "stopped")
            writing = self._files.begin(room, recording, file)
            source.recording = Recording(tuple(source.streams), writing, now)
            source.recorded = recording
        self._review(room, at)

    def assign(self, room: RoomId, slot: Slot, feed: Feed | None) -> None:
        """Puts a feed into a slot from its next keyframe on; one that is not there yet when it
        comes. None empties the slot at once."""
        at = self._room(room)
        source = at.sources.get(feed) if feed is not None else None
        tracks = frozenset(source.streams) if source is not None else frozenset()
        at.show(slot).assign(feed, tracks, self._clock())
        self._review(room, at)

    def watch(self, room: RoomId, slot: Slot, track: Track, sink: Sink) -> Callable[[], None]:
        """Gives a slot's picture or sound to `sink` as WebM: with the next keyframe the
        initialisation segment and whole clusters, one call each. Returns how to stop. A sink that
        can take no more raises SinkFull. Goes on when the slot is empty and filled again."""
        at = self._room(room)
        end = at.show(slot).programmes[track].add(sink)
        self._review(room, at)

        def stop() -> None:
            end()
            self._review(room, at)

        return stop

    def tick(self) -> None:
        """Ten times a second: writes and sends what waits, asks for keyframes, tells marks."""
        now = self._clock()
        for room, at in tuple(self._rooms.items()):
            for feed, source in tuple(at.sources.items()):
                if source.heard:
                    self._tick(at, feed, source, now)
            for show in at.shows.values():
                show.tick(now)
            self._review(room, at)
        while self._files.news:
            self._tell(*self._files.news.popleft())

    def close_room(self, room: RoomId) -> None:
        """Ends a room: its recordings as "stopped", its watches without a word."""
        at = self._rooms.pop(room, None)
        if at is not None:
            for source in at.sources.values():
                _end(source, "stopped")
            at.sources.clear()

    def stop(self, within: float = 10.0) -> None:
        """Ends all rooms, waits for the disk for at most so many seconds, and tells the rest."""
        for room in tuple(self._rooms):
            self.close_room(room)
        self._files.settle(within)
        self.tick()

    def _tick(self, at: _Room, feed: Feed, source: _Source, now: float) -> None:
        for stream in source.streams.values():
            for frame in stream.tick(now):
                _give(at, feed, source, frame, now)
        if source.recording is not None:
            source.recording.tick(now)

    def _room(self, room: RoomId) -> _Room:
        return self._rooms.setdefault(room, _Room(self._clock()))

    def _review(self, room: RoomId, at: _Room) -> None:
        """Looks who is listened to, and asks for the keyframes that somebody waits for."""
        now = self._clock()
        for feed, source in at.sources.items():
            heard = source.recording is not None or any(
                each.hears(feed) for each in at.shows.values()
            )
            if heard and not source.heard:
                source.begin_again()
            source.heard = heard
            if not heard or "video" not in source.streams:
                continue
            every = ASK_EVERY if now - source.seen < _SILENT else _ASK_SILENT
            if now - source.asked >= every and _needs_key(at, feed, source, now):
                source.asked = now
                self._want_keyframe(room, feed)


def _give(at: _Room, feed: Feed, source: _Source, frame: Frame, now: float) -> None:
    if source.recording is not None:
        source.recording.put(frame)
    for show in at.shows.values():
        show.put(feed, frame, now)


def _end(source: _Source, reason: Ended) -> None:
    if source.recording is not None:
        source.recording.end(reason)
    source.recording = source.recorded = None


def _needs_key(at: _Room, feed: Feed, source: _Source, now: float) -> bool:
    if source.streams["video"].needs_key:
        return True
    if source.recording is not None and source.recording.needs_key:
        return True
    return any(each.needs_key(feed, now) for each in at.shows.values())
