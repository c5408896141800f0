import { call, freshKey } from "./client";
import type { Role, Sealed } from "./types";

/** Routes of signing the sealed minutes (docs/http.md). */

const path = (id: string): string => `/api/openings/${encodeURIComponent(id)}/minutes/signatures`;

/** A field prepared in the minutes, and what is known of its signature. */
export interface SignatureField {
  readonly field: string;
  readonly role: Role;
  readonly person: string;
  readonly name: string;
  readonly signed: {
    readonly at: string;
    readonly certificate: string;
    readonly sha256: string;
    readonly size: number;
  } | null;
}

/** Who has the next revision for itself. */
export interface SigningNow {
  readonly field: string;
  readonly person: string;
  readonly name: string;
  readonly until: string;
}

export interface SignaturesState {
  readonly sha256: string;
  readonly size: number;
  readonly open: boolean;
  readonly preserved: boolean;
  readonly fields: readonly SignatureField[];
  readonly signing: SigningNow | null;
}

/** What is to be signed (b64u), and until when it is taken. */
export interface PreparedSignature {
  readonly lease: string;
  readonly attributes: string;
  readonly certificate: string;
  readonly expires_at: string;
}

export const signatures = (id: string) => call<SignaturesState>("GET", path(id));

export const prepareSignature = (id: string, field: string, request: Sealed) =>
  call<PreparedSignature>("POST", `${path(id)}/prepare`, { body: { field, request } });

export const finishSignature = (id: string, lease: string, signature: string) =>
  call<unknown>("POST", `${path(id)}/finish`, { body: { lease, signature }, once: freshKey() });
