"""A recording is what was sent, and can be played with anything."""

import hashlib
import random
from itertools import pairwise
from pathlib import Path

import pytest

from server.media.plane import Track
from tests.server.media.taps.probe import decoded
from tests.server.media.taps.sender import Camera, Microphone
from tests.server.media.taps.studio import GUEST, HOST, Studio


@pytest.fixture
def studio() -> Studio:
    return Studio()


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_every_picture_and_all_sound_from_the_start_is_in_the_file(
    studio: Studio, tmp_path: Path
) -> None:
    file = tmp_path / "room" / "a.webm"
    studio.join(HOST, Camera(), Microphone())
    studio.record(HOST, "a", file)
    studio.run(5)
    studio.record(HOST, "a", None)
    told = studio.ended("a")
    what = decoded(file)
    assert what.pictures == 150
    assert what.samples == 250 * 960
    assert what.sizes == [(320, 240)]
    assert what.last["video"] == pytest.approx(149 / 30, abs=0.003)
    assert what.last["audio"] == pytest.approx(4.98, abs=0.003)
    assert (told.ended, told.size, told.sha256) == ("stopped", file.stat().st_size, sha256(file))


def test_a_recording_begins_with_the_keyframe_that_it_asked_for(
    studio: Studio, tmp_path: Path
) -> None:
    studio.join(HOST, Camera(), Microphone())
    studio.run(3)
    studio.record(HOST, "a", tmp_path / "a.webm")
    assert [feed for _, feed in studio.asked] == [HOST]
    studio.run(2)
    studio.record(HOST, "a", None)
    studio.ended("a")
    what = decoded(tmp_path / "a.webm")
    assert what.pictures == 60
    assert what.samples == 100 * 960
    assert len(studio.asked) == 1


def test_sound_alone_is_recorded_at_once(studio: Studio, tmp_path: Path) -> None:
    studio.join(HOST, microphone=Microphone())
    studio.record(HOST, "a", tmp_path / "a.webm")
    studio.run(2)
    studio.leave(HOST)
    assert studio.ended("a").ended == "left"
    what = decoded(tmp_path / "a.webm")
    assert (what.pictures, what.samples) == (0, 100 * 960)
    assert not studio.asked


def test_pictures_alone_are_recorded(studio: Studio, tmp_path: Path) -> None:
    studio.join(HOST, Camera())
    studio.record(HOST, "a", tmp_path / "a.webm")
    studio.run(2)
    studio.leave(HOST)
    studio.ended("a")
    assert decoded(tmp_path / "a.webm").pictures == 60


def test_sound_is_recorded_where_the_picture_never_comes(studio: Studio, tmp_path: Path) -> None:
    sender = studio.join(HOST, Camera(), Microphone())
    sender.network = lambda track, packet: [packet] if track == "audio" else []
    studio.record(HOST, "a", tmp_path / "a.webm")
    studio.run(5)
    studio.leave(HOST)
    studio.ended("a")
    what = decoded(tmp_path / "a.webm")
    assert (what.pictures, what.samples) == (0, 250 * 960)


def test_packets_in_another_order_and_twice_give_the_same_recording(
    studio: Studio, tmp_path: Path
) -> None:
    chance = random.Random(7)
    waiting: list[bytes] = []

    def shuffled(track: Track, packet: bytes) -> list[bytes]:
        if track == "audio":
            return [packet, packet]
        waiting.append(packet)
        if len(waiting) < 5:
            return []
        arriving = [*waiting, waiting[0]]
        chance.shuffle(arriving)
        waiting.clear()
        return arriving

    for feed, network in ((HOST, shuffled), (GUEST, None)):
        sender = studio.join(feed, Camera(), Microphone())
        if network is not None:
            # The first packet is what everything is counted from.
            sender.network = lambda track, packet: [packet]
        studio.record(feed, feed.person, tmp_path / f"{feed.person}.webm")
    studio.run(0.01)
    studio.senders[HOST].network = shuffled
    studio.run(5)
    for feed in (HOST, GUEST):
        studio.leave(feed)
        studio.ended(feed.person)
    mixed, straight = (decoded(tmp_path / f"{each.person}.webm") for each in (HOST, GUEST))
    assert mixed.samples == straight.samples
    assert straight.pictures - 5 <= mixed.pictures <= straight.pictures


