/** Values that explain an error; the interface puts them into a translated sentence. */
export type ErrorParams = Readonly<Record<string, string | number>>;

/**
 * A refusal of the sealing protocol: `code` is the stable name that the interface translates,
 * the same as on the server; `params` fill its gaps.
 */
export class CryptoError extends Error {
  readonly code: string;
  readonly params: ErrorParams;

  constructor(code: string, params: ErrorParams = {}, options?: ErrorOptions) {
    super(`${code} ${JSON.stringify(params)}`, options);
    this.name = "CryptoError";
    this.code = code;
    this.params = params;
  }
}

/** A refusal that proves its bidder's fault: `step` is the step of seal.md §8 that failed. */
export class BidMalformed extends CryptoError {
  readonly step: number;
  /** `malformed_shares`, `key_mismatch` or `malformed_bid`. */
  readonly verdict: string;

  constructor(code: string, step: number, params: ErrorParams = {}, options?: ErrorOptions) {
    super(code, params, options);
    this.name = "BidMalformed";
    this.step = step;
    this.verdict = step < 6 ? code : "malformed_bid";
  }
}

/** Runs `work`, and turns whatever a library throws into a CryptoError of `code`. */
export async function refusing<T>(
  code: string,
  params: ErrorParams,
  work: () => T | Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CryptoError) throw error;
    throw new CryptoError(code, params, { cause: error });
  }
}
