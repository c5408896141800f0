"""Who can't receive RTP sees and hears a slot all the same."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from server.media.plane import Slot, Track
from server.media.taps.watch import SinkFull
from tests.server.media.taps import ebml
from tests.server.media.taps.probe import decoded
from tests.server.media.taps.sender import Camera, Microphone
from tests.server.media.taps.studio import GUEST, HOST, ROOM, Studio

FLOOR = Slot.FLOOR


@pytest.fixture
def studio() -> Studio:
    studio = Studio()
    studio.join(HOST, Camera(320, 240), Microphone())
    studio.join(GUEST, Camera(640, 360, ssrc=1002), Microphone(ssrc=2002))
    return studio


class Watcher:
    """A browser that follows a slot's picture or sound."""

    def __init__(self, studio: Studio, track: Track, slot: Slot = FLOOR) -> None:
        self.got: list[bytes] = []
        self.full = False
        self.stop: Callable[[], None] = studio.taps.watch(ROOM, slot, track, self._take)

    def _take(self, data: bytes) -> None:
        if self.full:
            raise SinkFull
        self.got.append(data)

    @property
    def blocks(self) -> list[ebml.Block]:
        return ebml.blocks(ebml.elements(b"".join(self.got)))


def test_a_watcher_gets_a_head_and_clusters_that_begin_with_a_keyframe(studio: Studio) -> None:
    studio.taps.assign(ROOM, FLOOR, HOST)
    studio.run(2)
    watcher = Watcher(studio, "video")
    studio.run(3)
    assert [name for name, _ in ebml.elements(watcher.got[0])] == ["EBML", "Segment"]
    for each in watcher.got[1:]:
        ((name, content),) = ebml.elements(each)
        times = [block.time for block in ebml.blocks([(name, content)])]
        assert name == "Cluster"
        assert times[-1] - times[0] < 500
    assert watcher.blocks[0].key
    assert watcher.blocks[0].time == pytest.approx(2000, abs=150)
    assert 80 <= len(watcher.blocks) <= 90


def test_what_was_watched_can_be_decoded(studio: Studio, tmp_path: Path) -> None:
    studio.taps.assign(ROOM, FLOOR, HOST)
    picture, sound = Watcher(studio, "video"), Watcher(studio, "audio")
    studio.run(3)
    (tmp_path / "v.webm").write_bytes(b"".join(picture.got))
    (tmp_path / "a.webm").write_bytes(b"".join(sound.got))
    assert decoded(tmp_path / "v.webm").pictures == len(picture.blocks) >= 75
    assert decoded(tmp_path / "a.webm").samples == len(sound.blocks) * 960 >= 125 * 960
    # One clock for both: neither is ahead of the other.
    assert abs(picture.blocks[-1].time - sound.blocks[-1].time) < 500


def test_the_floor_changes_at_a_keyframe_and_time_goes_on(studio: Studio, tmp_path: Path) -> None:
    studio.taps.assign(ROOM, FLOOR, HOST)
    picture, sound = Watcher(studio, "video"), Watcher(studio, "audio")
    studio.run(2)
    studio.taps.assign(ROOM, FLOOR, GUEST)
    studio.run(2)
    studio.taps.assign(ROOM, FLOOR, HOST)
    studio.run(2)
    file = tmp_path / "v.webm"
    file.write_bytes(b"".join(picture.got))
    assert decoded(file).sizes == [(320, 240), (640, 360), (320, 240)]
    for watcher, longest in ((picture, 150), (sound, 60)):
        times = [block.time for block in watcher.blocks]
        gaps = [b - a for a, b in pairwise(times)]
        assert min(gaps) > 0
        assert max(gaps) <= longest


def test_a_pause_is_nowhere_a_hole_between_clusters(studio: Studio) -> None:
    studio.taps.assign(ROOM, FLOOR, HOST)
    watcher = Watcher(studio, "video")
    for pictures in (0, 3, 12, 40, 1):
        studio.run(0.81)
        studio.pause(HOST, pictures)
    studio.run(1)
    clusters = [ebml.blocks(ebml.elements(each)) for each in watcher.got[1:]]
    longest = 0
    for before, cluster in pairwise(clusters):
        inner = [b.time - a.time for a, b in pairwise(before)]
        longest = max(longest, *inner, 0)
        step = cluster[0].time - before[-1].time
        assert cluster[0].key or step < 2 * (longest or 63)
    # What was dated earlier is made up for with the next picture.
    assert watcher.blocks[-1].time == pytest.approx(5 * 810 + 1000, abs=500)


