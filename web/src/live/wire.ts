/** Messages of the live interface (docs/http.md, Live) and their reading. */

import type { MediaState } from "@/media/types";
import type { Entry } from "@/rooms/opening/events";
import type { Role } from "@/rooms/opening/terms";

export type PresenceState = "here" | "reconnecting";

export interface Person {
  person: string;
  name: string;
  role: Role;
  state: PresenceState;
}

export interface Joined {
  n: number;
  entries: Entry[];
  now: string;
  people: Person[];
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

export interface ServerMessages {
  entries: (message: { room: string; entries: Entry[] }) => void;
  presence: (message: { room: string; people: Person[] }) => void;
  beat: (message: { room: string; n: number; now: string }) => void;
  mine: (message: { room: string }) => void;
  progress: (message: Progress) => void;
  /** How the room's media are now; without the servers that help a connection through. */
  media: (message: MediaState & { room: string }) => void;
}

export interface ClientMessages {
  join: (message: { room: string; after: number }, answer: (joined: Joined | Refused) => void) => void;
  leave: (message: { room: string }) => void;
  clock: (message: Record<string, never>, answer: (answer: { now: string }) => void) => void;
}

/** Whether an answer to `join` is a refusal. */
export function isRefused(answer: Joined | Refused): answer is Refused {
  return "error" in answer;
}
