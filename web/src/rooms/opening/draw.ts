/** The public draw, recomputable by anyone (rooms/opening/events.py, DrawCommitted and ParameterDrawn). */

import { concat, fromB64u, hex, lp, sha256, utf8, type Bytes } from "@/crypto/encoding";
import type { DrawState } from "./state";
import type { DrawTerms } from "./terms";

/** SHA-256("yunkai/draw/v1" | lp(person) | seed): what is published before any seed is shown. */
export function commitment(person: string, seed: Bytes): string {
  return hex(sha256(utf8("yunkai/draw/v1"), lp(person), seed));
}

/** The value that the seeds give, or null when one of them can't be read. */
export function drawValue(terms: DrawTerms, draw: DrawState): number | null {
  const order = draw.result?.seeds ?? draw.commitments.map((each) => each.by);
  try {
    const seeds = order.flatMap((person) => {
      const seed = draw.seeds[person];
      return seed === undefined ? [] : [fromB64u(seed, 32)];
    });
    const digest = sha256(concat(utf8("yunkai/draw-value/v1"), ...seeds));
    const steps = BigInt(Math.floor((terms.high - terms.low) / terms.step) + 1);
    return terms.low + terms.step * Number(BigInt(`0x${hex(digest)}`) % steps);
  } catch {
    return null;
  }
}
