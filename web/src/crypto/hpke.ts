import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "@hpke/core";
import { b64u, concat, fromB64u, type Bytes } from "./encoding";
import { CryptoError, refusing } from "./errors";
import { publicPoint } from "./signing";

/** Bytes that sealing adds: the encapsulated point and the tag. */
export const OVERHEAD = 65 + 16;

const ECDH = { name: "ECDH", namedCurve: "P-256" } as const;

/** Suite 1 (seal.md §3): DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. */
const suite = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });

/** A KEM key pair; the private half may be non-extractable. */
export interface KemKey { readonly pair: CryptoKeyPair; readonly point: string }

/** Seals `plaintext` to a KEM point in HPKE base mode: encapsulated key, then ciphertext (RFC 9180 §6.1). */
export function hpkeSeal(point: string, info: Bytes, plaintext: Bytes): Promise<Bytes> {
  return refusing("key", {}, async () => {
    const recipientPublicKey = await suite.kem.deserializePublicKey(fromB64u(point, 65));
    const { enc, ct } = await suite.seal({ recipientPublicKey, info }, plaintext);
    return concat(new Uint8Array(enc), new Uint8Array(ct));
  });
}

/** Opens what `hpkeSeal` made; anything else is refused with `hpke`. */
export function hpkeOpen(key: KemKey, info: Bytes, sealed: Bytes): Promise<Bytes> {
  if (sealed.length < OVERHEAD) throw new CryptoError("hpke");
  return refusing("hpke", {}, async () => {
    const params = { recipientKey: key.pair, enc: sealed.slice(0, 65), info };
    return new Uint8Array(await suite.open(params, sealed.slice(65)));
  });
}

/** A fresh KEM key pair. */
export async function newKemKey(exportable: boolean): Promise<KemKey> {
  const pair = await crypto.subtle.generateKey(ECDH, exportable, ["deriveBits"]);
  return { pair, point: b64u(new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey))) };
}

/** PKCS#8 of an exportable KEM key. */
export async function exportKemKey(key: KemKey): Promise<Bytes> {
  if (!key.pair.privateKey.extractable) throw new CryptoError("key_not_exportable");
  return new Uint8Array(await crypto.subtle.exportKey("pkcs8", key.pair.privateKey));
}

/** The KEM key in a PKCS#8 structure. */
export async function importKemKey(pkcs8: Bytes, exportable = false): Promise<KemKey> {
  const point = await publicPoint(pkcs8, ECDH, ["deriveBits"]);
  return refusing("key", {}, async () => ({
    pair: {
      privateKey: await crypto.subtle.importKey("pkcs8", pkcs8, ECDH, exportable, ["deriveBits"]),
      publicKey: await crypto.subtle.importKey("raw", fromB64u(point, 65), ECDH, true, []),
    },
    point,
  }));
}
