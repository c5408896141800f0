import { expect, test } from "vitest";
import { fromB64u } from "@/crypto/encoding";
import { commitment, drawValue } from "./draw";
import type { DrawState } from "./state";

// Worked out by rooms/opening/drawing.py from the same seeds.
const FIRST = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const SECOND = "ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1-f4CBgoM";
const TENTHS = { name: "K", low: 30, high: 60, step: 5, unit: "‰" };

function seeds(...order: [string, string][]): DrawState {
  return {
    commitments: order.map(([by]) => ({ by, commitment: "" })),
    seeds: Object.fromEntries(order),
    result: null,
  };
}

test("a commitment is the one the server computes", () => {
  expect(commitment("host-1", fromB64u(FIRST, 32))).toBe(
    "74e39f52853d4c586aa584dfadf3709b3b4abcf46a886245f4ace1e3a7c3bd1f",
  );
});

test("the value is recomputed from the seeds in the order of their commitments", () => {
  expect(drawValue(TENTHS, seeds(["host-1", FIRST], ["bidder-1", SECOND]))).toBe(60);
  expect(drawValue(TENTHS, seeds(["bidder-1", SECOND], ["host-1", FIRST]))).toBe(50);
  expect(drawValue({ ...TENTHS, low: 0, high: 9999, step: 1 }, seeds(["host-1", FIRST], ["bidder-1", SECOND]))).toBe(500);
});

test("a seed that was not shown is left out", () => {
  const both = seeds(["host-1", FIRST], ["bidder-1", SECOND]);
  const alone = { ...both, seeds: { "host-1": FIRST } };
  expect(drawValue(TENTHS, alone)).toBe(drawValue(TENTHS, seeds(["host-1", FIRST])));
});

test("a seed that cannot be read gives no value", () => {
  expect(drawValue(TENTHS, seeds(["host-1", "AAAA"]))).toBeNull();
});
