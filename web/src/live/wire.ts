/** Messages of the live interface (docs/http.md, Live) and their reading. */

import type { MediaState } from "@/media/types";
import type { Entry } from "@/rooms/opening/events";
import type { Numbered } from "./stream";

export type PresenceState = "here" | "reconnecting";

/** Who is in a room; roles are those of the room's kind. */
export interface Person<E extends Numbered = Entry> {
  person: string;
  name: string;
  role: E["by"]["role"];
  state: PresenceState;
}

export interface Joined<E extends Numbered = Entry> {
  n: number;
  entries: E[];
  now: string;
  people: Person<E>[];
}

export interface Refused {
  error: { code: string; params?: Record<string, unknown> };
}

export interface Progress {
  room: string;
  what: "opening" | "minutes" | "archive";
  done: number;
  total: number;
}

/** Where somebody points on a shared screen: ten-thousandths of its picture; null when they point no more. */
export interface Pointed {
  readonly person: string;
  readonly feed: string;
  readonly x: number | null;
  readonly y: number | null;
}

export interface ServerMessages<E extends Numbered = Entry> {
  entries: (message: { room: string; entries: E[] }) => void;
  presence: (message: { room: string; people: Person<E>[] }) => void;
  beat: (message: { room: string; n: number; now: string }) => void;
  mine: (message: { room: string }) => void;
  progress: (message: Progress) => void;
  pointer: (message: Pointed & { room: string }) => void;
  /** How the room's media are now; without the servers that help a connection through. */
  media: (message: MediaState & { room: string }) => void;
}

export interface ClientMessages<E extends Numbered = Entry> {
  join: (message: { room: string; after: number }, answer: (joined: Joined<E> | Refused) => void) => void;
  leave: (message: { room: string }) => void;
  point: (message: { room: string; feed: string; x: number | null; y: number | null }) => void;
  clock: (message: Record<string, never>, answer: (answer: { now: string }) => void) => void;
}

/** Whether an answer to `join` is a refusal. */
export function isRefused<E extends Numbered>(answer: Joined<E> | Refused): answer is Refused {
  return "error" in answer;
}
