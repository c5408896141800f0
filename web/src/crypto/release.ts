import { verifyCheckpoint, type Checkpoint } from "./checkpoint";
import { b64u, fromB64u, fromHex, timeText, type Bytes } from "./encoding";
import { CryptoError } from "./errors";
import { envelopeOf, verifyHeader, type Header } from "./header";
import { jcs, type Json } from "./json";
import { parseEntry } from "./log";
import { manifestDigest, verifyManifest, type Manifest } from "./manifest";
import { leafHash, verifyInclusion } from "./merkle";
import type { ReleaseBody, ReleasedShare } from "./objects";
import { bidContext, matches, type Share } from "./shares";
import { signObject, type Sealed } from "./signing";
import type { TrusteeKey } from "./trustee";
import { unwrapShare } from "./wraps";

/**
 * One bid's wrap as the server gives it after the gate has opened (docs/http.md): the entry by which
 * the bid was received, its place in the log and the proof that the closing head covers it.
 */
export interface WrapToOpen {
  readonly bid: string;
  readonly bidder: string;
  readonly wrap: string;
  readonly commitment: string;
  readonly leaf: Json;
  readonly index: number;
  readonly proof: readonly string[];
}

/** What a trustee needs to release its shares of one envelope of all bids. */
export interface ReleaseInput {
  readonly key: TrusteeKey;
  readonly envelope: string;
  readonly manifest: Manifest;
  /** Text of the closing head. */
  readonly checkpoint: string;
  /** The log's key from a source of one's own (the site's trust anchors); the manifest's must be the same. */
  readonly logKey: string;
  readonly wraps: readonly WrapToOpen[];
  /** The trustee's own clock: never the server's. */
  readonly clock: Date;
}

/**
 * Checks everything a trustee has to check before it lets go of its shares, then builds the release.
 * Refuses with `clock`, `log_key`, `trustee`, `checkpoint…`, `inclusion` or `leaf`; a share that
 * can't be unwrapped or isn't the one committed to is reported inside the release.
 */
export async function buildRelease(input: ReleaseInput): Promise<Sealed<ReleaseBody>> {
  const { key, envelope, checkpoint, clock } = input;
  const manifest = await verifyManifest(input.manifest);
  const { opening, deadline, log, trustees } = manifest.body;
  if (clock.getTime() < Date.parse(deadline)) throw new CryptoError("clock", { deadline, clock: timeText(clock) });
  if (log.key !== input.logKey) throw new CryptoError("log_key");
  const trustee = trustees.find((each) => each.key === key.kem.point && each.person === key.person);
  if (trustee === undefined) throw new CryptoError("trustee", { person: key.person });
  const head = await verifyCheckpoint(checkpoint, log.origin, log.key);

  const shares: ReleasedShare[] = [];
  for (const wrap of input.wraps) {
    const header = await provenHeader(wrap, head, opening);
    shares.push(await releaseOne(wrap, header, envelope, trustee.index, key));
  }
  return signObject<ReleaseBody>(
    "release",
    { opening, manifest: manifestDigest(manifest), trustee: key.person, index: trustee.index, checkpoint, clock: timeText(clock), shares },
    key.signing,
  );
}

/** The header of a bid that the closing head covers (seal.md §8 step 1). */
async function provenHeader(wrap: WrapToOpen, head: Checkpoint, opening: string): Promise<Header> {
  const bytes = jcs(wrap.leaf);
  verifyInclusion(leafHash(bytes), wrap.index, head.size, wrap.proof.map((hash) => fromHex(hash, 32)), head.root);
  const { event } = parseEntry(new TextDecoder().decode(bytes));
  const header = await verifyHeader(event.header);
  const named = event.type === "BidReceived" && header.body.opening === opening && header.body.bid === wrap.bid && header.body.bidder === wrap.bidder;
  if (!named) throw new CryptoError("leaf", { bid: wrap.bid });
  return header;
}

async function releaseOne(wrap: WrapToOpen, header: Header, envelope: string, index: number, key: TrusteeKey): Promise<ReleasedShare> {
  const { manifest, bidder, bid } = header.body;
  const none = { bid, envelope, share: null, blind: null };
  // The bid's own manifest: it may have been sealed under an earlier version.
  const ctx = bidContext(fromHex(manifest, 32), bidder, bid, envelope);
  let share: Share;
  try {
    share = await unwrapShare(key.kem, ctx, index, sealedBytes(wrap.wrap));
  } catch {
    return { ...none, problem: "unwrap" };
  }
  const committed = envelopeOf(header, envelope).shares[index - 1];
  if (committed === undefined || !matches(ctx, share, committed)) return { ...none, problem: "commitment" };
  return { bid, envelope, share: b64u(share.share), blind: b64u(share.blind), problem: null };
}

function sealedBytes(wrap: string): Bytes {
  return fromB64u(wrap, 145);
}
