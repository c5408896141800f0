/** What a check of a device found. Pure, apart from where it is kept. */

export const PARTS = ["browser", "camera", "microphone", "speaker", "network", "media"] as const;
export type Part = (typeof PARTS)[number];
export type Grade = "ok" | "warn" | "fail";

export interface Found {
  readonly grade: Grade;
  /** The sentence, in the language that the page has by then. */
  readonly text: () => string;
}

export type Findings = Readonly<Partial<Record<Part, Found>>>;

export interface CheckResult {
  readonly at: string;
  readonly findings: Readonly<Partial<Record<Part, Grade>>>;
}

/** The worst that was found; null before everything was looked at. */
export function overall(findings: Findings): Grade | null {
  const grades = PARTS.map((part) => findings[part]?.grade);
  if (grades.includes(undefined)) return null;
  if (grades.includes("fail")) return "fail";
  return grades.includes("warn") ? "warn" : "ok";
}

/** The middle one of some figures: one slow answer says little. */
export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

const BRANDS: readonly (readonly [RegExp, string])[] = [
  [/Edg\/(\d+)/, "Edge"],
  [/Firefox\/(\d+)/, "Firefox"],
  [/Chrome\/(\d+)/, "Chrome"],
  [/Version\/(\d+).*Safari/, "Safari"],
];

/** A browser as people call it. */
export function browserName(agent: string): string {
  for (const [pattern, name] of BRANDS) {
    const version = pattern.exec(agent)?.[1];
    if (version !== undefined) return `${name} ${version}`;
  }
  return agent.slice(0, 40);
}

const place = (id: string, person: string): string => `yunkai.check.${id}.${person}`;

export function keepResult(id: string, person: string, findings: Findings, at: Date): CheckResult {
  const result: CheckResult = {
    at: at.toISOString(),
    findings: Object.fromEntries(PARTS.flatMap((part) => (findings[part] === undefined ? [] : [[part, findings[part].grade]]))),
  };
  try {
    localStorage.setItem(place(id, person), JSON.stringify(result));
  } catch {
    // It is on the page as long as the page is open.
  }
  return result;
}

export function keptResult(id: string, person: string): CheckResult | null {
  try {
    const kept = JSON.parse(localStorage.getItem(place(id, person)) ?? "null") as CheckResult | null;
    return kept !== null && typeof kept.at === "string" && typeof kept.findings === "object" ? kept : null;
  } catch {
    return null;
  }
}
