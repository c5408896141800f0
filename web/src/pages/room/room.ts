/** What the parts of the room page share: the folded state, who I am, and how to act. */

import { computed, inject, onScopeDispose, provide, shallowRef, triggerRef, type InjectionKey } from "vue";
import * as api from "@/http/api";
import { serverNow, useNow } from "@/http/clock";
import { call, freshKey } from "@/http/client";
import type { Entries, Mine, OpeningDetail } from "@/http/types";
import { RoomConnection, type LinkState } from "@/live/connection";
import type { Person, Progress } from "@/live/wire";
import type { MediaState } from "@/media/types";
import { nextAction, ownBid, type Me } from "@/rooms/opening/action";
import type { RoomCommand } from "@/rooms/opening/commands";
import { evolve } from "@/rooms/opening/evolve";
import type { Entry } from "@/rooms/opening/events";
import { isOver } from "@/rooms/opening/phases";
import { EMPTY, type OpeningState } from "@/rooms/opening/state";
import { useSession } from "@/stores/session";

type Listener = (fresh: readonly Entry[], state: OpeningState) => void;

/** Opens the live connection of a room and folds what comes. Closes with the component that called it. */
export function useRoom(id: string) {
  const session = useSession();
  const now = useNow();
  const detail = shallowRef<OpeningDetail | null>(null);
  const error = shallowRef<unknown>(null);
  const state = shallowRef<OpeningState>(EMPTY);
  const entries = shallowRef<Entry[]>([]);
  const people = shallowRef<Person[]>([]);
  const link = shallowRef<LinkState>("connecting");
  const refusal = shallowRef("");
  const progress = shallowRef<Progress | null>(null);
  const mine = shallowRef<Mine | null>(null);
  const media = shallowRef<MediaState | null>(null);
  const listeners = new Set<Listener>();

  const me = computed<Me>(() => {
    const person = session.person?.person ?? "";
    // An account that may still become a bidder has no role in the room yet.
    const role = detail.value?.my.role ?? (session.bidder ? "bidder" : "observer");
    const bid = ownBid(state.value, person);
    return {
      person,
      role,
      hostHere: people.value.some((each) => each.person === state.value.host && each.state === "here"),
      signedIn: bid?.signedIn ?? Boolean(mine.value?.signed_in),
      hasBid: bid !== null || (mine.value?.bid ?? null) !== null,
    };
  });
  const plan = computed(() => nextAction(state.value, me.value, now.value));
  const over = computed(() => isOver(state.value.phase));

  function take(fresh: Entry[]): void {
    state.value = fresh.reduce(evolve, state.value);
    entries.value.push(...fresh);
    triggerRef(entries);
    // What happened before this page was opened is shown, not announced.
    if (link.value === "live") for (const listener of listeners) listener(fresh, state.value);
  }

  const fetchEntries = async (after: number, limit: number): Promise<{ entries: Entry[]; n: number }> => {
    const found = await call<Entries>("GET", `/api/openings/${encodeURIComponent(id)}/entries?after=${after}&limit=${limit}`);
    return { entries: found.entries as unknown as Entry[], n: found.n };
  };

  const connection = new RoomConnection(id, fetchEntries, {
    entries: take,
    presence: (present) => {
      people.value = present;
    },
    mine: () => {
      void loadMine();
    },
    progress: (report) => {
      progress.value = report.done < report.total ? report : null;
    },
    media: (news) => {
      media.value = news;
    },
    link: (now, code) => {
      link.value = now;
      refusal.value = code;
    },
  });

  async function loadMine(): Promise<void> {
    if (me.value.role !== "bidder") return;
    try {
      mine.value = await api.mine(id);
    } catch {
      // The roll tells the same later, and the next `mine` message asks again.
    }
  }

  async function open(): Promise<void> {
    try {
      error.value = null;
      const found = await api.detail(id);
      detail.value = found;
      // A stream may begin with nothing; the terms are known all the same.
      if (state.value.n === 0) state.value = { ...EMPTY, terms: found.terms };
      await loadMine();
      connection.open();
    } catch (failure) {
      error.value = failure;
    }
  }

  /** Sends a command; the answer's entries are folded at once, the socket's copies are then known. */
  async function order(command: RoomCommand, once: string = freshKey()): Promise<void> {
    const answer = await api.command(id, command, once);
    connection.take(answer.entries as unknown as Entry[]);
  }

  function listen(listener: Listener): void {
    listeners.add(listener);
    onScopeDispose(() => {
      listeners.delete(listener);
    });
  }

  onScopeDispose(() => {
    connection.close();
  });

  return {
    id, detail, error, state, entries, people, link, refusal, progress, mine, media, me, plan, over, now,
    open, order, listen, loadMine, serverNow,
  };
}

export type Room = ReturnType<typeof useRoom>;

const KEY: InjectionKey<Room> = Symbol("room");

export function provideRoom(room: Room): void {
  provide(KEY, room);
}

export function injectRoom(): Room {
  const room = inject(KEY);
  if (room === undefined) throw new Error("outside a room");
  return room;
}
