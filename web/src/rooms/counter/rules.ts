/** Which instant decision the confirmed values lead to: mirrors `deciding_rule` of rooms/counter/values.py. */

import type { Condition, Item, Operator, Rule, Value } from "./terms";

const COMPARE: Readonly<Record<Operator, (a: Value, b: Value) => boolean>> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
};

/** The first of the item's rules whose conditions all hold for these values. */
export function decidingRule(item: Item, values: ReadonlyMap<string, Value>): Rule | null {
  return item.rules.find((rule) => rule.all.every((condition) => holds(condition, values))) ?? null;
}

/** An empty field fulfils no condition, and text is never compared with a number. */
function holds({ field, op, value }: Condition, values: ReadonlyMap<string, Value>): boolean {
  const found = values.get(field) ?? "";
  return found !== "" && typeof found === typeof value && COMPARE[op](found, value);
}
