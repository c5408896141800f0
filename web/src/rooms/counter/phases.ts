/** Groups of phases, and the stages that people read: mirrors rooms/counter/phases.py. */

import type { Phase } from "./kinds";

export const BEFORE: readonly Phase[] = ["booked", "waiting", "called", "no_show"];
/** The applicant is known and not everything is decided: one goes back and forth among these. */
export const WORKING: readonly Phase[] = ["identified", "materials", "filling", "signing"];
export const TALKING: readonly Phase[] = ["connecting", "consented", ...WORKING];
/** People may be together in a call. */
export const HELD: readonly Phase[] = [...TALKING, "decided"];
/** What is sent may be recorded and kept: never before there is consent. */
export const RECORDED: readonly Phase[] = ["consented", ...WORKING, "decided"];
export const AFTER: readonly Phase[] = ["decided", "processing", "completed", "delivered"];

/** The stages on top of the page. */
export const STAGES = ["call", "consent", "identity", "materials", "form", "signature", "decision", "result"] as const;
export type Stage = (typeof STAGES)[number];

const AT: Readonly<Record<Phase, number>> = {
  new: 0,
  booked: 0,
  waiting: 1,
  called: 1,
  no_show: 1,
  connecting: 2,
  consented: 3,
  identified: 4,
  materials: 4,
  filling: 5,
  signing: 6,
  decided: 8,
  processing: 8,
  completed: 8,
  delivered: 9,
  ended: 0,
  cancelled: 0,
  archived: 9,
};

/** The number of the stage, from 1; one past the last when nothing is left, 0 where there is none. */
export function stageNumber(phase: Phase, signed = false): number {
  return phase === "signing" && signed ? 7 : AT[phase];
}
