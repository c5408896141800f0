import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "@/http/errors";
import { Sending } from "./sending";
import type { Publication, Tracks } from "./whip";

/** Stands for a camera or microphone: can be stopped, and can end by itself. */
class Device extends EventTarget {
  stopped = false;

  stop(): void {
    this.stopped = true;
  }

  pulledOut(): void {
    this.dispatchEvent(new Event("ended"));
  }
}
const device = (): Device & MediaStreamTrack => new Device() as Device & MediaStreamTrack;

interface Sent {
  tracks: Tracks;
  lost: (why: unknown) => void;
  closed: boolean;
}

let sent: Sent[];
let refusal: ApiError | null;
let sending: Sending;

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  refusal = null;
  sending = make("camera");
});

function make(kind: "camera" | "screen"): Sending {
  return new Sending(
    kind,
    (_, tracks, lost) => {
      if (refusal !== null) return Promise.reject(refusal);
      const one: Sent = { tracks, lost, closed: false };
      sent.push(one);
      const publication: Publication = {
        peer: {} as RTCPeerConnection,
        put: (now) => {
          one.tracks = now;
          return Promise.resolve();
        },
        close: () => {
          one.closed = true;
        },
      };
      return Promise.resolve(publication);
    },
    () => undefined,
  );
}

afterEach(() => {
  sending.stop();
  vi.useRealTimers();
});

const settle = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

test("the first device begins to send, the second joins without a new connection", async () => {
  const [sound, picture] = [device(), device()];
  sending.setSound(sound);
  await settle();
  sending.setPicture(picture);
  await settle();
  expect(sent.length).toBe(1);
  expect(sent[0]?.tracks).toEqual({ audio: sound, video: picture });
});

test("a device that is turned on while the connection is made is sent too", async () => {
  const [sound, picture] = [device(), device()];
  sending.setSound(sound);
  sending.setPicture(picture);
  await settle();
  expect(sent.map((each) => each.tracks)).toEqual([{ audio: sound, video: picture }]);
});

test("a camera that is turned off goes dark; the sound goes on", async () => {
  const [sound, picture] = [device(), device()];
  sending.setSound(sound);
  sending.setPicture(picture);
  await settle();
  sending.setPicture(null);
  await settle();
  expect(picture.stopped).toBe(true);
  expect(sent[0]).toMatchObject({ closed: false, tracks: { audio: sound, video: null } });
});

test("with nothing left to send the feed ends", async () => {
  sending.setSound(device());
  await settle();
  sending.setSound(null);
  expect(sent[0]?.closed).toBe(true);
  expect(sending.state).toBe("off");
});

test("a lost connection is made again with the same devices", async () => {
  const sound = device();
  sending.setSound(sound);
  await settle();
  sent[0]?.lost(new ApiError("media_lost", {}, 0));
  await settle(500);
  expect(sent.map((each) => each.closed)).toEqual([true, false]);
  expect(sent[1]?.tracks.audio).toBe(sound);
});

test("a refusal turns the devices off and stays to be read", async () => {
  refusal = new ApiError("may_not_send", {}, 403);
  const picture = device();
  sending.setPicture(picture);
  await settle(10_000);
  expect(picture.stopped).toBe(true);
  expect(sending.on).toBe(false);
  expect(sending.error).toBe(refusal);
});

test("a feed that the server still believes to be sent is tried again", async () => {
  refusal = new ApiError("feed_taken", {}, 409);
  sending.setSound(device());
  await settle(1000);
  refusal = null;
  await settle(2000);
  expect(sending.state).toBe("up");
});

test("the browser's own button ends a share altogether", async () => {
  const screen = make("screen");
  const [picture, sound] = [device(), device()];
  screen.setPicture(picture);
  screen.setSound(sound);
  await settle();
  picture.pulledOut();
  expect(sound.stopped).toBe(true);
  expect(sent[0]?.closed).toBe(true);
});

test("a camera that is pulled out leaves the sound", async () => {
  const [sound, picture] = [device(), device()];
  sending.setSound(sound);
  sending.setPicture(picture);
  await settle();
  picture.pulledOut();
  await settle();
  expect(sending.picture).toBe(null);
  expect(sending.state).toBe("up");
});
