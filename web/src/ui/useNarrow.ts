import { onScopeDispose, ref, type Ref } from "vue";

/** Whether the page is narrower than `below` pixels. */
export function useNarrow(below: number): Ref<boolean> {
  const query = matchMedia(`(max-width: ${below - 1}px)`);
  const narrow = ref(query.matches);
  const look = (): void => {
    narrow.value = query.matches;
  };
  query.addEventListener("change", look);
  onScopeDispose(() => {
    query.removeEventListener("change", look);
  });
  return narrow;
}
