import type { FormItem, FormValues } from "@/crypto/form";
import { parseYuan } from "@/i18n/money";
import type { Word } from "./words";

/** What people typed, by item. */
export type Typed = Readonly<Record<string, string>>;

/** The value of one item as `form.json` has it, or the sentence that says what is wrong with it. */
export function valueOf(item: FormItem, typed: string): { readonly value: string | number | null } | { readonly wrong: Word } {
  const text = typed.trim();
  if (text === "") return item.required ? { wrong: "missing" } : { value: null };
  switch (item.kind) {
    case "text":
      return { value: text };
    case "date":
      return /^\d{4}-\d\d-\d\d$/.test(text) ? { value: text } : { wrong: "date_bad" };
    case "money": {
      const fen = parseYuan(text);
      return fen === null ? { wrong: "money_bad" } : { value: fen };
    }
    case "percent": {
      const match = /^(-?)(\d{1,4})(?:\.(\d{1,2}))?%?$/.exec(text.normalize("NFKC"));
      if (match === null) return { wrong: "percent_bad" };
      const hundredths = Number(match[2]) * 100 + Number((match[3] ?? "").padEnd(2, "0"));
      return { value: match[1] === "-" && hundredths > 0 ? -hundredths : hundredths };
    }
    case "integer":
    case "days": {
      const plain = text.normalize("NFKC").replace(/,/g, "");
      const low = item.kind === "days" ? /^\d{1,5}$/ : /^-?\d{1,15}$/;
      return low.test(plain) ? { value: Number(plain) + 0 } : { wrong: "number_bad" };
    }
  }
}

/** The form's values where every item is right, otherwise what is wrong with which. */
export function formOf(
  items: readonly FormItem[],
  typed: Typed,
): { readonly values: FormValues; readonly wrong: Readonly<Record<string, Word>> } {
  const values: Record<string, string | number> = {};
  const wrong: Record<string, Word> = {};
  for (const item of items) {
    const read = valueOf(item, typed[item.id] ?? "");
    if ("wrong" in read) wrong[item.id] = read.wrong;
    else if (read.value !== null) values[item.id] = read.value;
  }
  return { values, wrong };
}
