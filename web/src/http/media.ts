import type { Kind, MediaState, Slot, Token, Track, ViewerOffer } from "@/media/types";
import { call } from "./client";
import { roomPath as room } from "./rooms";

/** Routes of live media and recordings (docs/media.md, Interface). */

export const media = (id: string) => call<MediaState>("GET", `${room(id)}/media`);

export const mediaToken = (id: string, kind: Kind) =>
  call<Token>("POST", `${room(id)}/media/tokens`, { body: { kind } });

export const newViewer = (id: string) => call<ViewerOffer>("POST", `${room(id)}/media/viewers`, { body: {} });

export const answerOffer = (id: string, viewer: string, answer: string) =>
  call<unknown>("POST", `${room(id)}/media/viewers/${encodeURIComponent(viewer)}`, { body: { answer } });

export const leaveViewer = (id: string, viewer: string) =>
  call<unknown>("DELETE", `${room(id)}/media/viewers/${encodeURIComponent(viewer)}`);

/** Where a slot's sound or picture comes as WebM over a WebSocket. */
export function watchUrl(id: string, slot: Slot, track: Track): string {
  const url = new URL(`${room(id)}/media/watch`, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.search = new URLSearchParams({ slot, track }).toString();
  return url.href;
}

/** What was safely written at some moment: the file's first `size` bytes have this SHA-256. */
export interface Mark {
  readonly at: string;
  readonly size: number;
  readonly sha256: string;
}

export interface RecordingInfo {
  readonly recording: string;
  readonly person: string;
  readonly name: string;
  readonly kind: Kind;
  readonly started_at: string;
  readonly ended_at: string | null;
  /** Of the whole file; of what was last marked while it runs. */
  readonly size: number;
  readonly sha256: string;
  readonly state: "running" | "ended" | "failed";
  readonly marks: readonly Mark[];
}

export const recordings = async (id: string): Promise<readonly RecordingInfo[]> =>
  (await call<{ readonly recordings: readonly RecordingInfo[] }>("GET", `${room(id)}/recordings`)).recordings;

export const recordingUrl = (id: string, recording: string): string =>
  `${room(id)}/recordings/${encodeURIComponent(recording)}.webm`;
