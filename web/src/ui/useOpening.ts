import { onScopeDispose, ref, shallowRef, watch } from "vue";
import * as api from "@/http/api";
import type { OpeningDetail } from "@/http/types";

const REFRESH_MS = 30_000;

/**
 * An opening's detail, loaded when the id changes and refreshed in silence while the page is open, every so many
 * milliseconds.
 */
export function useOpening(id: () => string, every = REFRESH_MS) {
  const opening = shallowRef<OpeningDetail | null>(null);
  const error = ref<unknown>(null);

  async function load(): Promise<void> {
    const asked = id();
    try {
      const found = await api.detail(asked);
      if (asked !== id()) return;
      opening.value = found;
      error.value = null;
    } catch (failure) {
      // An answer from before is still worth showing; the next refresh may succeed.
      if (opening.value === null) error.value = failure;
    }
  }

  watch(
    id,
    () => {
      opening.value = null;
      void load();
    },
    { immediate: true },
  );
  const timer = setInterval(() => {
    if (!document.hidden) void load();
  }, every);
  onScopeDispose(() => {
    clearInterval(timer);
  });
  return { opening, error, load };
}
