/** What several parts of a session speak of: mirrors rooms/counter/kinds.py. */

import type { Item, Mode } from "./terms";

export type Role = "near" | "far" | "department" | "supervisor" | "manager" | "agent" | "applicant" | "system";
export type Side = "near" | "far";
export type Priority = "none" | "elderly" | "disabled" | "military" | "pregnant";
export type IdentityMethod = "card" | "passport" | "other" | "agent";
export type IdentityResult = "passed" | "failed" | "again";
export type Source = "camera" | "phone" | "file" | "reuse";
/** What a screenshot of the call shows. */
export type Seen = "applicant" | "near" | "far" | "department" | "screen";
export type Verdict = "accepted" | "returned" | "waived";
export type Origin = "typed" | "recognised" | "reused";
export type Stance = "agree" | "disagree" | "conditions";
export type Way = "counter" | "post" | "electronic";
export type Phase =
  | "new"
  | "booked"
  | "waiting"
  | "called"
  | "no_show"
  | "connecting"
  | "consented"
  | "identified"
  | "materials"
  | "filling"
  | "signing"
  | "decided"
  | "processing"
  | "completed"
  | "delivered"
  | "ended"
  | "cancelled"
  | "archived";

export interface Agent {
  readonly person: string;
  readonly name: string;
  readonly organisation: string;
  readonly authority: string;
}

/** What a session is about, fixed by its first entry. `applicant` is the salted digest of who they are. */
export interface Matter {
  readonly items: readonly Item[];
  readonly near_hall: string;
  readonly far_hall: string;
  readonly near_region: string;
  readonly far_region: string;
  readonly mode: Mode;
  readonly person: string;
  readonly applicant: string;
  readonly agent: Agent | null;
  readonly language: string;
  readonly continues: string | null;
  readonly supplemented: readonly string[];
}

/** A captured page's bytes. A PDF has `pages`, and no width and height. */
export interface Picture {
  readonly sha256: string;
  readonly size: number;
  readonly media_type: string;
  readonly pages: number;
  readonly width: number;
  readonly height: number;
}

/** A field with the salted digest of what is written into it. */
export interface FieldValue {
  readonly field: string;
  readonly value: string;
}

export interface Missing {
  /** The material's id, or empty where the list has none. */
  readonly material: string;
  readonly what: string;
}
