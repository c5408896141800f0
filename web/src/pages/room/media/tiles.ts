/** Which pictures there are, and which of them is the large one. Pure. */

import { SLOTS, type FeedInfo, type MediaState, type Slot } from "@/media/types";

export interface TileOf {
  readonly slot: Slot;
  readonly feed: FeedInfo | null;
  /** Who is in it, where nobody sends yet. */
  readonly person: string;
}

/** A shared screen takes the stage, then the host, then whoever else there is. */
const LARGEST: readonly Slot[] = ["screen", "stage", "floor", "hall", "supervisor"];

/** The filled slots, the large one first. `pinned` is the one that somebody chose to see large. */
export function tilesOf(media: MediaState, speaker: string, pinned: Slot | null): TileOf[] {
  const filled = SLOTS.map((slot): TileOf => {
    const feed = media.slots[slot] ?? null;
    return { slot, feed, person: feed?.person ?? (slot === "floor" ? speaker : "") };
  }).filter((tile) => tile.person !== "");
  const order = pinned === null ? LARGEST : [pinned, ...LARGEST.filter((slot) => slot !== pinned)];
  return filled.sort((a, b) => order.indexOf(a.slot) - order.indexOf(b.slot));
}
