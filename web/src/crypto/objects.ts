import { CryptoError } from "./errors";
import { MOST_FILES, isFileName } from "./tar";
import { bidId, block, bytesOf, digest, id, integer, listOf, members, nullOr, oneOf, text, time, type Shape } from "./shape";

/** Bodies of the other sealed objects (seal.md §4 and §6). */
export interface FileEntry { readonly name: string; readonly size: number; readonly sha256: string }

export interface StatementBody {
  readonly format: string;
  readonly opening: string;
  readonly manifest: string;
  readonly bidder: string;
  readonly bid: string;
  readonly envelope: string;
  readonly form: string;
  readonly files: readonly FileEntry[];
}

export interface AcceptanceBody {
  readonly format: string;
  readonly opening: string;
  readonly manifest: string;
  readonly bidder: string;
  readonly name: string;
}

export interface WithdrawalBody {
  readonly format: string;
  readonly opening: string;
  readonly bidder: string;
  readonly bid: string;
  readonly previous: string;
}

export interface ConfirmationBody {
  readonly format: string;
  readonly opening: string;
  readonly bidder: string;
  readonly bid: string;
  readonly row: string;
}

export interface ReceiptBody {
  readonly format: string;
  readonly opening: string;
  readonly manifest: string;
  readonly bidder: string;
  readonly bid: string;
  readonly header: string;
  readonly action: "submit" | "withdraw";
  readonly received_at: string;
}

export interface RehearsalBody {
  readonly format: string;
  readonly opening: string;
  readonly trustee: string;
  readonly nonce: string;
}

/** Somebody about to sign sealed minutes: `record` is the digest of the file as it is now. */
export interface SignerBody {
  readonly format: string;
  readonly opening: string;
  readonly person: string;
  readonly field: string;
  readonly record: string;
}

/** One envelope's share in a release: a share with its blind, or the reason why there is none. */
export interface ReleasedShare {
  readonly bid: string;
  readonly envelope: string;
  readonly share: string | null;
  readonly blind: string | null;
  readonly problem: null | "unwrap" | "commitment";
}

export interface ReleaseBody {
  readonly format: string;
  readonly opening: string;
  readonly manifest: string;
  readonly trustee: string;
  readonly index: number;
  readonly checkpoint: string;
  readonly clock: string;
  readonly shares: readonly ReleasedShare[];
}

const fileName: Shape<string> = (value, at) => {
  const name = text(value, at);
  if (!isFileName(name)) throw new CryptoError("tar_name", { name });
  return name;
};

export const statementBody = members<StatementBody>({
  format: text,
  opening: id,
  manifest: digest,
  bidder: id,
  bid: bidId,
  envelope: id,
  form: digest,
  files: listOf(members<FileEntry>({ name: fileName, size: integer(0), sha256: digest }), MOST_FILES),
});

export const receiptBody = members<ReceiptBody>({
  format: text,
  opening: id,
  manifest: digest,
  bidder: id,
  bid: bidId,
  header: digest,
  action: oneOf("submit", "withdraw"),
  received_at: time,
});

export const releaseBody = members<ReleaseBody>({
  format: text,
  opening: id,
  manifest: digest,
  trustee: id,
  index: integer(1, 16),
  checkpoint: block,
  clock: time,
  shares: listOf(
    members<ReleasedShare>({
      bid: bidId,
      envelope: id,
      share: nullOr(bytesOf(32)),
      blind: nullOr(bytesOf(32)),
      problem: oneOfOrNull("unwrap", "commitment"),
    }),
    65536,
  ),
});

function oneOfOrNull<const T extends string>(...values: readonly T[]): (value: unknown, at: string) => T | null {
  return nullOr(oneOf(...values));
}
