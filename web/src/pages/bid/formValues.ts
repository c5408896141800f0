import type { FormItem, FormValue } from "@/http/types";
import type { MessageKey } from "@/i18n";

/** What a bidder is typing: money already as fen, everything else as text. */
export type Draft = Record<string, string | number | null>;

export interface Read {
  readonly values: Readonly<Record<string, FormValue>>;
  /** Item id → what is wrong. Empty when the form can be sealed. */
  readonly wrong: ReadonlyMap<string, MessageKey>;
}

const WHOLE = /^-?\d{1,15}$/;

/** Hundredths of a percent of what was typed (`12.5`, `12.5%`, full-width); null if it is none. */
export function parsePercent(text: string): number | null {
  const match = /^(\d{1,6})(?:\.(\d{0,2}))?%?$/.exec(text.normalize("NFKC").replace(/\s/g, ""));
  return match === null ? null : Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
}

function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00.000Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

type Reading = { readonly value: FormValue } | { readonly wrong: MessageKey };

const orWrong = (value: number | null, wrong: MessageKey): Reading => (value === null ? { wrong } : { value });

function readOne(item: FormItem, typed: string | number): Reading {
  const text = String(typed).normalize("NFKC").trim();
  const whole = WHOLE.test(text) ? Number(text) : null;
  switch (item.kind) {
    case "text":
      return { value: String(typed).trim().normalize("NFC") };
    case "money":
      return typeof typed === "number" ? { value: typed } : { wrong: "form.money_unreadable" };
    case "integer":
      return orWrong(whole, "pages.bid.form.integer_wrong");
    case "days":
      return orWrong(whole !== null && whole >= 0 ? whole : null, "pages.bid.form.integer_wrong");
    case "percent":
      return orWrong(parsePercent(text), "pages.bid.form.percent_wrong");
    case "date":
      return isDate(text) ? { value: text } : { wrong: "pages.bid.form.date_wrong" };
  }
}

/** Reads a draft against the announced form; optional items left empty are left out. */
export function readForm(form: readonly FormItem[], draft: Draft): Read {
  const values: Record<string, FormValue> = {};
  const wrong = new Map<string, MessageKey>();
  for (const item of form) {
    const typed = draft[item.id] ?? "";
    if (String(typed).trim() === "") {
      if (item.required) wrong.set(item.id, "form.required");
      continue;
    }
    const read = readOne(item, typed);
    if ("value" in read) values[item.id] = read.value;
    else wrong.set(item.id, read.wrong);
  }
  return { values, wrong };
}

/** The part of the values that one envelope's form.json holds. */
export function valuesOf(
  envelope: string,
  first: string,
  form: readonly FormItem[],
  values: Readonly<Record<string, FormValue>>,
): Readonly<Record<string, FormValue>> {
  const own = new Set(form.filter((item) => (item.envelope ?? first) === envelope).map((item) => item.id));
  return Object.fromEntries(Object.entries(values).filter(([id]) => own.has(id)));
}
