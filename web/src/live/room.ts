/** A room on a page, whatever its kind: the connection, the state folded from its entries, who is here, and orders. */

import { onScopeDispose, shallowRef, triggerRef, type ShallowRef } from "vue";
import { call, freshKey } from "@/http/client";
import { roomPath } from "@/http/rooms";
import type { Entries } from "@/http/types";
import type { MediaState } from "@/media/types";
import { RoomConnection, type LinkState } from "./connection";
import type { Numbered } from "./stream";
import type { Person, Pointed, Progress } from "./wire";

/** An order as it is sent to …/commands. */
export interface Order {
  readonly type: string;
}

/** How a kind of room is folded. */
export interface Folding<E extends Numbered, S> {
  readonly empty: S;
  readonly evolve: (state: S, entry: E) => S;
  /** Something of the viewer's own changed that is not in the stream. */
  readonly mine: () => void;
}

type Listener<E, S> = (fresh: readonly E[], state: S) => void;

/** Folds a room's stream while the calling component is there; `connect()` begins. */
export function useLive<E extends Numbered, S>(id: string, { empty, evolve, mine }: Folding<E, S>) {
  const state = shallowRef(empty) as ShallowRef<S>;
  const entries = shallowRef<E[]>([]);
  const people = shallowRef<Person<E>[]>([]);
  const link = shallowRef<LinkState>("connecting");
  const refusal = shallowRef("");
  const progress = shallowRef<Progress | null>(null);
  const media = shallowRef<MediaState | null>(null);
  const pointing = new Set<(pointed: Pointed) => void>();
  const listeners = new Set<Listener<E, S>>();

  function take(fresh: E[]): void {
    state.value = fresh.reduce(evolve, state.value);
    entries.value.push(...fresh);
    triggerRef(entries);
    // What happened before this page was opened is shown, not announced.
    if (link.value === "live") for (const listener of listeners) listener(fresh, state.value);
  }

  const fetchEntries = async (after: number, limit: number): Promise<{ entries: E[]; n: number }> => {
    const found = await call<Entries>("GET", `${roomPath(id)}/entries?after=${after}&limit=${limit}`);
    return { entries: found.entries as unknown as E[], n: found.n };
  };

  const connection = new RoomConnection<E>(id, fetchEntries, {
    entries: take,
    presence: (present) => {
      people.value = present;
    },
    mine,
    progress: (report) => {
      progress.value = report.done < report.total ? report : null;
    },
    media: (news) => {
      media.value = news;
    },
    pointer: (pointed) => {
      for (const see of pointing) see(pointed);
    },
    link: (now, code) => {
      link.value = now;
      refusal.value = code;
    },
  });

  /** Takes the entries of an answer at once; the socket's copies are then known. */
  function taken(answer: Pick<Entries, "entries">): void {
    connection.take(answer.entries as unknown as E[]);
  }

  /** Sends a command and folds what came of it. */
  async function order(command: Order, once: string = freshKey()): Promise<void> {
    taken(await call<Entries>("POST", `${roomPath(id)}/commands`, { body: command, once }));
  }

  function listen(listener: Listener<E, S>): void {
    listeners.add(listener);
    onScopeDispose(() => {
      listeners.delete(listener);
    });
  }

  /** Hears where others point, as long as the calling component is there. */
  function onPointer(see: (pointed: Pointed) => void): void {
    pointing.add(see);
    onScopeDispose(() => {
      pointing.delete(see);
    });
  }

  onScopeDispose(() => {
    connection.close();
  });

  return {
    state, entries, people, link, refusal, progress, media, order, listen, taken, onPointer,
    point: (feed: string, at: { readonly x: number; readonly y: number } | null): void => {
      connection.point(feed, at);
    },
    connect: (): void => {
      connection.open();
    },
  };
}
