import { onScopeDispose, ref, shallowRef, watch, type Ref } from "vue";
import { codeOf } from "@/http/errors";
import { TopicWatch } from "@/live/topics";

const POLL_MS = 10_000;

/**
 * Something that is looked at again whenever its topic says so, and every ten seconds for the case that nobody says it.
 * What was seen last stays on the screen while the server can't be reached; `reached` says so.
 */
export function useLooking<T>(
  topic: () => string | null,
  ask: (signal: AbortSignal) => Promise<T>,
): { readonly seen: Readonly<Ref<T | null>>; readonly error: Ref<unknown>; readonly reached: Ref<boolean>; readonly look: () => Promise<void> } {
  const seen = shallowRef<T | null>(null);
  const error = ref<unknown>(null);
  const reached = ref(true);
  let running: AbortController | null = null;
  let watching: TopicWatch | null = null;

  async function look(): Promise<void> {
    running?.abort();
    const own = new AbortController();
    running = own;
    try {
      const found = await ask(own.signal);
      if (running !== own) return;
      seen.value = found;
      error.value = null;
      reached.value = true;
    } catch (failure) {
      if (codeOf(failure) === "cancelled") return;
      error.value = failure;
      reached.value = false;
    }
  }

  watch(
    topic,
    (now) => {
      watching?.close();
      watching = null;
      if (now === null) return;
      watching = new TopicWatch(now, () => void look(), () => undefined);
      watching.open();
    },
    { immediate: true },
  );
  const wake = (): void => {
    if (document.visibilityState === "visible") void look();
  };
  const timer = setInterval(() => void look(), POLL_MS);
  addEventListener("online", wake);
  document.addEventListener("visibilitychange", wake);
  onScopeDispose(() => {
    clearInterval(timer);
    removeEventListener("online", wake);
    document.removeEventListener("visibilitychange", wake);
    running?.abort();
    watching?.close();
  });
  void look();
  return { seen, error, reached, look };
}
