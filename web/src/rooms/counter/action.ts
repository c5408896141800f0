/** What somebody has to do now: one step of the work, what is waited for, and until when. Pure. */

import type { Role } from "./kinds";
import { HELD, TALKING, WORKING } from "./phases";
import {
  lacking,
  processing,
  toCapture,
  unconfirmed,
  undecided,
  unfilled,
  unjudged,
  unsigned,
  type Case,
  type SessionState,
} from "./state";

/** The parts of the work, in the order in which they are done. */
export const STEPS = ["arrive", "consent", "identity", "materials", "form", "signature", "decision", "result"] as const;
export type Step = (typeof STEPS)[number];

/** What is asked of somebody, or waited for, in one word. */
export type Situation =
  // to do
  | "connect"
  | "consent"
  | "captureIdentity"
  | "checkIdentity"
  | "capture"
  | "judge"
  | "fill"
  | "confirm"
  | "sign"
  | "decide"
  | "opine"
  | "endCall"
  | "rate"
  | "pay"
  | "process"
  | "deliver"
  | "requeue"
  // to wait for
  | "waitTime"
  | "waitTurn"
  | "called"
  | "missed"
  | "waitFar"
  | "waitNear"
  | "waitConsent"
  | "waitIdentity"
  | "showIdentity"
  | "waitMaterials"
  | "showMaterials"
  | "waitJudgement"
  | "waitForm"
  | "waitConfirm"
  | "waitSignature"
  | "waitDecision"
  | "waitOpinion"
  | "waitEnd"
  | "waitResult"
  | "watching"
  | "done"
  | "ended"
  | "cancelled";

export interface Plan {
  readonly situation: Situation;
  /** Whether this person has to act. */
  readonly mine: boolean;
  readonly step: Step;
  /** The item it is about, where it is about one. */
  readonly item: string | null;
  /** Until when, in milliseconds. */
  readonly until: number | null;
}

const WAITS: ReadonlySet<Situation> = new Set<Situation>([
  "waitTime", "waitTurn", "missed", "waitFar", "waitNear", "waitConsent", "waitIdentity", "waitMaterials", "waitJudgement", "waitForm",
  "waitConfirm", "waitSignature", "waitDecision", "waitOpinion", "waitEnd", "waitResult", "watching", "done", "ended", "cancelled",
]);

function plan(situation: Situation, step: Step, each: Case | null = null, until: number | null = null): Plan {
  return { situation, step, mine: !WAITS.has(situation), item: each?.item.code ?? null, until };
}

export interface Me {
  readonly person: string;
  readonly role: Role | null;
}

/** What this person does now. Several items are worked through in their order. */
export function nextAction(state: SessionState, me: Me): Plan {
  const { phase } = state;
  switch (phase) {
    case "new":
    case "booked":
      return plan("waitTime", "arrive", null, state.startsAt);
    case "waiting":
      return plan("waitTurn", "arrive");
    case "called":
      return called(state, me);
    case "no_show":
      return me.role === "applicant" && !state.requeuedByApplicant ? plan("requeue", "arrive") : plan("missed", "arrive");
    case "cancelled":
      return plan("cancelled", "result");
    case "ended":
      return plan("ended", "result");
    case "connecting":
      return consenting(me);
    case "consented":
      return identifying(state, me);
    case "decided":
      if (!state.over) return deciding(state, me);
      return afterwards(state, me);
    case "processing":
    case "completed":
    case "delivered":
    case "archived":
      return afterwards(state, me);
    default:
      return working(state, me);
  }
}

function called(state: SessionState, me: Me): Plan {
  if (me.role === "near") return plan(state.far === null ? "waitFar" : "connect", "arrive", null, state.lapsesAt);
  if (me.role === "applicant" || me.role === "agent") return plan("called", "arrive", null, state.lapsesAt);
  if (me.role === "far") return plan("waitNear", "arrive", null, state.lapsesAt);
  return plan("watching", "arrive");
}

function consenting(me: Me): Plan {
  return plan(me.role === "applicant" || me.role === "agent" ? "consent" : "waitConsent", "consent");
}

function identifying(state: SessionState, me: Me): Plan {
  const shown = state.identity !== null && state.identity.result === null;
  switch (me.role) {
    case "near":
    case "agent":
      return plan(shown ? "waitIdentity" : "captureIdentity", "identity");
    case "far":
      return plan(shown ? "checkIdentity" : "waitIdentity", "identity");
    case "applicant":
      return plan(shown ? "waitIdentity" : "showIdentity", "identity");
    default:
      return plan("watching", "identity");
  }
}

/** The item that has to be worked on, and which part of it: the first of those undecided. */
export function workOf(each: Case): Step {
  if (toCapture(each).length > 0 || unjudged(each).length > 0) return "materials";
  if (unfilled(each).length > 0 || unconfirmed(each).length > 0) return "form";
  if (unsigned(each)) return "signature";
  return "decision";
}

