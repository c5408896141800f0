import { computed, ref, shallowRef, watch } from "vue";
import {
  answerRehearsal,
  createTrusteeKey,
  keepTrusteeKey,
  loadTrusteeKey,
  makeCard,
  readTrusteeKeyFile,
  type TrusteeKey,
} from "@/crypto";
import * as api from "@/http/api";
import { freshKey } from "@/http/client";
import { ApiError } from "@/http/errors";
import type { Entry, OpeningDetail } from "@/http/types";
import { prepareRelease } from "./release";

/** What the trustee's stream says about the trustee itself. */
interface Told {
  /** The KEM point of the card given last. */
  readonly card: string | null;
  readonly rehearsed: boolean;
  readonly released: ReadonlySet<string>;
  /** The envelope unlocked last. */
  readonly unlocked: string | null;
}

function fold(entries: readonly Entry[], person: string): Told {
  let card: string | null = null;
  let rehearsed = false;
  const released = new Set<string>();
  let unlocked: string | null = null;
  for (const { event } of entries) {
    if (event.type === "DecryptionStarted" && typeof event.envelope === "string") unlocked = event.envelope;
    if (event.trustee !== person) continue;
    if (event.type === "TrusteeReady") {
      const body = (event.card as { body?: { key?: unknown } } | undefined)?.body;
      card = typeof body?.key === "string" ? body.key : "";
      rehearsed = false;
    } else if (event.type === "TrusteeRehearsed") rehearsed = true;
    else if (event.type === "SharesReleased" && typeof event.envelope === "string") released.add(event.envelope);
  }
  return { card, rehearsed, released, unlocked };
}

async function allEntries(id: string): Promise<Entry[]> {
  const all: Entry[] = [];
  for (;;) {
    const { entries, n } = await api.entries(id, all.length);
    all.push(...entries);
    if (entries.length === 0 || all.length >= n) return all;
  }
}

/** A trustee in one opening: its key on this device, its card, its rehearsal, its release. */
export function useTrustee(opening: () => OpeningDetail, person: string, name: string) {
  const key = shallowRef<TrusteeKey | null>(null);
  /** The key just made, which can still be written to a file. */
  const fresh = shallowRef<TrusteeKey | null>(null);
  const told = shallowRef<Told | null>(null);
  const error = ref<unknown>(null);

  async function load(): Promise<void> {
    try {
      const [entries, local] = await Promise.all([allEntries(opening().id), loadTrusteeKey(person)]);
      told.value = fold(entries, person);
      key.value = local;
      error.value = null;
    } catch (failure) {
      error.value = failure;
    }
  }
  // While bids are being opened the next envelope may be unlocked between two looks at the phase.
  watch(
    () => [opening().id, opening().version, opening().phase, opening().phase === "decrypting" ? opening() : null],
    () => void load(),
    { immediate: true },
  );

  async function make(): Promise<void> {
    fresh.value = await createTrusteeKey(person);
    key.value = await loadTrusteeKey(person);
  }

  async function restore(file: File, passphrase: string): Promise<void> {
    const read = await readTrusteeKeyFile(file, passphrase);
    if (read.person !== person) throw new ApiError("not_a_trustee", {}, 0);
    await keepTrusteeKey(read);
    key.value = read;
  }

  function mustHaveKey(): TrusteeKey {
    if (key.value === null) throw new ApiError("key_elsewhere", {}, 0);
    return key.value;
  }

  async function giveCard(): Promise<void> {
    const card = await makeCard(mustHaveKey(), name, new Date());
    await api.giveCard(opening().id, { ...card, body: { ...card.body } }, freshKey());
    await load();
  }

  async function rehearse(): Promise<void> {
    const { id } = opening();
    const { ciphertext } = await api.rehearsal(id);
    const answer = await answerRehearsal(mustHaveKey(), id, ciphertext);
    await api.answerRehearsal(id, { ...answer, body: { ...answer.body } }, freshKey());
    await load();
  }

  /** Checks and builds the release of one envelope; `send` lets it go. */
  async function prepare(envelope: string) {
    const { report, send } = await prepareRelease(opening().id, envelope, mustHaveKey());
    return {
      report,
      send: async () => {
        await send(freshKey());
        await load();
      },
    };
  }

  const ready = computed(() => told.value !== null && key.value !== null && told.value.card === key.value.kem.point);
  const differs = computed(() => Boolean(told.value?.card) && key.value !== null && told.value?.card !== key.value.kem.point);
  const step = computed(() => {
    if (key.value === null) return 0;
    if (!ready.value) return 1;
    return told.value?.rehearsed ? 3 : 2;
  });

  return { key, fresh, told, error, load, make, restore, giveCard, rehearse, prepare, ready, differs, step };
}
