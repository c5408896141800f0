import { b64u, concat, fromB64u, fromUtf8, lp, timeText, utf8, type Bytes } from "./encoding";
import { refusing } from "./errors";
import { exportKemKey, hpkeOpen, importKemKey, newKemKey, type KemKey } from "./hpke";
import { jcs, parseJson } from "./json";
import { protect, unprotect } from "./passphrase";
import type { CardBody } from "./manifest";
import type { RehearsalBody } from "./objects";
import { id, members, oneOf, someBytes } from "./shape";
import { exportSigningKey, importSigningKey, newSigningKey, signObject, type Sealed, type SigningKey } from "./signing";
import { storeKey, storedKey } from "./store";

/** A trustee's keys: `kem` unwraps shares, `signing` signs cards, rehearsals and releases. */
export interface TrusteeKey { readonly person: string; readonly kem: KemKey; readonly signing: SigningKey }

const FORMAT = "yunkai/trustee-key/v1";

function place(person: string): string {
  return `trustee/${person}`;
}

/**
 * Fresh keys of a trustee, kept on this device in the place of earlier ones. What is kept can't be
 * exported; the answer can, until the page is closed.
 */
export async function createTrusteeKey(person: string): Promise<TrusteeKey> {
  const key = { person, kem: await newKemKey(true), signing: await newSigningKey(true) };
  await storeKey(place(person), {
    person,
    kem: await importKemKey(await exportKemKey(key.kem)),
    signing: await importSigningKey(await exportSigningKey(key.signing)),
  });
  return key;
}

/** The trustee's keys on this device, or null. */
export function loadTrusteeKey(person: string): Promise<TrusteeKey | null> {
  return storedKey<TrusteeKey>(place(person));
}

/** The trustee key file (seal.md §6), to move to another device or to `yunkai trustee`. */
export async function exportTrusteeKeyFile({ person, kem, signing }: TrusteeKey, passphrase: string): Promise<Bytes> {
  const text = jcs({
    format: FORMAT,
    person,
    kem: b64u(await exportKemKey(kem)),
    sign: b64u(await exportSigningKey(signing)),
  });
  return protect(fromUtf8(text), passphrase);
}

const fileShape = members({ format: oneOf(FORMAT), person: id, kem: someBytes, sign: someBytes });

/** Reads a trustee key file. Refuses with `passphrase` or `key_file`. */
export async function readTrusteeKeyFile(file: Blob | Bytes, passphrase: string): Promise<TrusteeKey> {
  const text = await unprotect(file, passphrase);
  return refusing("key_file", {}, async () => {
    const { person, kem, sign } = fileShape(parseJson(text), "trustee-key");
    return { person, kem: await importKemKey(fromB64u(kem)), signing: await importSigningKey(fromB64u(sign)) };
  });
}

/** Keeps keys that came from a file on this device. */
export async function keepTrusteeKey(key: TrusteeKey): Promise<void> {
  await storeKey(place(key.person), key);
}

/** The trustee's card for manifests. */
export function makeCard(key: TrusteeKey, name: string, now: Date): Promise<Sealed<CardBody>> {
  const body = { person: key.person, name, key: key.kem.point, created: timeText(now) };
  return signObject<CardBody>("trustee", body, key.signing);
}

/** What a rehearsal's ciphertext is bound to (seal.md §7). */
export function rehearsalInfo(opening: string, person: string): Bytes {
  return concat(utf8("yunkai/rehearsal/v1"), lp(opening), lp(person));
}

/** Proves that this device can open what is sealed to the trustee. `ciphertext` is b64u. */
export async function answerRehearsal(key: TrusteeKey, opening: string, ciphertext: string): Promise<Sealed<RehearsalBody>> {
  const nonce = await hpkeOpen(key.kem, rehearsalInfo(opening, key.person), fromB64u(ciphertext));
  return signObject<RehearsalBody>("rehearsal", { opening, trustee: key.person, nonce: b64u(nonce) }, key.signing);
}
