import { ref, shallowRef } from "vue";
import { freshKey } from "@/http/client";
import { ApiError } from "@/http/errors";

/** One thing at a time that a page does: whether it runs, what went wrong, and a key that makes a repetition harmless. */
export function useTask() {
  const busy = ref(false);
  const error = shallowRef<unknown>(null);
  let once = freshKey();

  /** True when it was done. The key changes as soon as the server has answered, whatever it said. */
  async function run(act: (once: string) => Promise<unknown>): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    error.value = null;
    try {
      await act(once);
      once = freshKey();
      return true;
    } catch (failure) {
      if (!(failure instanceof ApiError && failure.status === 0)) once = freshKey();
      error.value = failure;
      return false;
    } finally {
      busy.value = false;
    }
  }

  return { busy, error, run };
}
