import { call, freshKey } from "./client";

/** What surrounds a session at a counter: catalogue, bookings, tickets, halls, desks, the board (docs/counter.md). */

export type ServiceMode = "online" | "received" | "joint";
export type FieldKind = "text" | "number" | "money" | "date" | "choice" | "phone" | "id_number";
export type Outcome = "accepted" | "supplement" | "rejected" | "done";

export interface Region {
  readonly code: string;
  readonly name: string;
  readonly parent: string | null;
}

export interface Hall {
  readonly id: string;
  readonly region: string;
  readonly name: string;
  readonly address: string;
  readonly phone: string;
  readonly zone: string;
}

/** An agreement by which a hall serves an item for people of a region. */
export interface Service {
  readonly near: string;
  readonly far: string;
  readonly hall: string;
  readonly until: string | null;
}

export interface ItemLine {
  readonly code: string;
  readonly version: number;
  readonly name: string;
  readonly name_en: string;
  readonly mode: ServiceMode;
  readonly region: string;
  readonly authority: string;
  readonly audience: string;
  readonly promised_days: number;
  readonly bundle: readonly string[];
  readonly services: readonly Service[];
}

export interface Material {
  readonly id: string;
  readonly name: string;
  readonly name_en: string;
  readonly kind: "original" | "copy" | "form";
  readonly required: boolean;
  readonly most_pages: number;
  readonly note: string;
  readonly source: string;
}

export interface ItemField {
  readonly name: string;
  readonly label: string;
  readonly label_en: string;
  readonly kind: FieldKind;
  readonly required: boolean;
  readonly choices: readonly string[];
}

export interface ItemFee {
  readonly id: string;
  readonly name: string;
  /** Fen. */
  readonly amount: number;
  readonly basis: string;
}

export interface ServiceItem extends Omit<ItemLine, "services"> {
  readonly basis: string;
  readonly legal_days: number;
  readonly materials: readonly Material[];
  readonly fields: readonly ItemField[];
  readonly fees: readonly ItemFee[];
  readonly results: readonly string[];
}

/** Everything about an item, and who serves it for whom at present. */
export interface Guide {
  readonly item: ServiceItem;
  readonly valid_from: string;
  readonly current: boolean;
  readonly versions: readonly { readonly version: number; readonly valid_from: string }[];
  readonly services: readonly Service[];
  readonly regions: readonly Region[];
  readonly halls: readonly Hall[];
}

export interface OpenDay {
  readonly day: string;
  readonly kind: string | null;
  readonly name: string;
  readonly open: readonly { readonly start: string; readonly end: string }[];
}

export interface HallView {
  readonly hall: Hall;
  readonly windows: readonly { readonly id: string; readonly name: string; readonly skills: readonly string[] }[];
  readonly hours: readonly { readonly weekday: number; readonly opens: string; readonly closes: string }[];
  readonly days: readonly OpenDay[];
}

export interface CatalogueView {
  readonly regions: readonly Region[];
  readonly halls: readonly Hall[];
  readonly items: readonly ItemLine[];
  readonly total: number;
}

const query = (values: Readonly<Record<string, string | undefined>>): string => {
  const found = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== undefined && value !== "") found.set(name, value);
  const text = found.toString();
  return text === "" ? "" : `?${text}`;
};
const part = encodeURIComponent;

export const catalogue = (asked: { readonly region?: string; readonly q?: string; readonly page?: number } = {}, signal?: AbortSignal) =>
  call<CatalogueView>("GET", `/api/catalogue${query({ ...asked, page: asked.page?.toString() })}`, signal ? { signal } : {});
export const guide = (code: string) => call<Guide>("GET", `/api/catalogue/items/${part(code)}`);
export const hall = (id: string) => call<HallView>("GET", `/api/catalogue/halls/${part(id)}`);

