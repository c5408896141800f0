/** Looks at one part of the device each, and says what it found. */

import { askTime } from "@/http/api";
import { clockOffset } from "@/http/clock";
import { codeOf } from "@/http/errors";
import { media as askMedia } from "@/http/media";
import { translate as t, type Gaps, type MessageKey } from "@/i18n";
import { UNREACHABLE } from "@/media/peer";
import { takesPieces } from "@/media/pieces";
import { Viewer } from "@/media/viewer";
import { median, type Found, type Grade } from "./result";

const ROUNDS = 5;
const SLOW_MS = 400;
const CLOCK_MS = 5000;
const DARK = 8;
const SETTLE_MS = 700;

const found = (grade: Grade, say: MessageKey, gaps: Gaps = {}): Found => ({ grade, text: () => t(say, gaps) });

export function lookAtBrowser(): Found {
  if (!isSecureContext) return found("fail", "media.check.say.browser_insecure");
  if (!("RTCPeerConnection" in globalThis)) {
    return takesPieces() ? found("warn", "media.check.say.browser_stream") : found("fail", "media.check.say.browser_no_media");
  }
  return found("ok", "media.check.say.browser_ok");
}

/** Mean brightness of a picture, 0 to 255. */
function brightness(video: HTMLVideoElement): number {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [32, 18];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) return 255;
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  let sum = 0;
  for (let at = 0; at < data.length; at += 4) sum += Math.max(data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0);
  return sum / (data.length / 4);
}

export async function lookAtPicture(video: HTMLVideoElement): Promise<Found> {
  // A camera is dark in its first frames.
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  if (video.videoWidth === 0 || brightness(video) < DARK) return found("warn", "media.check.say.camera_dark");
  return found("ok", "media.check.say.camera_ok", { width: video.videoWidth, height: video.videoHeight });
}

export async function lookAtNetwork(): Promise<Found> {
  const trips: number[] = [];
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      const sent = performance.now();
      await askTime();
      trips.push(performance.now() - sent);
    }
  } catch {
    return found("fail", "media.check.say.network_fail");
  }
  const ms = Math.round(median(trips));
  if (ms > SLOW_MS) return found("warn", "media.check.say.network_slow", { ms });
  const off = Math.abs(clockOffset.value ?? 0);
  if (off > CLOCK_MS) return found("warn", "media.check.say.clock", { seconds: Math.round(off / 1000) });
  return found("ok", "media.check.say.network_ok", { ms });
}

/** Receives the room's slots for a moment: the same way that pictures take later. */
export async function lookAtMedia(room: string, signal: AbortSignal): Promise<Found> {
  try {
    if (!(await askMedia(room)).enabled) return found("ok", "media.check.say.media_off");
  } catch (error) {
    return codeOf(error) === "offline" ? found("fail", "media.check.say.media_fail") : found("warn", "media.check.say.media_later");
  }
  try {
    const viewer = await Viewer.open(room, () => undefined, signal);
    const { way, roundTrip } = await viewer.path();
    viewer.close();
    return { grade: "ok", text: () => t("media.check.say.media_ok", { way: t(`media.check.say.way_${way}`), ms: roundTrip }) };
  } catch (error) {
    if (codeOf(error) === UNREACHABLE) {
      return takesPieces() ? found("warn", "media.check.say.media_stream") : found("fail", "media.check.say.media_fail");
    }
    return found("warn", "media.check.say.media_later");
  }
}
