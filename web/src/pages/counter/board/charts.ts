import type { BoardDistribution, BoardFigures } from "@/http/board";

/** What charts are drawn from, without a line of drawing. */

export interface Bar {
  readonly name: string;
  /** Null where there is nothing to say of it: a gap, not a zero. */
  readonly value: number | null;
}

const DAY_MS = 86_400_000;
const stamp = (day: string): number => Date.parse(`${day}T00:00:00Z`);

/** Every day from the first to the last, `2026-11-22`. */
export function daysBetween(first: string, last: string): readonly string[] {
  const days: string[] = [];
  for (let at = stamp(first); at <= stamp(last); at += DAY_MS) days.push(new Date(at).toISOString().slice(0, 10));
  return days;
}

/** The day so many days later, or earlier when negative. */
export function dayAfter(day: string, days: number): string {
  return new Date(stamp(day) + days * DAY_MS).toISOString().slice(0, 10);
}

const MOST_BARS = 62;

/** A value of each day of a span; spans of more than two months are drawn by weeks, which begin on Mondays. */
export function overDays(
  rows: readonly BoardFigures[],
  first: string,
  last: string,
  value: (rows: readonly BoardFigures[]) => number | null,
): { readonly weekly: boolean; readonly bars: readonly Bar[] } {
  const days = daysBetween(first, last);
  const weekly = days.length > MOST_BARS;
  const groups = new Map<string, BoardFigures[]>(days.map((day) => [weekly ? monday(day) : day, []]));
  for (const row of rows) if (row.day) groups.get(weekly ? monday(row.day) : row.day)?.push(row);
  return { weekly, bars: [...groups].map(([name, group]) => ({ name, value: group.length === 0 ? null : value(group) })) };
}

/** The Monday of a day's week. */
export function monday(day: string): string {
  return dayAfter(day, -((new Date(stamp(day)).getUTCDay() + 6) % 7));
}

const sum = (rows: readonly BoardFigures[], of: (row: BoardFigures) => number): number =>
  rows.reduce((total, row) => total + of(row), 0);

export const sessionsOf = (rows: readonly BoardFigures[]): number => sum(rows, (row) => row.sessions);

/** Share of first visits that were enough, 0…100; null of nothing decided. */
export function firstVisit(rows: readonly BoardFigures[]): number | null {
  const decided = sum(rows, (row) => row.decided);
  return decided === 0 ? null : (sum(rows, (row) => row.first_visit) / decided) * 100;
}

/** Mean minutes of waiting or of sessions, weighed by how many sessions stand behind each mean. */
export function meanMinutes(rows: readonly BoardFigures[], which: "waited" | "lasted"): number | null {
  const known = rows.filter((row) => row[which] !== null);
  const weight = (row: BoardFigures): number => Math.max(1, which === "lasted" ? row.served : row.sessions);
  const total = sum(known, weight);
  return total === 0 ? null : sum(known, (row) => (row[which] ?? 0) * weight(row)) / total / 60;
}

/** Classes of a distribution, at most `most` of them, each of the same number of whole minutes. */
export function classes(found: BoardDistribution, most = 12): readonly (Bar & { readonly from: number; readonly to: number })[] {
  const counts = found.counts;
  if (counts.length === 0) return [];
  const longest = Math.max(...counts.map((each) => each.minutes));
  const width = [1, 2, 5, 10, 15, 20, 30].find((each) => (longest + 1) / each <= most) ?? 30;
  return Array.from({ length: Math.ceil((longest + 1) / width) }, (_, at) => {
    const from = at * width;
    const to = from + width;
    const value = counts.filter((each) => each.minutes >= from && each.minutes < to).reduce((n, each) => n + each.sessions, 0);
    return { name: `${from}–${to}`, value, from, to };
  });
}

/** Round steps of an axis from zero to at least `most`, three to five of them. */
export function ticks(most: number): readonly number[] {
  if (most <= 0) return [0, 1];
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((each) => each * power >= rough) ?? 10) * power;
  const count = Math.ceil(most / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, at) => Math.round(at * step * 1e6) / 1e6);
}

/** Which of `count` places along an axis carry a name when `room` of them fit: the first, the last, even steps. */
export function labelled(count: number, room: number): ReadonlySet<number> {
  if (count <= room) return new Set(Array.from({ length: count }, (_, at) => at));
  const step = Math.ceil(count / Math.max(1, room));
  const found = new Set<number>();
  for (let at = count - 1; at >= 0; at -= step) found.add(at);
  return found;
}
