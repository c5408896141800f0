import { computed, reactive, ref, shallowRef, toRaw } from "vue";
import * as api from "@/http/api";
import { serverNow } from "@/http/clock";
import { freshKey } from "@/http/client";
import { ApiError, fieldErrors } from "@/http/errors";
import type { OpeningDetail, Person } from "@/http/types";
import { translate } from "@/i18n";
import { emptyDraft, toDraft, toTerms, type Draft } from "./draft";

/** A tender being made: the draft, what is wrong with it, and how far it is saved. */
export function useTender(host: Person, existing: OpeningDetail | null) {
  const draft = reactive<Draft>(existing === null ? emptyDraft(host) : toDraft(existing.draft ?? existing.terms));
  // What the version before changed is no explanation of the next one.
  if (existing !== null && !existing.draft) draft.changes = "";
  const id = ref(existing?.id ?? null);
  const tried = ref(false);
  const busy = ref(false);
  const error = ref<unknown>(null);
  const savedAt = ref<number | null>(null);
  const savedText = ref(existing === null ? "" : JSON.stringify(draft));
  const refused = shallowRef<ReadonlyMap<string, string>>(new Map());
  /** A published tender is changed by publishing a new version. */
  const published = existing !== null && existing.phase !== "draft";

  const reading = computed(() => toTerms(draft, serverNow()));
  const wrong = computed(() => {
    const found = new Map(reading.value.wrong);
    if (published && draft.changes.trim() === "") found.set("changes", { key: "pages.tender.problem.required" });
    return found;
  });
  const dirty = computed(() => JSON.stringify(draft) !== savedText.value);

  /** The sentence for one field: the server's refusal first, then what this page finds itself. */
  function problem(path: string): string | undefined {
    const said = refused.value.get(path) ?? refused.value.get(`terms.${path}`);
    if (said !== undefined) return said;
    const found = tried.value ? wrong.value.get(path) : undefined;
    return found && translate(found.key, found.gaps);
  }

  /** People are known to the server by their ids; the agency knows their names. */
  function named(failure: unknown): unknown {
    if (!(failure instanceof ApiError) || !Array.isArray(failure.params.trustees)) return failure;
    const names = new Map(draft.seats.map((seat) => [seat.person, seat.name]));
    const trustees = failure.params.trustees.map((person: unknown) => names.get(String(person)) ?? String(person));
    return new ApiError(failure.code, { ...failure.params, trustees }, failure.status);
  }

  async function attempt(work: () => Promise<void>): Promise<boolean> {
    if (busy.value) return false;
    tried.value = true;
    if (wrong.value.size > 0) return false;
    busy.value = true;
    error.value = null;
    refused.value = new Map();
    try {
      await work();
      savedText.value = JSON.stringify(toRaw(draft));
      savedAt.value = serverNow();
      return true;
    } catch (failure) {
      error.value = named(failure);
      refused.value = fieldErrors(failure);
      return false;
    } finally {
      busy.value = false;
    }
  }

  const save = (): Promise<boolean> =>
    attempt(async () => {
      const { terms } = reading.value;
      if (id.value === null) id.value = (await api.draft(terms, freshKey())).id;
      else await api.redraft(id.value, terms, freshKey());
    });

  const publish = (): Promise<boolean> =>
    attempt(async () => {
      id.value ??= (await api.draft(reading.value.terms, freshKey())).id;
      await api.publish(id.value, reading.value.terms, freshKey());
    });

  return { draft, id, tried, busy, error, savedAt, dirty, published, reading, wrong, problem, save, publish };
}

export type Tender = ReturnType<typeof useTender>;
