import { CryptoError } from "./errors";
import type { JsonObject } from "./json";
import { id, listOf, members, oneOf, text, type Shape } from "./shape";

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
}

/** What a bidder filled in: `form.json` (seal.md §4). */
export type FormValues = Readonly<Record<string, string | number>>;

const anyText: Shape<string> = (value, at) => (value === "" ? "" : text(value, at));
const flag: Shape<boolean> = (value, at) => {
  if (typeof value !== "boolean") throw new CryptoError("value", { where: at });
  return value;
};

const items = listOf(
  members<FormItem>({
    id,
    kind: oneOf("text", "money", "integer", "days", "percent", "date"),
    label_zh: anyText,
    label_en: anyText,
    required: flag,
    announced: flag,
    unit: anyText,
  }),
  200,
);

/** The form of a tender's terms. */
export function formItems(terms: JsonObject): readonly FormItem[] {
  return items(terms.form, "terms.form");
}

/** Refuses values that don't fit the form: `form_item` names the item (seal.md §8 step 9). */
export function checkForm(form: readonly FormItem[], values: FormValues): void {
  const known = new Set(form.map((item) => item.id));
  const stray = Object.keys(values).find((name) => !known.has(name));
  if (stray !== undefined) throw new CryptoError("form_item", { item: stray });
  for (const item of form) {
    const value = values[item.id];
    if (value === undefined ? item.required : !fits(item.kind, value)) throw new CryptoError("form_item", { item: item.id });
  }
}

function fits(kind: ItemKind, value: string | number): boolean {
  switch (kind) {
    case "text":
      return typeof value === "string" && value.trim() !== "";
    case "date":
      return typeof value === "string" && isDate(value);
    case "money":
    case "integer":
    case "days":
    case "percent":
      return Number.isSafeInteger(value) && (kind === "integer" || Number(value) >= 0);
  }
}

function isDate(value: string): boolean {
  const date = new Date(`${value}T00:00:00.000Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === value;
}