/** One thing wrong in a file that was brought in; `field` is a column, or a path in a JSON document. */
export interface ImportFault {
  readonly file: string;
  readonly line: number;
  readonly field: string;
  readonly code: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export interface Brought {
  readonly revision: number;
  /** How many rows of each table changed. */
  readonly changes: Readonly<Record<string, number>>;
}

export const exportUrl = (form: "json" | "csv"): string => `/api/catalogue/export.${form}`;
export const exported = () => call<Exported>("GET", "/api/catalogue/export.json");
export function bring(file: File, check: boolean) {
  const form = new FormData();
  form.set("file", file, file.name);
  return call<Brought>("POST", `/api/catalogue/import${check ? "?check=1" : ""}`, { form });
}

/** The whole catalogue as its document has it: tables of plain rows. */
export type Exported = Readonly<Record<string, unknown>>;

// Bookings and tickets

export interface Slot {
  readonly starts_at: string;
  readonly ends_at: string;
  readonly near_left: number;
  readonly far_left: number;
}

export interface Slots {
  readonly day: string;
  readonly near_hall: string;
  readonly far_hall: string;
  readonly near_open: boolean;
  readonly far_open: boolean;
  readonly slots: readonly Slot[];
}

export interface Asker {
  readonly name: string;
  readonly number: string;
  readonly phone: string;
}

export type AgentKind = "letter" | "guardian" | "relative" | "service";

export interface AgentBody {
  readonly name: string;
  readonly organisation: string;
  readonly kind: AgentKind;
}

export interface TicketBody {
  readonly items: readonly string[];
  readonly near_hall: string;
  readonly applicant: Asker;
  readonly agent: AgentBody | null;
  readonly priority: string;
  readonly language: "zh" | "en";
  /** The earlier session that told what was missing. */
  readonly continues: string | null;
}

export interface Booked {
  readonly room: string;
  readonly number: string;
  readonly code: string;
  readonly starts_at: string;
  readonly ends_at: string;
  readonly ics: string;
}

export interface Taken {
  readonly room: string;
  readonly number: string;
  readonly code: string;
  readonly waiting: number;
  readonly minutes: number | null;
  readonly expires_at: string;
}

export interface OwnTicket {
  readonly room: string;
  readonly number: string;
  readonly hall: string;
  readonly hall_name: string;
  readonly phase: string;
  readonly over: boolean;
  readonly ahead: number | null;
  readonly minutes: number | null;
  readonly window: string;
  readonly window_name: string;
  readonly starts_at: string | null;
  readonly expires_at: string;
}

export const slots = (asked: { item: string; near: string; day: string }, signal?: AbortSignal) =>
  call<Slots>("GET", `/api/slots${query(asked)}`, signal ? { signal } : {});
export const book = (asked: TicketBody & { readonly starts_at: string }, once: string) =>
  call<Booked>("POST", "/api/bookings", { body: asked, once });
export const takeTicket = (asked: TicketBody, once: string) => call<Taken>("POST", "/api/tickets", { body: asked, once });
export const enter = (number: string, hall: string, code: string, agent = false) =>
  call<{ readonly room: string }>("POST", "/api/tickets/enter", { body: { number, hall, code, agent } });
/** The ticket this browser entered with. */
export const ownTicket = (signal?: AbortSignal) => call<OwnTicket>("GET", "/api/tickets/mine", signal ? { signal } : {});
export const arrive = (room: string, code: string | null) =>
  call<unknown>("POST", `/api/bookings/${part(room)}/arrive`, { body: { code }, once: freshKey() });
export const cancel = (room: string, code: string, reason = "") =>
  call<unknown>("POST", `/api/bookings/${part(room)}/cancel`, { body: { code, reason }, once: freshKey() });
/** Rows of dark (1) and light (0) modules of a QR code for a path of this site. */
export const qr = (path: string) => call<{ readonly rows: readonly string[] }>("POST", "/api/qr", { body: { path } });

// After the call, with nothing but the code of the ticket

export interface LaterView {
  readonly room: string;
  readonly number: string;
  readonly phase: string;
  readonly items: readonly {
    readonly code: string;
    readonly name: string;
    readonly name_en: string;
    readonly outcome: Outcome | null;
    readonly completed: boolean;
  }[];
  readonly rating: number | null;
  readonly may_rate: boolean;
  /** What was answered to a bad rating. */
  readonly answer: string | null;
  /** When the code opens this no more; null while a result is still to come. */
  readonly until: string | null;
  readonly notices: readonly { readonly name: string; readonly kind: string; readonly item: string; readonly href: string }[];
  readonly record: boolean;
}

export const findLater = (asked: { hall: string; day: string; number: string; code: string }) =>
  call<{ readonly room: string }>("POST", "/api/tickets/later", { body: asked });
export const later = (room: string, code: string) => call<LaterView>("POST", `/api/sessions/${part(room)}/later`, { body: { code } });
export const rateLater = (room: string, code: string, level: number, words: string, once: string) =>
  call<LaterView>("POST", `/api/sessions/${part(room)}/later/rating`, { body: { code, level, words }, once });
export const laterRecord = (room: string, code: string): string => `/api/sessions/${part(room)}/later/minutes.pdf?code=${part(code)}`;

// A hall's queue

export interface CalledTicket {
  readonly number: string;
  readonly window: string;
  readonly window_name: string;
  readonly times: number;
  readonly lapses_at: string | null;
}

export interface HallQueue {
  readonly hall: string;
  readonly name: string;
  readonly now: string;
  readonly waiting: readonly string[];
  readonly total: number;
  readonly called: readonly CalledTicket[];
  readonly serving: readonly CalledTicket[];
  readonly missed: readonly string[];
  /** Windows that are open now. */
  readonly windows: number;
  readonly minutes: number | null;
}

export const queue = (hall: string, signal?: AbortSignal) =>
  call<HallQueue>("GET", `/api/halls/${part(hall)}/queue`, signal ? { signal } : {});

// A clerk's desk

export interface DeskSession {
  readonly room: string;
  readonly number: string;
  readonly phase: string;
  readonly items: readonly { readonly code: string; readonly name: string; readonly name_en: string }[];
  readonly hall: string;
  readonly hall_name: string;
  readonly since: string;
  readonly starts_at: string | null;
  readonly priority: string;
  readonly side: "" | "near" | "far";
  readonly window: string;
  readonly fits: boolean;
  /** Who wants to hand it over, and why; empty where nobody does. */
  readonly offered_by: string;
  readonly reason: string;
}

export interface DeskWindow {
  readonly window: string;
  readonly hall: string;
  readonly hall_name: string;
}

export interface DeskView {
  readonly window: DeskWindow | null;
  readonly now: string;
  readonly total: number;
  readonly waiting: readonly DeskSession[];
  readonly missed: readonly DeskSession[];
  readonly expected: readonly DeskSession[];
  readonly requests: readonly DeskSession[];
  readonly offers: readonly DeskSession[];
  readonly mine: readonly DeskSession[];
}

export const desk = (signal?: AbortSignal) => call<DeskView>("GET", "/api/desk", signal ? { signal } : {});
const act = <T>(window: string, what: string, body: unknown = {}) =>
  call<T>("POST", `/api/windows/${part(window)}/${what}`, { body, once: freshKey() });
export const openWindow = (window: string) => act<unknown>(window, "open");
export const closeWindow = (window: string) => act<unknown>(window, "close");
export const callNext = (window: string) => act<{ readonly room: string }>(window, "next");
export const callTicket = (window: string, room: string) => act<{ readonly room: string }>(window, "call", { room });
export const takeFar = (room: string) => call<unknown>("POST", `/api/sessions/${part(room)}/take`, { body: {}, once: freshKey() });
/** A clerk at another window who could go on with a session. */
export interface Colleague {
  readonly window: string;
  readonly window_name: string;
  readonly name: string;
  readonly busy: boolean;
}
const handing = <T>(room: string, what: string, body: unknown = {}) =>
  call<T>("POST", `/api/sessions/${part(room)}/hand-over${what}`, { body, once: freshKey() });
export const colleagues = (room: string) =>
  call<{ readonly items: readonly Colleague[] }>("GET", `/api/sessions/${part(room)}/hand-over`).then((found) => found.items);
export const offerSession = (room: string, to: string, reason: string) => handing<unknown>(room, "", { to, reason });
export const takeOver = (room: string) => handing<unknown>(room, "/take");
export const endOffer = (room: string) => handing<unknown>(room, "/end");
export const requeue = (room: string) => call<unknown>("POST", `/api/sessions/${part(room)}/requeue`, { body: {}, once: freshKey() });
export const order = (room: string, command: { readonly type: string } & Readonly<Record<string, unknown>>) =>
  call<unknown>("POST", `/api/sessions/${part(room)}/commands`, { body: command, once: freshKey() });
