/** What the server says about live media (docs/media.md, Interface). */

/** A place on everybody's screen, in the order of the sections of every offer. */
export const SLOTS = ["stage", "supervisor", "floor", "screen", "hall"] as const;
export type Slot = (typeof SLOTS)[number];
export type Kind = "camera" | "screen" | "hall";
export type Track = "audio" | "video";

/** What one participant sends: at most one sound and one picture. */
export interface FeedInfo {
  readonly person: string;
  readonly name: string;
  readonly kind: Kind;
  /** `person:kind` */
  readonly feed: string;
}

export interface IceServer {
  readonly urls: string | readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

export interface MediaState {
  readonly enabled: boolean;
  /** Grows when an engine was started again: whoever sends or receives begins anew. */
  readonly epoch: number;
  readonly slots: Readonly<Partial<Record<Slot, FeedInfo | null>>>;
  /** For hosts all feeds, for others those in slots and their own. */
  readonly feeds: readonly FeedInfo[];
  /** Persons whose sound a host took away. */
  readonly muted: readonly string[];
  /** How many recordings run. */
  readonly recording: number;
  readonly ice_servers?: readonly IceServer[];
}

/** The right to send one feed. `url` is a WHIP endpoint. */
export interface Token {
  readonly token: string;
  readonly url: string;
  readonly expires_at: string;
}

/** Where a slot is in a viewer's offer: the `mid` of its sound and of its picture. */
export interface Section {
  readonly slot: Slot;
  readonly audio: string;
  readonly video: string;
}

export interface ViewerOffer {
  readonly viewer: string;
  readonly offer: string;
  readonly sections: readonly Section[];
  readonly ice_servers: readonly IceServer[];
}

/** A room without media: nothing is sent and nothing is shown. */
export const OFF: MediaState = { enabled: false, epoch: 0, slots: {}, feeds: [], muted: [], recording: 0 };

/** Whether anything can be seen or heard. */
export function somethingPlays(state: MediaState): boolean {
  return SLOTS.some((slot) => (state.slots[slot] ?? null) !== null);
}

/** The slot a feed is in, if it is in one. */
export function slotOf(state: MediaState, feed: string): Slot | null {
  return SLOTS.find((slot) => state.slots[slot]?.feed === feed) ?? null;
}

/** ICE servers as the browser takes them. */
export function iceServers(servers: readonly IceServer[] | undefined): RTCIceServer[] {
  return (servers ?? []).map((each) => ({
    urls: typeof each.urls === "string" ? each.urls : [...each.urls],
    ...(each.username === undefined ? {} : { username: each.username }),
    ...(each.credential === undefined ? {} : { credential: each.credential }),
  }));
}
