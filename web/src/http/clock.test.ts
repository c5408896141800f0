import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { clockOffset, forget, learn, serverNow } from "./clock";

const T = Date.parse("2026-11-21T01:00:00.000Z");
const iso = (ms: number): string => new Date(ms).toISOString();

beforeEach(() => {
  vi.useFakeTimers({ now: T });
  forget();
});
afterEach(() => {
  vi.useRealTimers();
});

it("the server's time is taken in the middle of the round trip", () => {
  learn(iso(T + 5100), T, T + 200);
  expect(clockOffset.value).toBe(5000);
  expect(serverNow()).toBe(T + 5000);
});

it("a slow answer does not spoil what a quick one taught", () => {
  learn(iso(T + 1005), T, T + 10);
  learn(iso(T + 5100), T + 100, T + 4100);
  expect(clockOffset.value).toBe(1000);
});

it("a server whose clock was set is believed at once, be it slower", () => {
  learn(iso(T + 1005), T, T + 10);
  learn(iso(T + 61_100), T + 1000, T + 1200);
  expect(clockOffset.value).toBe(60_000);
});

it("after sleep everything is learnt anew, be it slower", () => {
  learn(iso(T + 1005), T, T + 10);
  forget();
  learn(iso(T + 9500), T + 100, T + 1100);
  expect(clockOffset.value).toBe(8900);
});

it("nonsense from a proxy is not a time", () => {
  learn(iso(T + 1005), T, T + 10);
  forget();
  learn("soon", T, T + 1);
  expect(clockOffset.value).toBe(1000);
});