def test_after_a_loss_it_goes_on_with_the_next_keyframe(studio: Studio, tmp_path: Path) -> None:
    chance = random.Random(11)
    sender = studio.join(HOST, Camera(), Microphone())
    sender.network = lambda _track, packet: [] if chance.random() < 0.02 else [packet]
    studio.record(HOST, "a", tmp_path / "a.webm")
    studio.run(10)
    studio.leave(HOST)
    told = studio.ended("a")
    what = decoded(tmp_path / "a.webm")
    assert told.sha256 == sha256(tmp_path / "a.webm")
    assert len(studio.asked) > 1
    moments = [when for when, _ in studio.asked]
    assert min(b - a for a, b in pairwise(moments)) >= 0.5
    assert 60 < what.pictures < 300
    assert 0.95 * 500 * 960 <= what.samples < 500 * 960
    assert what.last["video"] > 8


def test_another_size_in_the_middle_is_no_matter(studio: Studio, tmp_path: Path) -> None:
    sender = studio.join(HOST, Camera(320, 240), Microphone())
    studio.record(HOST, "a", tmp_path / "a.webm")
    studio.run(1)
    sender.camera = Camera(640, 360, ssrc=1002)
    studio.run(1)
    studio.leave(HOST)
    studio.ended("a")
    what = decoded(tmp_path / "a.webm")
    assert what.sizes == [(320, 240), (640, 360)]
    assert 58 <= what.pictures <= 60


def test_marks_are_digests_of_the_beginning_of_the_file(studio: Studio, tmp_path: Path) -> None:
    file = tmp_path / "a.webm"
    studio.join(HOST, Camera(noise=True), Microphone())
    studio.record(HOST, "a", file)
    studio.run(6)
    studio.leave(HOST)
    studio.ended("a")
    data = file.read_bytes()
    assert len(data) > 1 << 20
    assert len(studio.told) >= len(data) >> 20
    for each in studio.told:
        assert hashlib.sha256(data[: each.size]).hexdigest() == each.sha256
    assert [each.ended for each in studio.told[:-1]] == [""] * (len(studio.told) - 1)


def test_a_recording_in_which_nothing_came_is_an_empty_one(studio: Studio, tmp_path: Path) -> None:
    studio.join(HOST, Camera(), Microphone(), network=lambda _track, _packet: [])
    studio.record(HOST, "a", tmp_path / "a.webm")
    studio.run(3)
    studio.record(HOST, "a", None)
    told = studio.ended("a")
    assert (told.size, told.sha256) == (
        (tmp_path / "a.webm").stat().st_size,
        sha256(tmp_path / "a.webm"),
    )


def test_a_file_that_is_there_is_never_written_over(studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "a.webm").write_bytes(b"evidence")
    studio.join(HOST, Camera(), Microphone())
    studio.record(HOST, "a", tmp_path / "a.webm")
    studio.run(1)
    assert studio.ended("a").ended == "failed"
    assert (tmp_path / "a.webm").read_bytes() == b"evidence"


def test_a_feed_that_nobody_sends_can_not_be_recorded(studio: Studio, tmp_path: Path) -> None:
    studio.record(HOST, "a", tmp_path / "a.webm")
    assert studio.ended("a").ended == "failed"


def test_when_a_room_is_closed_its_recordings_are_whole(studio: Studio, tmp_path: Path) -> None:
    studio.join(HOST, Camera(), Microphone())
    studio.join(GUEST, Camera(), Microphone())
    studio.record(HOST, "a", tmp_path / "a.webm")
    studio.record(GUEST, "b", tmp_path / "b.webm")
    studio.run(2)
    studio.taps.stop()
    assert [each.ended for each in studio.told] == ["stopped", "stopped"]
    for name in ("a", "b"):
        assert studio.ended(name).sha256 == sha256(tmp_path / f"{name}.webm")
        assert decoded(tmp_path / f"{name}.webm").pictures == 60
