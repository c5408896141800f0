import { expect, test } from "vitest";
import { seatCameras } from "./seat";

const all = ["a", "b", "c"].map((deviceId) => ({ deviceId }));
const ids = (own: string, last = ""): readonly [string[], string] => {
  const { cameras, first } = seatCameras(all, own, last);
  return [cameras.map((each) => each.deviceId), first];
};

test("the clerk's own camera does not look at the seat", () => {
  expect(ids("b")).toEqual([["a", "c"], "a"]);
});

test("a clerk who picked no camera is shown by the first one", () => {
  expect(ids("")).toEqual([["b", "c"], "b"]);
});

test("the camera of last time is chosen again while it is there", () => {
  expect(ids("a", "c")[1]).toBe("c");
  expect(ids("a", "gone")[1]).toBe("b");
});

test("one camera alone is the clerk's", () => {
  expect(seatCameras([{ deviceId: "a" }], "", "a")).toEqual({ cameras: [], first: "" });
});
