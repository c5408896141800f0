import { fromB64u, isTime } from "./encoding";
import { CryptoError } from "./errors";
import type { Json, JsonObject } from "./json";

/** Checks that a JSON value has the expected form and gives it its type. `at` names the place. */
export type Shape<T> = (value: unknown, at: string) => T;

function refuse(at: string): never {
  throw new CryptoError("value", { where: at });
}

/** An object with exactly these members. */
export function members<T extends object>(shapes: { readonly [K in keyof T]: Shape<T[K]> }): Shape<T> {
  const names = Object.keys(shapes) as (keyof T & string)[];
  return (value, at) => {
    const object = anyObject(value, at);
    const missing = names.filter((name) => !Object.hasOwn(object, name));
    const unknown = Object.keys(object).filter((name) => !Object.hasOwn(shapes, name));
    if (missing.length > 0 || unknown.length > 0) {
      throw new CryptoError("members", { where: at, missing: missing.join(" "), unknown: unknown.slice(0, 8).join(" ") });
    }
    const result: Partial<T> = {};
    for (const name of names) result[name] = shapes[name](object[name], `${at}.${name}`);
    return result as T;
  };
}

/** Any JSON object. */
export const anyObject: Shape<JsonObject> = (value, at) =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : refuse(at);

/** Any JSON value. */
export const anyJson: Shape<Json> = (value) => value as Json;

/** A list of at most `most` items. */
export function listOf<T>(item: Shape<T>, most: number): Shape<readonly T[]> {
  return (value, at) => {
    if (!Array.isArray(value) || value.length > most) refuse(at);
    return value.map((each: unknown, i) => item(each, `${at}[${i}]`));
  };
}

/** An object of any members whose values have one shape. */
export function mapOf<T>(item: Shape<T>): Shape<Readonly<Record<string, T>>> {
  return (value, at) =>
    Object.fromEntries(Object.entries(anyObject(value, at)).map(([name, each]) => [name, item(each, `${at}.${name}`)]));
}

/** Null, or what `shape` says. */
export function nullOr<T>(shape: Shape<T>): Shape<T | null> {
  return (value, at) => (value === null ? null : shape(value, at));
}

/** Exactly one of these values. */
export function oneOf<const T extends string | number>(...values: readonly T[]): Shape<T> {
  return (value, at) => values.find((each) => each === value) ?? refuse(at);
}

/** One line of text: 1 to 1,000 characters, no control characters. */
export const text: Shape<string> = (value, at) =>
  // eslint-disable-next-line no-control-regex -- these are the characters to refuse
  typeof value === "string" && value !== "" && Array.from(value).length <= 1000 && !/[\u0000-\u001f\u007f-\u009f]/.test(value) ? value : refuse(at);

/** Text that may have several lines: 1 to 10,000 characters. */
export const block: Shape<string> = (value, at) =>
  typeof value === "string" && value !== "" && Array.from(value).length <= 10_000 ? value : refuse(at);

/** An integer from `low` to `high`. */
export function integer(low: number, high: number = Number.MAX_SAFE_INTEGER): Shape<number> {
  return (value, at) => (Number.isSafeInteger(value) && Number(value) >= low && Number(value) <= high ? Number(value) : refuse(at));
}

function matching(pattern: RegExp): Shape<string> {
  return (value, at) => (typeof value === "string" && pattern.test(value) ? value : refuse(at));
}

/** An id: `[a-z0-9-]{1,64}`. */
export const id = matching(/^[a-z0-9-]{1,64}$/);

/** A bid's id: `b-` and 20 characters of `[a-z2-7]`. */
export const bidId = matching(/^b-[a-z2-7]{20}$/);

/** A SHA-256 digest in lowercase hex. */
export const digest = matching(/^[0-9a-f]{64}$/);

/** RFC 3339 UTC with milliseconds. */
export const time: Shape<string> = (value, at) => (typeof value === "string" && isTime(value) ? value : refuse(at));

/** Base64url of bytes, exactly `size` of them where that is given. */
function base64Of(size?: number): Shape<string> {
  return (value, at) => {
    if (typeof value !== "string") refuse(at);
    try {
      fromB64u(value, size);
    } catch {
      refuse(at);
    }
    return value;
  };
}

/** Base64url of `size` bytes. */
export const bytesOf: (size: number) => Shape<string> = base64Of;

/** Base64url of any bytes. */
export const someBytes: Shape<string> = base64Of();

/** A P-256 point: 65 bytes, uncompressed. Whether it lies on the curve shows when it is used. */
export const point = base64Of(65);
