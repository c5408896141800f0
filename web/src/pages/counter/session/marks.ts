/** How far each part of the work is, for the marks on its card. Pure. */

import { nextAction, STEPS, type Me, type Step } from "@/rooms/counter/action";
import { BEFORE, TALKING } from "@/rooms/counter/phases";
import { lacking, unconfirmed, unfilled, type Case, type SessionState } from "@/rooms/counter/state";

export type Mark = "todo" | "here" | "done" | "wait";

/** Whether a part of the work needs nothing more for this item. */
export function isDone(state: SessionState, each: Case, step: Step): boolean {
  switch (step) {
    case "arrive":
      return ![...BEFORE, "new"].includes(state.phase);
    case "consent":
      return state.consent !== null;
    case "identity":
      return state.identity?.result === "passed";
    case "materials":
      return lacking(each).length === 0 && [...each.judged.values()].every(({ verdict }) => verdict !== "returned");
    case "form":
      return unfilled(each).length === 0 && unconfirmed(each).length === 0;
    case "signature":
      return each.signature !== null || each.item.fields.length === 0;
    case "decision":
      return each.decision !== null;
    case "result":
      return each.delivery !== null;
  }
}

/** The mark of one part of one item for who looks. */
export function markOf(state: SessionState, me: Me, each: Case, step: Step): Mark {
  const plan = nextAction(state, me);
  const about = plan.item === null || plan.item === each.item.code;
  if (plan.step === step && about) return plan.mine ? "here" : plan.situation === "done" ? "done" : "wait";
  if (isDone(state, each, step)) return "done";
  return "todo";
}

/** Which parts can be worked on or looked at: not before their time. */
export function stepsShown(state: SessionState): Step[] {
  if ([...BEFORE, "new"].includes(state.phase)) return ["arrive"];
  if (state.phase === "connecting") return ["consent"];
  if (state.phase === "consented") return ["consent", "identity"];
  const rest = STEPS.filter((step) => step !== "arrive" && step !== "result");
  if (TALKING.includes(state.phase)) return [...state.cases.values()].some((each) => each.decision !== null) ? [...rest, "result"] : rest;
  return ["result", ...rest.filter((step) => step !== "decision")];
}
