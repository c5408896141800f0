import { computed, ref, shallowRef } from "vue";
import * as halls from "@/http/halls";
import { language } from "@/i18n";

const kept = shallowRef<halls.CatalogueView | null>(null);
let asking: Promise<void> | null = null;

/** The public catalogue, asked for once a page load, and the names of what its codes stand for. */
export function useCatalogue() {
  const error = ref<unknown>(null);

  async function load(again = false): Promise<void> {
    if (kept.value !== null && !again) return;
    asking ??= everything()
      .then((found) => {
        kept.value = found;
      })
      .finally(() => {
        asking = null;
      });
    try {
      await asking;
      error.value = null;
    } catch (failure) {
      error.value = failure;
    }
  }

  const hallsById = computed(() => new Map(kept.value?.halls.map((hall) => [hall.id, hall])));
  const regions = computed(() => new Map(kept.value?.regions.map((region) => [region.code, region])));
  const items = computed(() => new Map(kept.value?.items.map((item) => [item.code, item])));

  const hallName = (id: string): string => hallsById.value.get(id)?.name ?? id;
  const itemName = (code: string): string => {
    const item = items.value.get(code);
    return item === undefined ? code : named(item);
  };

  /** 广东省 深圳市 宝安区, as far down as the region lies. */
  function regionName(code: string): string {
    const names: string[] = [];
    for (let at = regions.value.get(code); at !== undefined; at = at.parent === null ? undefined : regions.value.get(at.parent)) {
      names.unshift(at.name);
      if (names.length > 5) break; // a broken tree must not hold the page
    }
    return names.length === 0 ? code : names.join(" ");
  }

  const shortRegion = (code: string): string => regions.value.get(code)?.name ?? code;

  void load();
  return { catalogue: kept, error, load, hallName, itemName, regionName, shortRegion, halls: hallsById, regions, items };
}

const MOST_PAGES = 40;

/** All pages of the catalogue: names are asked of every code a table may hold. */
async function everything(): Promise<halls.CatalogueView> {
  const first = await halls.catalogue();
  const items = [...first.items];
  const regions = new Map(first.regions.map((region) => [region.code, region]));
  for (let page = 2; items.length < first.total && page <= MOST_PAGES; page += 1) {
    const next = await halls.catalogue({ page });
    if (next.items.length === 0) break;
    items.push(...next.items);
    for (const region of next.regions) regions.set(region.code, region);
  }
  return { ...first, items, regions: [...regions.values()] };
}

/** A name in the language of the page; authorities may leave the English one out. */
export function named(thing: { readonly name: string; readonly name_en: string }): string {
  return language() === "en" && thing.name_en !== "" ? thing.name_en : thing.name;
}
