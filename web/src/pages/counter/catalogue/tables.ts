import type { Exported } from "@/http/halls";

/** The tables of a catalogue as its own document has them, made ready to be shown as text. */

export const TABLES = ["regions", "halls", "windows", "hours", "days", "items", "agreements"] as const;
export type TableName = (typeof TABLES)[number];

type Row = Readonly<Record<string, unknown>>;

/** The columns of each table; `item.…` lies one level deeper. */
export const COLUMNS = {
  regions: ["code", "name", "parent"],
  halls: ["id", "name", "region", "address", "phone", "active"],
  windows: ["id", "name", "hall", "skills", "organisations", "active"],
  hours: ["hall", "weekday", "opens", "closes"],
  days: ["region", "day", "kind", "name", "opens", "closes"],
  items: ["item.code", "item.version", "valid_from", "item.name", "item.mode", "item.region", "item.authority", "item.promised_days", "item.materials"],
  agreements: ["id", "near", "far", "hall", "items", "since", "until"],
} as const satisfies Record<TableName, readonly string[]>;

export type ColumnName = (typeof COLUMNS)[TableName][number];

/** The rows of a table; none when the document has no such table. */
export function rowsOf(document: Exported, table: TableName): readonly Row[] {
  const rows = document[table];
  return Array.isArray(rows) ? rows.filter((row): row is Row => typeof row === "object" && row !== null) : [];
}

/** What stands in a cell: text, a list of it, how many lines a checklist has, or nothing. */
export function cell(row: Row, column: string): string | boolean {
  const value = column.split(".").reduce<unknown>((at, name) => (typeof at === "object" && at !== null ? (at as Row)[name] : undefined), row);
  if (typeof value === "boolean") return value;
  if (Array.isArray(value)) return column.endsWith("materials") ? String(value.length) : value.map(String).join(" ");
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** The rows in which every word of a search is found. */
export function filtered(rows: readonly Row[], columns: readonly string[], q: string): readonly Row[] {
  const words = q.normalize("NFKC").toLowerCase().split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const text = columns.map((column) => String(cell(row, column))).join(" ").normalize("NFKC").toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
