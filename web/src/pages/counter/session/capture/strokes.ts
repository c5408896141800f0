/** A signature as lines of whole-numbered points from the pad's top left corner (server/counter/captures/pen.py). Pure. */

import type { Strokes } from "@/http/sessions";

/** Across, down, and when: milliseconds after the pen first touched the pad. */
export type Point = readonly [number, number, number];

/** How far apart two points of a line are kept, in pixels: closer ones draw nothing that is seen. */
const APART = 2;
const MOST_POINTS = 20_000;
const MOST_LINES = 500;

export const EMPTY: readonly (readonly Point[])[] = [];

/** Lines with a new one begun. */
export function begun(lines: readonly (readonly Point[])[], point: Point): readonly (readonly Point[])[] {
  return lines.length >= MOST_LINES ? lines : [...lines, [point]];
}

/** Lines with the last one drawn on. */
export function drawn(lines: readonly (readonly Point[])[], point: Point): readonly (readonly Point[])[] {
  const last = lines.at(-1);
  const end = last?.at(-1);
  if (last === undefined || end === undefined) return lines;
  const near = Math.abs(end[0] - point[0]) < APART && Math.abs(end[1] - point[1]) < APART;
  const count = lines.reduce((sum, line) => sum + line.length, 0);
  return near || count >= MOST_POINTS ? lines : [...lines.slice(0, -1), [...last, point]];
}

/** A place on the pad: never beside it, and without fractions. */
export function onPad(x: number, y: number, width: number, height: number, at = 0): Point {
  const within = (value: number, most: number): number => Math.min(Math.max(0, Math.round(value)), most);
  return [within(x, width), within(y, height), Math.max(0, Math.round(at))];
}

/** What an SVG path draws for the lines; a line of one point is a dot. */
export function pathOf(lines: readonly (readonly Point[])[]): string {
  return lines
    .map((line) => {
      const [first, ...rest] = line;
      if (first === undefined) return "";
      const steps = rest.length === 0 ? [first] : rest;
      return `M${first[0]} ${first[1]}${steps.map(([x, y]) => `L${x} ${y}`).join("")}`;
    })
    .join("");
}

export function strokesOf(lines: readonly (readonly Point[])[], width: number, height: number): Strokes {
  return { width, height, strokes: lines.map((line) => line.map(([x, y, t]) => ({ x, y, t }))) };
}
