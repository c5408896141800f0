import { expect, test } from "vitest";
import { hasKeyframe } from "./webm";

const bytes = (...values: number[]): ArrayBuffer => new Uint8Array(values).buffer;
const TIME = [0xe7, 0x81, 0x05];
const block = (flags: number): number[] => [0xa3, 0x86, 0x81, 0x00, 0x00, flags, 0xaa, 0xbb];
const cluster = (...children: number[]): number[] => [0x1f, 0x43, 0xb6, 0x75, 0x80 + children.length, ...children];
/** A cluster whose size is not known when it begins, as live streams have it. */
const open = (...children: number[]): number[] => [0x1f, 0x43, 0xb6, 0x75, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, ...children];

test("a keyframe is found wherever in a cluster it is", () => {
  expect(hasKeyframe(bytes(...cluster(...TIME, ...block(0x80), ...block(0x00))))).toBe(true);
  expect(hasKeyframe(bytes(...cluster(...TIME, ...block(0x00), ...block(0x80))))).toBe(true);
  expect(hasKeyframe(bytes(...open(...TIME, ...block(0x00), ...block(0x80))))).toBe(true);
});

test("frames that need those before them are no place to begin", () => {
  expect(hasKeyframe(bytes(...cluster(...TIME, ...block(0x00), ...block(0x00))))).toBe(false);
});

test("what is no WebM has none, and doesn't stop the player", () => {
  expect(hasKeyframe(bytes())).toBe(false);
  expect(hasKeyframe(bytes(0, 0, 0, 0))).toBe(false);
  expect(hasKeyframe(bytes(0xa3))).toBe(false);
});
