import { b64u, fromB64u, fromUtf8, type Bytes } from "./encoding";
import { refusing } from "./errors";
import { jcs, parseJson } from "./json";
import { protect, unprotect } from "./passphrase";
import { id, members, oneOf, someBytes } from "./shape";
import { exportSigningKey, importSigningKey, newSigningKey, type SigningKey } from "./signing";
import { storeKey, storeKeyOnce, storedKey } from "./store";

/** The key with which a bidder signs in one opening; enrolled by its first acceptance. */
export interface BidderKey { readonly opening: string; readonly bidder: string; readonly key: SigningKey }

const FORMAT = "yunkai/bidder-key/v1";

function place(opening: string, bidder: string): string {
  return `bidder/${opening}/${bidder}`;
}

/** The bidder's key on this device, or null. */
export function loadBidderKey(opening: string, bidder: string): Promise<SigningKey | null> {
  return storedKey<SigningKey>(place(opening, bidder));
}

/**
 * The bidder's key on this device, made if there is none. What is kept can't be exported; a key file
 * has to be written from the answer of `createBidderKey`.
 */
export async function loadOrCreateBidderKey(opening: string, bidder: string): Promise<SigningKey> {
  return (await loadBidderKey(opening, bidder)) ?? storeKeyOnce(place(opening, bidder), await newSigningKey(false));
}

/** The key with which a person signs minutes on this device, made if there is none; it can't be exported. */
export async function signerKey(person: string): Promise<SigningKey> {
  const name = `signer/${person}`;
  return (await storedKey<SigningKey>(name)) ?? storeKeyOnce(name, await newSigningKey(false));
}

/**
 * A fresh bidder's key, kept on this device in the place of an earlier one (an acceptance has to enrol
 * it). The answer can be exported as a key file as long as the page is open; what is kept can't.
 */
export async function createBidderKey(opening: string, bidder: string): Promise<BidderKey> {
  const key = await newSigningKey(true);
  await storeKey(place(opening, bidder), await importSigningKey(await exportSigningKey(key)));
  return { opening, bidder, key };
}

/** A bidder's key file for the offline page, the command line or another device. */
export async function exportBidderKeyFile({ opening, bidder, key }: BidderKey, passphrase: string): Promise<Bytes> {
  const sign = b64u(await exportSigningKey(key));
  return protect(fromUtf8(jcs({ format: FORMAT, opening, bidder, sign })), passphrase);
}

const fileShape = members({ format: oneOf(FORMAT), opening: id, bidder: id, sign: someBytes });

/** Reads a bidder's key file. Refuses with `passphrase` or `key_file`. */
export async function readBidderKeyFile(file: Blob | Bytes, passphrase: string): Promise<BidderKey> {
  const text = await unprotect(file, passphrase);
  return refusing("key_file", {}, async () => {
    const { opening, bidder, sign } = fileShape(parseJson(text), "bidder-key");
    return { opening, bidder, key: await importSigningKey(fromB64u(sign)) };
  });
}

/** Keeps a key that came from a file on this device. */
export async function keepBidderKey({ opening, bidder, key }: BidderKey): Promise<void> {
  await storeKey(place(opening, bidder), key);
}
