import { readToken } from "./der";
import { fromB64u } from "./encoding";
import { CryptoError } from "./errors";
import { receiptBody, type ReceiptBody } from "./objects";
import { anyObject, someBytes } from "./shape";
import { hexDigestOf, parseSealed, verifySealed, type Sealed } from "./signing";

/** A receipt file: the sealed object and, once there is one, its time stamp token (seal.md §6). */
export type Receipt = Sealed<ReceiptBody> & { readonly token?: string };

/** What a checked receipt says. */
export interface CheckedReceipt {
  readonly body: ReceiptBody;
  readonly digest: string;
  /** The instant that the time stamp authority states; null where the file has no token yet. */
  readonly stamped: Date | null;
}

const SHA256_OID = "608648016503040201";

/**
 * Checks that the platform signed this receipt, that its token is about this very receipt, and that
 * it names what was sent where `expected` says what that was. Refuses with `signature`, `signer`,
 * `token`, `token_imprint` or `other_receipt`. The token's own signature needs the authority's certificate:
 * `openssl ts -verify`.
 */
export async function verifyReceipt(
  value: unknown,
  platformKey: string,
  expected: { readonly opening?: string; readonly bid?: string; readonly header?: string } = {},
): Promise<CheckedReceipt> {
  const { token, ...object } = anyObject(value, "receipt");
  const receipt = parseSealed("receipt", receiptBody, object);
  await verifySealed("receipt", receipt, platformKey);
  const digest = hexDigestOf("receipt", receipt);
  for (const name of ["opening", "bid", "header"] as const) {
    if (expected[name] !== undefined && expected[name] !== receipt.body[name]) throw new CryptoError("other_receipt", { member: name });
  }
  return { body: receipt.body, digest, stamped: token === undefined ? null : stampedAt(someBytes(token, "receipt.token"), digest) };
}

function stampedAt(token: string, digest: string): Date {
  const { algorithm, imprint, time } = readToken(fromB64u(token));
  if (algorithm !== SHA256_OID || imprint !== digest) throw new CryptoError("token_imprint");
  return time;
}
