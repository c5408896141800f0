/** How a player of a live stream stays near its end. Pure. */

export type Range = readonly [from: number, to: number];

export interface Step {
  /** Where to jump to, if playing on would not do. */
  readonly seek: number | null;
  readonly rate: number;
  /** So far behind that only a new beginning helps. */
  readonly anew: boolean;
  /** Up to where what was played can be forgotten. */
  readonly forget: number | null;
}

/** Seconds behind the end of what has arrived. */
const JUMP = 1.8;
const HOPELESS = 8;
/** Decoding so much at once is no jump but a stop. */
const DECODE = 4;
const HURRY = 1.0;
const RELAX = 0.7;
const LAND = 0.5;
const KEEP = 4;
const FORGET = 6;

/**
 * What to do with a player that is at `now`, has these seconds of the stream and plays at `rate`. `begins` are the
 * instants from which decoding can begin: a browser that is to forget up to another one forgets up to the next of
 * these, perhaps what is being played.
 */
export function step(ranges: readonly Range[], now: number, rate: number, begins: readonly number[]): Step {
  const first = ranges[0];
  const last = ranges.at(-1);
  if (first === undefined || last === undefined) return { seek: null, rate: 1, anew: false, forget: null };
  const [from, to] = last;
  const behind = to - now;
  const begin = begins.findLast((each) => each <= now - KEEP) ?? first[0];
  const forget = begin - first[0] > FORGET ? begin : null;
  const still = { seek: null, rate: 1, anew: false, forget };
  if (now < from) return { ...still, seek: from };
  if (behind > JUMP) {
    const target = Math.max(from, to - LAND);
    const start = begins.findLast((each) => each <= target) ?? from;
    if (target - Math.max(start, from) <= DECODE) return { ...still, seek: target };
    return behind > HOPELESS ? { ...still, anew: true } : { ...still, rate: 1.5 };
  }
  if (behind > HURRY) return { ...still, rate: Math.max(1.05, rate) };
  return { ...still, rate: behind < RELAX ? 1 : rate };
}

/** Pieces in a row that may lengthen nothing; more than a head and a cluster without a picture is a broken stream. */
const FRUITLESS = 4;

/** Notices that a player takes what it is given and can show none of it. */
export class Growth {
  private end = 0;
  private fruitless = 0;

  /** Told before each piece how far the stream reaches, in seconds; whether it has stopped growing. */
  stopped(end: number): boolean {
    this.fruitless = end > this.end ? 0 : this.fruitless + 1;
    this.end = end;
    return this.fruitless > FRUITLESS;
  }
}
