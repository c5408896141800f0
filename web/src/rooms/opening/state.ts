/** What a room looks like after some entries. Instants are milliseconds since the epoch on the server's clock. */

import type {
  Author,
  BidFile,
  ChatMode,
  DepositState,
  Fault,
  FormValue,
  Row,
  WindowName,
} from "./events";
import { NO_FLOOR, type Floor, type Recording } from "./floor";
import type { Phase } from "./phases";
import type { Role, Terms } from "./terms";

export type BidState = "sealed" | "queued" | "opening" | "opened" | "void";
/** `deemed` 视同认可: absent in government procurement, which accepts the result. */
export type ConfirmationState = "none" | "confirmed" | "disputed" | "lapsed" | "deemed";

/** How one envelope of a bid fared. */
export interface Unsealing {
  state: BidState;
  at: number | null;
  by: string;
  files: readonly BidFile[];
  code: string;
  step: number;
  fault: Fault | null;
}

export interface Ruling {
  fault: Fault;
  reason: string;
}

export interface Bid {
  bid: string;
  number: number;
  bidder: string;
  name: string;
  headerDigest: string;
  receivedAt: number;
  stored: boolean;
  manifestVersion: number;
  stale: boolean;
  signedIn: boolean;
  lateSignIn: boolean;
  deposit: DepositState | null;
  envelopes: Readonly<Record<string, Unsealing>>;
  keyReleased: readonly string[];
  refusals: readonly { at: number; code: string }[];
  ruling: Ruling | null;
  remedyUntil: number | null;
  row: Row | null;
  overLimit: boolean;
  announcedAt: number | null;
  confirmation: ConfirmationState;
  confirmedAt: number | null;
  confirmedWithKey: boolean;
  dispute: string;
  signedAt: number | null;
}

export interface Objection {
  id: string;
  by: string;
  name: string;
  at: number;
  text: string;
  answer: string | null;
  answeredAt: number | null;
}

export interface ChatLine {
  n: number;
  at: number;
  by: Author;
  text: string;
  to: string | null;
}

export interface Warning {
  at: number;
  name: string;
  text: string;
}

export interface Pause {
  at: number;
  reason: string;
  resumedAt: number | null;
}

export interface DrawState {
  commitments: readonly { by: string; commitment: string }[];
  seeds: Readonly<Record<string, string>>;
  result: { value: number; seeds: readonly string[]; unrevealed: readonly string[] } | null;
}

export interface Signature {
  person: string;
  name: string;
  role: Role;
  at: number;
  content: string;
}

export interface OpeningState {
  n: number;
  phase: Phase;
  phaseSince: number | null;
  version: number;
  terms: Terms | null;
  manifestDigest: string;
  host: string;
  pause: Pause | null;
  pauses: readonly Pause[];
  windows: Readonly<Partial<Record<WindowName, number>>>;
  /** The last extension of a window that still runs. */
  extension: { window: WindowName; reason: string } | null;
  recording: string;
  enough: boolean;
  /** The host continued with too few bidders: at the roll, or after bids were lost to the platform's fault. */
  continued: "roll" | "left" | null;
  ending: string;
  envelope: string;
  bids: ReadonlyMap<string, Bid>;
  lastAnnounced: string | null;
  announced: number;
  cardsGiven: ReadonlySet<string>;
  rehearsed: ReadonlySet<string>;
  released: Readonly<Record<string, readonly string[]>>;
  draw: DrawState;
  controlPrice: number | null;
  objections: readonly Objection[];
  chat: readonly ChatLine[];
  chatMode: ChatMode;
  warnings: readonly Warning[];
  /** Digest of the record's content, which signatures are over; empty before signing started. */
  content: string;
  signatures: readonly Signature[];
  record: { sha256: string; size: number; logSize: number } | null;
  reconvened: string;
  names: ReadonlyMap<string, { name: string; role: Role }>;
  floor: Floor;
  recordings: ReadonlyMap<string, Recording>;
}

export const EMPTY: OpeningState = {
  n: 0,
  phase: "draft",
  phaseSince: null,
  version: 0,
  terms: null,
  manifestDigest: "",
  host: "",
  pause: null,
  pauses: [],
  windows: {},
  extension: null,
  recording: "",
  enough: true,
  continued: null,
  ending: "",
  envelope: "",
  bids: new Map(),
  lastAnnounced: null,
  announced: 0,
  cardsGiven: new Set(),
  rehearsed: new Set(),
  released: {},
  draw: { commitments: [], seeds: {}, result: null },
  controlPrice: null,
  objections: [],
  chat: [],
  chatMode: "open",
  warnings: [],
  content: "",
  signatures: [],
  record: null,
  reconvened: "",
  names: new Map(),
  floor: NO_FLOOR,
  recordings: new Map(),
};

export const UNTOUCHED: Unsealing = {
  state: "sealed",
  at: null,
  by: "",
  files: [],
  code: "",
  step: 0,
  fault: null,
};

/** The envelope of a bid, sealed if nothing happened to it yet. */
export function unsealing(bid: Bid, envelope: string): Unsealing {
  return bid.envelopes[envelope] ?? UNTOUCHED;
}

/** The fault that counts: the host's ruling goes before what the evidence left open. */
export function faultOf(bid: Bid, envelope: string): Fault | null {
  const found = unsealing(bid, envelope);
  if (found.state !== "void") return null;
  return bid.ruling === null ? found.fault : bid.ruling.fault;
}

/** The state over all envelopes unlocked so far: a void one decides, then the least advanced. */
export function overallState(bid: Bid): BidState {
  const states = Object.values(bid.envelopes).map((each) => each.state);
  const order: readonly BidState[] = ["void", "queued", "opening", "opened"];
  return order.find((state) => states.includes(state)) ?? "sealed";
}

/** The announced value of an item, or what the opened form says when it was not announced yet. */
export function itemValue(bid: Bid, item: string): FormValue | null {
  return bid.row?.[item] ?? null;
}

/** Bids whose fault is still to be ruled on. */
export function undecided(state: OpeningState): Bid[] {
  return [...state.bids.values()].filter((bid) =>
    Object.keys(bid.envelopes).some((envelope) => faultOf(bid, envelope) === "unknown"),
  );
}

/** Objections nobody answered yet, oldest first. */
export function openObjections(state: OpeningState): Objection[] {
  return state.objections.filter((objection) => objection.answer === null);
}

/** What somebody is called in this room. */
export function nameOf(state: OpeningState, person: string): string {
  return state.names.get(person)?.name ?? person;
}
