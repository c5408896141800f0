import { expect, test } from "vitest";
import { moved, pictureIn, placeOf, pointAt } from "./pointing";

const WIDE = { width: 1600, height: 900 };
const TALL = { width: 600, height: 1200 };

test("a picture of another shape lies in the middle with bars beside it", () => {
  expect(pictureIn({ width: 800, height: 450 }, WIDE)).toEqual({ left: 0, top: 0, width: 800, height: 450 });
  expect(pictureIn({ width: 800, height: 600 }, WIDE)).toEqual({ left: 0, top: 75, width: 800, height: 450 });
  expect(pictureIn({ width: 800, height: 450 }, TALL)).toEqual({ left: 287.5, top: 0, width: 225, height: 450 });
});

test("before its size is known a picture fills the frame", () => {
  expect(pictureIn({ width: 800, height: 450 }, { width: 0, height: 0 })).toEqual({ left: 0, top: 0, width: 800, height: 450 });
});

test("the same place of the picture is meant in every frame", () => {
  const meant = pointAt({ width: 800, height: 600 }, WIDE, { x: 200, y: 75 + 225 });
  expect(meant).toEqual({ x: 2_500, y: 5_000 });
  expect(placeOf({ width: 800, height: 450 }, WIDE, { x: 2_500, y: 5_000 })).toEqual({ x: 200, y: 225 });
  expect(placeOf({ width: 400, height: 800 }, WIDE, { x: 2_500, y: 5_000 })).toEqual({ x: 100, y: 400 });
});

test("the corners belong to the picture and the bars do not", () => {
  const frame = { width: 800, height: 600 };
  expect(pointAt(frame, WIDE, { x: 0, y: 75 })).toEqual({ x: 0, y: 0 });
  expect(pointAt(frame, WIDE, { x: 800, y: 525 })).toEqual({ x: 10_000, y: 10_000 });
  expect(pointAt(frame, WIDE, { x: 400, y: 74 })).toBe(null);
  expect(pointAt(frame, WIDE, { x: 400, y: 526 })).toBe(null);
});

test("a frame that is not laid out has no place to point at", () => {
  expect(pointAt({ width: 0, height: 0 }, WIDE, { x: 0, y: 0 })).toBe(null);
});

test("the arrow keys move the point and stop at the edge", () => {
  expect(moved(null, "ArrowRight", false)).toEqual({ x: 5_150, y: 5_000 });
  expect(moved({ x: 5_000, y: 500 }, "ArrowUp", true)).toEqual({ x: 5_000, y: 0 });
  expect(moved({ x: 0, y: 9_950 }, "ArrowDown", false)).toEqual({ x: 0, y: 10_000 });
  expect(moved(null, "Enter", false)).toBe(null);
});
