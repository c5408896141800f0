/** What the parts of a session's page share: the folded state, who I am, what I do now, and how to act. */

import { computed, inject, onScopeDispose, provide, shallowRef, watch, type InjectionKey } from "vue";
import { useNow } from "@/http/clock";
import * as api from "@/http/sessions";
import { useLive } from "@/live/room";
import { nextAction, type Me } from "@/rooms/counter/action";
import type { SessionCommand } from "@/rooms/counter/commands";
import { evolve } from "@/rooms/counter/evolve";
import type { Entry } from "@/rooms/counter/events";
import { EMPTY, roleOf, type Case, type SessionState } from "@/rooms/counter/state";
import type { Value } from "@/rooms/counter/terms";
import { useSession } from "@/stores/session";
import { fieldValues, identityNumber, readApplicant, unknownDigests, writtenWords, type Applicant } from "./personal";

const ASK_AGAIN_MS = 4000;

/** Opens the live connection of a session and folds what comes. Closes with the component that called it. */
export function useCounter(id: string) {
  const account = useSession();
  const now = useNow();
  const detail = shallowRef<api.SessionDetail | null>(null);
  const error = shallowRef<unknown>(null);
  const personal = shallowRef<api.Personal>({});
  const live = useLive<Entry, SessionState>(id, { empty: EMPTY, evolve, mine: () => void loadPersonal() });
  const { state, entries, people, link, progress, media, listen, taken, point, onPointer } = live;
  const order: (command: SessionCommand, once?: string) => Promise<void> = live.order;

  const me = computed<Me>(() => {
    const person = account.person?.person ?? detail.value?.my.person ?? "";
    const told = detail.value?.my.role ?? null;
    // A window may have been handed over since the page was opened; a listener is in no entry yet.
    const given = (told === "near" || told === "far") && state.value.n > 0;
    return { person, role: roleOf(state.value, person) ?? (given ? null : told) };
  });
  const plan = computed(() => nextAction(state.value, me.value));
  /** What is personal is told to the people of the session only. */
  const informed = computed(() => ["near", "far", "applicant", "agent", "manager"].includes(me.value.role ?? ""));
  /** The words of the rating stand beside the log too; of the clerks' side managers alone are told. */
  const wordsOfRating = computed<string | null>(() => {
    const rated = entries.value.find(({ event }) => event.type === "SessionRated")?.event;
    return rated?.type === "SessionRated" ? rated.words : null;
  });
  const complaint = computed(() => writtenWords(personal.value, wordsOfRating.value));
  function lacks(): boolean {
    if (me.value.role === "manager") return wordsOfRating.value !== null && complaint.value === "";
    // The near window is told nothing any more.
    if (me.value.role === "near" && state.value.over) return false;
    return unknownDigests(state.value, personal.value);
  }
  const applicant = computed<Applicant | null>(() => readApplicant(personal.value, state.value.matter?.applicant ?? ""));
  const number = computed(() => identityNumber(personal.value, state.value.identity?.document ?? null));

  let asking = false;
  /** How often it was asked for; what was asked for while an answer was on its way may not be in it. */
  let wanted = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  async function loadPersonal(): Promise<void> {
    wanted += 1;
    if (!informed.value || asking) return;
    asking = true;
    const answered = wanted;
    try {
      personal.value = await api.personal(id);
    } catch {
      // Asked again with the next entry, and a moment later.
    } finally {
      asking = false;
    }
    clearTimeout(timer);
    if (lacks()) timer = setTimeout(() => void loadPersonal(), wanted === answered ? ASK_AGAIN_MS : 0);
  }
  watch([state, informed], () => {
    if (lacks()) void loadPersonal();
  });
  onScopeDispose(() => {
    clearTimeout(timer);
  });

  /** What a window is called; its id, if it is gone from the catalogue. */
  const windowName = (window: string): string => detail.value?.windows[window] ?? window;
  const valuesOf = (each: Case): ReadonlyMap<string, Value> => fieldValues(personal.value, each);

  async function open(): Promise<void> {
    try {
      error.value = null;
      detail.value = await api.session(id);
      live.connect();
    } catch (failure) {
      error.value = failure;
    }
  }

  return {
    id, now, detail, error, state, entries, people, link, progress, media, me, plan, informed, applicant, number,
    open, order, taken, listen, point, onPointer, valuesOf, windowName, complaint,
  };
}

export type Counter = ReturnType<typeof useCounter>;

const KEY: InjectionKey<Counter> = Symbol("counter");

export function provideCounter(room: Counter): void {
  provide(KEY, room);
}

export function injectCounter(): Counter {
  const room = inject(KEY);
  if (room === undefined) throw new Error("outside a session");
  return room;
}
