import canonicalize from "canonicalize";
import { fromUtf8, utf8, type Bytes } from "./encoding";
import { CryptoError } from "./errors";

/** What the protocol's JSON may hold: numbers are integers (seal.md §1). */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [member: string]: Json };

/** A JSON object. */
export type JsonObject = Readonly<Record<string, Json>>;

const DEEPEST = 32;
const MEBIBYTE = 1 << 20;

/** Canonical JSON (RFC 8785) as bytes, of a value that strict JSON can hold. */
export function jcs(value: unknown): Bytes {
  check(value, 0);
  const text = canonicalize(value);
  if (text === undefined) throw new CryptoError("json");
  return utf8(text);
}

function check(value: unknown, depth: number): void {
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw new CryptoError("json_number");
  if (typeof value === "string" && !isText(value)) throw new CryptoError("json_text");
  if (value === null || ["boolean", "number", "string"].includes(typeof value)) return;
  if (typeof value !== "object") throw new CryptoError("json");
  if (depth >= DEEPEST) throw new CryptoError("json_depth", { most: DEEPEST });
  if (Array.isArray(value)) {
    for (const item of value) check(item, depth + 1);
    return;
  }
  for (const [name, item] of Object.entries(value)) {
    check(name, depth + 1);
    check(item, depth + 1);
  }
}

/** Whether a string is Unicode text: every surrogate has its partner. */
export function isText(text: string): boolean {
  return !/[\ud800-\udfff]/u.test(text);
}

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const NOT_FINITE = /NaN|-?Infinity/y;
const INTEGER = /^(?!-0$)-?[0-9]{1,16}$/;
// eslint-disable-next-line no-control-regex -- JSON forbids these very characters in strings
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

/**
 * Reads JSON as the protocol allows it: `JSON.parse` would let the last of two members of one
 * name win, and round large numbers, so that two readers could see two things.
 */
export function parseJson(source: string | Uint8Array, most: number = MEBIBYTE): Json {
  if (source.length > most) throw new CryptoError("json_size", { most });
  const text = typeof source === "string" ? source : fromUtf8(source);
  let at = 0;

  const fail = (code = "json"): never => {
    throw new CryptoError(code, code === "json_depth" ? { most: DEEPEST } : {});
  };
  const take = (token: RegExp): string | undefined => {
    token.lastIndex = at;
    const found = token.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const next = (char: string): boolean => {
    take(SPACE);
    if (text[at] !== char) return false;
    at += 1;
    return true;
  };
  const string = (): string => {
    take(SPACE);
    const value = JSON.parse(take(STRING) ?? fail()) as string;
    return isText(value) ? value : fail("json_text");
  };
  const array = (depth: number): Json[] => {
    const items: Json[] = [];
    if (next("]")) return items;
    do items.push(value(depth + 1));
    while (next(","));
    return next("]") ? items : fail();
  };
  const object = (depth: number): JsonObject => {
    const members = new Map<string, Json>();
    if (next("}")) return {};
    do {
      const name = string();
      if (!next(":")) fail();
      if (members.has(name)) fail("json_duplicate");
      members.set(name, value(depth + 1));
    } while (next(","));
    return next("}") ? Object.fromEntries(members) : fail();
  };
  const value = (depth: number): Json => {
    take(SPACE);
    if (text[at] === '"') return string();
    if (depth >= DEEPEST && (text[at] === "{" || text[at] === "[")) fail("json_depth");
    if (next("{")) return object(depth);
    if (next("[")) return array(depth);
    for (const [word, meaning] of [["null", null], ["true", true], ["false", false]] as const) {
      if (text.startsWith(word, at)) {
        at += word.length;
        return meaning;
      }
    }
    if (take(NOT_FINITE) !== undefined) fail("json_number");
    const literal = take(NUMBER) ?? fail();
    const number = Number(literal);
    return INTEGER.test(literal) && Number.isSafeInteger(number) ? number : fail("json_number");
  };

  const result = value(0);
  take(SPACE);
  return at === text.length ? result : fail();
}
