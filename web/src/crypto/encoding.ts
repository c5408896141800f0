import { sha256 as hash } from "@noble/hashes/sha2.js";
import { CryptoError } from "./errors";

/** Bytes that WebCrypto and Blob accept: never backed by shared memory. */
export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();
const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** UTF-8 bytes of a text. */
export function utf8(text: string): Bytes {
  return encoder.encode(text);
}

/** Text of UTF-8 bytes; anything that is not UTF-8 is refused. */
export function fromUtf8(bytes: Uint8Array): string {
  try {
    return strictDecoder.decode(bytes);
  } catch (error) {
    throw new CryptoError("json_text", {}, { cause: error });
  }
}

/** All parts, one after the other. */
export function concat(...parts: readonly Uint8Array[]): Bytes {
  const joined = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Whether two byte strings are equal, in time that depends on their length alone. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}

/** SHA-256 of the parts together. */
export function sha256(...parts: readonly Uint8Array[]): Bytes {
  const running = hash.create();
  for (const part of parts) running.update(part);
  return concat(running.digest());
}

/** Lowercase hex. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Bytes of lowercase hex; `size` bytes of it where given. */
export function fromHex(text: string, size?: number): Bytes {
  if (!/^(?:[0-9a-f]{2})*$/.test(text) || (size !== undefined && text.length !== 2 * size)) {
    throw new CryptoError("value", { where: "hex" });
  }
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

/** Base64 of bytes (RFC 4648 §4, padded). */
export function base64(bytes: Uint8Array): string {
  let binary = "";
  // Arguments of one call are limited, so long inputs go in pieces.
  for (let at = 0; at < bytes.length; at += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(binary);
}

/** Bytes of padded base64; other spellings of the same bytes are refused. */
export function fromBase64(text: string): Bytes {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) {
    throw new CryptoError("base64");
  }
  const binary = atob(text);
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
  if (base64(bytes) !== text) throw new CryptoError("base64");
  return bytes;
}

/** Base64url without padding (RFC 4648 §5). */
export function b64u(bytes: Uint8Array): string {
  return base64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Bytes of base64url without padding; `size` bytes where given. One spelling per value. */
export function fromB64u(text: string, size?: number): Bytes {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) {
    throw new CryptoError("base64");
  }
  const padding = "=".repeat((4 - (text.length % 4)) % 4);
  const bytes = fromBase64(text.replaceAll("-", "+").replaceAll("_", "/") + padding);
  if (size !== undefined && bytes.length !== size) throw new CryptoError("base64");
  return bytes;
}

/** One byte. */
export function u8(value: number): Bytes {
  if (!Number.isInteger(value) || value < 0 || value > 255) throw new CryptoError("value", { where: "u8" });
  return Uint8Array.of(value);
}

/** The length of `value` as four bytes, then `value` (seal.md §1). Text is UTF-8. */
export function lp(value: Uint8Array | string): Bytes {
  const bytes = typeof value === "string" ? utf8(value) : value;
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint32(0, bytes.length);
  return concat(size, bytes);
}

/** `size` bytes from the browser's generator. */
export function randomBytes(size: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(size));
}

const ID_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

/** A fresh bid id: `b-` and 20 random characters, 100 bits (seal.md §5). */
export function newBidId(): string {
  return `b-${Array.from(randomBytes(20), (byte) => ID_ALPHABET.charAt(byte & 31)).join("")}`;
}

/** Whether a text is a time as `timeText` writes it. */
export function isTime(text: string): boolean {
  const instant = new Date(text);
  return !Number.isNaN(instant.getTime()) && instant.toISOString() === text;
}

/** RFC 3339 UTC with milliseconds. */
export function timeText(time: Date): string {
  return time.toISOString();
}
