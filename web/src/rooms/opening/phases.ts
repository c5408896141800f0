/** The phases of an opening and the nine stages the timeline shows. */

import type { Phase } from "@/http/types";

export type { Phase };

export const STAGES = [
  "receiving",
  "closed",
  "opening",
  "roll",
  "decrypting",
  "parameters",
  "announcing",
  "confirming",
  "signing",
] as const;

export type Stage = (typeof STAGES)[number];

const STAGE_OF: Readonly<Record<Phase, number>> = {
  draft: 0,
  receiving: 1,
  closed: 2,
  opening: 3,
  roll_published: 4,
  decrypting: 5,
  imported: 6,
  parameters: 6,
  announcing: 7,
  confirming: 8,
  signing: 9,
  ended: 10,
  published: 10,
  archived: 10,
  failed: 0,
  terminated: 0,
};

/** The number of the stage a phase belongs to: 1 … 9, 0 outside the ceremony, 10 when it is over. */
export function stageNumber(phase: Phase): number {
  return STAGE_OF[phase];
}

/** Nothing more can be ordered, apart from downloads, archiving and reconvening. */
export function isOver(phase: Phase): boolean {
  return (
    phase === "ended" ||
    phase === "published" ||
    phase === "archived" ||
    phase === "failed" ||
    phase === "terminated"
  );
}

const ROLL_PUBLIC: ReadonlySet<Phase> = new Set([
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
]);

/** The roll of bidders is known in this phase. */
export function rollIsPublic(phase: Phase): boolean {
  return ROLL_PUBLIC.has(phase);
}
