import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Kept } from "./kept";

class Line {
  closed = false;
  readonly lost: (why: unknown) => void;

  constructor(lost: (why: unknown) => void) {
    this.lost = lost;
  }

  close(): void {
    this.closed = true;
  }
}

let made: Line[];
let states: string[];
let broken: boolean;
let kept: Kept<Line>;

beforeEach(() => {
  vi.useFakeTimers();
  made = [];
  states = [];
  broken = false;
  kept = new Kept<Line>(
    (lost) => {
      if (broken) return Promise.reject(new Error("away"));
      const line = new Line(lost);
      made.push(line);
      return Promise.resolve(line);
    },
    { changed: () => states.push(kept.state), hopeless: (error) => error instanceof Error && error.message === "forbidden" },
  );
});

afterEach(() => {
  kept.stop();
  vi.useRealTimers();
});

const settle = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

test("a lost connection is made again at once, and the old one is closed", async () => {
  kept.start();
  await settle(10_000);
  made[0]?.lost(new Error("gone"));
  await settle(200);
  expect(made.map((line) => line.closed)).toEqual([true, false]);
  expect(kept.state).toBe("up");
});

test("while it can't be made the pauses grow, and it comes back by itself", async () => {
  broken = true;
  kept.start();
  await settle(20_000);
  const tries = states.filter((state) => state === "opening").length;
  expect(tries).toBeGreaterThan(4);
  expect(tries).toBeLessThan(10);
  broken = false;
  await settle(5000);
  expect(kept.state).toBe("up");
  expect(kept.error).toBe(null);
});

test("news of a restarted engine doesn't wait for the pause", async () => {
  broken = true;
  kept.start();
  await settle(20_000);
  broken = false;
  kept.renew();
  await settle();
  expect(kept.state).toBe("up");
});

test("news of a restarted engine starts nothing that was off", async () => {
  kept.renew();
  await settle(1000);
  expect(made).toEqual([]);
});

test("what was stopped while it was being made is closed and not shown", async () => {
  kept.start();
  kept.stop();
  await settle(1000);
  expect(kept.thing).toBe(null);
  expect(made.map((line) => line.closed)).toEqual([true]);
  expect(kept.state).toBe("off");
});

test("a refusal ends it, and says why", async () => {
  kept.start();
  await settle();
  made[0]?.lost(new Error("forbidden"));
  await settle(60_000);
  expect(kept.state).toBe("off");
  expect(kept.error).toBeInstanceOf(Error);
  expect(made.length).toBe(1);
});
