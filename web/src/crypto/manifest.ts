import type { JsonObject } from "./json";
import { CryptoError } from "./errors";
import { fromHex, type Bytes } from "./encoding";
import { anyObject, bytesOf, digest, id, integer, listOf, members, nullOr, oneOf, point, text, time } from "./shape";
import { digestOf, hexDigestOf, parseSealed, verifySealed, type Sealed } from "./signing";

/** Who can produce the opening key of a bid. */
export type Policy = "trustees" | "bidder" | "either" | "both";

/** What a trustee's card says (seal.md §2). */
export interface CardBody {
  readonly format: string;
  readonly person: string;
  readonly name: string;
  readonly key: string;
  readonly created: string;
}

/** A trustee's place in a manifest. */
export interface Trustee {
  readonly index: number;
  readonly person: string;
  readonly name: string;
  readonly key: string;
  readonly card: Sealed<CardBody>;
}

/** What the platform signs before bids can be sealed (seal.md §2). */
export interface ManifestBody {
  readonly format: string;
  readonly suite: number;
  readonly opening: string;
  readonly version: number;
  readonly previous: string | null;
  readonly terms: JsonObject;
  readonly deadline: string;
  readonly policy: Policy;
  readonly threshold: number;
  readonly trustees: readonly Trustee[];
  readonly gate: string;
  readonly log: { readonly origin: string; readonly key: string };
  readonly envelopes: readonly { readonly id: string; readonly title: string }[];
  readonly offline_page: string | null;
}

/** A sealed manifest, and how other objects name it. */
export type Manifest = Sealed<ManifestBody>;

const cardBody = members<CardBody>({ format: text, person: id, name: text, key: point, created: time });

const manifestBody = members<ManifestBody>({
  format: text,
  suite: integer(1),
  opening: id,
  version: integer(1),
  previous: nullOr(digest),
  terms: anyObject,
  deadline: time,
  policy: oneOf("trustees", "bidder", "either", "both"),
  threshold: integer(0, 16),
  trustees: listOf(
    members<Trustee>({
      index: integer(1, 16),
      person: id,
      name: text,
      key: point,
      card: (value, at) => parseSealed("trustee", cardBody, value, at),
    }),
    16,
  ),
  gate: point,
  log: members({ origin: text, key: bytesOf(32) }),
  envelopes: listOf(members({ id, title: text }), 8),
  offline_page: nullOr(digest),
});

/** Reads a manifest. Its signature is for `verifyManifest`. */
export function parseManifest(value: unknown): Manifest {
  const manifest = parseSealed("manifest", manifestBody, value);
  checkManifest(manifest.body);
  return manifest;
}

function checkManifest({ suite, version, previous, policy, threshold, trustees, envelopes, gate }: ManifestBody): void {
  if (suite !== 1) throw new CryptoError("suite", { suite });
  if ((version === 1) !== (previous === null)) throw new CryptoError("manifest_version", { version });
  const count = trustees.length;
  if (policy === "bidder" ? threshold !== 0 || count !== 0 : threshold < 1 || threshold > count) {
    throw new CryptoError("threshold", { threshold, count });
  }
  for (const [i, { index, person, name, key, card }] of trustees.entries()) {
    if (index !== i + 1) throw new CryptoError("trustee_index");
    if (person !== card.body.person || name !== card.body.name || key !== card.body.key) throw new CryptoError("trustee_card", { person });
  }
  requireDistinct("trustee_duplicate", trustees.map((trustee) => trustee.person));
  // One holder of two keys would count twice; and the gate must not hold a share.
  requireDistinct("trustee_duplicate", [gate, ...trustees.map((trustee) => trustee.key)]);
  requireDistinct("trustee_duplicate", trustees.map((trustee) => trustee.card.key));
  requireDistinct("envelopes", envelopes.map((envelope) => envelope.id));
  if (envelopes.length === 0) throw new CryptoError("envelopes");
}

function requireDistinct(code: string, values: readonly string[]): void {
  if (new Set(values).size !== values.length) throw new CryptoError(code);
}

/** Checks the platform's signature (by `platformKey` where it is known) and every trustee's on its card. */
export async function verifyManifest(value: unknown, platformKey?: string): Promise<Manifest> {
  const manifest = parseManifest(value);
  await verifySealed("manifest", manifest, platformKey);
  for (const trustee of manifest.body.trustees) await verifySealed("trustee", trustee.card);
  return manifest;
}

/** mh, raw. */
export function manifestHash(manifest: Manifest): Bytes {
  return digestOf("manifest", manifest);
}

/** mh as objects name it. */
export function manifestDigest(manifest: Manifest): string {
  return hexDigestOf("manifest", manifest);
}

/** Refuses with `manifest` unless `digest` names this manifest. */
export function requireManifest(manifest: Manifest, named: string): Bytes {
  if (manifestDigest(manifest) !== named) throw new CryptoError("manifest");
  return fromHex(named, 32);
}

/** Reads and checks a trustee's card. */
export async function verifyCard(value: unknown): Promise<Sealed<CardBody>> {
  const card = parseSealed("trustee", cardBody, value);
  await verifySealed("trustee", card);
  return card;
}
