import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { computed, effectScope, type EffectScope } from "vue";
import type { Pointed } from "@/live/wire";
import type { Point } from "./pointing";
import { EVERY_MS, SHOWN_MS, usePointers } from "./usePointers";

const FEED = "p-near:screen";
let sent: (Point | null)[];
let hear: (pointed: Pointed) => void;
let scope: EffectScope;
let pointers: ReturnType<typeof usePointers>;

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  scope = effectScope();
  const room = {
    may: computed(() => true),
    send: (_: string, at: Point | null) => void sent.push(at),
    listen: (see: (pointed: Pointed) => void) => {
      hear = see;
    },
  };
  scope.run(() => {
    pointers = usePointers(room, () => "p-far", () => FEED);
  });
});

afterEach(() => {
  scope.stop();
  vi.useRealTimers();
});

test("others are shown where they point until they stop", () => {
  hear({ person: "p-near", feed: FEED, x: 1, y: 2 });
  expect([...pointers.shown]).toEqual([["p-near", { x: 1, y: 2 }]]);
  hear({ person: "p-near", feed: FEED, x: null, y: null });
  expect(pointers.shown.size).toBe(0);
});

test("a pointer on another screen is not shown on this one", () => {
  hear({ person: "p-near", feed: "p-far:screen", x: 1, y: 2 });
  expect(pointers.shown.size).toBe(0);
});

test("a pointer that rests goes away, one that moves stays", () => {
  hear({ person: "p-near", feed: FEED, x: 1, y: 2 });
  vi.advanceTimersByTime(SHOWN_MS - 1);
  hear({ person: "p-near", feed: FEED, x: 3, y: 4 });
  vi.advanceTimersByTime(SHOWN_MS - 1);
  expect(pointers.shown.size).toBe(1);
  vi.advanceTimersByTime(1);
  expect(pointers.shown.size).toBe(0);
});

test("a quick hand sends now and then, and where it stops", () => {
  for (let x = 0; x < 100; x += 1) {
    pointers.point({ x, y: 0 });
    vi.advanceTimersByTime(1);
  }
  vi.advanceTimersByTime(EVERY_MS);
  expect(sent.length).toBeLessThan(100 / EVERY_MS + 3);
  expect(sent.at(-1)).toEqual({ x: 99, y: 0 });
  expect(pointers.own()).toEqual({ x: 99, y: 0 });
});

test("taking the point back is sent at once, and nothing after it", () => {
  pointers.point({ x: 1, y: 1 });
  pointers.point({ x: 2, y: 1 });
  pointers.point(null);
  vi.advanceTimersByTime(SHOWN_MS);
  expect(sent).toEqual([{ x: 1, y: 1 }, null]);
});
