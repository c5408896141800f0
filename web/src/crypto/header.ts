import { CryptoError } from "./errors";
import { bidId, digest, id, integer, listOf, members, nullOr, oneOf, text } from "./shape";
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
  readonly suite: number;
  readonly opening: string;
  readonly manifest: string;
  readonly bidder: string;
  readonly bid: string;
  readonly previous: string | null;
  readonly made_with: MadeWith;
  readonly envelopes: readonly HeaderEnvelope[];
}

export type Header = Sealed<HeaderBody>;

const headerBody = members<HeaderBody>({
  format: text,
  suite: integer(1),
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
  const header = parseSealed("header", headerBody, value);
  if (header.body.suite !== 1) throw new CryptoError("suite", { suite: header.body.suite });
  return header;
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

/** What a header says of one envelope. */
export function envelopeOf(header: Pick<Header, "body">, envelope: string): HeaderEnvelope {
  const found = header.body.envelopes.find((each) => each.id === envelope);
  if (found === undefined) throw new CryptoError("envelope", { envelope });
  return found;
}