const RANK = (each: Case): number => STEPS.indexOf(workOf(each));

function working(state: SessionState, me: Me): Plan {
  const open = undecided(state);
  const mine = open.map((each) => ofItem(each, me)).find((each) => each.mine);
  // Whoever can do something about any item does it; the others wait for the item that lags.
  if (mine !== undefined) return mine;
  const [behind] = [...open].sort((a, b) => RANK(a) - RANK(b));
  return behind === undefined ? plan("waitEnd", "decision") : ofItem(behind, me);
}

function ofItem(each: Case, me: Me): Plan {
  const step = workOf(each);
  const side = me.role;
  if (side === "department") {
    const asked = each.opinions.get(me.person);
    if (asked?.opinion === null) return plan("opine", "decision", each);
    return plan("watching", step, each);
  }
  if (side !== "near" && side !== "far" && side !== "applicant" && side !== "agent") return plan("watching", step, each);
  switch (step) {
    case "materials":
      if (side === "far") return plan(unjudged(each).length > 0 ? "judge" : "waitMaterials", step, each);
      if (toCapture(each).length === 0) return plan("waitJudgement", step, each);
      return plan(side === "applicant" ? "showMaterials" : "capture", step, each);
    case "form": {
      const open = unfilled(each).length > 0;
      if (side === "near" || side === "agent") return plan(open ? "fill" : "waitConfirm", step, each);
      if (side === "applicant" && unconfirmed(each).length > 0) return plan("confirm", step, each);
      return plan(open ? "waitForm" : "waitConfirm", step, each);
    }
    case "signature":
      return plan(side === "applicant" ? "sign" : "waitSignature", step, each);
    default: {
      if (side !== "far") return plan("waitDecision", "decision", each);
      const asked = [...each.opinions.values()].some((opinion) => opinion.opinion === null);
      return plan(asked ? "waitOpinion" : "decide", "decision", each);
    }
  }
}

function unpaid(state: SessionState): boolean {
  return [...state.cases.values()].some((each) => [...each.fees.values()].some((fee) => !fee.paid));
}

function deciding(state: SessionState, me: Me): Plan {
  if (me.role === "near" || me.role === "far") return plan("endCall", "result");
  if (me.role === "applicant" && unpaid(state)) return plan("pay", "result");
  if (me.role === "applicant" && state.rating === null) return plan("rate", "result");
  return plan(me.role === "applicant" ? "waitEnd" : "watching", "result");
}

function afterwards(state: SessionState, me: Me): Plan {
  const cases = [...state.cases.values()];
  const open = cases.find(processing) ?? null;
  const due = open?.decision?.promisedAt ?? null;
  if (me.role === "applicant" || me.role === "agent") {
    if (unpaid(state) && state.phase !== "archived") return plan("pay", "result");
    if (state.rating === null && state.phase !== "archived" && me.role === "applicant") return plan("rate", "result");
    return plan(open === null ? "done" : "waitResult", "result", open, due);
  }
  if (me.role === "far" && open !== null) return plan("process", "result", open, due);
  if ((me.role === "far" || me.role === "near") && state.phase === "completed") return plan("deliver", "result");
  return plan(open === null ? "done" : "waitResult", "result", open, due);
}

/** What can be done besides, quietly. */
export type Quiet =
  | "cancel"
  | "recall"
  | "handOver"
  | "invite"
  | "end"
  | "warn"
  | "minutes"
  | "archive";

const CLERK: ReadonlySet<Role | null> = new Set<Role | null>(["near", "far"]);

export function quietly(state: SessionState, me: Me): Quiet[] {
  const { phase } = state;
  const out: Quiet[] = [];
  const held = HELD.includes(phase) && !state.over;
  if (phase === "called" && me.role === "near" && state.times < 3) out.push("recall");
  if (me.role === "far" && WORKING.includes(phase)) out.push("invite");
  if (CLERK.has(me.role) && (TALKING.includes(phase) || phase === "called")) out.push("handOver");
  if (CLERK.has(me.role) && held && phase !== "decided") out.push("end");
  if (me.role === "supervisor" && phase !== "cancelled" && phase !== "archived") out.push("warn");
  if (["booked", "waiting", "no_show"].includes(phase) && (me.role === "applicant" || me.role === "agent")) out.push("cancel");
  if (state.record !== null) out.push("minutes");
  if (state.record !== null && (CLERK.has(me.role) || me.role === "supervisor" || me.role === "manager")) out.push("archive");
  return out;
}

/** Whether something of the checklist stands in the way of accepting an item. */
export function obstacles(each: Case): { materials: number; fields: number; signature: boolean } {
  return {
    materials: lacking(each).length,
    fields: unfilled(each).length + unconfirmed(each).length,
    signature: unsigned(each),
  };
}
