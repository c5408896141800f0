/** What the server sends and takes (docs/http.md); times are RFC 3339, money integer fen, digests lowercase hex. */

export type Role = "host" | "deputy" | "tenderer" | "trustee" | "supervisor" | "bidder" | "observer" | "system";
export type AccountRole = "agency" | "bidder" | "trustee" | "supervisor" | "admin" | "clerk" | "manager" | "guest";
export type Regime = "tendering" | "procurement";
export type Policy = "trustees" | "bidder" | "either" | "both";
export type Remedy = "none" | "reopen";
export type ItemKind = "text" | "money" | "integer" | "days" | "percent" | "date";
export type FormValue = string | number;

export type Phase =
  | "draft"
  | "receiving"
  | "closed"
  | "opening"
  | "roll_published"
  | "decrypting"
  | "imported"
  | "parameters"
  | "announcing"
  | "confirming"
  | "signing"
  | "ended"
  | "published"
  | "archived"
  | "failed"
  | "terminated";

/** Trust anchors: whom receipts, manifests and logs are signed by. */
export interface Site {
  readonly site: string;
  readonly log_key: string;
  readonly platform_key: string;
  readonly root: string;
  readonly gate: string;
}

export interface Person {
  readonly person: string;
  readonly name: string;
  readonly organisation: string;
  readonly roles: readonly AccountRole[];
  /** The one room a guest was let into. */
  readonly room?: string | null;
}

/** {"body", "key", "signature"}, docs/formats/seal.md 1. */
export interface Sealed {
  readonly body: Readonly<Record<string, unknown>>;
  readonly key: string;
  readonly signature: string;
}

export interface Seat {
  readonly person: string;
  readonly name: string;
  readonly organisation: string;
  readonly role: Role;
}

export interface FormItem {
  readonly id: string;
  readonly kind: ItemKind;
  readonly label_zh: string;
  readonly label_en: string;
  readonly required: boolean;
  readonly announced: boolean;
  readonly unit: string;
  /** Whose form.json holds it; null: the first envelope's. */
  readonly envelope?: string | null;
}

export interface EnvelopeTerms {
  readonly id: string;
  readonly title: string;
  readonly later: boolean;
}

export interface DocumentEntry {
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
}

export interface DrawTerms {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  readonly step: number;
  readonly unit: string;
}

export interface Windows {
  readonly sign_in: number;
  readonly decryption: number;
  readonly confirmation: number;
  readonly objection: number;
  readonly upload_grace: number;
}

export interface Terms {
  readonly project_number: string;
  readonly project_title: string;
  readonly lot_number: string;
  readonly lot_title: string;
  readonly regime: Regime;
  readonly deadline: string;
  readonly policy: Policy;
  readonly threshold: number;
  readonly seats: readonly Seat[];
  readonly form: readonly FormItem[];
  readonly tenderer: string;
  readonly agency: string;
  readonly place: string;
  readonly windows: Windows;
  readonly envelopes: readonly EnvelopeTerms[];
  readonly remedy: Remedy;
  readonly control_price: number | null;
  readonly minimum_bidders: number;
  readonly draw: DrawTerms | null;
  readonly documents: readonly DocumentEntry[];
  readonly discipline: string;
  /** Of a revision: what it changes and why. */
  readonly changes?: string;
  readonly masked_from_observers: boolean;
  readonly unattended: boolean;
  readonly max_bytes: number;
  /** A rehearsal: it counts for nothing, and every page says so. */
  readonly rehearsal?: boolean;
}

export interface OpeningSummary {
  readonly id: string;
  readonly phase: Phase;
  readonly version: number;
  readonly project_number: string;
  readonly project_title: string;
  readonly lot_number: string;
  readonly lot_title: string;
  readonly tenderer: string;
  readonly agency: string;
  readonly place: string;
  readonly regime: Regime;
  readonly deadline: string;
  readonly role: Role | null;
  readonly paused: boolean;
  readonly rehearsal: boolean;
}

export interface OpeningList {
  readonly items: readonly OpeningSummary[];
  readonly total: number;
}

export interface OpeningDetail {
  readonly id: string;
  readonly phase: Phase;
  readonly version: number;
  readonly terms: Terms;
  /** A revision that is saved and not yet published; for the host's side only. */
  readonly draft?: Terms | null;
  readonly manifest: Sealed | null;
  readonly manifest_digest: string | null;
  readonly my: { readonly person: string; readonly role: Role | null; readonly name: string };
  readonly head: string | null;
}

export interface Entry {
  readonly n: number;
  readonly at: string;
  readonly by: { readonly person: string; readonly name: string; readonly role: Role };
  readonly event: { readonly type: string } & Readonly<Record<string, unknown>>;
}

export interface Entries {
  readonly entries: readonly Entry[];
  readonly n: number;
  readonly head: string | null;
}

export interface UploadState {
  readonly url: string;
  readonly offset: number;
  readonly size: number;
  readonly expires_at: string;
  /** Why the bytes were refused, once they were. */
  readonly code: string | null;
}

export interface Receipt extends Sealed {
  readonly token: string;
}

/** The version a bidder accepted and the key it enrolled. */
export interface Accepted {
  readonly name: string;
  readonly version: number;
  readonly manifest: string;
  readonly key: string;
  readonly deposit: string;
}

/** One of the bidder's bids, the one that counts or an earlier one. */
export interface PastBid {
  readonly bid: string;
  readonly header_digest: string;
  readonly received_at: string;
  readonly standing: string;
  readonly receipt: Receipt | null;
  readonly withdrawal_receipt: Receipt | null;
}

/** What the server holds of the logged-in bidder in one opening. */
export interface Mine {
  readonly acceptance: Accepted | null;
  readonly bid: string | null;
  readonly header_digest: string | null;
  readonly header: Sealed | null;
  readonly stored: Readonly<Record<string, boolean>>;
  readonly uploads: Readonly<Record<string, UploadState>>;
  readonly receipt: Receipt | null;
  readonly signed_in: { readonly late: boolean; readonly emergency: boolean } | null;
  readonly history: readonly PastBid[];
}

export interface Submission {
  readonly header: Sealed;
  readonly outers: Readonly<Record<string, string>>;
}

export interface Submitted {
  /** Null while the time stamp authority can't be reached; it is in `mine` later. */
  readonly receipt: Receipt | null;
  readonly uploads: Readonly<Record<string, string>>;
}

export interface Finding {
  readonly step: number;
  readonly code: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly about: string;
}

export interface Verdict {
  readonly ok: boolean;
  readonly findings: readonly Finding[];
  readonly facts: readonly Finding[];
}
