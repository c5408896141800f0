/** Whether, and to whom, a clerk handed their side over. Pure. */

import type { Entry } from "@/rooms/counter/events";
import { roleOf, type SessionState } from "@/rooms/counter/state";

/**
 * Who goes on in this clerk's place; null while nobody does. Whoever hands over leaves the session at once, perhaps
 * before its last entry came: being refused then says that the offer was taken.
 */
export function handedFrom(state: SessionState, entries: readonly Entry[], me: string, refused: boolean): string | null {
  const role = roleOf(state, me);
  if (role === "near" || role === "far") return refused ? (state.offers[role]?.name ?? null) : null;
  for (const { event } of entries.toReversed()) {
    if (event.type === "HandedOver" && event.previous === me) return event.clerk_name;
  }
  return null;
}
