"""What somebody sees and hears in a room's live pictures, by the pixels themselves."""

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import expect

from tests.journeys.person import SOON
from tests.journeys.roles import Bidder, Host, Member

_LOOK = """slot => {
  const video = document.querySelector(`[data-slot="${slot}"] video`);
  if (!video || video.videoWidth === 0) return null;
  const canvas = new OffscreenCanvas(16, 16);
  const paper = canvas.getContext("2d");
  paper.drawImage(video, 0, 0, 16, 16);
  const all = paper.getImageData(0, 0, 16, 16).data;
  const sum = [0, 0, 0];
  for (let i = 0; i < all.length; i += 4) for (let j = 0; j < 3; j++) sum[j] += all[i + j];
  const shown = video.getVideoPlaybackQuality().totalVideoFrames;
  return { red: sum[0] / 256, green: sum[1] / 256, blue: sum[2] / 256, frames: shown };
}"""

_HEAR = """async slot => {
  const stream = document.querySelector(`[data-slot="${slot}"] audio`)?.srcObject;
  if (!stream?.getAudioTracks().length) return false;
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const end = performance.now() + 2000;
  let most = 0;
  while (most < 0.01 && performance.now() < end) {
    await new Promise((done) => setTimeout(done, 20));
    analyser.getFloatTimeDomainData(samples);
    for (const each of samples) most = Math.max(most, Math.abs(each));
  }
  await context.close();
  return most >= 0.01;
}"""

_STATE = """slot => [...document.querySelectorAll(`[data-slot="${slot}"] video`)].map((video) => ({
  at: video.currentTime, paused: video.paused, seeking: video.seeking, ready: video.readyState,
  rate: video.playbackRate, error: video.error?.message, width: video.videoWidth,
  buffered: [...Array(video.buffered.length).keys()].map(
    (i) => [video.buffered.start(i), video.buffered.end(i)]),
  frames: video.getVideoPlaybackQuality().totalVideoFrames,
}))"""


@dataclass(frozen=True, slots=True)
class Sight:
    """A picture's mean colour (0 to 255 each) and how many frames were shown before it."""

    red: float
    green: float
    blue: float
    frames: int

    @property
    def colour(self) -> str:
        """The name of the colour it is nearest to."""
        high = [part > 110 for part in (self.red, self.green, self.blue)]
        match high:
            case [True, False, False]:
                return "red"
            case [False, True, False]:
                return "green"
            case [False, False, True]:
                return "blue"
            case [True, True, False]:
                return "yellow"
            case _:
                return f"{self.red:.0f}/{self.green:.0f}/{self.blue:.0f}"


class Spectator(Member):
    """Somebody who watches."""

    async def looks(self, slot: str) -> Sight | None:
        """What is in a slot at this moment; None while there is no picture."""
        found: dict[str, Any] | None = await self.page.evaluate(_LOOK, slot)
        return None if found is None else Sight(**found)

    async def sees_camera(self, slot: str, colour: str, within: float = SOON) -> float:
        """The camera of this colour is in the slot, and moves. Seconds until that was so."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        first: Sight | None = None
        now: Sight | None = None
        while loop.time() - began < within / 1000:
            now = await self.looks(slot)
            if now is not None and now.colour == colour:
                if first is not None and now.frames > first.frames:
                    return loop.time() - began
                if first is None or now.frames < first.frames:
                    first = now
            else:
                first = None
            await asyncio.sleep(0.02)
        player = await self.page.evaluate(_STATE, slot)
        raise AssertionError(f"{slot} does not show {colour}: {now}; {player}")

    async def only_hears(self, slot: str, name: str) -> None:
        """Who has no camera: a card with the name is in the slot, and sound comes."""
        tile = self.page.locator(f'[data-slot="{slot}"]')
        await expect(tile.locator(".card")).to_contain_text("仅声音")
        await expect(tile.locator("figcaption")).to_contain_text(name)
        async with asyncio.timeout(SOON / 1000):
            while not await self.page.evaluate(_HEAR, slot):
                pass

    async def sees_quality(self, slot: str) -> None:
        """How well that comes is told beside the name."""
        mark = self.page.locator(f'[data-slot="{slot}"] .quality')
        await expect(mark).to_contain_text(re.compile("网络(良好|一般|较差)"))

    async def floats_the_picture(self) -> None:
        """Has the large picture in a window above all others, and back."""
        for floating in ("true", "false"):
            await self.presses("画中画")
            await self.page.wait_for_function(
                f"() => (document.pictureInPictureElement !== null) === {floating}"
            )

    async def checks_the_device(self, room: str, pictures: Path) -> None:
        """Looks beforehand whether camera, microphone, loudspeaker and network are in order; what
        was found can be shown, also later."""
        assert self.account is not None
        await self.goes(f"/openings/{room}/check")
        await self.presses("开始检测")
        await self.presses("听到了")
        result = self.page.locator(".result")
        await expect(result).to_contain_text("可以参加")
        await expect(self.page.locator('[data-part="camera"] .found')).to_contain_text("正常")
        await self.picture(pictures, "device-checked")
        await self.page.reload()
        await expect(result).to_contain_text(f"检测人 {self.account.name}")

    async def loses_direct_ways(self) -> None:
        """From the next page on packets only go over relays, of which there are none."""
        await self.context.add_init_script(
            """globalThis.RTCPeerConnection = class extends RTCPeerConnection {
              constructor(given) { super({ ...given, iceTransportPolicy: "relay" }); }
            };"""
        )

    async def sees_no_picture(self, slot: str) -> None:
        """The slot has no picture that moves."""
        await self.page.wait_for_function(
            'slot => !document.querySelector(`[data-slot="${slot}"].seen`)', arg=slot
        )


class WatchingBidder(Bidder, Spectator):
    """A bidder in front of a camera."""


class WatchingHost(Host, Spectator):
    """A host in front of a camera."""
