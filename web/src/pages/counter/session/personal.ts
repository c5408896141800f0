/** What salted digests stand for, read from what the server tells the people of a session. Pure. */

import type { Personal } from "@/http/sessions";
import type { Case, SessionState } from "@/rooms/counter/state";
import type { Value } from "@/rooms/counter/terms";

export interface Applicant {
  readonly name: string;
  readonly number: string;
  readonly phone: string;
}

const text = (row: object, key: string): string => {
  const value: unknown = (row as Readonly<Record<string, unknown>>)[key];
  return typeof value === "string" ? value : "";
};

function rowOf(personal: Personal, digest: string | null): object | null {
  const row = digest === null ? undefined : personal[digest];
  return typeof row === "object" && row !== null ? row : null;
}

export function readApplicant(personal: Personal, digest: string): Applicant | null {
  const row = rowOf(personal, digest);
  return row === null ? null : { name: text(row, "name"), number: text(row, "number"), phone: text(row, "phone") };
}

/** The number of the document that was shown. */
export function identityNumber(personal: Personal, digest: string | null): string {
  const row = rowOf(personal, digest);
  return row === null ? "" : text(row, "number");
}

/** What somebody wrote beside a rating; empty if nothing, or nothing that is for the asker. */
export function writtenWords(personal: Personal, digest: string | null): string {
  const row = rowOf(personal, digest);
  return row === null ? "" : text(row, "words");
}

/** What stands in the fields of an item's form, as far as it is known here. */
export function fieldValues(personal: Personal, each: Case): ReadonlyMap<string, Value> {
  const found = new Map<string, Value>();
  for (const [name, { value: digest }] of each.fields) {
    const row = rowOf(personal, digest);
    const value: unknown = row === null ? undefined : (row as Readonly<Record<string, unknown>>).value;
    if (typeof value === "string" || typeof value === "number") found.set(name, value);
  }
  return found;
}

/** Whether the session holds digests whose values are not known here yet. */
export function unknownDigests(state: SessionState, personal: Personal): boolean {
  const wanted = [
    state.matter?.applicant ?? null,
    state.identity?.document ?? null,
    ...[...state.cases.values()].flatMap((each) => [...each.fields.values()].map((filled) => filled.value)),
  ];
  return wanted.some((digest) => digest !== null && digest !== "" && !(digest in personal));
}
