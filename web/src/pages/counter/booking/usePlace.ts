import { computed, ref, shallowRef, watch } from "vue";
import { useRoute, useRouter } from "vue-router";
import * as halls from "@/http/halls";
import { named, useCatalogue } from "../useCatalogue";

/** What somebody comes for and where: from the address of the page, so that a link says it all. */
export function usePlace() {
  const route = useRoute();
  const router = useRouter();
  const { halls: known, regions } = useCatalogue();
  const guide = shallowRef<halls.Guide | null>(null);
  const error = ref<unknown>(null);
  const code = computed(() => (typeof route.query.item === "string" ? route.query.item : ""));
  const hall = computed(() => (typeof route.query.hall === "string" ? route.query.hall : ""));
  /** The session that told what was missing, where this is the second visit. */
  const continues = computed(() => (typeof route.query.continues === "string" ? route.query.continues : null));

  async function load(): Promise<void> {
    if (code.value === "") return;
    try {
      guide.value = await halls.guide(code.value);
      error.value = null;
    } catch (failure) {
      error.value = failure;
    }
  }

  /** Whether one region lies in another. */
  function within(inner: string, outer: string): boolean {
    for (let at = regions.value.get(inner), steps = 0; at !== undefined && steps < 6; steps += 1) {
      if (at.code === outer) return true;
      at = at.parent === null ? undefined : regions.value.get(at.parent);
    }
    return false;
  }

  /** Halls where this can be handed in: those in a region that an agreement speaks of. */
  const offered = computed(() => {
    const services = guide.value?.services ?? [];
    return [...known.value.values()].filter((each) => services.some((service) => within(each.region, service.near)));
  });
  const choose = (id: string): void => {
    void router.replace({ query: { ...route.query, hall: id } });
  };
  const name = computed(() => (guide.value === null ? "" : named(guide.value.item)));

  watch(code, load, { immediate: true });
  // With one hall there is nothing to choose.
  watch(offered, (found) => {
    const only = found.length === 1 ? found[0] : undefined;
    if (hall.value === "" && only !== undefined) choose(only.id);
  });
  return { guide, error, load, code, hall, continues, offered, choose, name };
}
