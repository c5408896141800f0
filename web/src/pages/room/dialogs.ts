/** Which actions ask before they act, and for what. */

import type { ActionKind } from "@/rooms/opening/action";

export type Field =
  | "recording"
  | "decision"
  | "reason"
  | "window"
  | "minutes"
  | "undecided"
  | "fault"
  | "remediable"
  | "mode"
  | "bidder"
  | "deposit"
  | "observer"
  | "warning"
  | "objection"
  | "answer"
  | "objecting"
  | "dispute"
  | "keyFile";

/** Actions that can't be undone, or need to be told something. The others act at once. */
const FIELDS = {
  startOpening: ["recording"],
  publishRoll: [],
  decideShortfall: ["decision", "reason"],
  failOpening: ["reason"],
  startDecryption: [],
  unlockLater: [],
  startConfirmation: [],
  answerObjection: ["objection", "answer"],
  startSigning: [],
  signRecord: [],
  endOpening: [],
  archiveRoom: [],
  reconvene: ["reason"],
  pause: ["reason"],
  extend: ["window", "minutes", "reason"],
  terminate: ["reason"],
  ruleFault: ["undecided", "fault", "reason"],
  grantRemedy: ["remediable", "minutes", "reason"],
  chatMode: ["mode"],
  noteDeposit: ["bidder", "deposit"],
  takeOver: [],
  inviteObserver: ["observer"],
  issueWarning: ["warning"],
  releaseKey: ["keyFile"],
  confirmBid: [],
  disputeBid: ["dispute"],
  raiseObjection: ["objecting"],
} as const satisfies Partial<Record<ActionKind, readonly Field[]>>;

/** An action with a dialog. Each has a sentence `room.ask.…` that says exactly what will happen. */
export type Asking = keyof typeof FIELDS;

export function asks(kind: ActionKind): kind is Asking {
  return kind in FIELDS;
}

export function fieldsOf(kind: Asking): readonly Field[] {
  return FIELDS[kind];
}

const GRAVE: ReadonlySet<ActionKind> = new Set<ActionKind>(["failOpening", "terminate", "reconvene"]);

/** Ends the opening, or takes back what was ended. */
export function isGrave(kind: ActionKind): boolean {
  return GRAVE.has(kind);
}
