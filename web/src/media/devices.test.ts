import { expect, test } from "vitest";
import { DeviceTrouble, troubleOf } from "./devices";

const named = (name: string): Error => Object.assign(new Error(name), { name });

test("a missing camera, a forbidden one and one that another program uses are told apart", () => {
  expect(troubleOf(named("NotFoundError"))).toBe("none");
  expect(troubleOf(named("OverconstrainedError"))).toBe("none");
  expect(troubleOf(named("NotAllowedError"))).toBe("denied");
  expect(troubleOf(named("NotReadableError"))).toBe("busy");
  expect(troubleOf(named("AbortError"))).toBe("busy");
});

test("who closes the list of screens has not forbidden anything", () => {
  expect(troubleOf(named("NotAllowedError"), true)).toBe("dismissed");
});

test("a trouble that is known stays what it is", () => {
  expect(troubleOf(new DeviceTrouble("insecure", "camera"))).toBe("insecure");
});

test("whatever else happens is called a failure", () => {
  expect(troubleOf("a string")).toBe("failed");
});
