/** Puts entries in order by `n`: nothing twice, nothing skipped. Pure; the connection decides how a gap is filled. */

import type { Entry } from "@/rooms/opening/events";

/** An entry of any kind of room. */
export interface Numbered {
  n: number;
  by: { role: string };
}

export interface Taken<E> {
  /** Entries that are next in line, in order. */
  ready: E[];
  /** True when something before what has arrived is missing. */
  gap: boolean;
}

export class EntryStream<E extends Numbered = Entry> {
  private last = 0;
  private readonly early = new Map<number, E>();

  /** The `n` of the last entry that was handed out. */
  get n(): number {
    return this.last;
  }

  /** Takes entries from any source (replay, push, gap fetch) in any order. */
  take(entries: readonly E[]): Taken<E> {
    for (const entry of entries) if (entry.n > this.last) this.early.set(entry.n, entry);
    const ready: E[] = [];
    for (;;) {
      const next = this.early.get(this.last + 1);
      if (next === undefined) break;
      this.early.delete(next.n);
      this.last = next.n;
      ready.push(next);
    }
    return { ready, gap: this.early.size > 0 };
  }

  /** Whether the server has entries we have not seen, going by a beat. */
  behind(n: number): boolean {
    return n > this.last;
  }
}
