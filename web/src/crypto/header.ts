import { fromB64u, type Bytes } from "./encoding";
import { CryptoError } from "./errors";
import { bidId, digest, id, integer, listOf, mapOf, members, nullOr, oneOf, someBytes, text } from "./shape";
import { hexDigestOf, parseSealed, verifySealed, type Sealed } from "./signing";

/** What a header says of one envelope (seal.md §5). */
export interface HeaderEnvelope {
  readonly id: string;
  readonly shares: readonly string[];
  readonly kc: string;
  readonly halves: { readonly trustees: string; readonly bidder: string } | null;
  readonly outer: string | null;
  readonly recipient: string;
  readonly sha256: string;
  readonly size: number;
}

/** With what a bid was sealed. */
export type MadeWith = "page" | "offline" | "command";

/** The public part of a bid (seal.md §5). */
export interface HeaderBody {
  readonly format: string;
  readonly suite: 1;
  readonly opening: string;
  readonly manifest: string;
  readonly bidder: string;
  readonly bid: string;
  readonly previous: string | null;
  readonly made_with: MadeWith;
  readonly envelopes: readonly HeaderEnvelope[];
}

export type Header = Sealed<HeaderBody>;

/** What goes to the server before the deadline; the age files follow by upload. */
export interface Submission { readonly header: Header; readonly outers: Readonly<Record<string, string>> }

const headerBody = members<HeaderBody>({
  format: text,
  suite: oneOf(1),
  opening: id,
  manifest: digest,
  bidder: id,
  bid: bidId,
  previous: nullOr(digest),
  made_with: oneOf("page", "offline", "command"),
  envelopes: listOf(
    members<HeaderEnvelope>({
      id,
      shares: listOf(digest, 16),
      kc: digest,
      halves: nullOr(members({ trustees: digest, bidder: digest })),
      outer: nullOr(digest),
      recipient: text,
      sha256: digest,
      size: integer(1),
    }),
    8,
  ),
});

/** Reads a header. */
export function parseHeader(value: unknown): Header {
  return parseSealed("header", headerBody, value);
}

/** Checks a header's signature by the enrolled key. */
export async function verifyHeader(value: unknown, enrolled?: string): Promise<Header> {
  const header = parseHeader(value);
  await verifySealed("header", header, enrolled);
  return header;
}

/** The digest by which receipts, amendments and withdrawals name a header. */
export function headerDigest(header: Header): string {
  return hexDigestOf("header", header);
}

/** Reads a submission. */
export function parseSubmission(value: unknown): Submission {
  return members<Submission>({ header: parseHeader, outers: mapOf(someBytes) })(value, "submission");
}

/** What a header says of one envelope. */
export function envelopeOf(header: Header, envelope: string): HeaderEnvelope {
  const found = header.body.envelopes.find((each) => each.id === envelope);
  if (found === undefined) throw new CryptoError("envelope", { envelope });
  return found;
}

/** The outer layer of one envelope. */
export function outerOf(submission: Submission, envelope: string): Bytes {
  const outer = submission.outers[envelope];
  if (outer === undefined) throw new CryptoError("envelope", { envelope });
  return fromB64u(outer);
}
