import { onMounted, onScopeDispose } from "vue";

const LOOK_MS = 60_000;
const OLD_MS = 12 * 3600_000;
const NIGHT = 3;

/** A screen nobody attends to: it does not fall asleep, and at night takes over a newer version of the pages. */
export function useUnattended(): void {
  let lock: WakeLockSentinel | null = null;
  const begun = Date.now();

  async function stayAwake(): Promise<void> {
    if (document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
    try {
      lock = await navigator.wakeLock.request("screen");
    } catch {
      // A battery saver may forbid it; the screen then follows its own settings.
    }
  }
  const wake = (): void => void stayAwake();
  const timer = setInterval(() => {
    if (Date.now() - begun > OLD_MS && new Date().getHours() === NIGHT && navigator.onLine) location.reload();
  }, LOOK_MS);

  onMounted(() => {
    wake();
    document.addEventListener("visibilitychange", wake);
  });
  onScopeDispose(() => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", wake);
    void lock?.release();
  });
}
