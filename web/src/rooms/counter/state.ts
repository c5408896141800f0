/** What a session is after its entries so far: mirrors rooms/counter/state.py. Instants are milliseconds. */

import type { Author, OutcomeDecided } from "./events";
import type {
  IdentityMethod,
  IdentityResult,
  Matter,
  Origin,
  Phase,
  Picture,
  Priority,
  Role,
  Seen,
  Side,
  Source,
  Stance,
  Verdict,
  Way,
} from "./kinds";
import type { Field, Item, Material } from "./terms";

/** Who sits at one of the two windows. */
export interface Clerk {
  readonly person: string;
  readonly name: string;
  readonly window: string;
  readonly region: string;
}

export interface Known {
  readonly name: string;
  readonly role: Role;
  readonly department: string;
}

export interface Identity {
  readonly method: IdentityMethod;
  readonly numberValid: boolean;
  readonly masked: string;
  readonly document: string | null;
  readonly likeness: boolean;
  /** Null until the far clerk checked. */
  readonly result: IdentityResult | null;
  readonly remark: string;
}

export interface Page {
  readonly id: string;
  readonly item: string;
  readonly material: string;
  readonly picture: Picture;
  readonly source: Source;
  readonly removed: boolean;
  readonly replacedBy: string | null;
  readonly by: Author;
  readonly at: number;
}

/** A picture of the call that a clerk kept; its digest is its id. */
export interface Screenshot {
  readonly id: string;
  readonly picture: Picture;
  readonly of: Seen;
  readonly note: string;
  readonly by: Author;
  readonly at: number;
}

export interface Filled {
  /** The salted digest of the value. */
  readonly value: string;
  readonly origin: Origin;
  readonly confirmed: boolean;
  readonly byHandOf: string | null;
}

export interface Opinion {
  readonly person: string;
  readonly name: string;
  readonly department: string;
  readonly opinion: Stance | null;
  readonly text: string;
}

export interface Payment {
  readonly amount: number;
  readonly reference: string;
  readonly paid: boolean;
}

export type Decision = Omit<OutcomeDecided, "type" | "item" | "until" | "promised_at" | "remind_at"> & {
  readonly at: number;
  readonly until: number | null;
  readonly promisedAt: number | null;
};

/** One item of the session and what became of it. `pages` hold, by material, the present pages in order. */
export interface Case {
  readonly item: Item;
  readonly pages: ReadonlyMap<string, readonly string[]>;
  readonly judged: ReadonlyMap<string, { readonly verdict: Verdict; readonly remark: string }>;
  readonly fields: ReadonlyMap<string, Filled>;
  readonly signature: { readonly form: string; readonly strokes: string; readonly at: number } | null;
  readonly opinions: ReadonlyMap<string, Opinion>;
  readonly fees: ReadonlyMap<string, Payment>;
  readonly decision: Decision | null;
  readonly steps: readonly { readonly step: string; readonly note: string; readonly at: number }[];
  readonly completedAt: number | null;
  readonly delivery: { readonly way: Way; readonly tracking: string; readonly at: number } | null;
  readonly escalated: boolean;
}

export interface ChatLine {
  readonly n: number;
  readonly at: number;
  readonly by: Author;
  readonly text: string;
  readonly to: string | null;
}

/** A side that its clerk wants to hand over, and to whom. */
export interface Offer {
  readonly to: string;
  readonly name: string;
  readonly window: string;
  readonly reason: string;
}

/** By side; null where nothing is offered. */
export type Offers = Readonly<Record<Side, Offer | null>>;
export const NO_OFFERS: Offers = { near: null, far: null };

export interface SessionState {
  readonly n: number;
  readonly phase: Phase;
  readonly phaseSince: number | null;
  readonly matter: Matter | null;
  readonly startsAt: number | null;
  readonly endsAt: number | null;
  /** Of the ticket. */
  readonly number: string;
  readonly hall: string;
  readonly priority: Priority;
  readonly near: Clerk | null;
  readonly far: Clerk | null;
  /** Hand-overs that nobody has taken yet. */
  readonly offers: Offers;
  readonly known: ReadonlyMap<string, Known>;
  readonly times: number;
  readonly lapsesAt: number | null;
  readonly requeued: number;
  readonly requeuedByApplicant: boolean;
  /** "confirmed", or why this session is not recorded; empty before the call. */
  readonly recording: string;
  readonly recordings: ReadonlySet<string>;
  readonly consent: { readonly version: string; readonly byHandOf: string | null } | null;
  readonly reuse: boolean;
  readonly identity: Identity | null;
  readonly cases: ReadonlyMap<string, Case>;
  readonly pages: ReadonlyMap<string, Page>;
  readonly screenshots: readonly Screenshot[];
  /** Who dropped out of the call, and when. */
  readonly absent: ReadonlyMap<string, number>;
  /** The call was ended, or never came about. */
  readonly over: boolean;
  /** Why it was cancelled or given up. */
  readonly ending: string;
  readonly rating: { readonly level: number; readonly answerBy: number | null; readonly answer: string | null } | null;
  readonly chat: readonly ChatLine[];
  readonly warnings: readonly { readonly at: number; readonly name: string; readonly text: string }[];
  readonly record: { readonly sha256: string; readonly size: number } | null;
}

