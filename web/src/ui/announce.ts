import { ref, shallowRef } from "vue";

/** What the live region says, and the short notice at the bottom of the page. */
export const spoken = ref("");
export const notice = shallowRef<{ readonly text: string; readonly id: number } | null>(null);

const SHOWN_MS = 6000;
let count = 0;

/** Says a sentence to screen readers. */
export function speak(text: string): void {
  spoken.value = "";
  requestAnimationFrame(() => {
    spoken.value = text;
  });
}

/** Shows a short notice that something was done, and speaks it. */
export function tell(text: string): void {
  count += 1;
  const id = count;
  notice.value = { text, id };
  speak(text);
  setTimeout(() => {
    if (notice.value?.id === id) notice.value = null;
  }, SHOWN_MS);
}
