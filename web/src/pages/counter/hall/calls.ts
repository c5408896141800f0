import type { CalledTicket } from "@/http/halls";

/** Calls that have not been said yet: new numbers, numbers called again, numbers called to another window. */
export function freshCalls(said: ReadonlyMap<string, string>, called: readonly CalledTicket[]): readonly CalledTicket[] {
  return called.filter((each) => said.get(each.number) !== mark(each));
}

/** What makes two calls of a number the same call. */
export function mark(call: CalledTicket): string {
  return `${call.window} ${call.times}`;
}

/** What was said before and is still called, with what is called now. */
export function saidNow(called: readonly CalledTicket[]): ReadonlyMap<string, string> {
  return new Map(called.map((each) => [each.number, mark(each)]));
}

const MOST_LAST = 6;

/** The last calls that are over, the newest first: tickets that were called a moment ago and are not any more. */
export function lastCalls(
  before: readonly CalledTicket[],
  last: readonly CalledTicket[],
  called: readonly CalledTicket[],
): readonly CalledTicket[] {
  const now = new Set(called.map((each) => each.number));
  const gone = before.filter((each) => !now.has(each.number));
  const numbers = new Set(gone.map((each) => each.number));
  return [...gone, ...last.filter((each) => !now.has(each.number) && !numbers.has(each.number))].slice(0, MOST_LAST);
}
