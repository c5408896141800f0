/** What a decision has to say, and whether it says it. Pure. */

import { obstacles } from "@/rooms/counter/action";
import type { Missing } from "@/rooms/counter/kinds";
import { decidingRule } from "@/rooms/counter/rules";
import { lacking, type Case } from "@/rooms/counter/state";
import type { Outcome, Rule, Value } from "@/rooms/counter/terms";

export interface Draft {
  readonly outcome: Outcome | null;
  readonly reason: string;
  readonly remedy: string;
  readonly missing: readonly Missing[];
  /** A day as the field gives it, or empty. */
  readonly until: string;
  readonly untold: string;
}

export type Gap = "outcome" | "obstacles" | "reason" | "remedy" | "missing" | "until" | "untold";

/** The rule that holds for the confirmed values, whose outcome is proposed. */
export function proposal(each: Case, values: ReadonlyMap<string, Value>): Rule | null {
  const confirmed = new Map([...values].filter(([name]) => each.fields.get(name)?.confirmed === true));
  return decidingRule(each.item, confirmed);
}

/** Whether an outcome goes against a rule or an invited department, which needs a reason. */
export function against(each: Case, outcome: Outcome | null, rule: Rule | null): boolean {
  if (outcome === null) return false;
  if (rule !== null && rule.outcome !== outcome) return true;
  const favourable = outcome === "accepted" || outcome === "done";
  return [...each.opinions.values()].some(({ opinion }) => opinion === "disagree" && favourable);
}

/** What still has to be written before it can be decided. */
export function gapsIn(draft: Draft, each: Case, rule: Rule | null, second: boolean): Gap[] {
  const gaps: Gap[] = [];
  const { outcome } = draft;
  if (outcome === null) return ["outcome"];
  const blank = (text: string): boolean => text.trim() === "";
  if (outcome === "accepted" || outcome === "done") {
    const open = obstacles(each);
    if (open.materials > 0 || open.fields > 0 || open.signature) gaps.push("obstacles");
  }
  if ((outcome === "rejected" || against(each, outcome, rule)) && blank(draft.reason)) gaps.push("reason");
  if (outcome === "rejected" && blank(draft.remedy)) gaps.push("remedy");
  if (outcome === "supplement") {
    if (draft.missing.length === 0 || draft.missing.some((line) => blank(line.what))) gaps.push("missing");
    if (draft.until === "") gaps.push("until");
    if (second && blank(draft.untold)) gaps.push("untold");
  }
  return gaps;
}

/** A supplement begins with everything the checklist lacks: it can be told only once. */
export function firstMissing(each: Case, remarkOf: (material: string) => string): Missing[] {
  return lacking(each).map(({ id }) => ({ material: id, what: remarkOf(id) }));
}
