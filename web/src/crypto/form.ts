import { CryptoError } from "./errors";
import type { JsonObject } from "./json";
import type { Manifest } from "./manifest";
import { anyObject, listOf, oneOf, type Shape } from "./shape";

/** How the value of a form item is written: money is integer fen, percent integer hundredths. */
export type ItemKind = "text" | "money" | "integer" | "days" | "percent" | "date";

/** One item of the announced form, as the tender's terms describe it. */
export interface FormItem {
  readonly id: string;
  readonly kind: ItemKind;
  readonly label_zh: string;
  readonly label_en: string;
  readonly required: boolean;
  readonly announced: boolean;
  readonly unit: string;
  /** The envelope whose form holds it; null is the first. */
  readonly envelope: string | null;
}

/** What a bidder filled in: `form.json` (seal.md §4). */
export type FormValues = Readonly<Record<string, string | number>>;

/** The ranges that the rules give to numbers, in their units. */
const RANGES = {
  money: [0, 10 ** 15],
  days: [0, 36_500],
  percent: [-1_000_000, 1_000_000],
  integer: [-(10 ** 15), 10 ** 15],
} as const;
const MOST_TEXT = 2000;
// Characters without a meaning; ideographs newer than this browser's tables (planes 2 and 3) are names.
const UNKNOWN = /[\p{Cc}\p{Co}\p{Cs}\p{Cn}]/u;
const ALLOWED = /[\n\t\u{20000}-\u{3fffd}]/gu;

function word(value: unknown, at: string): string {
  if (typeof value !== "string") throw new CryptoError("value", { where: at });
  return value;
}

/** Terms have more members as they grow; only those that sealing needs are looked at. */
const item: Shape<FormItem> = (value, at) => {
  const given = anyObject(value, at);
  return {
    id: word(given.id, `${at}.id`),
    kind: oneOf("text", "money", "integer", "days", "percent", "date")(given.kind, `${at}.kind`),
    label_zh: word(given.label_zh, `${at}.label_zh`),
    label_en: word(given.label_en, `${at}.label_en`),
    required: given.required !== false,
    announced: given.announced !== false,
    unit: word(given.unit ?? "", `${at}.unit`),
    envelope: given.envelope === undefined || given.envelope === null ? null : word(given.envelope, `${at}.envelope`),
  };
};

/** The form of a tender's terms. */
export function formItems(terms: JsonObject): readonly FormItem[] {
  return listOf(item, 1000)(terms.form, "terms.form");
}

/** The items that the form of one envelope holds. */
export function itemsOf(manifest: Manifest, envelope: string): readonly FormItem[] {
  const first = manifest.body.envelopes[0]?.id;
  return formItems(manifest.body.terms).filter((each) => (each.envelope ?? first) === envelope);
}

/** Refuses values that don't fit the form (seal.md §8 step 9): `form_unfit` names the item and the problem. */
export function checkForm(form: readonly FormItem[], values: FormValues): void {
  const known = new Set(form.map((each) => each.id));
  const stray = Object.keys(values).find((name) => !known.has(name));
  if (stray !== undefined) throw new CryptoError("form_unfit", { item: stray.slice(0, 64), problem: "unknown" });
  for (const each of form) {
    const value = values[each.id];
    if (value === undefined && !each.required) continue;
    const problem = value === undefined ? "missing" : problemWith(each.kind, value);
    if (problem !== null) throw new CryptoError("form_unfit", { item: each.id, problem });
  }
}

function problemWith(kind: ItemKind, value: string | number): string | null {
  if (kind === "text" || kind === "date") {
    if (typeof value !== "string") return "type";
    if (kind === "date") return isDate(value) ? null : "date";
    if (value.trim() === "") return "text_missing";
    if (Array.from(value).length > MOST_TEXT) return "text_too_long";
    return UNKNOWN.test(value.replace(ALLOWED, "")) ? "text_has_unknown_characters" : null;
  }
  if (!Number.isSafeInteger(value)) return "type";
  const [least, most] = RANGES[kind];
  return Number(value) >= least && Number(value) <= most ? null : "range";
}

function isDate(value: string): boolean {
  const date = new Date(`${value}T00:00:00.000Z`);
  return /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}
