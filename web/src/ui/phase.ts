import type { Phase } from "@/http/types";
import type { Tone } from "./StateTag.vue";

/** The order of a regular opening; failed and terminated have no place in it. */
export const ORDER: readonly Phase[] = [
  "draft",
  "receiving",
  "closed",
  "opening",
  "roll_published",
  "decrypting",
  "imported",
  "parameters",
  "announcing",
  "confirming",
  "signing",
  "ended",
  "published",
  "archived",
];

/** Before the deadline. */
export const isBefore = (phase: Phase): boolean => phase === "draft" || phase === "receiving";

/** From the close until the end: people are in the room. */
export const isRunning = (phase: Phase): boolean =>
  ORDER.indexOf(phase) >= ORDER.indexOf("closed") && ORDER.indexOf(phase) < ORDER.indexOf("ended");

/** After a regular end: there is, or soon will be, a record. */
export const isOver = (phase: Phase): boolean => ORDER.indexOf(phase) >= ORDER.indexOf("ended");

/** After any end: sealed minutes are there or soon will be. */
export const hasRecord = (phase: Phase): boolean => isOver(phase) || phase === "failed" || phase === "terminated";

export function phaseTone(phase: Phase): Tone {
  if (phase === "failed" || phase === "terminated") return "wrong";
  if (isOver(phase)) return "done";
  return phase === "draft" ? "plain" : "here";
}
