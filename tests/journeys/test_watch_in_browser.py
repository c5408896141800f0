"""What a watch sends is played by a real browser's Media Source Extensions."""

import base64

from playwright.async_api import Browser, Page

from server.media.plane import Slot, Track
from tests.server.media.taps.sender import Camera, Microphone
from tests.server.media.taps.studio import GUEST, HOST, ROOM, Studio

MINUTE = 60_000

PLAYER = """
async ([kind, codecs]) => {
    const element = document.createElement(kind);
    const source = new MediaSource();
    element.src = URL.createObjectURL(source);
    document.body.append(element);
    await new Promise((open) => source.addEventListener("sourceopen", open, { once: true }));
    const buffer = source.addSourceBuffer(`${kind}/webm;codecs=${codecs}`);
    element.errors = [];
    element.addEventListener("error", () => element.errors.push(element.error.message));
    window.players = { ...window.players, [kind]: { element, buffer } };
}
"""

APPEND = """
async ([kind, pieces]) => {
    const { element, buffer } = window.players[kind];
    for (const piece of pieces) {
        const bytes = Uint8Array.from(atob(piece), (each) => each.charCodeAt(0));
        const done = new Promise((end, fail) => {
            buffer.addEventListener("updateend", end, { once: true });
            buffer.addEventListener("error", () => fail(new Error("append")), { once: true });
        });
        buffer.appendBuffer(bytes);
        await done;
    }
    if (element.paused) {
        element.currentTime = buffer.buffered.start(0);
        await element.play();
    }
    return [...Array(buffer.buffered.length).keys()].map((each) => [
        buffer.buffered.start(each), buffer.buffered.end(each)]);
}
"""


async def test_picture_and_sound_of_a_watch_play_on_through_a_change_of_the_floor(
    browser: Browser,
) -> None:
    page = await browser.new_page()
    studio = Studio()
    studio.join(HOST, Camera(320, 240), Microphone())
    studio.join(GUEST, Camera(640, 360, ssrc=1002), Microphone(ssrc=2002))
    studio.taps.assign(ROOM, Slot.FLOOR, HOST)
    studio.run(3)  # somebody who comes late
    got: dict[Track, list[bytes]] = {"video": [], "audio": []}
    for track, pieces in got.items():
        studio.taps.watch(ROOM, Slot.FLOOR, track, pieces.append)
    await page.evaluate(PLAYER, ["video", "vp8"])
    await page.evaluate(PLAYER, ["audio", "opus"])

    studio.run(3)
    for track in got:
        ((start, end),) = await _append(page, track, got)
        assert 3 <= start < 3.5
        assert end - start > 2
    await _until(page, "players.video.element.getVideoPlaybackQuality().totalVideoFrames > 30")
    await _until(page, "players.video.element.videoWidth === 320")

    studio.taps.assign(ROOM, Slot.FLOOR, GUEST)
    studio.run(3)
    for track in got:
        ((_, end),) = await _append(page, track, got)  # one range: no hole to get stuck at
        assert end > 8
    await _until(page, "players.video.element.videoWidth === 640")
    await _until(page, "players.video.element.getVideoPlaybackQuality().totalVideoFrames > 130")
    await _until(page, "players.audio.element.currentTime > 8")
    assert await page.evaluate("players.audio.element.webkitAudioDecodedByteCount") > 5000
    for track in got:
        assert await page.evaluate(f"players.{track}.element.errors") == []


async def _append(
    page: Page, track: Track, got: dict[Track, list[bytes]]
) -> list[tuple[float, float]]:
    pieces = [base64.b64encode(each).decode() for each in got[track]]
    got[track].clear()
    ranges: list[tuple[float, float]] = await page.evaluate(APPEND, [track, pieces])
    return ranges


async def _until(page: Page, condition: str) -> None:
    await page.wait_for_function(condition, timeout=MINUTE)
