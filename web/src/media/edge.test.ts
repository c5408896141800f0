import { expect, test } from "vitest";
import { Growth, step } from "./edge";

test("a player near the end plays on", () => {
  expect(step([[0, 10]], 9.4, 1, [])).toEqual({ seek: null, rate: 1, anew: false, forget: null });
});

test("a player a little behind hurries until it has caught up", () => {
  expect(step([[0, 5]], 3.8, 1, []).rate).toBe(1.05);
  expect(step([[0, 5]], 4.2, 1.05, []).rate).toBe(1.05);
  expect(step([[0, 5]], 4.5, 1.05, []).rate).toBe(1);
});

test("a player that fell back by two seconds jumps to the end", () => {
  expect(step([[0, 12]], 10, 1, [0, 9]).seek).toBe(11.5);
});

test("where a jump would mean decoding long seconds it runs faster instead, and far behind it begins anew", () => {
  expect(step([[0, 60]], 57, 1, [0])).toMatchObject({ seek: null, rate: 1.5, anew: false });
  expect(step([[0, 60]], 58.7, 1.5, [0]).rate).toBe(1.5);
  expect(step([[0, 60]], 50, 1, [0])).toMatchObject({ seek: null, anew: true });
});

test("a player before the first second or in a gap jumps over it", () => {
  expect(step([[7, 7.3]], 0, 1, []).seek).toBe(7);
  expect(step([[0, 3], [6, 6.4]], 3, 1, []).seek).toBe(6);
});

test("what was played long ago is forgotten up to where decoding can begin, the last seconds stay", () => {
  expect(step([[0, 20.5]], 20, 1, [0, 9, 15, 19]).forget).toBe(15);
  expect(step([[0, 8.5]], 8, 1, [0, 3]).forget).toBe(null);
});

test("where decoding could begin only at the start nothing is forgotten: the picture would stop", () => {
  expect(step([[0, 60.5]], 60, 1, [0]).forget).toBe(null);
});

test("with nothing there yet nothing happens", () => {
  expect(step([], 0, 1, [])).toEqual({ seek: null, rate: 1, anew: false, forget: null });
});

test("a stream that takes piece after piece and grows no more is noticed, one that pauses is not", () => {
  const growth = new Growth();
  expect([0, 0, 0.1, 0.5, 0.5, 0.9].map((end) => growth.stopped(end))).not.toContain(true);
  expect([0.9, 0.9, 0.9, 0.9, 0.9].map((end) => growth.stopped(end))).toEqual([false, false, false, false, true]);
});
