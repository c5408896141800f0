import type { WrapToOpen } from "@/crypto";
import { call, freshKey } from "./client";
import { codeOf } from "./errors";
import type {
  AccountRole,
  DocumentEntry,
  Entries,
  Mine,
  OpeningDetail,
  OpeningList,
  Person,
  Receipt,
  Sealed,
  Site,
  Submission,
  Submitted,
  Terms,
  Verdict,
} from "./types";

/** One function a route of docs/http.md. Commands carry a key, so that a repeated one is answered, not done twice. */

const opening = (id: string): string => `/api/openings/${encodeURIComponent(id)}`;

export type When = "today" | "upcoming" | "past";

export const login = (name: string, password: string) =>
  call<Person>("POST", "/api/login", { body: { name, password } });
export const logout = () => call<unknown>("POST", "/api/logout");
export const me = () => call<Person>("GET", "/api/me");
// The body is read although the header tells the time: an unread answer keeps its connection busy.
export const askTime = () => call<{ readonly now: string }>("GET", "/api/time");

export const site = () => call<Site>("GET", "/api/site");

export const people = (role?: AccountRole) =>
  call<readonly Person[]>("GET", `/api/accounts${role === undefined ? "" : `?role=${role}`}`);

export interface NewAccount {
  readonly login: string;
  readonly password: string;
  readonly name: string;
  readonly organisation: string;
  readonly roles: readonly AccountRole[];
}

export const createAccount = (account: NewAccount) =>
  call<Person>("POST", "/api/accounts", { body: account, once: freshKey() });

export function openings(when: When, q: string, page: number, signal?: AbortSignal) {
  const query = new URLSearchParams({ when, page: String(page) });
  if (q !== "") query.set("q", q);
  return call<OpeningList>("GET", `/api/openings?${query.toString()}`, signal ? { signal } : {});
}

export const detail = (id: string) => call<OpeningDetail>("GET", opening(id));

export const draft = (terms: Terms, once: string) =>
  call<{ readonly id: string }>("POST", "/api/openings", { body: { terms }, once });

export const redraft = (id: string, terms: Terms, once: string) =>
  call<unknown>("POST", `${opening(id)}/draft`, { body: { terms }, once });

export const publish = (id: string, terms: Terms | null, once: string) =>
  call<unknown>("POST", `${opening(id)}/publish`, { body: terms === null ? {} : { terms }, once });

export function uploadDocument(id: string, file: File) {
  const form = new FormData();
  form.set("file", file, file.name);
  return call<DocumentEntry>("POST", `${opening(id)}/documents`, { form, once: freshKey() });
}

export const documentUrl = (id: string, sha256: string): string => `${opening(id)}/documents/${sha256}`;
export const manifestUrl = (id: string): string => `${opening(id)}/manifest.json`;
export const receiptUrl = (id: string, form: "json" | "pdf"): string => `${opening(id)}/receipt.${form}`;
export const resultUrl = (
  id: string,
  name: "minutes.pdf" | "archive.zip" | "head.txt" | "closing.txt" | "log.jsonl",
): string => `${opening(id)}/${name}`;

export const entries = (id: string, after = 0) =>
  call<Entries>("GET", `${opening(id)}/entries?after=${after}`);

export const mine = (id: string) => call<Mine>("GET", `${opening(id)}/mine`);

export const accept = (id: string, name: string, acceptance: Sealed, once: string) =>
  call<unknown>("POST", `${opening(id)}/acceptance`, { body: { name, acceptance }, once });

export const submit = (id: string, submission: Submission, once: string) =>
  call<Submitted>("POST", `${opening(id)}/bids`, { body: submission, once });

export const withdraw = (id: string, withdrawal: Sealed, once: string) =>
  call<{ readonly receipt: Receipt | null }>("POST", `${opening(id)}/withdrawal`, { body: { withdrawal }, once });

export interface SignIn {
  readonly name: string;
  readonly id_number: string;
  readonly phone: string;
  readonly authorisation: string;
  readonly emergency: boolean;
}

export const signIn = (id: string, form: SignIn, once: string) =>
  call<unknown>("POST", `${opening(id)}/sign-in`, { body: form, once });

export const giveCard = (id: string, card: Sealed, once: string) =>
  call<unknown>("POST", `${opening(id)}/trustee/card`, { body: { card }, once });

export const rehearsal = (id: string) =>
  call<{ readonly ciphertext: string }>("GET", `${opening(id)}/trustee/rehearsal`);

export const answerRehearsal = (id: string, answer: Sealed, once: string) =>
  call<unknown>("POST", `${opening(id)}/trustee/rehearsal`, { body: { answer }, once });

/** A bid's wrap as the gate left it, with what proves that the closing head covers it. */
export interface Wraps {
  readonly checkpoint: string;
  readonly manifest: Sealed;
  readonly index: number;
  readonly wraps: readonly WrapToOpen[];
}

const GATE_WAIT_MS = 60_000;
const GATE_PAUSE_MS = 700;

/** The wraps of all bids. Right after the start of decryption the gate needs a moment, which is waited for. */
export async function wraps(id: string, envelope: string): Promise<Wraps> {
  const end = performance.now() + GATE_WAIT_MS;
  for (;;) {
    try {
      return await call<Wraps>("GET", `${opening(id)}/trustee/wraps?envelope=${encodeURIComponent(envelope)}`);
    } catch (error) {
      if (codeOf(error) !== "gate_not_opened" || performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, GATE_PAUSE_MS));
    }
  }
}

export const release = (id: string, envelope: string, released: Sealed, once: string) =>
  call<unknown>("POST", `${opening(id)}/trustee/release`, { body: { envelope, release: released }, once });

export function verify(file: File, signal?: AbortSignal) {
  const form = new FormData();
  form.set("file", file, file.name);
  return call<Verdict>("POST", "/api/verify", { form, ...(signal ? { signal } : {}) });
}
