import { expect, test } from "vitest";
import { begun, drawn, EMPTY, onPad, pathOf } from "./strokes";

test("a touch is a dot, a movement is a line", () => {
  const dot = begun(EMPTY, [10, 20, 0]);
  expect(pathOf(dot)).toBe("M10 20L10 20");
  expect(pathOf(drawn(dot, [30, 40, 0]))).toBe("M10 20L30 40");
});

test("lifting the pen begins another line", () => {
  const two = begun(drawn(begun(EMPTY, [0, 0, 0]), [9, 9, 0]), [50, 50, 0]);
  expect(two.length).toBe(2);
});

test("a trembling hand adds no points", () => {
  const line = begun(EMPTY, [10, 10, 0]);
  expect(drawn(line, [11, 10, 0])).toBe(line);
});

test("a pen beside the pad draws on its edge, in whole numbers", () => {
  expect(onPad(-5, 10.4, 100, 50)).toEqual([0, 10, 0]);
  expect(onPad(120, 80, 100, 50)).toEqual([100, 50, 0]);
});

test("a pad that is full takes no more points than the server does", () => {
  let lines = begun(EMPTY, [0, 0, 0]);
  const full = Array.from({ length: 19_999 }, (_, index) => [index % 100, 5, index] as const);
  lines = [[...(lines[0] ?? []), ...full]];
  expect(drawn(lines, [50, 40, 0])).toBe(lines);
});
