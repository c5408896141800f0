import { concat, u8, utf8, type Bytes } from "./encoding";
import { CryptoError } from "./errors";
import { OVERHEAD, hpkeOpen, hpkeSeal, type KemKey } from "./hpke";
import { packShare, unpackShare, type Share } from "./shares";

/** Size of a wrap: share and blind, sealed to one trustee. */
export const WRAP = 64 + OVERHEAD;

function wrapInfo(ctx: Bytes, index: number): Bytes {
  return concat(utf8("yunkai/wrap/v1"), ctx, u8(index));
}

/** wrap_i: a share sealed to its trustee's KEM point. */
export function wrapShare(trustee: string, ctx: Bytes, share: Share): Promise<Bytes> {
  return hpkeSeal(trustee, wrapInfo(ctx, share.index), packShare(share));
}

/** The share in wrap_i; whether it is the one committed to is another question. */
export async function unwrapShare(key: KemKey, ctx: Bytes, index: number, wrap: Bytes): Promise<Share> {
  return unpackShare(index, await hpkeOpen(key, wrapInfo(ctx, index), wrap));
}

/** outer: all wraps, sealed to the gate, which opens them only after the close. */
export function sealOuter(gate: string, ctx: Bytes, wraps: readonly Bytes[]): Promise<Bytes> {
  return hpkeSeal(gate, concat(utf8("yunkai/gate/v1"), ctx), concat(...wraps));
}

/** The wraps under the outer layer, as the gate opens it (seal.md §8 step 2). */
export async function openOuter(gate: KemKey, ctx: Bytes, outer: Bytes, count: number): Promise<readonly Bytes[]> {
  const expected = count * WRAP + OVERHEAD;
  if (outer.length !== expected) throw new CryptoError("outer_length", { expected, found: outer.length });
  const joined = await hpkeOpen(gate, concat(utf8("yunkai/gate/v1"), ctx), outer);
  return Array.from({ length: count }, (_, i) => joined.slice(i * WRAP, (i + 1) * WRAP));
}
