import { expect, it } from "vitest";
import { isCalledNow, situation } from "./situation";

it.each([
  ["booked", null, "booked"],
  ["waiting", 3, "waiting"],
  ["waiting", 0, "next"],
  ["called", null, "called"],
  ["no_show", null, "missed"],
  ["filling", null, "inside"],
  ["processing", null, "over"],
  ["cancelled", null, "cancelled"],
] as const)("a session that is %s with %s before it is shown as %s", (phase, ahead, shown) => {
  expect(situation({ phase, ahead, over: phase === "processing" || phase === "cancelled" })).toBe(shown);
});

it("a session that ended with a supplement or a rejection is over", () => {
  expect(situation({ phase: "decided", ahead: null, over: false })).toBe("inside");
  expect(situation({ phase: "decided", ahead: null, over: true })).toBe("over");
});

it("a call is told once, and again when it is to another window", () => {
  expect(isCalledNow("waiting", "called", "", "w-1")).toBe(true);
  expect(isCalledNow("called", "called", "w-1", "w-1")).toBe(false);
  expect(isCalledNow("called", "called", "w-1", "w-2")).toBe(true);
});
