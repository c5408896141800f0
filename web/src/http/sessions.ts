import type { Picture, Role, Seen } from "@/rooms/counter/kinds";
import type { Value } from "@/rooms/counter/terms";
import { call, freshKey } from "./client";
import { roomPath } from "./rooms";
import type { Entries } from "./types";

/** Routes of one session at a counter (docs/counter.md, The interface). */

export interface SessionDetail {
  readonly id: string;
  readonly my: { readonly person: string; readonly role: Role | null; readonly name: string };
  /** What the windows of both halls are called, by their ids. */
  readonly windows: Readonly<Record<string, string>>;
}

/** Salted digests and what they stand for, as far as the asker may know. */
export type Personal = Readonly<Record<string, unknown>>;

/** What a picture of a document says, to be checked by a person. */
export interface Recognised {
  readonly item: string;
  readonly proposals: readonly { readonly field: string; readonly value: Value }[];
}

export interface Payment {
  readonly reference: string;
  readonly amount: number;
  /** The QR code of where it is paid, as rows of dark (1) and light (0) modules. */
  readonly rows: readonly string[];
  readonly paid: boolean;
}

/** Where the pen was, `t` milliseconds after it first touched the pad. */
export interface PenPoint {
  readonly x: number;
  readonly y: number;
  readonly t: number;
}

/** A signature by hand: a list of points for each time that the pen touched the pad. */
export interface Strokes {
  readonly width: number;
  readonly height: number;
  readonly strokes: readonly (readonly PenPoint[])[];
}

export const session = (room: string) => call<SessionDetail>("GET", roomPath(room));

export const personal = (room: string) => call<Personal>("GET", `${roomPath(room)}/personal`);

export interface PageAt {
  readonly item: string;
  readonly material: string;
  readonly source: "camera" | "phone" | "file";
  /** The page in whose place the new one comes. */
  readonly previous?: string | undefined;
}

/** Hands in a picture at full resolution. */
export function sendPage(room: string, at: PageAt, picture: Blob, once: string, signal?: AbortSignal) {
  const query = new URLSearchParams({ item: at.item, material: at.material, source: at.source });
  if (at.previous !== undefined) query.set("replaces", at.previous);
  const form = new FormData();
  form.set("file", picture, picture instanceof File ? picture.name : "page.jpg");
  return call<Entries>("POST", `${roomPath(room)}/pages?${query.toString()}`, { form, once, ...(signal ? { signal } : {}) });
}

/** A page of a session before this one. */
export interface EarlierPage {
  readonly room: string;
  readonly page: string;
  readonly item: string;
  readonly material: string;
  readonly name: string;
  readonly picture: Picture;
}

export const earlierPages = (room: string) => call<{ readonly pages: readonly EarlierPage[] }>("GET", `${roomPath(room)}/pages/earlier`);

/** Uses a page of an earlier session for a material of this one. */
export const reusePage = (room: string, at: { item: string; material: string }, { room: earlier, page }: EarlierPage, once: string) =>
  call<Entries>("POST", `${roomPath(room)}/pages/reuse`, { body: { ...at, earlier, page }, once });

/** Keeps a picture of the call. */
export function sendScreenshot(room: string, of: Seen, picture: Blob, once: string) {
  const form = new FormData();
  form.set("file", picture, "screenshot.jpg");
  return call<Entries>("POST", `${roomPath(room)}/screenshots?of=${of}`, { form, once });
}

/** The picture as it came. */
export const pageUrl = (room: string, sha256: string): string => `${roomPath(room)}/pages/${sha256}`;

/** A preview as WebP: 1600 pixels on its long side, or 240. Pages of a PDF count from one. */
export function previewUrl(room: string, sha256: string, page = 1, size: "preview" | "small" = "preview"): string {
  const query = new URLSearchParams({ number: String(page), size });
  return `${pageUrl(room, sha256)}/preview?${query.toString()}`;
}

export const recognise = (room: string, page: string) =>
  call<Recognised>("POST", `${roomPath(room)}/recognise`, { body: { page }, once: freshKey() });

/** Signs what was shown: `form` is its digest. */
export const sign = (room: string, item: string, form: string, drawn: Strokes, once: string) =>
  call<Entries>("POST", `${roomPath(room)}/signature`, { body: { item, form, ...drawn }, once });

export const pay = (room: string, item: string, fee: string, once: string) =>
  call<Payment>("POST", `${roomPath(room)}/pay`, { body: { item, fee }, once });

export const noticeUrl = (room: string, item: string): string => `${roomPath(room)}/notices/${encodeURIComponent(item)}.pdf`;

export const recordUrl = (room: string, name: "minutes.pdf" | "archive.zip"): string => `${roomPath(room)}/${name}`;
