/** How a player of a live stream stays near its end. Pure. */

export type Range = readonly [from: number, to: number];

export interface Step {
  /** Where to jump to, if playing on would not do. */
  readonly seek: number | null;
  readonly rate: number;
  /** Up to where what was played can be forgotten. */
  readonly forget: number | null;
}

/** Seconds behind the end of what has arrived. */
const JUMP = 1.8;
const HURRY = 1.0;
const RELAX = 0.7;
const LAND = 0.5;
const KEEP = 4;
const FORGET = 10;

/** What to do with a player that is at `now`, has these seconds of the stream and plays at `rate`. */
export function step(ranges: readonly Range[], now: number, rate: number): Step {
  const first = ranges[0];
  const last = ranges.at(-1);
  if (first === undefined || last === undefined) return { seek: null, rate: 1, forget: null };
  const [from, to] = last;
  const behind = to - now;
  const forget = now - first[0] > FORGET ? now - KEEP : null;
  // In a gap, before the beginning, or too late: go on where the stream is now.
  if (now < from || behind > JUMP) return { seek: Math.max(from, to - LAND), rate: 1, forget };
  if (behind > HURRY) return { seek: null, rate: 1.05, forget };
  return { seek: null, rate: behind < RELAX ? 1 : rate, forget };
}
