import { hmac } from "@noble/hashes/hmac.js";
import { sha256 as hash } from "@noble/hashes/sha2.js";
import { concat, equalBytes, hex, lp, sha256, u8, utf8, type Bytes } from "./encoding";
import { BidMalformed, CryptoError } from "./errors";

/** What binds every share and key to one envelope of one bid under one manifest (seal.md §3). */
export function bidContext(manifest: Bytes, bidder: string, bid: string, envelope: string): Bytes {
  return concat(lp(manifest), lp(bidder), lp(bid), lp(envelope));
}

/** A trustee's share of a secret: `index` from 1, `share` and `blind` 32 bytes each. */
export interface Share { readonly index: number; readonly share: Bytes; readonly blind: Bytes }

// Logarithms to the generator 3 of GF(2^8) with the polynomial 0x11b.
const EXP = new Uint8Array(510);
const LOG = new Uint8Array(256);
for (let power = 0, value = 1; power < 255; power++) {
  EXP[power] = value;
  EXP[power + 255] = value;
  LOG[value] = power;
  value ^= (value << 1) ^ (value & 0x80 ? 0x11b : 0);
}

function multiply(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : (EXP[(LOG[a] ?? 0) + (LOG[b] ?? 0)] ?? 0);
}

function divide(a: number, b: number): number {
  return a === 0 ? 0 : (EXP[(LOG[a] ?? 0) + 255 - (LOG[b] ?? 0)] ?? 0);
}

function derived(secret: Bytes, label: string, ctx: Bytes, number: number): Bytes {
  return concat(hmac(hash, secret, concat(utf8(label), ctx, u8(number))));
}

/** The n shares of a 32-byte secret, of which any t give it back. The same input gives the same shares. */
export function deal(secret: Bytes, ctx: Bytes, threshold: number, count: number): readonly Share[] {
  if (secret.length !== 32 || threshold < 1 || threshold > count || count > 16) throw new CryptoError("threshold", { threshold, count });
  const coefficients = Array.from({ length: threshold - 1 }, (_, j) => derived(secret, "yunkai/coef/v1", ctx, j + 1));
  return Array.from({ length: count }, (_, i) => {
    const index = i + 1;
    // Horner: the highest coefficient first, the secret itself last.
    const share = new Uint8Array(32);
    for (const coefficient of [...coefficients].reverse().concat(secret)) {
      for (let b = 0; b < 32; b++) share[b] = multiply(share[b] ?? 0, index) ^ (coefficient[b] ?? 0);
    }
    return { index, share, blind: derived(secret, "yunkai/blind/v1", ctx, index) };
  });
}

/** C_i: what the header says of a share before anybody may see it. */
export function commitment(ctx: Bytes, share: Share): string {
  return hex(sha256(utf8("yunkai/share/v1"), ctx, u8(share.index), share.share, share.blind));
}

/** kc: what the header says of the opening key. */
export function keyCommitment(ctx: Bytes, key: Bytes): string {
  return hex(sha256(utf8("yunkai/key/v1"), ctx, key));
}

/** What the header says of the trustees' half (1) or the bidder's half (2) of a key. */
export function halfCommitment(ctx: Bytes, holder: "trustees" | "bidder", half: Bytes): string {
  return hex(sha256(utf8("yunkai/half/v1"), ctx, u8(holder === "trustees" ? 1 : 2), half));
}

/** Two halves make a key, and a key and a half make the other half. */
export function xor(a: Bytes, b: Bytes): Bytes {
  if (a.length !== b.length) throw new CryptoError("share");
  return a.map((byte, i) => byte ^ (b[i] ?? 0));
}

/** Interpolates the polynomial through exactly these shares at 0. */
export function interpolate(shares: readonly Share[]): Bytes {
  if (new Set(shares.map((share) => share.index)).size !== shares.length) throw new CryptoError("threshold", { threshold: shares.length, count: shares.length });
  const secret = new Uint8Array(32);
  for (const { index, share } of shares) {
    let weight = 1;
    for (const other of shares) {
      if (other.index !== index) weight = divide(multiply(weight, other.index), other.index ^ index);
    }
    for (let b = 0; b < 32; b++) secret[b] = (secret[b] ?? 0) ^ multiply(share[b] ?? 0, weight);
  }
  return secret;
}

/**
 * The secret that trustees' shares give (seal.md §8 steps 3 and 4), null where too few match their
 * commitments. `malformed_shares` says that the commitments are not those of an honest dealing.
 */
export function recoverSecret(shares: readonly Share[], ctx: Bytes, threshold: number, commitments: readonly string[]): Bytes | null {
  // step 3: a share that doesn't match is its trustee's problem.
  const matching = new Map(
    shares.filter((share) => commitment(ctx, share) === commitments[share.index - 1]).map((share) => [share.index, share]),
  );
  if (matching.size < threshold) return null;
  const secret = interpolate([...matching.values()].sort((a, b) => a.index - b.index).slice(0, threshold));
  // step 4: all of them, so that the verdict can't depend on who came.
  requireDealt(secret, ctx, threshold, commitments);
  return secret;
}

/** Refuses with `malformed_shares` unless the commitments are those of this secret's own shares. */
export function requireDealt(secret: Bytes, ctx: Bytes, threshold: number, commitments: readonly string[]): void {
  const dealt = deal(secret, ctx, threshold, commitments.length);
  if (dealt.some((share, i) => commitment(ctx, share) !== commitments[i])) throw new BidMalformed("malformed_shares", 4);
}

/** A share as trustees get it: 64 bytes of share and blind. */
export function packShare(share: Share): Bytes {
  return concat(share.share, share.blind);
}

/** The share in the 64 bytes that a wrap holds. */
export function unpackShare(index: number, bytes: Bytes): Share {
  if (bytes.length !== 64) throw new CryptoError("hpke");
  return { index, share: bytes.slice(0, 32), blind: bytes.slice(32) };
}

/** Whether a share is the one the header committed to. */
export function matches(ctx: Bytes, share: Share, committed: string): boolean {
  return equalBytes(utf8(commitment(ctx, share)), utf8(committed));
}
