/** A trustee's release: checked and built on this device, then let go. */

import { buildRelease, verifyManifest, type TrusteeKey } from "@/crypto";
import * as api from "@/http/api";

/** What the trustee's own device checked before it released its shares. */
export interface ReleaseReport {
  /** The device's time. */
  readonly clock: Date;
  /** The trustee's number in the manifest. */
  readonly index: number;
  /** Entries under the closing head. */
  readonly size: number;
  readonly bids: number;
  readonly good: number;
  /** Shares that could not be unwrapped. */
  readonly problems: number;
}

/**
 * Checks head, proofs and clock and builds the release of all bids of an envelope. Nothing is released before `send`.
 * Throws CryptoError where something doesn't hold, and ApiError.
 */
export async function prepareRelease(id: string, envelope: string, key: TrusteeKey) {
  const [site, found] = await Promise.all([api.site(), api.wraps(id, envelope)]);
  const clock = new Date();
  const release = await buildRelease({
    key,
    envelope,
    manifest: await verifyManifest(found.manifest, site.platform_key),
    checkpoint: found.checkpoint,
    logKey: site.log_key,
    wraps: found.wraps,
    clock,
  });
  const { index, checkpoint, shares } = release.body;
  const problems = shares.filter((share) => share.problem !== null).length;
  const report: ReleaseReport = {
    clock,
    index,
    size: Number(checkpoint.split("\n")[1] ?? "0"),
    bids: found.wraps.length,
    good: shares.length - problems,
    problems,
  };
  return { report, send: (once: string) => api.release(id, envelope, { ...release, body: { ...release.body } }, once) };
}