export const EMPTY: SessionState = {
  n: 0,
  phase: "new",
  phaseSince: null,
  matter: null,
  startsAt: null,
  endsAt: null,
  number: "",
  hall: "",
  priority: "none",
  near: null,
  far: null,
  offers: NO_OFFERS,
  known: new Map(),
  times: 0,
  lapsesAt: null,
  requeued: 0,
  requeuedByApplicant: false,
  recording: "",
  recordings: new Set(),
  consent: null,
  reuse: false,
  identity: null,
  cases: new Map(),
  pages: new Map(),
  screenshots: [],
  absent: new Map(),
  over: false,
  ending: "",
  rating: null,
  chat: [],
  warnings: [],
  record: null,
};

/** An item before anything happened to it. */
export function fresh(item: Item): Case {
  return {
    item,
    pages: new Map(),
    judged: new Map(),
    fields: new Map(),
    signature: null,
    opinions: new Map(),
    fees: new Map(),
    decision: null,
    steps: [],
    completedAt: null,
    delivery: null,
    escalated: false,
  };
}

/** Accepted, and not completed yet. */
export function processing(each: Case): boolean {
  return each.decision?.outcome === "accepted" && each.completedAt === null;
}

/** There is a result to deliver. */
export function finished(each: Case): boolean {
  return each.decision?.outcome === "done" || each.completedAt !== null;
}

/** `given` is a form that is filled in and signed on the screen: it need not be put under the camera as well. */
export type MaterialState = "empty" | "captured" | "accepted" | "returned" | "waived" | "given";

/** Where a line of the checklist stands. */
export function materialState(each: Case, material: Material): MaterialState {
  const judged = each.judged.get(material.id);
  if (judged !== undefined) return judged.verdict;
  if ((each.pages.get(material.id) ?? []).length > 0) return "captured";
  return material.kind === "form" && each.item.fields.length > 0 ? "given" : "empty";
}

/** The required materials that are neither accepted nor waived. Forms that are filled in here lack never. */
export function lacking(each: Case): Material[] {
  const here = each.item.fields.length > 0;
  return each.item.materials.filter((material) => {
    const verdict = each.judged.get(material.id)?.verdict;
    return material.required && verdict !== "accepted" && verdict !== "waived" && !(here && material.kind === "form");
  });
}

/** Materials of which pages wait for the far clerk's word. */
export function unjudged(each: Case): Material[] {
  return each.item.materials.filter((material) => materialState(each, material) === "captured");
}

/** The materials somebody has to put under the camera now: required ones without pages, and returned ones. */
export function toCapture(each: Case): Material[] {
  return each.item.materials.filter((material) => {
    const state = materialState(each, material);
    return state === "returned" || (material.required && state === "empty");
  });
}

export function unfilled(each: Case): Field[] {
  return each.item.fields.filter((field) => field.required && !each.fields.has(field.name));
}

/** The filled fields that the applicant has not confirmed, in the order of the form. */
export function unconfirmed(each: Case): Field[] {
  return each.item.fields.filter((field) => each.fields.get(field.name)?.confirmed === false);
}

/** Whether the form is complete and every field of it confirmed. */
export function confirmed(each: Case): boolean {
  return unfilled(each).length === 0 && unconfirmed(each).length === 0;
}

/** Whether the form has to be signed, and is not. A form without fields has nothing to sign. */
export function unsigned(each: Case): boolean {
  return each.item.fields.length > 0 && each.signature === null;
}

export function undecided(state: SessionState): Case[] {
  return [...state.cases.values()].filter((each) => each.decision === null);
}

/** The present pages of a material, in their order. */
export function pagesOf(state: SessionState, each: Case, material: string): Page[] {
  return (each.pages.get(material) ?? []).flatMap((id) => state.pages.get(id) ?? []);
}

/** What somebody is called in this room; who has no name there is the applicant. */
export function nameOf(state: SessionState, person: string): string {
  return state.known.get(person)?.name ?? "";
}

/** What somebody is in this session now. */
export function roleOf(state: SessionState, person: string): Role | null {
  if (person === "") return null;
  if (person === state.near?.person) return "near";
  if (person === state.far?.person) return "far";
  if (person === state.matter?.person) return "applicant";
  if (person === state.matter?.agent?.person) return "agent";
  const role = state.known.get(person)?.role ?? null;
  // Whoever handed their window over is known, and is there no more.
  return role === "near" || role === "far" ? null : role;
}
