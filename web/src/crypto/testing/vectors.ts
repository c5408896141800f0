import { readFileSync } from "node:fs";

/** A worked example of `tests/vectors`, the same that the Python code runs (docs/formats/vectors.md). */
export function vectors(name: string): unknown {
  const path = new URL(`../../../../tests/vectors/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(path, "utf-8"));
}

/** A case that has to be refused. */
export interface Refused {
  readonly why: string;
  readonly refused: string;
  readonly step?: number;
}
