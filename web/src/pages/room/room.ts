/** What the parts of the room page share: the folded state, who I am, and how to act. */

import { computed, inject, provide, shallowRef, type InjectionKey } from "vue";
import * as api from "@/http/api";
import { serverNow, useNow } from "@/http/clock";
import type { Mine, OpeningDetail } from "@/http/types";
import { useLive } from "@/live/room";
import { nextAction, ownBid, type Me } from "@/rooms/opening/action";
import type { RoomCommand } from "@/rooms/opening/commands";
import { evolve } from "@/rooms/opening/evolve";
import type { Entry } from "@/rooms/opening/events";
import { isOver } from "@/rooms/opening/phases";
import { EMPTY, type OpeningState } from "@/rooms/opening/state";
import { useSession } from "@/stores/session";

/** Opens the live connection of a room and folds what comes. Closes with the component that called it. */
export function useRoom(id: string) {
  const session = useSession();
  const now = useNow();
  const detail = shallowRef<OpeningDetail | null>(null);
  const error = shallowRef<unknown>(null);
  const mine = shallowRef<Mine | null>(null);
  const live = useLive<Entry, OpeningState>(id, { empty: EMPTY, evolve, mine: () => void loadMine() });
  const { state, entries, people, link, refusal, progress, media, listen } = live;
  const order: (command: RoomCommand, once?: string) => Promise<void> = live.order;

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
      live.connect();
    } catch (failure) {
      error.value = failure;
    }
  }

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
