import { computed, onScopeDispose, ref, shallowRef, watch } from "vue";
import { b64u, fromB64u, signBytes, signObject, signerKey, type SignerBody } from "@/crypto";
import { codeOf } from "@/http/errors";
import * as api from "@/http/signatures";
import type { SignatureField, SignaturesState } from "@/http/signatures";

/** What a signature is waiting for. */
export type Step = "key" | "prepare" | "sign" | "embed";

const SOON_MS = 2_500;
const LATER_MS = 30_000;

/** The signatures of an opening's minutes, kept up to date while the page is open, and the way to add one's own. */
export function useSigning(opening: () => string, person: () => string) {
  const state = shallowRef<SignaturesState | null>(null);
  const sealing = ref(false);
  const step = ref<Step | null>(null);
  const error = ref<unknown>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** Whether something may change without this page doing it. */
  const lively = computed(() => {
    const now = state.value;
    return now === null || now.open || (!now.preserved && now.fields.some((each) => each.signed !== null));
  });

  async function load(): Promise<void> {
    const asked = opening();
    try {
      const found = await api.signatures(asked);
      if (asked !== opening()) return;
      state.value = found;
      sealing.value = false;
    } catch (failure) {
      // A reconvened opening has no minutes until it ends again.
      if (codeOf(failure) === "minutes_not_ready") {
        sealing.value = true;
        state.value = null;
      } else if (state.value === null) error.value = failure;
    }
  }

  async function sign(field: SignatureField): Promise<boolean> {
    error.value = null;
    try {
      await signField(field);
      return true;
    } catch (failure) {
      await load();
      // The answer can get lost after the signature was written.
      const own = state.value?.fields.find((each) => each.field === field.field);
      if (own?.signed) return true;
      error.value = failure;
      return false;
    } finally {
      step.value = null;
    }
  }

  async function signField(field: SignatureField): Promise<void> {
    step.value = "key";
    const key = await signerKey(person());
    step.value = "prepare";
    const { sha256 } = await api.signatures(opening());
    const body = { opening: opening(), person: person(), field: field.field, record: sha256 };
    const request = await signObject<SignerBody>("signer", body, key);
    const { lease, attributes } = await api.prepareSignature(opening(), field.field, { ...request, body: { ...request.body } });
    step.value = "sign";
    const signature = await signBytes(fromB64u(attributes), key);
    step.value = "embed";
    await api.finishSignature(opening(), lease, b64u(signature));
    await load();
  }

  async function follow(): Promise<void> {
    if (!document.hidden && step.value === null) await load();
    timer = setTimeout(() => void follow(), lively.value ? SOON_MS : LATER_MS);
  }

  watch(opening, () => {
    state.value = null;
    error.value = null;
    void load();
  });
  void follow();
  onScopeDispose(() => {
    clearTimeout(timer);
  });
  return { state, sealing, step, error, load, sign };
}
