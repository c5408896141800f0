import { onMounted, onUnmounted, ref, type Ref } from "vue";

/** How wide an element is, in CSS pixels: charts are drawn one to one, so that their words keep their size. */
export function useWidth(element: Readonly<Ref<HTMLElement | null>>): Ref<number> {
  const width = ref(0);
  const observer = new ResizeObserver(([entry]) => {
    if (entry) width.value = Math.floor(entry.contentRect.width);
  });
  onMounted(() => {
    if (element.value) observer.observe(element.value);
  });
  onUnmounted(() => {
    observer.disconnect();
  });
  return width;
}
