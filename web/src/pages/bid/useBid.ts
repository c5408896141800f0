import { computed, ref, shallowRef, watch } from "vue";
import { loadBidderKey, manifestDigest, verifyManifest, type Manifest, type SigningKey } from "@/crypto";
import * as api from "@/http/api";
import { useNow } from "@/http/clock";
import type { Mine, OpeningDetail } from "@/http/types";

/**
 * How a bidder stands in one opening:
 * `none` nothing handed in · `partial` header in time, bytes missing · `stored` everything there · `withdrawn` ·
 * `missed` deadline passed without a bid · `lost` the time for the bytes is over too.
 */
export type Standing = "none" | "partial" | "stored" | "withdrawn" | "missed" | "lost";

const SOON_MS = 5 * 60_000;

/** What the bidder's page knows: the opening's manifest, what the server holds, and the key on this device. */
export function useBid(opening: () => OpeningDetail, bidder: string) {
  const now = useNow();
  const mine = shallowRef<Mine | null>(null);
  const manifest = shallowRef<Manifest | null>(null);
  const key = shallowRef<SigningKey | null>(null);
  const platformKey = ref("");
  const error = ref<unknown>(null);

  async function load(): Promise<void> {
    try {
      const { id, manifest: sealed } = opening();
      const [site, found, local] = await Promise.all([api.site(), api.mine(id), loadBidderKey(id, bidder)]);
      platformKey.value = site.platform_key;
      manifest.value = sealed === null ? null : await verifyManifest(sealed, site.platform_key);
      mine.value = found;
      key.value = local;
      error.value = null;
    } catch (failure) {
      error.value = failure;
    }
  }

  async function refresh(): Promise<void> {
    // Together: a new key that is not yet known as the enrolled one would take the whole form away.
    [mine.value, key.value] = await Promise.all([api.mine(opening().id), loadBidderKey(opening().id, bidder)]);
  }

  watch(() => opening().version, () => void load(), { immediate: true });

  const digest = computed(() => (manifest.value === null ? null : manifestDigest(manifest.value)));
  const deadline = computed(() => Date.parse(opening().terms.deadline));
  const grace = computed(() => new Date(deadline.value + opening().terms.windows.upload_grace * 1000).toISOString());
  const open = computed(() => opening().phase === "receiving" && now.value < deadline.value);
  const hurry = computed(() => open.value && deadline.value - now.value < SOON_MS);
  const acceptable = computed(() => now.value < Date.parse(grace.value));
  const missing = computed(() => {
    const all = opening().terms.envelopes;
    return all.filter((envelope) => mine.value?.stored[envelope.id] !== true);
  });

  /** The newest version was accepted. */
  const accepted = computed(() => mine.value?.acceptance?.manifest === digest.value);
  /** The enrolled key is the one on this device. */
  const here = computed(() => key.value !== null && mine.value?.acceptance?.key === key.value.point);

  const standing = computed<Standing>(() => {
    if (mine.value === null) return "none";
    if (mine.value.bid === null) {
      if (mine.value.history.at(-1)?.withdrawal_receipt) return "withdrawn";
      return open.value ? "none" : "missed";
    }
    if (missing.value.length === 0) return "stored";
    return acceptable.value ? "partial" : "lost";
  });

  /** The receipt that counts now: of the bid, or of its withdrawal. */
  const receipt = computed(() => {
    if (mine.value === null) return null;
    return mine.value.bid === null ? (mine.value.history.at(-1)?.withdrawal_receipt ?? null) : mine.value.receipt;
  });

  return { hurry, receipt, mine, manifest, digest, key, platformKey, error, load, refresh, open, grace, missing, accepted, here, standing };
}

export type Bid = ReturnType<typeof useBid>;
