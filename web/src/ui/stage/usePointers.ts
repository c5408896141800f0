/** Who points where on a shared screen: what others say as it comes, one's own as often as is worth telling. */

import { onScopeDispose, reactive } from "vue";
import type { Point } from "./pointing";
import type { PointingRoom } from "./room";

/** How long a point is shown that does not move. */
export const SHOWN_MS = 4_000;
/** The shortest time between two points that are sent. */
export const EVERY_MS = 60;

/** Follows the pointers on the screen `feed()` while the calling component is there. `me` is who points here. */
export function usePointers(room: PointingRoom, me: () => string, feed: () => string) {
  const shown = reactive(new Map<string, Point>());
  const ends = new Map<string, ReturnType<typeof setTimeout>>();
  let sentAt = -Infinity;
  let waiting: ReturnType<typeof setTimeout> | undefined;

  function put(person: string, at: Point | null): void {
    clearTimeout(ends.get(person));
    ends.delete(person);
    if (at === null) {
      shown.delete(person);
      return;
    }
    shown.set(person, at);
    ends.set(
      person,
      setTimeout(() => {
        put(person, null);
      }, SHOWN_MS),
    );
  }

  room.listen((pointed) => {
    if (pointed.feed !== feed()) return;
    put(pointed.person, pointed.x === null || pointed.y === null ? null : { x: pointed.x, y: pointed.y });
  });

  function send(): void {
    clearTimeout(waiting);
    waiting = undefined;
    sentAt = performance.now();
    room.send(feed(), shown.get(me()) ?? null);
  }

  /** One's own point; null takes it back. */
  function point(at: Point | null): void {
    put(me(), at);
    const wait = at === null ? 0 : sentAt + EVERY_MS - performance.now();
    if (wait <= 0) send();
    else waiting ??= setTimeout(send, wait);
  }

  onScopeDispose(() => {
    clearTimeout(waiting);
    for (const end of ends.values()) clearTimeout(end);
  });

  return { shown, point, own: (): Point | null => shown.get(me()) ?? null };
}
