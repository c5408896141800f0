import { expect, test } from "vitest";
import type { Entry } from "@/rooms/opening/events";
import { EntryStream } from "./stream";

const entry = (n: number): Entry => ({
  n,
  at: "2026-11-21T01:00:00.000Z",
  by: { person: "system", name: "", role: "system" },
  event: { type: "SigningStarted", content: "ff" },
});
const numbers = (entries: Entry[]): number[] => entries.map((each) => each.n);

test("entries in order come out as they come in", () => {
  const stream = new EntryStream();
  expect(numbers(stream.take([entry(1), entry(2)]).ready)).toEqual([1, 2]);
  expect(numbers(stream.take([entry(3)]).ready)).toEqual([3]);
  expect(stream.n).toBe(3);
});

test("an entry that was replayed and pushed comes out once", () => {
  const stream = new EntryStream();
  stream.take([entry(1), entry(2)]);
  expect(numbers(stream.take([entry(2), entry(2), entry(3)]).ready)).toEqual([3]);
});

test("an early entry waits for the missing one, and the gap is told", () => {
  const stream = new EntryStream();
  stream.take([entry(1)]);
  expect(stream.take([entry(3), entry(4)])).toEqual({ ready: [], gap: true });
  const filled = stream.take([entry(2)]);
  expect(numbers(filled.ready)).toEqual([2, 3, 4]);
  expect(filled.gap).toBe(false);
});

test("a beat ahead of us means something was missed", () => {
  const stream = new EntryStream();
  stream.take([entry(1)]);
  expect(stream.behind(1)).toBe(false);
  expect(stream.behind(2)).toBe(true);
});