def test_who_comes_to_a_slot_that_is_recorded_already_sees_it(
    studio: Studio, tmp_path: Path
) -> None:
    studio.taps.assign(ROOM, FLOOR, HOST)
    studio.record(HOST, "r-1", tmp_path / "r-1.webm")
    studio.run(2)
    watcher = Watcher(studio, "video")
    # The camera is asked for a keyframe; what it sends until that arrives needs others before it.
    camera = studio.senders[HOST].camera
    assert camera is not None
    camera.wants_key = False
    studio.run(2)
    assert watcher.blocks[0].key
    assert watcher.blocks[0].time == pytest.approx(2000, abs=600)
    assert len(watcher.blocks) > 30


def test_an_emptied_slot_shows_nothing(studio: Studio) -> None:
    studio.taps.assign(ROOM, FLOOR, HOST)
    watcher = Watcher(studio, "video")
    studio.run(1)
    studio.taps.assign(ROOM, FLOOR, None)
    studio.run(1)
    before = len(watcher.blocks)
    studio.run(2)
    assert len(watcher.blocks) == before
    studio.taps.assign(ROOM, FLOOR, GUEST)
    studio.run(1)
    assert watcher.blocks[before].key
    assert watcher.blocks[before].time >= 4000


def test_a_feed_that_left_and_came_back_is_seen_again(studio: Studio) -> None:
    studio.taps.assign(ROOM, FLOOR, HOST)
    watcher = Watcher(studio, "video")
    studio.run(1)
    studio.leave(HOST)
    studio.run(1)
    before = len(watcher.blocks)
    studio.join(HOST, Camera(ssrc=1009))
    studio.run(1)
    assert len(watcher.blocks) > before + 20


def test_a_feed_whose_successor_sends_no_keyframe_is_taken_away(studio: Studio) -> None:
    studio.senders[GUEST].network = lambda _track, _packet: []
    studio.taps.assign(ROOM, FLOOR, HOST)
    watcher = Watcher(studio, "video")
    studio.run(1)
    studio.taps.assign(ROOM, FLOOR, GUEST)
    studio.run(3)
    before = len(watcher.blocks)
    studio.run(2)
    assert len(watcher.blocks) == before


def test_a_slow_watcher_is_left_out_until_a_keyframe_and_nobody_else_waits(studio: Studio) -> None:
    studio.taps.assign(ROOM, FLOOR, HOST)
    slow, quick = Watcher(studio, "video"), Watcher(studio, "video")
    studio.run(2)
    slow.full = True
    studio.run(3)
    slow.full = False
    studio.run(5)
    slow_times = [block.time for block in slow.blocks]
    hole = next(i for i in range(1, len(slow_times)) if slow_times[i] - slow_times[i - 1] > 1000)
    assert slow.blocks[hole].key
    assert slow_times[-1] == quick.blocks[-1].time
    assert len(quick.blocks) > 280


def test_many_who_come_at_once_cost_the_sender_few_keyframes(studio: Studio) -> None:
    studio.taps.assign(ROOM, FLOOR, HOST)
    watchers = []
    for _ in range(50):
        watchers.append(Watcher(studio, "video"))
        studio.run(0.02)
    studio.run(2)
    assert len(studio.asked) <= 4
    assert all(each.blocks[0].key for each in watchers)
    # The bytes are there once, however many get them.
    assert watchers[0].got[-1] is watchers[49].got[-1]


def test_what_nobody_watches_or_records_costs_nothing(studio: Studio) -> None:
    studio.taps.assign(ROOM, FLOOR, HOST)
    watcher = Watcher(studio, "video")
    studio.run(1)
    watcher.stop()
    before = len(watcher.got)
    studio.run(2)
    assert len(watcher.got) == before
    assert not any(when > 1001 for when, _ in studio.asked)


def test_a_closed_room_sends_nothing_more(studio: Studio) -> None:
    studio.taps.assign(ROOM, FLOOR, HOST)
    watcher = Watcher(studio, "audio")
    studio.run(1)
    studio.taps.close_room(ROOM)
    before = len(watcher.got)
    studio.run(1)
    assert len(watcher.got) == before
    watcher.stop()
