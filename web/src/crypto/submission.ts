import { ageSize, checkRecipient } from "./age";
import { readBidHead } from "./agehead";
import { fromB64u, hex, sha256 } from "./encoding";
import { CryptoError } from "./errors";
import { slicesOf, sha256OfBlob } from "./hash";
import { parseHeader, verifyHeader, type Header, type HeaderEnvelope } from "./header";
import { OVERHEAD } from "./hpke";
import { manifestDigest, type Manifest } from "./manifest";
import { ByteReader } from "./reader";
import { mapOf, members, someBytes } from "./shape";
import { bucket } from "./tar";
import { WRAP } from "./wraps";

/** What goes to the server before the deadline; the age files follow by upload (seal.md §5). */
export interface Submission {
  readonly header: Header;
  readonly outers: Readonly<Record<string, string>>;
}

/** Reads a submission. */
export function parseSubmission(value: unknown): Submission {
  return members<Submission>({ header: parseHeader, outers: mapOf(someBytes) })(value, "submission");
}

/**
 * Checks what can be checked of a submission without any secret, as the server does: so that a bid
 * sealed elsewhere is refused before its bytes travel. Any signer is accepted where `enrolled` is left out.
 */
export async function verifySubmission(value: unknown, manifest: Manifest, enrolled?: string): Promise<Submission> {
  const submission = parseSubmission(value);
  await verifyHeader(submission.header, enrolled);
  checkHeader(submission.header, manifest);
  const { body } = submission.header;
  for (const { id, outer: digest } of body.envelopes) {
    const found = submission.outers[id];
    const outer = found === undefined ? null : fromB64u(found);
    const size = manifest.body.trustees.length * WRAP + OVERHEAD;
    const right = outer === null ? digest === null : outer.length === size && hex(sha256(outer)) === digest;
    if (!right) throw new CryptoError("outer", { envelope: id });
  }
  const stray = Object.keys(submission.outers).find((id) => body.envelopes.every((envelope) => envelope.id !== id));
  if (stray !== undefined) throw new CryptoError("outer", { envelope: stray });
  return submission;
}

/** Checks that a header names this manifest and has the shape that its policy asks for. */
export function checkHeader({ body }: Header, manifest: Manifest): void {
  const { opening, policy, trustees, envelopes } = manifest.body;
  const digest = manifestDigest(manifest);
  if (body.opening !== opening) throw new CryptoError("opening", { expected: opening, found: body.opening });
  if (body.manifest !== digest) throw new CryptoError("manifest", { expected: digest, found: body.manifest });
  if (ids(body.envelopes) !== ids(envelopes)) throw new CryptoError("envelopes");
  for (const envelope of body.envelopes) {
    const shaped =
      envelope.shares.length === trustees.length &&
      (envelope.outer !== null) === (policy !== "bidder") &&
      (envelope.halves !== null) === (policy === "both");
    if (!shaped) throw new CryptoError("policy", { envelope: envelope.id, policy });
    checkRecipient(envelope.recipient);
    if (!isBidSize(envelope.size)) throw new CryptoError("size", { envelope: envelope.id, size: envelope.size });
  }
  // Two envelopes under one key would open together.
  if (new Set(body.envelopes.map((each) => each.recipient)).size !== body.envelopes.length) throw new CryptoError("recipient");
}

function ids(envelopes: readonly { readonly id: string }[]): string {
  return envelopes.map((each) => each.id).join();
}

/** Whether a padded tar can have led to an age file of this size. */
function isBidSize(size: number): boolean {
  const payload = size - ageSize(0) + 16;
  const plain = payload - 16 * Math.ceil(payload / (65_536 + 16));
  return plain > 0 && ageSize(plain) === size && bucket(plain) === plain;
}

/** Checks that a file is the age file a header names: `age_…` if it isn't sealed as bids are, `wrong_bytes` if it is another. */
export async function checkAgeFile(age: Blob, envelope: HeaderEnvelope, onBytes?: (added: number) => void): Promise<void> {
  await readBidHead(new ByteReader(slicesOf(age.slice(0, 65_536))));
  const found = age.size === envelope.size ? await sha256OfBlob(age, onBytes) : "";
  if (found !== envelope.sha256) throw new CryptoError("wrong_bytes", { expected: envelope.sha256, found });
}
