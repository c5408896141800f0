import { b64u, concat, fromB64u, hex, sha256, utf8, type Bytes } from "./encoding";
import { CryptoError, refusing } from "./errors";
import { jcs, type JsonObject } from "./json";
import { anyObject, bytesOf, members, point, type Shape } from "./shape";

/** The kinds of sealed object (seal.md §2, §4, §5, §6; minutes.md §3). */
export type Kind =
  | "manifest" | "trustee" | "statement" | "header" | "acceptance" | "withdrawal"
  | "receipt" | "release" | "rehearsal" | "confirmation" | "signer";

/** A signed JSON object (seal.md §1). */
export interface Sealed<B = JsonObject> { readonly body: B; readonly key: string; readonly signature: string }

/**
 * A signing key as code holds it: the private half may be non-extractable, `point` is the public
 * half as it stands in sealed objects. It can be cloned to a worker and stored in IndexedDB.
 */
export interface SigningKey { readonly privateKey: CryptoKey; readonly point: string }

const ECDSA = { name: "ECDSA", namedCurve: "P-256" } as const;
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" } as const;

/** What a sealed object's signature covers, and what its digest is taken of. */
export function signedBytes(kind: Kind, body: object): Bytes {
  return concat(utf8(`yunkai/${kind}/v1\n`), jcs(body));
}

/** The digest of a sealed object, raw. */
export function digestOf(kind: Kind, object: Sealed<object>): Bytes {
  return sha256(signedBytes(kind, object.body));
}

/** The digest of a sealed object as it stands in JSON: lowercase hex. */
export function hexDigestOf(kind: Kind, object: Sealed<object>): string {
  return hex(digestOf(kind, object));
}

/** Signs `body` (its `format` member is put in here) with ECDSA P-256 and SHA-256. */
export async function signObject<B extends object>(
  kind: Kind,
  body: Omit<B, "format">,
  key: SigningKey,
): Promise<Sealed<B & { readonly format: string }>> {
  const full = { ...body, format: `yunkai/${kind}/v1` } as unknown as B & { readonly format: string };
  const signature = await crypto.subtle.sign(SIGNATURE, key.privateKey, signedBytes(kind, full));
  return { body: full, key: key.point, signature: b64u(new Uint8Array(signature)) };
}

/** Signs bytes that have a format of their own: r and s, 32 bytes each. */
export async function signBytes(bytes: Bytes, key: SigningKey): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign(SIGNATURE, key.privateKey, bytes));
}

/** Reads the outside of a sealed object and gives its body the shape of its kind. */
export function parseSealed<B extends object>(kind: Kind, body: Shape<B>, value: unknown, at: string = kind): Sealed<B> {
  const object = sealedShape(value, at);
  if (object.body.format !== `yunkai/${kind}/v1`) throw new CryptoError("kind", { kind });
  return { ...object, body: body(object.body, `${at}.body`) };
}

const sealedShape = members<Sealed>({ body: anyObject, key: point, signature: bytesOf(64) });

/**
 * Checks the signature, and that `key` made it where one is named.
 * Refuses with `signature` or `signer`.
 */
export async function verifySealed(kind: Kind, object: Sealed<object>, key?: string): Promise<void> {
  if (key !== undefined && object.key !== key) throw new CryptoError("signer", { kind });
  const publicKey = await importPoint(object.key);
  const good = await crypto.subtle.verify(SIGNATURE, publicKey, fromB64u(object.signature, 64), signedBytes(kind, object.body));
  if (!good) throw new CryptoError("signature", { kind });
}

function importPoint(key: string): Promise<CryptoKey> {
  return refusing("key", {}, () =>
    crypto.subtle.importKey("raw", fromB64u(key, 65), ECDSA, true, ["verify"]),
  );
}

/** A fresh signing key pair; `exportable` ones can be written to a key file. */
export async function newSigningKey(exportable: boolean): Promise<SigningKey> {
  const pair = await crypto.subtle.generateKey(ECDSA, exportable, ["sign", "verify"]);
  return { privateKey: pair.privateKey, point: b64u(new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey))) };
}

/** PKCS#8 of an exportable signing key. */
export async function exportSigningKey(key: SigningKey): Promise<Bytes> {
  if (!key.privateKey.extractable) throw new CryptoError("key_not_exportable");
  return new Uint8Array(await crypto.subtle.exportKey("pkcs8", key.privateKey));
}

/** The signing key in a PKCS#8 structure. */
export async function importSigningKey(pkcs8: Bytes, exportable = false): Promise<SigningKey> {
  return {
    privateKey: await refusing("key", {}, () => crypto.subtle.importKey("pkcs8", pkcs8, ECDSA, exportable, ["sign"])),
    point: await publicPoint(pkcs8, ECDSA, ["sign"]),
  };
}

/**
 * The public point of a private P-256 key. WebCrypto derives it only on the way through a JWK,
 * because PKCS#8 may leave the point out.
 */
export async function publicPoint(pkcs8: Bytes, algorithm: EcKeyImportParams, usages: KeyUsage[]): Promise<string> {
  return refusing("key", {}, async () => {
    const key = await crypto.subtle.importKey("pkcs8", pkcs8, algorithm, true, usages);
    const { x, y } = await crypto.subtle.exportKey("jwk", key);
    return b64u(concat(Uint8Array.of(4), fromB64u(x ?? "", 32), fromB64u(y ?? "", 32)));
  });
}
