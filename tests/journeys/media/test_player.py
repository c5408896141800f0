"""What a browser's player makes of a slot's stream."""

from base64 import b64encode

from playwright.async_api import Browser

from server.media.plane import Slot
from tests.server.media.taps.sender import Camera
from tests.server.media.taps.studio import HOST, ROOM, Studio

_PLAY = """async pieces => {
  const source = new MediaSource();
  const video = document.createElement("video");
  video.src = URL.createObjectURL(source);
  const once = (target, name) => new Promise(done => {
    target.addEventListener(name, done, { once: true });
  });
  await once(source, "sourceopen");
  const buffer = source.addSourceBuffer('video/webm; codecs="vp8"');
  buffer.mode = "sequence";
  for (const piece of pieces) {
    buffer.appendBuffer(Uint8Array.from(atob(piece), each => each.charCodeAt(0)));
    await once(buffer, "updateend");
  }
  return [...Array(buffer.buffered.length).keys()].map(
    i => buffer.buffered.end(i) - buffer.buffered.start(i));
}"""


async def test_a_camera_that_pauses_is_played_on_without_another_keyframe(browser: Browser) -> None:
    studio = Studio()
    studio.join(HOST, Camera())
    studio.taps.assign(ROOM, Slot.STAGE, HOST)
    pieces: list[bytes] = []
    studio.taps.watch(ROOM, Slot.STAGE, "video", pieces.append)
    asked = len(studio.asked)
    for pictures in (1, 3, 6, 12, 1, 8):
        studio.run(0.81)
        studio.pause(HOST, pictures)
    studio.run(1.5)
    assert len(studio.asked) <= asked + 1
    page = await browser.new_page()
    lengths = await page.evaluate(_PLAY, [b64encode(each).decode() for each in pieces])
    assert len(lengths) == 1
    assert lengths[0] > 6 * 0.81 + 1
