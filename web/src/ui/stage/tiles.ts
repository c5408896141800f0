/** Which pictures there are, and which of them is the large one. Pure. */

import { SLOTS, type FeedInfo, type MediaState, type Slot } from "@/media/types";

export interface TileOf {
  readonly slot: Slot;
  readonly feed: FeedInfo | null;
  /** Who is in it, where nobody sends yet. */
  readonly person: string;
}

/** The filled slots, in their order. */
export function tilesOf(media: MediaState, speaker: string): TileOf[] {
  return SLOTS.map((slot): TileOf => {
    const feed = media.slots[slot] ?? null;
    return { slot, feed, person: feed?.person ?? (slot === "floor" ? speaker : "") };
  }).filter((tile) => tile.person !== "");
}

export interface Looking {
  readonly me: string;
  /** What somebody chose to see large. */
  readonly pinned: Slot | null;
  /** Slots in which a picture comes. */
  readonly seen: ReadonlySet<Slot>;
  /** Which slot is large when nobody chose. */
  readonly order?: readonly Slot[];
}

/** A shared screen takes the stage, then the host, then whoever else there is. */
export const LARGEST: readonly Slot[] = ["screen", "stage", "floor", "hall", "supervisor"];

/**
 * The large one; null where nobody shows a picture, for names need no stage. Who shows their screen has it before
 * them anyhow.
 */
export function largest(tiles: readonly TileOf[], { me, pinned, seen, order = LARGEST }: Looking): Slot | null {
  const shown = tiles.filter((tile) => seen.has(tile.slot)).map((tile) => tile.slot);
  if (pinned !== null && shown.includes(pinned)) return pinned;
  const own = tiles.some((tile) => tile.slot === "screen" && tile.person === me);
  const wanted = own ? [...order.filter((slot) => slot !== "screen"), "screen" as const] : order;
  return wanted.find((slot) => shown.includes(slot)) ?? null;
}

/** Columns and rows of the small ones beside the large one. */
export function beside(small: number): { columns: number; rows: number } {
  const columns = small > 1 ? 2 : 1;
  return { columns, rows: Math.max(1, Math.ceil(small / columns)) };
}
