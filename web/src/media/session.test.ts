// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as api from "@/http/media";
import { ApiError } from "@/http/errors";
import { UNREACHABLE } from "./peer";
import { MediaSession } from "./session";
import { OFF, type MediaState } from "./types";

vi.mock("@/http/media");
const open = vi.hoisted(() => vi.fn<(room: string, lost: (why: unknown) => void) => Promise<unknown>>());
vi.mock("./viewer", () => ({ Viewer: { open } }));
vi.mock("./pieces", () => ({ takesPieces: () => true }));

const HOST = { person: "h", name: "主持人", kind: "camera", feed: "h:camera" } as const;
const playing: MediaState = { ...OFF, enabled: true, epoch: 1, slots: { stage: HOST } };

let direct: { closed: boolean; lost: (why: unknown) => void }[];
let session: MediaSession;

function letThrough(): void {
  open.mockImplementation((_, lost) => {
    const made = { way: "rtp", closed: false, lost, samples: () => Promise.resolve(new Map()), close: () => { made.closed = true; } };
    direct.push(made);
    return Promise.resolve(made);
  });
}
const block = (): void => {
  open.mockImplementation(() => Promise.reject(new ApiError(UNREACHABLE, {}, 0)));
};

beforeEach(() => {
  vi.useFakeTimers();
  direct = [];
  open.mockReset();
  letThrough();
  session = new MediaSession("o-1", false, () => undefined);
});

afterEach(() => {
  session.close();
  vi.useRealTimers();
});

const settle = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const way = (): string | undefined => session.receiving.thing?.way;

test("nothing is connected before somebody sends", async () => {
  session.take({ ...playing, slots: {} });
  await settle(5000);
  expect(open).not.toHaveBeenCalled();
  session.take(playing);
  await settle();
  expect(way()).toBe("rtp");
});

test("a site without media connects nothing and says so", async () => {
  vi.mocked(api.media).mockResolvedValue(OFF);
  await session.ask();
  await settle(5000);
  expect(session.state.enabled).toBe(false);
  expect(open).not.toHaveBeenCalled();
});

test("an audience gets the stream without trying anything else", async () => {
  const audience = new MediaSession("o-1", true, () => undefined);
  audience.take(playing);
  await settle();
  expect(audience.receiving.thing?.way).toBe("stream");
  expect(audience.streaming).toBe("audience");
  expect(open).not.toHaveBeenCalled();
  audience.close();
});

test("a network that lets no packets through gets the stream, and says why", async () => {
  block();
  session.take(playing);
  await settle(500);
  expect(way()).toBe("stream");
  expect(session.streaming).toBe("blocked");
});

test("the direct way is tried again beside the stream, which plays until it works", async () => {
  block();
  session.take(playing);
  await settle(40_000);
  expect(open).toHaveBeenCalledTimes(2);
  expect(way()).toBe("stream");
  letThrough();
  await settle(61_000);
  expect(way()).toBe("rtp");
  expect(session.streaming).toBe(null);
  expect(direct.length).toBe(1);
  direct[0]?.lost(new ApiError("media_lost", {}, 0));
  await settle(1000);
  expect(direct.map((each) => each.closed)).toEqual([true, false]);
});

test("a restarted engine is noticed by its epoch: everything begins anew at once", async () => {
  session.take(playing);
  await settle();
  session.take({ ...playing, epoch: 2 });
  await settle();
  expect(direct.map((each) => each.closed)).toEqual([true, false]);
});

test("an unchanged epoch leaves what plays alone", async () => {
  session.take(playing);
  await settle();
  session.take({ ...playing, slots: { stage: HOST, floor: HOST } });
  await settle();
  expect(direct.length).toBe(1);
});

test("relays are known from the answer, whatever the short news leave out", () => {
  session.take({ ...playing, ice_servers: [{ urls: "turn:relay" }] });
  session.take(playing);
  expect(session.state.ice_servers).toEqual([{ urls: "turn:relay" }]);
});
